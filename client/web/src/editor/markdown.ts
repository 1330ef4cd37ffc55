// Markdown that is pasted as plain text. Most plain text is no Markdown, and some has a little by chance, as a shell script
// its comments: only what nobody writes for another reason counts, or two signs that it is a list.

import { Marked } from 'marked';

const SIGNS = [
  /^#{1,6} +\S.*\n[ \t]*\n\s*\S/m, // a heading with nothing right below it, as a comment has
  /^(```|~~~)[\w+#-]* *$/m,
  /^[ \t]*[-*+] \[[ xX]\] \S/m,
  /(^|[^\\!\w])\[[^\]\n]{1,200}\]\((https?:\/\/|mailto:)[^\s)]+\)/,
  /(^|[\s(])\*\*\S([^*\n]*\S)?\*\*(?=[\s.,;:!?)]|$)/m,
  /(^|\n)[-*+] \S.*\n+[ \t]*[-*+] \S/,
  /(^|\n)1[.)] \S.*\n+2[.)] \S/,
];

export function isMarkdown(text: string): boolean {
  return SIGNS.some((sign) => sign.test(text.replaceAll('\r\n', '\n')));
}

// A line that ends here ends in the document as well: who pastes sees what they had before them.
const marked = new Marked({ gfm: true, breaks: true });

// markdownToHTML keeps whatever HTML the text has in it: its reader must be one who takes HTML from anywhere.
export function markdownToHTML(text: string): string {
  return marked.parse(text, { async: false });
}
