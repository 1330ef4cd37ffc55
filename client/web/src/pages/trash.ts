// The trash: one's own documents that were deleted, and until when they can be taken out.

import { html, type TemplateResult } from 'lit';
import type { Deleted } from '../sdk';
import { dayOf } from './expiry';
import { icon } from './icons';
import { Listing } from './listing';
import { ago, http } from './part';

export class Trash extends Listing<Deleted> {
  protected read = (cursor?: string) => http.trash(cursor);
  protected key = ({ id }: Deleted) => id;

  protected override render(): TemplateResult {
    document.title = 'Trash · Coscribe';
    return html`<main class="wide">
      <header class="heading"><h1 tabindex="-1">Trash</h1><a class="button" href="/">All documents</a></header>
      ${this.told()} ${this.list((item) => this.#row(item), 'Nothing is in the trash. What you delete stands here for 30 days.')}
    </main>`;
  }

  #row({ id, title, deletedAt, until }: Deleted): TemplateResult {
    const back = () =>
      this.act(async () => {
        await http.undelete(id);
        return `“${title}” is among your documents again, with the access it had.`;
      });
    return html`<li>
      ${icon('document')}<span class="grow"><strong>${title}</strong><br /><small>deleted ${ago(deletedAt)}, here until ${dayOf(until)}</small></span>
      <button class="button" aria-label="Take out ${title}" @click=${back}>Take out</button>
    </li>`;
  }
}

customElements.define('cs-trash', Trash);
