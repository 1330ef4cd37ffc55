// Deletions over the end of a line are made by Quill. The browser would join the lines itself and keep the looks of the
// second one as inline styles, which the Content-Security-Policy reports and nobody wants.

import type Quill from 'quill/core.js';
import { deleteRange } from 'quill/modules/keyboard.js';

export function joinLines(quill: Quill): () => void {
  const before = (event: InputEvent) => {
    if (!event.inputType.startsWith('delete') || event.defaultPrevented || quill.composition.isComposing) return;
    const target = event.getTargetRanges()[0];
    const native = target && quill.selection.normalizeNative(target);
    const range = native && quill.selection.normalizedToRange(native);
    if (!range || range.length === 0 || quill.getLine(range.index)[0] === quill.getLine(range.index + range.length)[0]) return;
    event.preventDefault();
    deleteRange({ range, quill });
  };
  quill.root.addEventListener('beforeinput', before, true);
  return () => quill.root.removeEventListener('beforeinput', before, true);
}
