import { canonical, Delta, Op } from '../src/sdk';

// Random is a small seeded generator (mulberry32), so that a failure can be run again by its seed.
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  float(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n: number): number {
    return Math.floor(this.float() * n);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

const TEXTS = ['a', 'b', ' ', '\n', '😀', '👩‍👩‍👧‍👦', '🇨🇭', 'é', '漢', 'שלום', 'word ', '👍🏽x'];
const FORMATS = [{ bold: true }, { italic: true }, { bold: null }, { link: 'https://example.org/' }, { header: 2 }];

// randomEdit makes an edit of a document that keeps to the rules: whole surrogate pairs, the last newline fixed.
export function randomEdit(random: Random, content: Delta): Delta {
  const cuts = boundaries(content);
  const last = cuts.length - 1; // the position before the last newline
  const ops: Op[] = [];
  let at = 0;
  for (let i = 0; i <= random.below(3); i++) {
    const from = at + random.below(last - at + 1);
    if (cuts[from]! > cuts[at]!) ops.push({ retain: cuts[from]! - cuts[at]! });
    at = from;
    const to = Math.min(last, at + random.below(4));
    const length = cuts[to]! - cuts[at]!;
    const choice = random.below(10);
    if (choice < 6 || length === 0) {
      const attributes = random.below(4) === 0 ? { bold: true } : undefined;
      ops.push(random.below(12) === 0 ? { insert: { divider: true } } : { insert: random.pick(TEXTS), ...(attributes && { attributes }) });
    } else if (choice < 8) {
      ops.push({ delete: length });
      at = to;
    } else {
      ops.push({ retain: length, attributes: random.pick(FORMATS) });
      at = to;
    }
  }
  return canonical(ops);
}

// boundaries are the positions between whole characters, up to the one before the last newline.
function boundaries(content: Delta): number[] {
  const cuts = [0];
  let at = 0;
  for (const op of content.ops) {
    if (typeof op.insert === 'string') for (const char of op.insert) cuts.push((at += char.length));
    else cuts.push(++at);
  }
  cuts.pop();
  return cuts;
}

// same: both are the same document, whatever order attributes stand in.
export function same(a: Delta, b: Delta): boolean {
  return form(a) === form(b);
}

function form(content: Delta): string {
  return JSON.stringify(canonical(content.ops).ops, (_key, value: unknown) =>
    value && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1))) : value,
  );
}
