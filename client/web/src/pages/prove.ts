// Proving that one's address is one's own, by an invitation for it: what others gave to the address is one's own then.

import { html, type TemplateResult } from 'lit';
import type { Invitation, User } from '../sdk';
import { http, Part, sentence, type Shell } from './part';

export class Prove extends Part {
  declare shell: Shell;
  declare secret: string;
  declare me: User;
  #invitation: Invitation | null = null;
  #error = '';

  static override properties = { shell: { attribute: false }, secret: { attribute: false }, me: { attribute: false } };

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#try(async () => (this.#invitation = await http.invitation(this.secret)));
  }

  async #try(step: () => Promise<unknown>): Promise<void> {
    this.#error = '';
    try {
      await step();
    } catch (error) {
      this.#error = sentence(error);
    }
    this.requestUpdate();
  }

  #prove(): void {
    void this.#try(async () => this.shell.signedIn(await http.proveAddress(this.secret)));
  }

  protected override render(): TemplateResult {
    const { email } = this.me;
    const mine = this.#invitation?.email === email;
    return html`<main class="narrow">
      <h1 tabindex="-1">An invitation</h1>
      ${this.#error ? html`<p class="error" role="alert">${this.#error}</p>` : ''}
      ${!this.#invitation
        ? html`<p class="aside" role="status">${this.#error ? '' : 'Looking…'}</p>`
        : mine
          ? html`<p class="card">It was sent to ${email}, and so shows that the address is yours. What others share with it is yours then.</p>
              <button class="button primary" @click=${() => this.#prove()}>This address is mine</button>`
          : html`<p class="card">You are signed in as ${email}, and have an account. Sign out to make another one with this invitation.</p>`}
      <p class="aside"><a href="/">To your documents</a></p>
    </main>`;
  }
}

customElements.define('cs-prove', Prove);
