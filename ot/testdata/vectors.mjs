// Writes vectors.jsonl.gz: cases drawn from a fixed seed, each with
// quill-delta's answers. `npm run vectors` gives the same file again.
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { answer, canonical } from './oracle.mjs';

const cases = 600;
const alphabet = [
  'a', 'b', 'Z', ' ', '\n', '\t', '<', '&', '"', '\\',
  'é', 'e\u0301', 'n\u0303\u0323', 'ß', 'İ',
  '漢', '字', '한', '글', 'か\u3099', '𠮷',
  'ש', 'ל\u05b9', 'م', 'مرحبا', '\u202e', '\u200f',
  '😀', '🏆', '🌀', '👨\u200d👩\u200d👧', '🇩🇪', '👍🏽', '❤\ufe0f',
  '\u2028', '\u2029', '\ufeff', '\u200d', '\uffff',
];
const values = {
  bold: [true], italic: [true], underline: [true], strike: [true], code: [true],
  script: ['sub', 'super'], link: ['https://a.example/?q=1&r=2', 'mailto:a@example.org'],
  header: [1, 2, 6], list: ['ordered', 'bullet', 'checked', 'unchecked'], indent: [1, 8],
  align: ['center', 'right'], blockquote: [true], 'code-block': [true, 'go'], direction: ['rtl'],
  color: ['#f00', 'blue'], background: ['#00ff00'], font: ['serif', { family: 'x', size: 1.5 }], size: ['huge'],
};

// mulberry32: small, good enough, and the same everywhere.
let state = 20261122;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];

function attributes(removing) {
  const result = {};
  for (let n = 1 + below(3); n > 0; n--) {
    const key = pick(Object.keys(values));
    result[key] = removing && below(2) ? null : pick(values[key]);
  }
  return result;
}
const maybeFormatted = (op, removing) => (below(2) ? op : { ...op, attributes: attributes(removing) });
const text = () => Array.from({ length: 1 + below(5) }, () => pick(alphabet)).join('');
const insertion = () =>
  maybeFormatted({ insert: below(5) ? text() : pick([{ image: 'https://a.example/1.png' }, { divider: true }]) });

const content = () => [...Array.from({ length: below(6) }, insertion), maybeFormatted({ insert: '\n' })];

// The places at which a document may be cut, in UTF-16 units.
function boundaries(ops) {
  const places = [0];
  let at = 0;
  for (const { insert } of ops)
    for (const char of typeof insert === 'string' ? insert : ' ') places.push((at += char.length));
  return places;
}

// A change that fits the document and leaves its last newline alone.
function change(ops) {
  const places = boundaries(ops);
  const last = places.length - 2;
  const result = [];
  for (let i = 0; i <= last; ) {
    if (below(4) === 0) result.push(insertion());
    const to = Math.min(i + 1 + below(4), last);
    if (to === i) break;
    const length = places[to] - places[i];
    const kind = below(6);
    if (kind < 2) result.push({ delete: length });
    else if (kind < 4) result.push({ retain: length, attributes: attributes(true) });
    else result.push({ retain: length });
    i = to;
    if (below(6) === 0) return canonical(result);
  }
  if (below(3) === 0) result.push({ retain: 1, attributes: attributes(true) });
  return canonical(result);
}

const lines = [];
for (let i = 0; i < cases; i++) {
  const doc = content();
  const one = { doc, a: change(doc), b: change(doc), carets: boundaries(doc).slice(0, 8) };
  const docA = answer({ ...one, c: [] }).docA;
  one.c = change(docA);
  lines.push(JSON.stringify({ ...one, ...answer(one) }));
}
writeFileSync(new URL('vectors.jsonl.gz', import.meta.url), gzipSync(lines.join('\n') + '\n', { level: 9 }));
