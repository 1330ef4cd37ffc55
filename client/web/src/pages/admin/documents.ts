// Documents as those see them who look after the server: without titles. Those that anybody may come in to stand first.

import { html, type TemplateResult } from 'lit';
import type { Overview, User } from '../../sdk';
import { choice } from '../choice';
import { dayOf } from '../expiry';
import { Listing } from '../listing';
import { ago, http } from '../part';
import { openShare } from '../share/dialog';
import { manages, short } from './reach';

type Show = 'public' | 'expiring' | 'all';

const SHOWS: [Show, string][] = [
  ['public', 'Open to anybody, or by a link'],
  ['expiring', 'With access that ends within 30 days'],
  ['all', 'All'],
];
const SOON_MS = 30 * 86_400_000;

export class AdminDocuments extends Listing<Overview> {
  declare me: User;
  #show: Show = 'public';

  static override properties = { me: { attribute: false } };

  protected read = (cursor?: string) =>
    http.instance.overview(
      {
        ...(this.#show === 'public' && { public: true }),
        ...(this.#show === 'expiring' && { expiringBefore: new Date(Date.now() + SOON_MS).toISOString() }),
      },
      cursor,
    );
  protected key = ({ id }: Overview) => id;

  protected override render(): TemplateResult {
    const choose = (show: Show) => {
      this.#show = show;
      void this.load();
    };
    return html`<p class="filter">${choice({ label: 'Which documents', value: this.#show, options: SHOWS, choose })}</p>
      ${this.told()} ${this.list((item) => this.#row(item), 'None.')}`;
  }

  #row({ id, owner, ownerGone, locked, grants, public: open, endsNext, updatedAt }: Overview): TemplateResult {
    const facts = [
      open && 'public',
      locked && 'locked',
      ownerGone && 'its owner is suspended',
      grants === 1 ? '1 grant' : `${grants} grants`,
      endsNext && `next end ${dayOf(endsNext)}`,
      `changed ${ago(updatedAt)}`,
    ];
    return html`<li>
      <span class="grow"><strong>Document ${short(id)}</strong> of ${owner.name}<br /><small>${facts.filter(Boolean).join(' · ')}</small></span>
      <button class="button" aria-label="Manage access to document ${short(id)}" @click=${() => openShare({ ...manages(id, this.me), closed: () => void this.load() })}>Manage access</button>
    </li>`;
  }
}

customElements.define('cs-admin-documents', AdminDocuments);
