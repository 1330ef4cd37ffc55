// The audit: who did what, to whom, from where. Each row's hash holds the one before it.

import { html, nothing, type TemplateResult } from 'lit';
import type { AuditFilter, AuditRow } from '../../sdk';
import { Listing } from '../listing';
import { Complaint, http } from '../part';
import { DEEDS, deedOf } from './deeds';
import { short } from './reach';

export class AdminAudit extends Listing<AuditRow> {
  #filter: AuditFilter = {};
  #document: string | undefined;

  protected read = (cursor?: string) => http.instance.audit(this.#filter, cursor, this.#document);
  protected key = ({ document, n }: AuditRow) => `${document ?? ''} ${n}`;

  protected override render(): TemplateResult {
    return html`<form class="filter card" role="search" @submit=${(event: SubmitEvent) => this.#search(event)}>
        <label>Done by (email) <input name="email" type="email" autocomplete="off" /></label>
        <label>Action <select name="action"><option value="">any</option>${Object.entries(DEEDS).map(([action, { words }]) => html`<option value=${action}>${words}</option>`)}</select></label>
        <label>From <input name="from" type="date" /></label>
        <label>Until <input name="until" type="date" /></label>
        <label>Document (id) <input name="document" autocomplete="off" spellcheck="false" maxlength="36" /></label>
        <button class="button primary">Show</button>
      </form>
      <p class="filter">
        <button class="button" @click=${() => this.#export('text/csv', 'csv')}>Export as CSV</button>
        <button class="button" @click=${() => this.#export('application/x-ndjson', 'ndjson')}>Export as NDJSON</button>
        <button class="button" @click=${() => this.#verify()}>Verify ${this.#document ? 'this document’s chain' : 'the server’s chain'}</button>
      </p>
      ${this.told()} ${this.list((row) => this.#row(row), 'Nothing.')}`;
  }

  // row is a sentence, with the row as it was written one press away.
  #row(row: AuditRow): TemplateResult {
    const { document, n, at, reason, from } = row;
    return html`<li class="audit">
      <span class="grow">
        ${deedOf(row)}<br />
        <small><time datetime=${at} title=${at}>${moment(at)}</time>${from ? ` · from ${from}` : ''}</small>
        ${document ? html`<small> · <button type="button" class="plain" @click=${() => this.#only(document)}>document ${short(document)}</button></small>` : nothing}
        ${reason ? html`<br /><small>Reason: ${reason}</small>` : nothing}
        <details>
          <summary>Row ${n}${document ? html`<span class="unseen"> of document ${short(document)}</span>` : nothing}</summary>
          <code>${JSON.stringify(row, null, 1)}</code>
        </details>
      </span>
    </li>`;
  }

  // only shows the rows of one document, with what is filtered besides.
  #only(document: string): void {
    this.querySelector<HTMLInputElement>('[name=document]')!.value = document;
    this.querySelector('form')!.requestSubmit();
  }

  #search(event: SubmitEvent): void {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    const field = (name: string) => String(fields.get(name)).trim();
    void this.act(async () => {
      const email = field('email').toLowerCase();
      const actor = email ? (await http.instance.accounts({ text: email })).items.find((account) => account.email === email) : null;
      if (field('email') && !actor) throw new Complaint(`Nobody here has the address ${field('email')}.`);
      this.#filter = {
        ...(actor && { actor: actor.id }),
        ...(field('action') && { action: field('action') }),
        ...(field('from') && { from: new Date(`${field('from')}T00:00:00`).toISOString() }),
        ...(field('until') && { until: new Date(`${field('until')}T23:59:59`).toISOString() }),
      };
      this.#document = field('document') || undefined;
      return '';
    });
  }

  #export(media: 'text/csv' | 'application/x-ndjson', ending: string): void {
    void this.act(async () => {
      const url = URL.createObjectURL(await http.instance.exportAudit(this.#filter, media, this.#document));
      const link = Object.assign(document.createElement('a'), { href: url, download: `audit.${ending}` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
      return `audit.${ending} is downloaded, up to a minute ago.`;
    });
  }

  #verify(): void {
    void this.act(async () => {
      const { intact, n, hash, fault } = await http.instance.verify(this.#document);
      if (!intact) throw new Complaint(`Row ${n} is not as it was written: ${fault}.`);
      return n === 0 ? 'The chain is empty.' : `All ${n} rows are as they were written. The last hash is ${hash}: keep it elsewhere.`;
    });
  }
}

function moment(at: string): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

customElements.define('cs-admin-audit', AdminAudit);
