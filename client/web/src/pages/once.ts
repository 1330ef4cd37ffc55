// What is shown once, to be copied: the secret of a link, of an invitation, of a token.

import { html } from 'lit';
import { openDialog } from './dialog';
import { copy } from './part';

export function showOnce({ title, label, value, text }: { title: string; label: string; value: string; text: string }): void {
  let copied = '';
  const copyIt = async () => {
    copied = (await copy(value)) ? 'Copied.' : 'Select it and copy it.';
    dialog.update();
  };
  const dialog = openDialog(
    title,
    () => html`<div class="form">
      <p>${text}</p>
      <label>${label} <input readonly .value=${value} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} /></label>
      <footer>
        <span class="aside" role="status">${copied}</span>
        <button class="button primary" @click=${copyIt}>Copy ${label.toLowerCase()}</button>
        <button class="button" @click=${() => dialog.close()}>Done</button>
      </footer>
    </div>`,
  );
}
