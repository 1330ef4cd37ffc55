// Helpers over quill-delta, whose algebra the server's agrees with. See DELTA facts in the package ot.

import Delta, { Op } from 'quill-delta';
import type { Limits, WireDelta } from './wire';

export { Delta, Op };

export function isEmpty(delta: Delta): boolean {
  return delta.ops.length === 0;
}

// canonical merges neighbours and drops what does nothing. quill-delta keeps ops as they were given and merges only what
// is pushed; the server refuses attributes that are empty.
export function canonical(ops: Op[]): Delta {
  const delta = new Delta();
  for (const op of ops) {
    if (op.insert === '' || op.retain === 0 || op.delete === 0) continue;
    const attributes = op.attributes && Object.keys(op.attributes).length > 0 ? op.attributes : undefined;
    if (op.insert !== undefined) delta.insert(op.insert, attributes);
    else if (typeof op.retain === 'number') delta.retain(op.retain, attributes);
    else if (op.delete !== undefined) delta.delete(op.delete);
  }
  return delta.chop();
}

export function fromWire(wire: WireDelta): Delta {
  return new Delta(wire.ops);
}

// insertedText is what a delta would have written, for copying: runs apart from each other stand on lines of their own.
export function insertedText(delta: Delta): string {
  let text = '';
  let apart = false;
  for (const op of delta.ops) {
    if (op.insert === undefined) {
      apart ||= op.retain !== undefined;
      continue;
    }
    if (apart && text !== '' && !text.endsWith('\n')) text += '\n';
    apart = false;
    text += typeof op.insert === 'string' ? op.insert : describe(op.insert);
  }
  return text;
}

function describe(embed: Record<string, unknown>): string {
  return typeof embed.image === 'string' ? embed.image : '';
}

// An envelope is the message around a delta: type, seq, id, base, kind. Its numbers have at most 16 digits.
const ENVELOPE_BYTES = 256;

const encoder = new TextEncoder();

function encodedBytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}

// cut takes from delta a head that the server accepts as one submission; rest is what applies after it, null when the
// head is all. Applying both is applying delta.
export function cut(delta: Delta, limits: Limits): { head: Delta; rest: Delta | null } {
  const maxBytes = limits.frameBytes - ENVELOPE_BYTES;
  if (delta.ops.length <= limits.components && fitsInserts(delta, limits) && encodedBytes(delta) <= maxBytes) {
    return { head: delta, rest: null };
  }

  const head: Op[] = [];
  let after = 0; // how long the part of the document is that head has walked over, as head leaves it
  let bytes = encodedBytes({ ops: [] });
  const ops = [...delta.ops];
  while (ops.length > 0) {
    if (head.length >= limits.components) break;
    const op = ops[0]!;
    const size = encodedBytes(op) + 1;
    const long = typeof op.insert === 'string' && op.insert.length > limits.insertUnits;
    if (bytes + size <= maxBytes && !long) {
      head.push(op);
      ops.shift();
      bytes += size;
      if (op.delete === undefined) after += Op.length(op);
      continue;
    }
    if (typeof op.insert === 'string') {
      const [first, second] = split(op, limits.insertUnits, maxBytes - bytes - 1);
      if (first) {
        head.push(first);
        after += Op.length(first);
        ops[0] = second;
      }
    }
    break;
  }
  const first = canonical(head);
  if (isEmpty(first)) throw new Error('cut: one component is larger than a message may be');
  return { head: first, rest: canonical([{ retain: after }, ...ops]) };
}

function fitsInserts(delta: Delta, limits: Limits): boolean {
  return delta.ops.every((op) => typeof op.insert !== 'string' || op.insert.length <= limits.insertUnits);
}

// split cuts a text insert so that the first part has at most so many units and encoded bytes. It never cuts a surrogate
// pair; first is undefined when not even one character fits.
function split(op: Op, maxUnits: number, maxBytes: number): [Op | undefined, Op] {
  const text = op.insert as string;
  const frame = encodedBytes({ ...op, insert: '' });
  let low = 0;
  let high = Math.min(text.length - 1, maxUnits);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    // JSON.stringify escapes the half pair that middle may leave, which only makes the estimate larger.
    if (frame + encodedBytes(text.slice(0, middle)) - 2 <= maxBytes) low = middle;
    else high = middle - 1;
  }
  if (low > 0 && isHighSurrogate(text.charCodeAt(low - 1))) low--;
  if (low <= 0) return [undefined, op];
  return [
    { ...op, insert: text.slice(0, low) },
    { ...op, insert: text.slice(low) },
  ];
}

export function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

export function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
