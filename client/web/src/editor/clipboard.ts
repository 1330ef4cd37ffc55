// SafeClipboard copies what html.ts makes, and pastes what the schema allows. Under our Content-Security-Policy a parser
// drops style attributes, from which Word and Google Docs say what is bold; they are carried over under another name and
// set through the DOM, which the policy leaves alone. Event attributes get other names too, so that they are not even reported.
// Text that is Markdown is read as such, unless Shift is held.

import type Quill from 'quill/core.js';
import type { Range } from 'quill/core.js';
import QuillClipboard from 'quill/modules/clipboard.js';
import { Delta } from '../sdk/delta';
import { withoutPaper } from './colours';
import { toHTML } from './html';
import { isMarkdown, markdownToHTML } from './markdown';
import { isImage, isLink } from './schema';

interface Options {
  matchers: [];
  leftOut(): void; // pictures that have no address which others could see them at
}

export class SafeClipboard extends QuillClipboard {
  declare options: Options;
  #name = ''; // begins the names of style and event attributes in what is being pasted
  #plain = false; // Shift is held: text is pasted as it is

  constructor(quill: Quill, options: Partial<Options>) {
    super(quill, options);
    const look = ({ shiftKey }: KeyboardEvent) => (this.#plain = shiftKey);
    quill.root.addEventListener('keydown', look);
    quill.root.addEventListener('keyup', look);
  }

  override onCopy(range: Range): { html: string; text: string } {
    const content = this.quill.getContents(range.index, range.length);
    const text = content.ops.map((op) => (typeof op.insert === 'string' ? op.insert : '')).join('');
    return { html: toHTML(content), text };
  }

  // A lone address pasted over a selection makes a link of it.
  override onPaste(range: Range, pasted: { text?: string; html?: string }): void {
    const address = pasted.text?.trim() ?? '';
    if (range.length > 0 && /^https?:\/\//.test(address) && isLink(address)) {
      this.quill.formatText(range.index, range.length, 'link', address, 'user');
      this.quill.setSelection(range.index + range.length, 0, 'silent');
      return;
    }
    const { text, html } = pasted;
    const read = !html && text && !this.#plain && isMarkdown(text);
    super.onPaste(range, read ? { text, html: markdownToHTML(text) } : pasted);
  }

  protected override convertHTML(html: string): Delta {
    this.#name = `pasted-${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36)}`;
    const tame = html.replace(/<(\/?)style\b/gi, '<$1template').replace(/<(base|audio|video)\b/gi, '<wbr'); // a base and media are reported, too
    return withoutPaper(super.convertHTML(tame.replace(/\b(style|on[a-z]+)(?=\s*=)/gi, `${this.#name}-$1`)) as Delta);
  }

  protected override normalizeHTML(parsed: Document): void {
    const style = `${this.#name}-style`;
    restoreWordLists(parsed, style);
    for (const element of parsed.querySelectorAll<HTMLElement>(`[${style}]`)) {
      element.style.cssText = element.getAttribute(style)!;
      element.removeAttribute(style);
    }
    for (const unwanted of parsed.querySelectorAll('script, template, noscript, iframe, object, svg, math')) unwanted.remove();
    restoreChecklists(parsed);
    for (const rule of parsed.querySelectorAll('hr')) rule.replaceWith(lineOf(parsed, rule)); // here it stands within a line
    const pictures = [...parsed.querySelectorAll('img')];
    if (pictures.some((picture) => !isImage(picture.getAttribute('src')))) this.options.leftOut();
    for (const name of ['href', 'src']) {
      for (const element of parsed.querySelectorAll(`[${name}*="${this.#name}-"]`)) element.setAttribute(name, this.#restored(element.getAttribute(name)!));
    }
    const texts = parsed.createTreeWalker(parsed.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      if (node.nodeValue!.includes(this.#name)) node.nodeValue = this.#restored(node.nodeValue!);
    }
    super.normalizeHTML(parsed);
  }

  // restored is what looked like an attribute and was none: words of a text, or what an address asks for.
  #restored(value: string): string {
    return value.replaceAll(`${this.#name}-`, '');
  }
}

function lineOf(parsed: Document, inner: Element): Element {
  const line = parsed.createElement('p');
  line.append(inner.cloneNode());
  return line;
}

// restoreChecklists makes items to be checked of those that begin with a box, as Markdown's do.
function restoreChecklists(parsed: Document): void {
  for (const box of parsed.querySelectorAll<HTMLInputElement>('li > input[type=checkbox], li > p:first-child > input[type=checkbox]')) {
    box.closest('li')!.setAttribute('data-list', box.hasAttribute('checked') ? 'checked' : 'unchecked');
    box.remove();
  }
}

// restoreWordLists makes lists of the paragraphs that Word writes instead, with "mso-list: l0 level1" in the attribute that
// has this name and the kind of list in the style sheet, which is a template by now.
function restoreWordLists(parsed: Document, name: string): void {
  const sheet = Array.from(parsed.querySelectorAll('template'), (template) => template.innerHTML).join('\n');
  for (const marker of parsed.querySelectorAll(`[${name}*="mso-list:Ignore" i], [${name}*="mso-list: Ignore" i]`)) marker.remove();
  let list: Element | null = null;
  for (const element of parsed.querySelectorAll(`[${name}*="mso-list" i]`)) {
    const [, id, level = '1'] = /\bmso-list:[^;]*\bl(\d+)(?:[^;]*\blevel(\d+))?/i.exec(element.getAttribute(name)!) ?? [];
    if (id === undefined) continue;
    const kind = new RegExp(`@list l${id}:level${level}\\s*\\{[^}]*mso-level-number-format:\\s*bullet`, 'i').test(sheet) ? 'bullet' : 'ordered';
    const item = parsed.createElement('li');
    item.setAttribute('data-list', kind);
    if (level > '1') item.className = `ql-indent-${Number(level) - 1}`;
    item.append(...element.childNodes);
    if (!list || element.previousElementSibling !== list) {
      list = parsed.createElement('ul');
      element.before(list);
    }
    list.append(item);
    element.remove();
  }
}
