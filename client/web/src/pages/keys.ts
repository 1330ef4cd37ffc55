// All keys that do something in the text.

import { html } from 'lit';
import { keys, SHORTCUTS } from '../editor/shortcuts';
import { openDialog } from './dialog';

export function showKeys(): void {
  openDialog(
    'Keys',
    () => html`<dl class="keys">
        ${SHORTCUTS.map(([what, names]) => html`<div><dt>${what}</dt><dd><kbd>${keys(names)}</kbd></dd></div>`)}
      </dl>
      <p class="hint">“# ”, “- ”, “1. ”, “[ ] ” and “> ” at the beginning of a line make a heading, a list, a checklist and a quote of it, \`\`\` a block of code.</p>`,
    { wide: true },
  );
}
