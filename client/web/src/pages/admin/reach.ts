// What a person reaches: every document, by which grants. Titles are content, so documents are called by their ids.

import { html, nothing, type TemplateResult } from 'lit';
import type { Account, Explanation, User } from '../../sdk';
import { openDialog } from '../dialog';
import { dayOf } from '../expiry';
import { http, sentence } from '../part';
import { labelOf } from '../roles';
import { openShare } from '../share/dialog';
import { wayOf } from '../share/why';

export function openReach({ id, name }: Account, me: User): void {
  let items: Explanation[] | null = null;
  let next: string | undefined;
  let error = '';
  const load = async () => {
    try {
      const page = await http.instance.reach(id, next);
      items = [...(items ?? []), ...page.items];
      next = page.nextCursor;
    } catch (caught) {
      error = sentence(caught);
    }
    dialog.update();
  };
  const manage = (doc: string) => openShare(manages(doc, me));
  const dialog = openDialog(
    `What ${name} reaches`,
    () => html`<p class="error" role="alert" ?hidden=${!error}>${error}</p>
      ${items ? nothing : html`<p class="aside">Looking…</p>`} ${items?.length === 0 ? html`<p class="aside">No document.</p>` : nothing}
      <ul class="paths">${(items ?? []).map((item) => row(item, manage))}</ul>
      ${next ? html`<footer><button class="button" @click=${load}>Show more</button></footer>` : nothing}`,
    { wide: true },
  );
  void load();
}

function row({ document, role, expiresAt, paths }: Explanation, manage: (doc: string) => void): TemplateResult {
  return html`<li class="with-action">
    <span class="grow"><strong>${labelOf(role)}</strong> of document ${short(document)}${expiresAt ? ` until ${dayOf(expiresAt)}` : ''}<br />
      <small>${paths.map((path) => `${labelOf(path.role)} ${wayOf(path)}${path.state === 'wins' ? '' : ` (${path.state})`}`).join(' · ')}</small></span>
    <button class="button" aria-label="Manage access to document ${short(document)}" @click=${() => manage(document)}>Manage access</button>
  </li>`;
}

// short is an id as far as people compare it.
export function short(doc: string): string {
  return doc.slice(-12);
}

// manages is the share dialog of who looks after the server and need not have a role in the document.
export function manages(doc: string, me: User) {
  return { doc, title: `document ${short(doc)}`, me, role: 'none' as const, here: () => new Set<string>() };
}
