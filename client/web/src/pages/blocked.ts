// What stands in the place of a document that one may not see, the same whether there is one or not: asking for access.

import { html, nothing, type TemplateResult } from 'lit';
import type { OwnAccess, Role, User } from '../sdk';
import { http, Part, sentence } from './part';
import { roleField } from './request';
import { openShare } from './share/dialog';

const LOOK_MS = 5_000; // between two looks whether somebody has said yes

export class Blocked extends Part {
  declare doc: string;
  declare me: User;
  declare open: () => void; // called when it would open now
  #own: OwnAccess | null = null;
  #sent = false;
  #error = '';
  #timer: ReturnType<typeof setInterval> | undefined;

  static override properties = { doc: { attribute: false }, me: { attribute: false }, open: { attribute: false } };

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'No access · Coscribe';
    void this.#look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  // look finds out whether there is more to say than nothing: an offer of ownership, or that one looks after the server.
  async #look(): Promise<void> {
    if (document.visibilityState === 'hidden') return;
    this.#own = await http.sharing.own(this.doc).catch(() => null);
    if (this.#own && this.#own.role !== 'none') return this.open();
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    return html`<div class="card form">
        <p>It is not shared with you, or there is no such document. You are ${this.me.guest ? 'here as' : 'signed in as'} ${this.me.email ?? this.me.name}.</p>
        ${this.me.guest ? this.#signIn() : this.#sent ? this.#wait() : this.#form()}
      </div>
      ${this.#own?.offered ? this.#offer() : nothing} ${this.#own?.commands.includes('list-access') ? this.#manage() : nothing}`;
  }

  #signIn(): TemplateResult {
    return html`<p>Sign in to ask for access, or open the link again that you were given.</p>
      <footer><a class="button primary" href="/signin?next=${encodeURIComponent(location.pathname)}">Sign in</a></footer>`;
  }

  #wait(): TemplateResult {
    return html`<p role="status"><strong>Your request is sent.</strong> If somebody looks after this document they read it now. This page opens by itself as soon as they say yes.</p>`;
  }

  #form(): TemplateResult {
    return html`<form class="form" @submit=${(event: SubmitEvent) => void this.#ask(event)}>
      ${roleField('none')}
      <label>What for? They read it. <textarea name="message" rows="3" maxlength="500"></textarea></label>
      ${this.#error ? html`<p class="error" role="alert">${this.#error}</p>` : nothing}
      <footer><button class="button primary">Request access</button></footer>
    </form>`;
  }

  async #ask(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    await this.#do(async () => {
      await http.sharing.request(this.doc, String(fields.get('role')) as Role, String(fields.get('message')).trim());
      this.#sent = true;
      this.#timer ??= setInterval(() => void this.#look(), LOOK_MS);
    });
  }

  #offer(): TemplateResult {
    const answer = (step: (doc: string) => Promise<void>) => () => this.#do(async () => void (await step(this.doc), await this.#look()));
    return html`<div class="notice">
      <p>The ownership of this document is offered to you.</p>
      <button class="button primary" @click=${answer(http.sharing.acceptOffer)}>Accept</button>
      <button class="button" @click=${answer(http.sharing.declineOffer)}>Decline</button>
    </div>`;
  }

  #manage(): TemplateResult {
    const manage = () =>
      openShare({ doc: this.doc, title: 'this document', me: this.me, role: 'none', here: () => new Set(), closed: () => void this.#look() });
    return html`<div class="notice">
      <p>You look after this server: you may decide who has access to this document without reading it.</p>
      <button class="button" @click=${manage}>Manage access</button>
    </div>`;
  }

  async #do(step: () => Promise<void>): Promise<void> {
    this.#error = '';
    try {
      await step();
    } catch (error) {
      this.#error = sentence(error);
    }
    this.requestUpdate();
  }
}

customElements.define('cs-blocked', Blocked);
