// What becomes a format as it is typed, besides the lists that Quill makes of "- " and "1. ": headings of "# ", quotes of
// "> ", code of "```", and links of addresses. Undo gives back what was typed.

import type Quill from 'quill/core.js';
import type { Range } from 'quill/core.js';
import { Delta } from '../sdk/delta';
import { isLink } from './schema';

interface Context {
  prefix: string; // of the line, up to the caret
}

interface Keyboard {
  quill: Quill;
}

const IN_TEXT = { 'code-block': false, code: false } as const;
const IN_PLAIN_LINE = { ...IN_TEXT, header: false, list: false, blockquote: false } as const;

// What ends a sentence, or a bracket around the address, is no part of it.
const ADDRESS = /(?:^|[\s(])(https?:\/\/[^\s<>"]*[^\s<>".,;:!?'()[\]])[.,;:!?'()[\]]*$/;

// A handler returns whether Quill and the browser go on with the key.
export const autofill = {
  'heading autofill': {
    key: ' ',
    collapsed: true,
    format: IN_PLAIN_LINE,
    prefix: /^#{1,6}$/,
    handler(this: Keyboard, range: Range, { prefix }: Context): boolean {
      return makeLine(this.quill, range, prefix, ' ', { header: prefix.length });
    },
  },
  'quote autofill': {
    key: ' ',
    collapsed: true,
    format: IN_PLAIN_LINE,
    prefix: /^>$/,
    handler(this: Keyboard, range: Range, { prefix }: Context): boolean {
      return makeLine(this.quill, range, prefix, ' ', { blockquote: true });
    },
  },
  'code autofill': {
    key: 'Enter',
    collapsed: true,
    format: IN_PLAIN_LINE,
    prefix: /^```$/,
    suffix: /^$/,
    handler(this: Keyboard, range: Range, { prefix }: Context): boolean {
      return makeLine(this.quill, range, prefix, '', { 'code-block': true });
    },
  },
  'link autofill by space': {
    key: ' ',
    collapsed: true,
    format: { ...IN_TEXT, link: false },
    prefix: ADDRESS,
    handler(this: Keyboard, range: Range, { prefix }: Context): boolean {
      this.quill.insertText(range.index, ' ', 'user'); // first, or it would be in the link
      makeLink(this.quill, range, prefix);
      this.quill.setSelection(range.index + 1, 0, 'silent');
      return false;
    },
  },
  'link autofill by enter': {
    key: 'Enter',
    collapsed: true,
    format: { ...IN_TEXT, link: false },
    prefix: ADDRESS,
    handler(this: Keyboard, range: Range, { prefix }: Context): boolean {
      makeLink(this.quill, range, prefix);
      return true;
    },
  },
};

function makeLine(quill: Quill, range: Range, prefix: string, typed: string, attributes: Record<string, unknown>): boolean {
  const [line, offset] = quill.getLine(range.index);
  if (!line || offset > prefix.length) return true; // an embed is before it
  if (typed) quill.insertText(range.index, typed, 'user');
  quill.history.cutoff();
  const marker = prefix.length + typed.length;
  const rest = line.length() - 1 - marker;
  const change = new Delta().retain(range.index - offset).delete(marker);
  quill.updateContents((rest > 0 ? change.retain(rest) : change).retain(1, attributes), 'user');
  quill.history.cutoff();
  quill.setSelection(range.index - prefix.length, 0, 'silent');
  return false;
}

function makeLink(quill: Quill, range: Range, prefix: string): void {
  const [written, address] = ADDRESS.exec(prefix)!;
  if (!isLink(address)) return;
  const start = range.index - written.length + written.indexOf(address!);
  quill.history.cutoff();
  quill.formatText(start, address!.length, 'link', address, 'user');
  quill.history.cutoff();
}
