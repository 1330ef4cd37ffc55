// The share dialog: who has access, as what; a change takes effect at once and is told in a sentence.

import { html, type TemplateResult } from 'lit';
import { openDialog } from '../dialog';
import { icon } from '../icons';
import { copy } from '../part';
import { trouble } from '../trouble';
import { Access, type Shared } from './access';
import { addForm } from './add';
import { general } from './general';
import { links } from './links';
import { people } from './people';
import { requests } from './requests';

export type { Shared } from './access';

export function openShare(shared: Shared): void {
  const access = new Access(shared, () => dialog.update());
  const dialog = openDialog(`Share “${shared.title}”`, () => share(access, () => dialog.close()), { wide: true, closed: () => shared.closed?.() });
  void access.open();
}

function share(access: Access, close: () => void): TemplateResult {
  return html`<div class="share-list">
    ${addForm(access)}
    <div class="told">
      <p class="error" role="alert" ?hidden=${!access.error}>${access.error}</p>
      <p class="said" role="status">${access.said}</p>
    </div>
    ${access.grants
      ? html`${people(access, access.grants)} ${requests(access)}
          <h3>General access</h3>
          ${general(access, access.grants)} ${links(access)}`
      : access.unread
        ? trouble(access.unread, () => void access.load())
        : html`<p class="aside" role="status">Loading…</p>`}
    <footer>
      <button type="button" class="button" @click=${() => copyAddress(access)}>${icon('link')} Copy link</button>
      <span class="grow"></span>
      <button type="button" class="button primary" @click=${close}>Done</button>
    </footer>
  </div>`;
}

// The plain address: it opens for those who have access, and for nobody else.
function copyAddress(access: Access): void {
  void access.change(async () => {
    const address = `${location.origin}/d/${access.of.doc}`;
    return (await copy(address)) ? 'The address is copied. It opens for those who have access.' : `Copy the address: ${address}`;
  });
}
