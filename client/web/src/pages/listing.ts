// Listing is a page of things that are read a page at a time, with what was done to them told in a sentence.

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { List } from '../sdk';
import { Part, sentence } from './part';
import { trouble } from './trouble';

export abstract class Listing<Item> extends Part {
  protected items: Item[] | null = null;
  protected said = '';
  #error = '';
  #unread: unknown = null; // why the list, or more of it, could not be read
  #next: string | undefined;
  #reads = 0; // the answer to an older one is not shown

  protected abstract read(cursor?: string): Promise<List<Item>>;
  protected abstract key(item: Item): string;

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
      this.#unread = null;
    } catch (error) {
      if (reading !== this.#reads) return;
      this.#unread = error;
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
    await this.updateComplete;
    // The row that had the focus may be gone by it: then the sentence has it, and not the same button of another row.
    if (document.activeElement === document.body) this.querySelector<HTMLElement>('.said')?.focus();
  }

  // asked is act for the answer to a question, which stays, with what is written in it, when the step fails.
  protected async asked(step: () => Promise<string>): Promise<void> {
    const said = await step();
    setTimeout(() => void this.act(async () => said)); // after the question has closed
  }

  protected told(): TemplateResult {
    return html`<p class="error" role="alert" ?hidden=${!this.#error}>${this.#error}</p>
      <p class="said" role="status" tabindex="-1">${this.said}</p>`;
  }

  // list shows a row for each, or words where there is none.
  protected list(row: (item: Item) => TemplateResult, none: string): TemplateResult {
    const more = () => this.load(this.items !== null && this.#next !== undefined);
    const broken = this.#unread ? trouble(this.#unread, more) : nothing;
    if (!this.items) return html`${this.#unread ? broken : html`<p class="aside" role="status">Loading…</p>`}`;
    if (this.items.length === 0) return html`${broken}<p class="card aside">${none}</p>`;
    return html`<ul class="rows card">${repeat(this.items, (item) => this.key(item), row)}</ul>
      ${broken} ${this.#next && !this.#unread ? html`<p class="aside"><button class="button" @click=${more}>Show more</button></p>` : nothing}`;
  }
}
