import { expect, test } from 'vitest';
import { canonical, cut, insertedText } from '../src/sdk/delta';
import { Delta } from '../src/sdk';
import { LIMITS } from './authority';
import { Random, randomEdit, same } from './random';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;

test('pieces within the limits do what the whole does', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Random(seed);
    const limits = { ...LIMITS, frameBytes: 400 + random.below(400), components: 2 + random.below(6), insertUnits: 5 + random.below(20) };
    let content = new Delta().insert('hello 😀 world 👩‍👩‍👧‍👦\n');
    let edit = randomEdit(random, content);
    for (let i = 0; i < 20; i++) edit = edit.compose(randomEdit(random, content.compose(edit)));
    edit = canonical(edit.ops);
    const want = content.compose(edit);

    let rest: Delta | null = edit;
    for (let pieces = 0; rest; pieces++) {
      expect(pieces, `seed ${seed}: it ends`).toBeLessThan(500);
      const piece: ReturnType<typeof cut> = cut(rest, limits);
      expect(piece.head.ops.length, `seed ${seed}`).toBeLessThanOrEqual(limits.components);
      expect(bytes(piece.head), `seed ${seed}`).toBeLessThanOrEqual(limits.frameBytes - 256);
      for (const op of piece.head.ops) {
        if (typeof op.insert !== 'string') continue;
        expect(op.insert.length).toBeLessThanOrEqual(limits.insertUnits);
        expect(op.insert.isWellFormed(), `seed ${seed}: whole pairs`).toBe(true);
      }
      content = content.compose(piece.head);
      rest = piece.rest;
    }
    expect(same(content, want), `seed ${seed}`).toBe(true);
  }
});

test('a paste of a megabyte of emoji is cut by bytes, not by units', () => {
  let rest: Delta | null = new Delta().insert('😀'.repeat(250_000));
  let text = '';
  while (rest) {
    const piece: ReturnType<typeof cut> = cut(rest, LIMITS);
    expect(bytes(piece.head)).toBeLessThanOrEqual(LIMITS.frameBytes - 256);
    text += piece.head.ops.find((op) => op.insert)!.insert as string;
    rest = piece.rest;
  }
  expect(text).toBe('😀'.repeat(250_000));
});

test('canonical form has no empty attributes, no empty ops, no unmerged neighbours', () => {
  expect(canonical([{ retain: 0 }, { insert: 'a', attributes: {} }, { insert: 'b' }, { insert: '' }, { retain: 3 }]).ops).toEqual([{ insert: 'ab' }]);
});

test('text offered for copying keeps runs apart', () => {
  expect(insertedText(new Delta().insert('one').retain(3).insert('two').delete(1).insert(' more'))).toBe('one\ntwo more');
});
