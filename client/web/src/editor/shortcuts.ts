// The keys that Quill does not bind, by their place on the keyboard where their character depends on the layout. Escape
// and then Tab leaves the text: Tab alone indents, which would be a trap for who has no mouse.

import type Quill from 'quill/core.js';

export interface ShortcutActions {
  link(): void;
}

export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');

export function addShortcuts(quill: Quill, actions: ShortcutActions): () => void {
  let leaving = false;
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Tab' && leaving) {
      event.stopPropagation(); // to Quill; the browser moves the focus
      return;
    }
    if (event.key === 'Escape') leaving = true;
    else if (event.key !== 'Shift') leaving = false;
    const mod = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
    if (!mod || !quill.isEnabled() || !quill.getSelection() || !format(quill, actions, event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const stay = () => (leaving = false);
  quill.container.addEventListener('keydown', press, true);
  quill.container.addEventListener('focusout', stay);
  return () => {
    quill.container.removeEventListener('keydown', press, true);
    quill.container.removeEventListener('focusout', stay);
  };
}

const LISTS: Record<string, string> = { Digit7: 'ordered', Digit8: 'bullet', Digit9: 'unchecked' };

function format(quill: Quill, actions: ShortcutActions, { code, key, altKey, shiftKey }: KeyboardEvent): boolean {
  if (!altKey && !shiftKey && key.toLowerCase() === 'k') {
    actions.link();
    return true;
  }
  const heading = /^Digit([0-6])$/.exec(code)?.[1];
  if (altKey && !shiftKey && heading !== undefined) {
    quill.format('header', Number(heading) || false, 'user');
    return true;
  }
  const list = LISTS[code];
  if (shiftKey && !altKey && list) {
    toggle(quill, 'list', list);
    return true;
  }
  return false;
}

// toggle sets a format, or removes it where it is set already.
export function toggle(quill: Quill, name: string, value: unknown = true): void {
  const now = quill.getFormat()[name];
  const set = now === value || (name === 'list' && value === 'unchecked' && now === 'checked');
  quill.format(name, set ? false : value, 'user');
}
