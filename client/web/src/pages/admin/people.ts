// Everybody with an account, and guests: what they reach; suspending them; offboarding.

import { html, nothing, type TemplateResult } from 'lit';
import type { Account, User } from '../../sdk';
import { ask } from '../dialog';
import { dayOf } from '../expiry';
import { invite } from '../invite';
import { Listing } from '../listing';
import { http, initials } from '../part';
import { offboard } from './offboard';
import { openReach } from './reach';

const KINDS = [
  ['people', 'People'],
  ['guests', 'Guests'],
  ['suspended', 'Suspended'],
] as const;

export class AdminPeople extends Listing<Account> {
  declare me: User;
  #text = '';
  #kind = 'people';

  static override properties = { me: { attribute: false } };

  protected read = (cursor?: string) =>
    http.instance.accounts({ text: this.#text, ...(this.#kind === 'suspended' ? { suspended: true } : { guests: this.#kind === 'guests' }) }, cursor);
  protected key = ({ id }: Account) => id;

  protected override render(): TemplateResult {
    return html`<form class="filter" role="search" @submit=${(event: Event) => event.preventDefault()} @input=${(event: Event) => this.#filter(event)}>
        <label class="grow"><span class="unseen">Name or email</span><input name="text" type="search" placeholder="Name or email" autocomplete="off" /></label>
        <select name="kind" aria-label="Who">${KINDS.map(([value, label]) => html`<option value=${value}>${label}</option>`)}</select>
        <button type="button" class="button" @click=${invite}>Invite</button>
      </form>
      ${this.told()} ${this.list((account) => this.#row(account), 'Nobody.')}`;
  }

  #filter(event: Event): void {
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    this.#text = String(fields.get('text')).trim();
    this.#kind = String(fields.get('kind'));
    void this.load();
  }

  #row(account: Account): TemplateResult {
    const { id, name, email, color, instanceAdmin, guest, unproven, suspendedAt, createdAt } = account;
    const badges = [instanceAdmin && 'administrator', guest && 'guest', unproven && 'address not proven', suspendedAt && `suspended since ${dayOf(suspendedAt)}`].filter(Boolean).join(', ');
    const isMe = id === this.me.id;
    return html`<li>
      <span class="avatar person-${color % 12}" data-initials=${initials(name)}></span>
      <span class="grow"><strong>${name}</strong>${isMe ? ' (you)' : nothing} ${badges ? html`<small class="badge">${badges}</small>` : nothing}<br />
        <small>${email ?? nothing} since ${dayOf(createdAt)}</small></span>
      <button class="button" aria-label="Reach of ${name}" @click=${() => openReach(account, this.me)}>Reach</button>
      ${isMe
        ? nothing
        : html`${suspendedAt
              ? html`<button class="button" aria-label="Reinstate ${name}" @click=${() => this.#reinstate(account)}>Reinstate</button>`
              : html`<button class="button" aria-label="Suspend ${name}" @click=${() => this.#suspend(account)}>Suspend</button>`}
            <button class="button" aria-label="Offboard ${name}" @click=${() => offboard(account, (said) => void this.act(async () => said))}>Offboard</button>`}
    </li>`;
  }

  #suspend({ id, name }: Account): void {
    ask({
      title: `Suspend ${name}?`,
      text: 'They are signed out at once, everywhere, and can do nothing until they are reinstated. What they have stays.',
      label: 'Reason, which stands in the audit',
      most: 500,
      action: 'Suspend',
      danger: true,
      answer: (reason) =>
        this.asked(async () => {
          await http.instance.suspend(id, reason.trim());
          return `${name} is suspended.`;
        }),
    });
  }

  #reinstate({ id, name }: Account): void {
    void this.act(async () => {
      await http.instance.reinstate(id);
      return `${name} is reinstated. They sign in anew.`;
    });
  }
}

customElements.define('cs-admin-people', AdminPeople);
