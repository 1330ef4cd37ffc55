import { expect, test } from 'vitest';
import { withoutPaper } from '../src/editor/colours';
import { isMarkdown, markdownToHTML } from '../src/editor/markdown';
import { Delta } from '../src/sdk';

test('what is written as Markdown is told from what only looks like it', () => {
  for (const text of ['# Plan\n\nFirst, we', '- one\n- two', '* one\n\n* two', '- one\n  - inner', '1. one\n2. two', 'a\r\n```js\r\nlet a\r\n```\r\n', '- [ ] call Ana',
    'see [the plan](https://example.org/plan)', 'this is **important**, really']) {
    expect(isMarkdown(text), text).toBe(true);
  }
  for (const text of ['', 'Hello', '# install\napt-get install x', '#hashtag', 'a - b\nc - d', '- one dash', '2 ** 3 ** 4', 'f(**kwargs, **more)', '5 * 3 * 2', 'a[0](x)', '1. only', '--flag\n--other',
    'int **p;\nint **q;', 'https://example.org/a_b_c']) {
    expect(isMarkdown(text), text).toBe(false);
  }
});

test('lines of Markdown stay lines', () => {
  expect(markdownToHTML('one\ntwo')).toBe('<p>one<br>two</p>\n');
});

test('ink and paper stay where they were copied from, chosen colours come along', () => {
  const pasted = new Delta()
    .insert('ink', { color: '#000000', background: 'transparent', bold: true })
    .insert('nearly', { color: '#1d1c1d', background: '#ffffff' })
    .insert('word', { color: 'windowtext' })
    .insert('chosen', { color: '#ff0000', background: '#ffff00' })
    .insert('link', { link: 'https://example.org', color: '#1155cc', underline: true })
    .insert('\n', { header: 1 });
  expect(withoutPaper(pasted).ops).toEqual([
    { insert: 'ink', attributes: { bold: true } },
    { insert: 'nearly' },
    { insert: 'word' },
    { insert: 'chosen', attributes: { color: '#ff0000', background: '#ffff00' } },
    { insert: 'link', attributes: { link: 'https://example.org' } },
    { insert: '\n', attributes: { header: 1 } },
  ]);
});

test('a long text of nothing is looked at in no time to speak of', () => {
  for (const filler of ['\n', '[', '**', '# ', '- ', '**a ', '1. ', ' ', '~', '[a](', '(**a']) {
    expect(isMarkdown(filler.repeat(100_000) + 'x'), filler).toBe(false);
  }
});
