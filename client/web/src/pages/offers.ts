// What could not be saved, offered for copying. Nothing unsent is thrown away without its author saying so.

import { html, nothing, type TemplateResult } from 'lit';
import type { Offer } from '../sdk';
import { copy, Part } from './part';

export class Offers extends Part {
  declare offers: Offer[];
  declare discard: () => void;
  #said = '';

  static override properties = { offers: { attribute: false }, discard: { attribute: false } };

  protected override render(): TemplateResult | typeof nothing {
    if (this.offers.length === 0) return nothing;
    const text = this.offers.map((offer) => offer.text).filter(Boolean).join('\n\n');
    const why = [...new Set(this.offers.map((offer) => offer.message))].join(' ');
    return html`<section class="notice bad" role="alert" aria-label="Not saved">
      <p><strong>${text ? 'This text could not be saved.' : 'A change could not be saved.'}</strong> ${why}</p>
      ${text ? html`<textarea readonly rows="4" aria-label="Text that could not be saved" .value=${text}></textarea>` : nothing}
      <footer>
        <span role="status">${this.#said}</span>
        ${text ? html`<button class="button primary" @click=${() => this.#copy(text)}>Copy text</button>` : nothing}
        <button class="button" @click=${this.discard}>${text ? 'Discard' : 'All right'}</button>
      </footer>
    </section>`;
  }

  async #copy(text: string): Promise<void> {
    if (await copy(text)) this.#said = 'Copied.';
    else {
      this.querySelector('textarea')?.select();
      this.#said = 'Press the keys for copying now.';
    }
    this.requestUpdate();
  }
}

customElements.define('cs-offers', Offers);
