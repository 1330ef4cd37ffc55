// The keys that Quill does not bind, by their place on the keyboard where their character depends on the layout. Escape
// and then Tab leaves the text: Tab alone indents, which would be a trap for who has no mouse.

import type Quill from 'quill/core.js';

export interface ShortcutActions {
  link(): void;
  help(): void; // shows SHORTCUTS
}

export const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '');
const MOD = isMac ? '⌘' : 'Ctrl+';
const ALT = isMac ? '⌥' : 'Alt+';
const SHIFT = isMac ? '⇧' : 'Shift+';

// keys says a shortcut as people read it: keys('Mod Shift Z').
export function keys(names: string): string {
  return names.replace(/Mod |Alt |Shift /g, (name) => ({ 'Mod ': MOD, 'Alt ': ALT, 'Shift ': SHIFT })[name]!);
}

// SHORTCUTS are all keys that do something in the text, Quill's own as well, by what they do.
export const SHORTCUTS: [what: string, keys: string][] = [
  ['Bold', 'Mod B'],
  ['Italic', 'Mod I'],
  ['Underline', 'Mod U'],
  ['Link', 'Mod K'],
  ['Heading 1 to 6', 'Mod Alt 1 … 6'],
  ['Plain text line', 'Mod Alt 0'],
  ['Numbered list', 'Mod Shift 7'],
  ['Bullet list', 'Mod Shift 8'],
  ['Checklist', 'Mod Shift 9'],
  ['Indent, or less', 'Tab, Shift Tab'],
  ['Undo', 'Mod Z'],
  ['Redo', 'Mod Shift Z'],
  ['Paste as plain text', 'Mod Shift V'],
  ['Follow a link', 'Mod click'],
  ['Leave the text', 'Esc, then Tab'],
  ['Show these keys', 'Mod /'],
];

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
  if (!altKey && !shiftKey && key === '/') {
    actions.help();
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
