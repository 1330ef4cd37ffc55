// Coming in by a link, or where anyone may: whoever is nobody becomes a guest.

import { html, type PropertyValues, type TemplateResult } from 'lit';
import { Refusal } from '../sdk';
import { http, Part, sentence, type Shell } from './part';

export class Entering extends Part {
  declare shell: Shell;
  declare secret: string; // of the link
  declare doc: string; // or the document that anyone may see
  #dead = '';
  #error = '';

  static override properties = { shell: { attribute: false }, secret: { attribute: false }, doc: { attribute: false } };

  protected override updated(changed: PropertyValues): void {
    document.title = 'Coscribe';
    if (changed.has('secret') || changed.has('doc')) void this.#enter();
  }

  async #enter(): Promise<void> {
    this.#error = this.#dead = '';
    if (!this.doc && !this.secret) this.#dead = 'The link is incomplete. Open it again, all of it.';
    else {
      try {
        const { user, document } = await http.enter(this.doc ? { document: this.doc } : { link: this.secret });
        return this.shell.entered(user, document);
      } catch (error) {
        this.#refused(error);
      }
    }
    this.requestUpdate();
  }

  // Who is not let in to a document as a guest signs in, whether it exists or not; so does who may not come by a link without
  // an account, and comes by it then.
  #refused(error: unknown): void {
    const final = error instanceof Refusal && !error.temporary;
    if (final && (this.doc || error.status === 403)) {
      return this.shell.go(`/signin?next=${encodeURIComponent(this.doc ? `/d/${this.doc}` : '/link')}`, true);
    }
    if (final) this.#dead = error.message;
    else this.#error = sentence(error);
  }

  protected override render(): TemplateResult {
    if (this.#dead) {
      return html`<main class="narrow">
        <h1 tabindex="-1">This link does not work</h1>
        <p class="card">${this.#dead}</p>
        <p class="aside"><a href="/">To your documents</a></p>
      </main>`;
    }
    if (this.#error) {
      return html`<main class="narrow">
        <h1 tabindex="-1">Not open yet</h1>
        <div class="notice bad" role="alert"><p>${this.#error}</p><button class="button" @click=${() => this.#enter()}>Try again</button></div>
      </main>`;
    }
    return html`<main class="narrow"><p class="aside opening" role="status">Opening…</p></main>`;
  }
}

customElements.define('cs-entering', Entering);
