import { expect, test } from 'vitest';
import { canonical, Delta } from '../src/sdk';
import { repair } from '../src/editor/repair';
import { check } from './authority';
import { Random, randomEdit, same } from './random';

const doc = (text: string) => new Delta().insert(`${text}\n`);

// fixesLastNewline: the change neither deletes the last newline nor inserts after it, nor cuts a pair.
function expectServerForm(delta: Delta, before: Delta, note = ''): void {
  const end = before.length();
  let at = 0;
  for (const op of delta.ops) {
    if (op.insert !== undefined) {
      expect(at, `${note}: inserts before the last newline`).toBeLessThan(end);
      if (typeof op.insert === 'string') expect(op.insert.isWellFormed(), `${note}: whole pairs`).toBe(true);
      continue;
    }
    at += op.delete ?? (op.retain as number);
    if (op.delete) expect(at, `${note}: keeps the last newline`).toBeLessThan(end);
  }
  expect(at).toBeLessThanOrEqual(end);
  const text = before.ops.map((op) => (typeof op.insert === 'string' ? op.insert : '\u0001')).join('');
  at = 0;
  for (const op of delta.ops) {
    if (op.insert !== undefined) continue;
    at += op.delete ?? (op.retain as number);
    expect(text.slice(0, at).isWellFormed(), `${note}: ${JSON.stringify(delta)} cuts a pair of ${JSON.stringify(text)}`).toBe(true);
  }
}

test('a change in the right form is left as it is', () => {
  const change = new Delta().retain(1).insert('😀').delete(2);
  expect(repair(change, doc('abcd'))).toEqual({ delta: change, fix: null });
});

test.each([
  ['deletes the last of two newlines', doc('a\n'), new Delta().retain(2).delete(1)],
  ['deletes all and its newline', doc('abc'), new Delta().insert('x\n').delete(4)],
  ['inserts after the last newline', doc('abc'), new Delta().retain(4).insert('def\n')],
  ['formats the last newline and inserts after it', doc('abc'), new Delta().retain(3).retain(1, { header: 1 }).insert('def\n', { list: 'bullet' })],
  ['replaces the last line', new Delta().insert('a\n').insert('b').insert('\n', { list: 'bullet' }), new Delta().retain(1).delete(2).insert('c').delete(0)],
  ['deletes the formatted last newline', new Delta().insert('a\nb').insert('\n', { list: 'bullet' }), new Delta().retain(2).delete(2)],
])('the last newline is fixed when a change %s', (_name, before, change) => {
  const { delta, fix } = repair(change, before);
  expectServerForm(delta, before);
  expect(fix).toBeNull();
  expect(same(before.compose(delta), before.compose(change))).toBe(true);
});

test('halves of pairs are made whole: a diff that cuts between two emoji', () => {
  const before = doc('x🌀y');
  const after = doc('x🏆🌀y');
  const cut = new Delta().retain(2).insert('\udfc6\ud83c');
  expect(before.compose(cut)).toEqual(after);
  const { delta, fix } = repair(cut, before);
  expectServerForm(delta, before);
  expect(fix).toBeNull();
  expect(before.compose(delta)).toEqual(after);
});

test('deleting the middle halves of two emoji replaces both', () => {
  const before = doc('🌀🏆'); // d83c df00 d83c dfc6
  const cut = new Delta().retain(1).delete(2);
  const { delta } = repair(cut, before);
  expectServerForm(delta, before);
  expect(before.compose(delta)).toEqual(doc('🏆'));
});

test('a half alone becomes the replacement character, on the screen too', () => {
  const before = doc('a😀');
  const change = new Delta().retain(2).delete(1);
  const { delta, fix } = repair(change, before);
  expectServerForm(delta, before);
  expect(before.compose(change).compose(fix!)).toEqual(doc('a\ufffd'));
});

test('CR, NUL and what the schema does not allow are taken out, on the screen too', () => {
  const before = doc('a');
  const change = new Delta([
    { insert: 'x\r\ny\rz\0', attributes: { bold: true, onclick: 'x', color: 'var(--evil)' } },
    { insert: { image: 'data:image/png;base64,AAAA' } },
    { insert: { video: 'https://example.org/' } },
    { insert: 'l', attributes: { link: 'javascript:alert(1)' } },
    { retain: 1, attributes: { italic: false, header: 9 } },
  ]);
  const { delta, fix } = repair(change, before);
  expect(delta.ops).toEqual([
    { insert: 'x\ny\nz', attributes: { bold: true } },
    { insert: 'l' },
    { retain: 1, attributes: { italic: null } },
  ]);
  expect(same(before.compose(change).compose(fix!), before.compose(delta))).toBe(true);
});

// Any two documents, and the Delta between them as quill-delta's diff makes it: with halves and last newlines moved.
test('whatever a diff says, the repaired change says the same in the right form', () => {
  let cuts = 0;
  for (let seed = 1; seed <= 3000; seed++) {
    const random = new Random(seed);
    let before = doc('🌀🏆a\n😀');
    for (let i = random.below(4); i >= 0; i--) before = canonical(before.compose(randomEdit(random, before)).ops);
    let after = before;
    for (let i = random.below(3); i >= 0; i--) after = canonical(after.compose(randomEdit(random, after)).ops);
    if (random.below(2)) after = canonical(after.concat(doc(random.pick(['', '🏆', 'x']))).ops);
    const change = before.diff(after);
    const { delta, fix } = repair(change, before);
    expectServerForm(delta, before, `seed ${seed}`);
    const result = before.compose(delta);
    check(result);
    expect(same(result, fix ? after.compose(fix) : after), `seed ${seed}`).toBe(true);
    if (JSON.stringify(delta) !== JSON.stringify(canonical(change.ops))) cuts++;
  }
  expect(cuts, 'the cases that matter came up').toBeGreaterThan(300);
});
