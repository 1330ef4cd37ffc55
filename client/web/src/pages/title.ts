// The title, edited in place: Enter or leaving it saves, Escape takes it back.

import { html, type TemplateResult } from 'lit';
import { Part } from './part';

export class Title extends Part {
  declare value: string;
  declare fixed: boolean;
  declare save: (title: string) => Promise<void>;
  #shown = ''; // what the field was last given; while it holds that, nobody has typed

  static override properties = { value: {}, fixed: { type: Boolean }, save: { attribute: false } };

  protected override render(): TemplateResult {
    if (this.fixed) return html`<h1 class="doctitle">${this.value}</h1>`;
    return html`<h1 class="unseen">${this.value}</h1>
      <input class="doctitle" aria-label="Title" maxlength="200" size="1" autocomplete="off" spellcheck="false" @keydown=${this.#key} @blur=${this.#leave} />`;
  }

  // Somebody else's new title does not replace the one that is being typed; but where nothing was typed, leaving must not take it back.
  protected override updated(): void {
    const input = this.querySelector('input');
    if (input && (document.activeElement !== input || input.value === this.#shown)) this.#show(input);
  }

  #show(input: HTMLInputElement): void {
    input.value = this.#shown = this.value;
  }

  #key(event: KeyboardEvent): void {
    const input = event.target as HTMLInputElement;
    if (event.key === 'Escape') this.#show(input);
    if (event.key === 'Escape' || event.key === 'Enter') input.blur();
  }

  async #leave(event: FocusEvent): Promise<void> {
    const input = event.target as HTMLInputElement;
    const title = input.value.trim();
    if (title && title !== this.value) await this.save(title);
    this.#show(input);
  }
}

customElements.define('cs-title', Title);
