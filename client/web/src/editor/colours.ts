// Colours of text and of what is marked. A document says them for light paper, so they are handed to the style sheet as
// custom properties, which shows them as they are or, on dark paper, lighter and darker.

import { Scope, StyleAttributor } from 'parchment';
import { Delta } from '../sdk/delta';

class Property extends StyleAttributor {
  override add(node: HTMLElement, value: string): boolean {
    if (!this.canAdd(node, value)) return false;
    node.style.setProperty(this.keyName, value);
    return true;
  }

  override remove(node: HTMLElement): void {
    node.style.removeProperty(this.keyName);
    if (!node.getAttribute('style')) node.removeAttribute('style');
  }

  override value(node: HTMLElement): string {
    return node.style.getPropertyValue(this.keyName);
  }
}

export const Tint = new Property('color', '--tint', { scope: Scope.INLINE });
export const Mark = new Property('background', '--mark', { scope: Scope.INLINE });

// withoutPaper takes the ink and the paper of the place that something was copied from out of it: nobody chose them for these
// words, and on other paper they cannot be read. Nor need a link look like one there.
export function withoutPaper(pasted: Delta): Delta {
  return new Delta(
    pasted.ops.map((op) => {
      if (!op.attributes) return op;
      const { attributes: _, ...bare } = op;
      const { color, background, underline, ...kept } = op.attributes;
      if (!kept.link && color && !isGrey(color)) kept.color = color;
      if (background && !isGrey(background)) kept.background = background;
      if (!kept.link && underline) kept.underline = underline;
      return Object.keys(kept).length > 0 ? { ...bare, attributes: kept } : bare;
    }),
  );
}

const GREYS = /^(black|white|gr[ae]y|(dark|dim|light|slate)gr[ae]y|silver|windowtext|window|transparent|inherit|initial|unset|currentcolor)$/i;
const TINGE = 32; // what is as colourless as this is ink or paper

// isGrey takes what a browser says of a colour that was pasted.
function isGrey(colour: unknown): boolean {
  if (typeof colour !== 'string' || GREYS.test(colour)) return true;
  const hex = /^#([0-9a-f]{6})/i.exec(colour)?.[1];
  const parts = hex ? hex.match(/../g)!.map((part) => parseInt(part, 16)) : (colour.match(/\d+(\.\d+)?/g) ?? []).slice(0, 3).map(Number);
  return parts.length < 3 || Math.max(...parts) - Math.min(...parts) <= TINGE;
}
