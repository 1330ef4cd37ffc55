// What the server lets a document hold: a mirror of ot.DefaultSchema. What is typed here keeps to it anyway; what is
// pasted is brought to it, so that one odd colour does not have a whole paste refused.

import type { AttributeMap, Op } from 'quill-delta';
import { Delta } from '../sdk/delta';

type Rule = (value: unknown) => boolean;

const isTrue: Rule = (value) => value === true;
const oneOf = (...words: string[]): Rule => (value) => typeof value === 'string' && words.includes(value);
const between = (low: number, high: number): Rule => (value) => Number.isInteger(value) && Number(value) >= low && Number(value) <= high;
const isWord: Rule = (value) => typeof value === 'string' && /^[a-z0-9+#-]{1,32}$/.test(value);
export const isColor: Rule = (value) =>
  typeof value === 'string' &&
  value.length <= 32 &&
  /^(#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|[a-z]+|rgb\( ?\d{1,3}, ?\d{1,3}, ?\d{1,3}\))$/.test(value);

// What a browser drops from an address or reads otherwise than others do.
const UNFIT = /[\u0000- \u007f-\u00a0\\<>"`\ufeff\u2000-\u200f\u2028-\u202f\u2066-\u2069]/;

const url = (...schemes: string[]): Rule => (value) => {
  if (typeof value !== 'string' || value.length > 2048 || UNFIT.test(value)) return false;
  const scheme = /^([a-z]+):/.exec(value)?.[1];
  if (!scheme || !schemes.includes(scheme) || !URL.canParse(value)) return false;
  return scheme.startsWith('http') ? /^https?:\/\/[^/?#]/.test(value) : /^[a-z]+:[^/]/.test(value);
};

export const isLink = url('http', 'https', 'mailto', 'tel');
export const isImage = url('https');

const ATTRIBUTES: Record<string, Rule> = {
  bold: isTrue,
  italic: isTrue,
  underline: isTrue,
  strike: isTrue,
  code: isTrue,
  blockquote: isTrue,
  script: oneOf('sub', 'super'),
  list: oneOf('ordered', 'bullet', 'checked', 'unchecked'),
  align: oneOf('left', 'center', 'right', 'justify'),
  direction: oneOf('ltr', 'rtl'),
  size: oneOf('small', 'large', 'huge'),
  font: isWord,
  'code-block': (value) => isTrue(value) || isWord(value),
  header: between(1, 6),
  indent: between(0, 8),
  color: isColor,
  background: isColor,
  link: isLink,
};

export const FORMATS = [...Object.keys(ATTRIBUTES), 'image', 'divider'];

// allowedEmbed tells whether an embed may stand in a document.
export function allowedEmbed(embed: Record<string, unknown>): boolean {
  const [type, ...more] = Object.keys(embed);
  return more.length === 0 && ((type === 'image' && isImage(embed.image)) || (type === 'divider' && embed.divider === true));
}

// allowedAttributes are those of an op that the server takes. On a retain, null removes, and whatever cannot be set is
// left alone; Quill says false or '' for removing as well.
export function allowedAttributes(op: Op): AttributeMap | undefined {
  if (!op.attributes) return undefined;
  const kept: AttributeMap = {};
  for (const [key, value] of Object.entries(op.attributes)) {
    const rule = Object.hasOwn(ATTRIBUTES, key) ? ATTRIBUTES[key] : undefined;
    if (!rule) continue;
    if (rule(value)) kept[key] = value;
    else if (op.retain !== undefined && (value === null || value === false || value === '')) kept[key] = null;
  }
  return Object.keys(kept).length > 0 ? kept : undefined;
}

// showable is a change as the editor is shown it, of the same length: what no server should have let in would stop Quill in
// the middle of drawing, and everything typed afterwards would land elsewhere.
export function showable({ ops }: Delta): Delta {
  return new Delta(
    ops.map((op) => {
      const { attributes: _, ...bare } = op;
      const attributes = allowedAttributes(op);
      const shown: Op = attributes ? { ...bare, attributes } : bare;
      return typeof op.insert === 'object' && !allowedEmbed(op.insert) ? { ...shown, insert: { image: '' } } : shown;
    }),
  );
}
