import { expect, test } from 'vitest';
import { Delta } from '../src/sdk';
import { toHTML } from '../src/editor/html';

test('what is copied has its formats', () => {
  const content = new Delta()
    .insert('Plan')
    .insert('\n', { header: 1 })
    .insert('bold', { bold: true })
    .insert(' & ')
    .insert('link', { link: 'https://example.org/?a=1&b="2"' })
    .insert('\n')
    .insert('one')
    .insert('\n', { list: 'bullet' })
    .insert('two')
    .insert('\n', { list: 'checked', indent: 1 })
    .insert('x < 1')
    .insert('\n', { 'code-block': true })
    .insert({ divider: true })
    .insert('\n');
  expect(toHTML(content)).toBe(
    '<h1>Plan</h1><p><strong>bold</strong> &amp; link</p>' +
      '<ul><li data-list="bullet">one</li><li data-list="checked" class="ql-indent-1">two</li></ul>' +
      '<pre>x &lt; 1</pre><p><hr></p>',
  );
});

test('chosen colours are copied, and nothing else as one', () => {
  expect(toHTML(new Delta().insert('red', { color: '#ff0000', background: 'rgb(1,2,3)' }))).toBe('<span style="color:#ff0000;background-color:rgb(1,2,3)">red</span>');
  expect(toHTML(new Delta().insert('no', { color: 'red;background:url(https://example.org)', background: '"><script>' }))).toBe('no');
});

test('a selection within a line is pasted into a line', () => {
  expect(toHTML(new Delta().insert('some ').insert('words', { italic: true }))).toBe('some <em>words</em>');
});

// Whatever a document holds, the only tags that come out are the ones that are written here.
test('nothing that a document holds becomes a tag, an attribute or an address of its own', () => {
  const hostile = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' onclick='x", 'javascript:alert(1)', 'data:text/html,<b>', '</pre><svg onload=x>'];
  for (const text of hostile) {
    const content = new Delta([
      { insert: text },
      { insert: text, attributes: { link: text, bold: text, script: text, code: true } },
      { insert: { image: text } },
      { insert: { video: text } },
      { insert: '\n', attributes: { header: text, list: text, align: text, indent: text, 'code-block': text, direction: text } },
    ]);
    const tags = toHTML(content).match(/<[^>]*>/g) ?? [];
    for (const tag of tags) expect(tag, text).toMatch(/^<\/?(p|pre|code|li|ul)>$/);
  }
});
