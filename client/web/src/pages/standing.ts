// Banners about how one stands to the document: as a guest, as a reader, before a lock, under an open link, before an offer.

import { html, nothing, type TemplateResult } from 'lit';
import type { Document, Rights, User } from '../sdk';
import { http, Part, sentence } from './part';
import { askForMore } from './request';
import { above, an } from './roles';

export class Standing extends Part {
  declare doc: string;
  declare me: User;
  declare rights: Rights;
  declare locked: string; // in words; '' while it is not
  declare why: string; // one may not write any more, in words; '' if that was never otherwise
  declare about: Document | null; // as it was read last
  declare share: () => void;
  declare look: () => void; // called when about may be another
  #error = '';
  #asked = false;
  #hidden = false; // the banner about a public link

  static override properties = {
    doc: { attribute: false },
    me: { attribute: false },
    rights: { attribute: false },
    locked: { attribute: false },
    why: { attribute: false },
    about: { attribute: false },
    share: { attribute: false },
    look: { attribute: false },
  };

  protected override render(): TemplateResult {
    return html`${this.me.guest ? this.#guest() : nothing} ${this.locked ? this.#lock() : this.rights.mayEdit ? nothing : this.#reader()}
    ${this.about?.offered ? this.#offer() : nothing} ${this.about?.public && this.rights.commands.includes('edit') && !this.#hidden ? this.#open() : nothing}
    ${this.#error ? html`<p class="error" role="alert">${this.#error}</p>` : nothing}`;
  }

  #guest(): TemplateResult {
    return html`<p class="guestline">You are here as ${this.me.name} · <a href="/signin?next=${encodeURIComponent(`/d/${this.doc}`)}">Sign in</a></p>`;
  }

  #lock(): TemplateResult {
    const may = this.rights.commands.includes('unlock');
    return html`<div class="notice">
      <p>${this.locked}</p>
      ${may ? html`<button class="button" @click=${() => this.#do(() => http.sharing.unlock(this.doc))}>Unlock</button>` : nothing}
    </div>`;
  }

  #reader(): TemplateResult {
    const { role } = this.rights;
    const ask = () => askForMore(this.doc, role, () => void ((this.#asked = true), this.requestUpdate()));
    return html`<div class="notice">
      <p>${this.#asked ? 'Your request is sent. This page changes as soon as somebody says yes.' : this.why || `You are ${an(role)} of this document: you can read it, but not change it.`}</p>
      ${this.me.guest || this.#asked || above(role).length === 0 ? nothing : html`<button class="button" @click=${ask}>Request access</button>`}
    </div>`;
  }

  #offer(): TemplateResult {
    const answer = (step: (doc: string) => Promise<void>) => () => this.#do(() => step(this.doc));
    return html`<div class="notice">
      <p>The ownership of this document is offered to you. The owner until now stays Admin.</p>
      <button class="button primary" @click=${answer(http.sharing.acceptOffer)}>Accept</button>
      <button class="button" @click=${answer(http.sharing.declineOffer)}>Decline</button>
    </div>`;
  }

  #open(): TemplateResult {
    const may = this.rights.commands.includes('list-access');
    return html`<div class="notice quiet">
      <p>This document is open to anybody who has its link.</p>
      ${may ? html`<button class="button" @click=${this.share}>Look at sharing</button>` : nothing}
      <button class="button" @click=${() => void ((this.#hidden = true), this.requestUpdate())}>Hide</button>
    </div>`;
  }

  async #do(step: () => Promise<void>): Promise<void> {
    this.#error = '';
    try {
      await step();
      this.look();
    } catch (error) {
      this.#error = sentence(error);
    }
    this.requestUpdate();
  }
}

customElements.define('cs-standing', Standing);
