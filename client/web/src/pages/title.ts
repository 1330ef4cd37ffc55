// The title, edited in place: Enter or leaving it saves, Escape takes it back.

import { html, type TemplateResult } from 'lit';
import { Part } from './part';

export class Title extends Part {
  declare value: string;
  declare fixed: boolean;
  declare save: (title: string) => Promise<void>;

  static override properties = { value: {}, fixed: { type: Boolean }, save: { attribute: false } };

  protected override render(): TemplateResult {
    if (this.fixed) return html`<h1 class="doctitle">${this.value}</h1>`;
    return html`<h1 class="unseen">${this.value}</h1>
      <input class="doctitle" aria-label="Title" maxlength="200" size="1" autocomplete="off" spellcheck="false" @keydown=${this.#key} @blur=${this.#leave} />`;
  }

  // Somebody else's new title does not replace the one that is being typed.
  protected override updated(): void {
    const input = this.querySelector('input');
    if (input && document.activeElement !== input) input.value = this.value;
  }

  #key(event: KeyboardEvent): void {
    const input = event.target as HTMLInputElement;
    if (event.key === 'Escape') input.value = this.value;
    if (event.key === 'Escape' || event.key === 'Enter') input.blur();
  }

  async #leave(event: FocusEvent): Promise<void> {
    const input = event.target as HTMLInputElement;
    const title = input.value.trim();
    if (title && title !== this.value) await this.save(title);
    input.value = this.value;
  }
}

customElements.define('cs-title', Title);
