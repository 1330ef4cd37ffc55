// Quill's Deltas, rewritten to the form that the server takes: the last newline fixed, no boundary within a surrogate
// pair, no CR or NUL, only what the schema allows.

import { AttributeMap, Op } from 'quill-delta';
import { canonical, Delta, isHighSurrogate, isLowSurrogate } from '../sdk/delta';
import { allowedAttributes, allowedEmbed } from './schema';

// Repaired: delta is what to send; fix, if any, is what the screen must do on top to show the same.
export interface Repaired {
  delta: Delta;
  fix: Delta | null;
}

// repair rewrites change, which the screen made of before. Both end with a newline, as everything in Quill does.
export function repair(change: Delta, before: Delta): Repaired {
  let delta = new Delta(wholePairs(cleaned(change.ops), before));
  delta = keepLastNewline(canonical(delta.ops), before);
  const asShown = canonical(change.ops);
  if (sameOps(delta, asShown)) return { delta, fix: null };
  const shown = before.compose(change);
  const fix = shown.diff(before.compose(delta));
  return { delta, fix: fix.ops.length > 0 ? fix : null };
}

function sameOps(a: Delta, b: Delta): boolean {
  return JSON.stringify(a.ops) === JSON.stringify(b.ops);
}

// cleaned keeps what the schema allows.
function cleaned(ops: Op[]): Op[] {
  return ops.flatMap((op): Op[] => {
    const attributes = allowedAttributes(op);
    const format = attributes && { attributes };
    if (typeof op.insert === 'string') return [{ insert: op.insert.replace(/\r\n?/g, '\n').replaceAll('\0', ''), ...format }];
    if (op.insert) return allowedEmbed(op.insert) ? [{ insert: op.insert, ...format }] : [];
    if (typeof op.retain === 'number') return [{ retain: op.retain, ...format }];
    return op.delete ? [{ delete: op.delete }] : [];
  });
}

// wholePairs rewrites ops so that none begins or ends within a surrogate pair of before, and no insert has half a pair. A
// half that is kept while the other goes is deleted and inserted again.
function wholePairs(ops: Op[], before: Delta): Op[] {
  const text = new Units(before);
  const out: Op[] = [];
  let at = 0;
  let broken = false;
  // What is left alone at the end may begin with a half as well.
  const rest = before.length() - ops.reduce((sum, op) => sum + (op.insert === undefined ? Op.length(op) : 0), 0);
  for (const op of rest > 0 ? [...ops, { retain: rest }] : ops) {
    if (op.insert !== undefined) {
      broken ||= typeof op.insert === 'string' && /[\ud800-\udfff]/.test(op.insert) && op.insert.isWellFormed() === false;
      out.push(op);
      continue;
    }
    const start = at;
    at += op.delete ?? (op.retain as number);
    const low = text.splitsAt(start);
    const high = text.splitsAt(at);
    broken ||= low !== null || high !== null;
    if (op.delete !== undefined || (low === null && high === null)) {
      out.push(op);
      continue;
    }
    const half = (unit: string, had: AttributeMap | undefined): Op[] => {
      const attributes = AttributeMap.compose(had, op.attributes);
      return [{ insert: unit, ...(attributes && { attributes }) }, { delete: 1 }];
    };
    if (low) out.push(...half(low.low, low.attributes));
    const kept = at - start - (low ? 1 : 0) - (high ? 1 : 0);
    if (kept > 0) out.push({ ...op, retain: kept });
    if (high) out.push(...half(high.high, high.attributes));
  }
  return broken ? joinHalves(canonical(out).ops) : out;
}

// joinHalves lets halves that stand in neighbouring inserts be one character; a half alone becomes the replacement
// character.
function joinHalves(ops: Op[]): Op[] {
  const out: Op[] = [];
  for (const op of ops) {
    const last = out.at(-1);
    let { insert } = op;
    if (typeof insert === 'string' && typeof last?.insert === 'string' && isHighSurrogate(last.insert.charCodeAt(last.insert.length - 1)) && isLowSurrogate(insert.charCodeAt(0))) {
      out[out.length - 1] = { ...last, insert: last.insert + insert[0] };
      insert = insert.slice(1);
    }
    if (insert !== '') out.push(insert === undefined ? op : { ...op, insert });
  }
  return out.map((op) => (typeof op.insert === 'string' ? { ...op, insert: op.insert.toWellFormed() } : op));
}

// Units finds the places of a document that lie within a surrogate pair. It is asked with growing positions.
class Units {
  #ops: Op[];
  #index = 0;
  #start = 0; // where the op at #index begins

  constructor(content: Delta) {
    this.#ops = content.ops;
  }

  splitsAt(position: number): { high: string; low: string; attributes: AttributeMap | undefined } | null {
    for (;;) {
      const op = this.#ops[this.#index];
      if (!op) return null;
      const length = typeof op.insert === 'string' ? op.insert.length : 1;
      const offset = position - this.#start;
      if (offset < length || (offset === length && this.#index === this.#ops.length - 1)) {
        if (offset <= 0 || typeof op.insert !== 'string') return null;
        if (!isHighSurrogate(op.insert.charCodeAt(offset - 1)) || !isLowSurrogate(op.insert.charCodeAt(offset))) return null;
        return { high: op.insert[offset - 1]!, low: op.insert[offset]!, attributes: op.attributes };
      }
      this.#start += length;
      this.#index++;
    }
  }
}

// keepLastNewline rewrites a change that deletes the last newline or inserts after it into one that has the same result
// and does neither: what it would have been is made before it, and its format is made the new last one's.
function keepLastNewline(change: Delta, before: Delta): Delta {
  const end = before.length();
  const out = new Delta();
  const after: Op[] = [];
  let at = 0;
  let deleted = false;
  let format: AttributeMap | undefined;
  for (const op of change.ops) {
    if (op.insert !== undefined) {
      if (at < end) out.push(op);
      else after.push(op);
      continue;
    }
    const length = op.delete ?? (op.retain as number);
    at += length;
    if (at < end) {
      out.push(op);
      continue;
    }
    deleted = op.delete !== undefined;
    format = op.attributes;
    if (length > 1) out.push(deleted ? { delete: length - 1 } : { ...op, retain: length - 1 });
  }
  if (!deleted && after.length === 0) return change;

  // First all of the new text, with the old last newline still behind it; then one newline less.
  const had = before.ops.at(-1)!.attributes;
  const shown = before.compose(change);
  const has = shown.ops.at(-1)!.attributes;
  if (!deleted) out.insert('\n', AttributeMap.compose(had, format));
  for (const op of after) out.push(op);
  const drop = new Delta().retain(shown.length() - 1).delete(1).retain(1, AttributeMap.diff(had, has));
  return canonical(out.compose(drop).ops);
}
