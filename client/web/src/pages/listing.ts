// Listing is a page of things that are read a page at a time, with what was done to them told in a sentence.

import { html, nothing, type TemplateResult } from 'lit';
import type { List } from '../sdk';
import { Part, sentence } from './part';

export abstract class Listing<Item> extends Part {
  protected items: Item[] | null = null;
  protected said = '';
  #error = '';
  #next: string | undefined;
  #reads = 0; // the answer to an older one is not shown

  protected abstract read(cursor?: string): Promise<List<Item>>;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  protected async load(more = false): Promise<void> {
    const reading = ++this.#reads;
    try {
      const page = await this.read(more ? this.#next : undefined);
      if (reading !== this.#reads) return;
      this.items = more ? [...(this.items ?? []), ...page.items] : page.items;
      this.#next = page.nextCursor;
    } catch (error) {
      this.#error = sentence(error);
    }
    this.requestUpdate();
  }

  // act does something, says it, and reads again.
  protected async act(step: () => Promise<string>): Promise<void> {
    this.#error = this.said = '';
    try {
      this.said = await step();
    } catch (error) {
      this.#error = sentence(error);
      this.requestUpdate();
      return;
    }
    await this.load();
  }

  protected told(): TemplateResult {
    return html`<p class="error" role="alert" ?hidden=${!this.#error}>${this.#error}</p>
      <p class="said" role="status">${this.said}</p>`;
  }

  // list shows a row for each, or words where there is none.
  protected list(row: (item: Item) => TemplateResult, none: string): TemplateResult {
    if (!this.items) return html`<p class="aside">Loading…</p>`;
    if (this.items.length === 0) return html`<p class="card aside">${none}</p>`;
    return html`<ul class="rows card">${this.items.map(row)}</ul>
      ${this.#next ? html`<p class="aside"><button class="button" @click=${() => this.load(true)}>Show more</button></p>` : nothing}`;
  }
}
