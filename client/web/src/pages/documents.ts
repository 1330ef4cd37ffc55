// The list of documents.

import { html, nothing, type TemplateResult } from 'lit';
import type { Document } from '../sdk';
import { ask } from './dialog';
import { icon } from './icons';
import { invite } from './invite';
import { ago, Complaint, http, Part, type Shell } from './part';
import { trouble } from './trouble';

export class Documents extends Part {
  declare shell: Shell;
  #items: Document[] | null = null;
  #next: string | undefined;
  #error: unknown = null;
  #busy = false;

  static override properties = { shell: { attribute: false } };

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Documents · Coscribe';
    void this.#load();
  }

  async #load(more = false): Promise<void> {
    this.#error = null;
    try {
      const page = await http.documents(more ? this.#next : undefined);
      this.#items = more ? [...(this.#items ?? []), ...page.items] : page.items;
      this.#next = page.nextCursor;
    } catch (error) {
      this.#error = error;
    }
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    return html`<main class="wide">
      <header class="heading">
        <h1 tabindex="-1">Documents</h1>
        <a class="button" href="/trash">${icon('trash')} Trash</a>
        ${this.shell.user?.instanceAdmin ? html`<button class="button" @click=${invite}>${icon('user')} Invite</button>` : nothing}
        <button class="button primary" aria-disabled=${this.#busy} @click=${this.#create}>${icon('add')} New document</button>
      </header>
      ${this.#error ? trouble(this.#error, () => void this.#load()) : nothing}
      ${this.#list()}
    </main>`;
  }

  #list(): TemplateResult | typeof nothing {
    if (!this.#items) return this.#error ? nothing : html`<p class="aside" role="status">Loading…</p>`;
    if (this.#items.length === 0) {
      return html`<div class="empty card">
        ${icon('document')}
        <h2>Nothing here yet</h2>
        <p>Documents that you make, or that others share with you, stand here.</p>
        <button class="button primary" aria-disabled=${this.#busy} @click=${this.#create}>Write the first one</button>
      </div>`;
    }
    return html`<ul class="documents card">
        ${this.#items.map((item) => this.#row(item))}
      </ul>
      ${this.#next ? html`<p class="aside"><button class="button" @click=${() => this.#load(true)}>Show more</button></p>` : nothing}`;
  }

  #row(item: Document): TemplateResult {
    const { id, title, role, updatedAt } = item;
    return html`<li>
      <a href="/d/${id}">${icon('document')}<span class="title" title=${title}>${title}</span></a>
      <span class="role">${role === 'owner' ? nothing : `${role} · shared`}</span>
      <time datetime=${updatedAt} title=${new Date(updatedAt).toLocaleString()}>${ago(updatedAt)}</time>
      <span class="actions">
        ${role === 'owner' || role === 'admin' || role === 'editor'
          ? html`<button class="tool" aria-label="Rename ${title}" title="Rename" @click=${() => this.#rename(item)}>${icon('rename')}</button>`
          : nothing}
        ${role === 'owner'
          ? html`<button class="tool" aria-label="Delete ${title}" title="Delete" @click=${() => this.#delete(item)}>${icon('trash')}</button>`
          : nothing}
      </span>
    </li>`;
  }

  async #create(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.requestUpdate();
    try {
      const { id } = await http.createDocument('Untitled');
      this.shell.go(`/d/${id}`);
      return;
    } catch (error) {
      this.#error = error;
    }
    this.#busy = false;
    this.requestUpdate();
  }

  #rename(item: Document): void {
    ask({
      title: 'Rename document',
      label: 'Title',
      most: 200,
      value: item.title,
      action: 'Rename',
      answer: async (value) => {
        const title = value.trim();
        if (!title) throw new Complaint('A document needs a title.');
        await http.renameDocument(item.id, title);
        await this.#load();
      },
    });
  }

  #delete(item: Document): void {
    ask({
      title: `Delete “${item.title}”?`,
      text: 'Everyone who has it open loses it at once. You can take it out of the trash for 30 days.',
      action: 'Delete',
      danger: true,
      answer: async () => {
        await http.deleteDocument(item.id);
        await this.#load();
      },
    });
  }
}

customElements.define('cs-documents', Documents);
