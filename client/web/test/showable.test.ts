import { expect, test } from 'vitest';
import { Delta } from '../src/sdk';
import { showable } from '../src/editor/schema';

test('what the schema allows is shown as it is', () => {
  const change = new Delta().retain(2, { bold: null, header: 2 }).insert('a😀\n', { list: 'bullet' }).insert({ divider: true }).delete(3);
  expect(showable(change)).toEqual(change);
});

test.each([
  ['a structural blot as an attribute', { insert: 'abc', attributes: { 'code-block-container': true, bold: true } }, { insert: 'abc', attributes: { bold: true } }],
  ['an embed as an attribute', { insert: 'a\n', attributes: { image: 'x', cursor: 1 } }, { insert: 'a\n' }],
  ['a value of the wrong kind', { retain: 4, attributes: { size: { toString: 'x' }, header: [1] } }, { retain: 4 }],
  ['an address with a script', { insert: 'x', attributes: { link: 'javascript:alert(1)' } }, { insert: 'x' }],
  ['a format as an embed', { insert: { bold: true } }, { insert: { image: '' } }],
  ['two embeds in one', { insert: { image: 'https://example.com/a', divider: true } }, { insert: { image: '' } }],
])('%s is left out, and nothing moves', (_, op, want) => {
  const change = new Delta([op as never]);
  expect(showable(change).ops).toEqual([want]);
  expect(showable(change).length()).toBe(change.length());
});
