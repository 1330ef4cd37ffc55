// Delta to HTML for the clipboard. Quill's own getSemanticHTML lets script through in some places, so everything here is
// made of fixed tags and escaped text, and of the schema's values only.

import type { AttributeMap } from 'quill-delta';
import type { Delta } from '../sdk/delta';
import { isColor, isImage, isLink } from './schema';

const INLINE: [string, string][] = [
  ['code', 'code'],
  ['strike', 's'],
  ['underline', 'u'],
  ['italic', 'em'],
  ['bold', 'strong'],
];

export function toHTML(content: Delta): string {
  let html = '';
  let list = ''; // the list that is open, by its tag
  let line = '';
  const endLine = (attributes: AttributeMap) => {
    const tag = typeof attributes.list === 'string' ? (attributes.list === 'ordered' ? 'ol' : 'ul') : '';
    if (tag !== list) html += (list && `</${list}>`) + (tag && `<${tag}>`);
    list = tag;
    html += block(line || '<br>', attributes);
    line = '';
  };
  for (const { insert, attributes = {} } of content.ops) {
    if (typeof insert === 'object') line += embed(insert, attributes);
    if (typeof insert !== 'string') continue;
    const parts = insert.split('\n');
    for (const [i, part] of parts.entries()) {
      if (part !== '') line += inline(escape(part), attributes);
      if (i < parts.length - 1) endLine(attributes);
    }
  }
  // A selection within one line has no newline: it is pasted into a line, not as one.
  if (line !== '') html += (list && `</${list}>`) + line;
  else if (list) html += `</${list}>`;
  return html;
}

function block(inner: string, attributes: AttributeMap): string {
  const { list, header, blockquote, indent, align, direction } = attributes;
  const classes = [
    Number(indent) >= 1 && Number(indent) <= 8 && `ql-indent-${Number(indent)}`,
    (align === 'center' || align === 'right' || align === 'justify') && `ql-align-${align}`,
    direction === 'rtl' && 'ql-direction-rtl',
  ].filter(Boolean);
  const extra = classes.length > 0 ? ` class="${classes.join(' ')}"` : '';
  if (list === 'checked' || list === 'unchecked' || list === 'ordered' || list === 'bullet') return `<li data-list="${list}"${extra}>${inner}</li>`;
  if (attributes['code-block']) return `<pre>${inner === '<br>' ? '\n' : inner}</pre>`;
  if (Number(header) >= 1 && Number(header) <= 6) return `<h${Number(header)}${extra}>${inner}</h${Number(header)}>`;
  return blockquote ? `<blockquote${extra}>${inner}</blockquote>` : `<p${extra}>${inner}</p>`;
}

function inline(text: string, attributes: AttributeMap): string {
  let html = text;
  for (const [key, tag] of INLINE) if (attributes[key] === true) html = `<${tag}>${html}</${tag}>`;
  if (attributes.script === 'sub' || attributes.script === 'super') {
    const tag = attributes.script === 'sub' ? 'sub' : 'sup';
    html = `<${tag}>${html}</${tag}>`;
  }
  const style = [isColor(attributes.color) && `color:${attributes.color}`, isColor(attributes.background) && `background-color:${attributes.background}`].filter(Boolean);
  if (style.length > 0) html = `<span style="${style.join(';')}">${html}</span>`;
  return isLink(attributes.link) ? `<a href="${escape(String(attributes.link))}">${html}</a>` : html;
}

function embed(value: Record<string, unknown>, attributes: AttributeMap): string {
  if (value.divider === true) return '<hr>';
  return isImage(value.image) ? inline(`<img src="${escape(String(value.image))}">`, attributes) : '';
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;', '\u00a0': '&nbsp;' };

function escape(text: string): string {
  return text.replace(/[&<>"'\u00a0]/g, (char) => ESCAPES[char]!).replace(/ {2}/g, ' &nbsp;');
}
