// The share dialog: who has access, as what; a change takes effect at once and is told in a sentence.

import { html, nothing, type TemplateResult } from 'lit';
import type { GrantItem, Role, User } from '../sdk';
import { openDialog } from './dialog';
import { icon } from './icons';
import { Complaint, copy, http, initials, sentence } from './part';

export interface Sharing {
  doc: string;
  title: string;
  me: User;
  role: Role;
  here(): Set<string>; // the users who have it open
}

const ROLES: [Role, string][] = [
  ['viewer', 'Viewer'],
  ['commenter', 'Commenter'],
  ['editor', 'Editor'],
  ['admin', 'Admin'],
];
const RANK: Role[] = ['none', 'viewer', 'commenter', 'editor', 'admin', 'owner'];

// A program may have opened the document to anyone. It is not offered here: who is not signed in cannot enter yet.
const SCOPES = [
  ['', 'Only people added'],
  ['everyone', 'Anyone signed in here'],
  ['anyone', 'Anyone with the link'],
] as const;

export function openShare(sharing: Sharing): void {
  const share = new Share(sharing);
  const dialog = openDialog(`Share “${sharing.title}”`, () => share.render());
  share.changed = () => dialog.update();
  void share.load();
}

class Share {
  changed: () => void = () => {};
  readonly #with: Sharing;
  #grants: GrantItem[] | null = null;
  #said = '';
  #error = '';
  #busy = false;

  constructor(sharing: Sharing) {
    this.#with = sharing;
  }

  async load(): Promise<void> {
    try {
      this.#grants = (await http.grants(this.#with.doc)).items;
    } catch (error) {
      this.#error = sentence(error);
    }
    this.changed();
  }

  render(): TemplateResult {
    return html`<div class="share-list">
      <form class="add" @submit=${(event: SubmitEvent) => this.#add(event)}>
        <label class="grow"><span class="unseen">Email of the person to add</span>
          <input name="email" type="email" required placeholder="Email of a person" autocomplete="off" maxlength="254" autofocus />
        </label>
        <select name="role" aria-label="Role of the person to add">
          ${this.#roles().map(([role, label]) => html`<option value=${role} ?selected=${role === 'editor'}>${label}</option>`)}
        </select>
        <button class="button primary" ?disabled=${this.#busy}>Add</button>
      </form>
      <p class="error" role="alert" ?hidden=${!this.#error}>${this.#error}</p>
      <p class="said" role="status">${this.#said}</p>
      ${this.#grants ? this.#lists(this.#grants) : html`<p class="aside">Loading…</p>`}
    </div>`;
  }

  #lists(grants: GrantItem[]): TemplateResult {
    const people = grants.filter(({ principal }) => principal.startsWith('user:'));
    return html`<h3>People with access</h3>
      <ul class="grants">${people.map((grant) => this.#person(grant))}</ul>
      <h3>General access</h3>
      ${this.#general(grants)}
      <footer>
        <button type="button" class="button" @click=${() => this.#copyLink()}>${icon('link')} Copy link</button>
      </footer>`;
  }

  #person(grant: GrantItem): TemplateResult {
    const { principal, user, role } = grant;
    const name = user?.name ?? 'Somebody';
    const isMe = principal === `user:${this.#with.me.id}`;
    const fixed = role === 'owner' || RANK.indexOf(role) > RANK.indexOf(this.#most());
    return html`<li>
      <span class="avatar person-${(user?.color ?? 0) % 12}" data-initials=${initials(name)}></span>
      <span class="grow"><strong>${name}</strong>${isMe ? ' (you)' : nothing}<br /><small>${user?.email ?? nothing}</small></span>
      ${fixed
        ? html`<span class="fixed">${labelOf(role)}</span>`
        : html`${this.#menu(name, role, (next) => this.#put(grant, next))}
            <button type="button" class="tool" aria-label="Remove ${name}" title="Remove" ?disabled=${this.#busy} @click=${() => this.#remove(grant)}>${icon('close')}</button>`}
    </li>`;
  }

  #general(grants: GrantItem[]): TemplateResult {
    const open = grants.find(({ principal }) => principal === 'anyone') ?? grants.find(({ principal }) => principal === 'everyone');
    return html`<div class="general">
      <span class="avatar plain" aria-hidden="true">${icon(open ? 'world' : 'user')}</span>
      <select class="grow" aria-label="General access" ?disabled=${this.#busy} @change=${(event: Event) => this.#widen(grants, open, (event.target as HTMLSelectElement).value)}>
        ${SCOPES.filter(([value]) => value !== 'anyone' || open?.principal === 'anyone').map(
          ([value, label]) => html`<option value=${value} ?selected=${value === (open?.principal ?? '')}>${label}</option>`,
        )}
      </select>
      ${open ? this.#menu(open.principal === 'anyone' ? 'anyone with the link' : 'anyone signed in', open.role, (next) => this.#put(open, next)) : nothing}
    </div>`;
  }

  #menu(name: string, role: Role, choose: (role: Role) => void): TemplateResult {
    return html`<select
      aria-label="Role for ${name}, ${labelOf(role)}"
      ?disabled=${this.#busy}
      @change=${(event: Event) => choose((event.target as HTMLSelectElement).value as Role)}
    >
      ${this.#roles().map(([value, label]) => html`<option value=${value} ?selected=${value === role}>${label}</option>`)}
    </select>`;
  }

  // Nobody gives more than they have. An administrator of the instance may have no role here and give any.
  #most(): Role {
    return this.#with.me.instanceAdmin ? 'owner' : this.#with.role;
  }

  #roles(): [Role, string][] {
    return ROLES.filter(([role]) => RANK.indexOf(role) <= RANK.indexOf(this.#most()));
  }

  // change does one thing and reads the list again, which says what is true now.
  async #change(step: () => Promise<string>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#error = this.#said = '';
    this.changed();
    try {
      this.#said = await step();
    } catch (error) {
      this.#error = sentence(error);
    }
    this.#busy = false;
    await this.load();
  }

  #add(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const fields = new FormData(form);
    const email = String(fields.get('email')).trim();
    const role = String(fields.get('role')) as Role;
    void this.#change(async () => {
      const user = await http.userByEmail(email);
      const invite = this.#with.me.instanceAdmin ? 'Make an invitation on the page of your documents first.' : 'Ask the administrator to invite them.';
      if (!user) throw new Complaint(`Nobody here has the address ${email}. ${invite}`);
      if (this.#grants?.some((grant) => grant.role === 'owner' && grant.principal === `user:${user.id}`)) return `${user.name} owns this document.`;
      await http.grant(this.#with.doc, `user:${user.id}`, role);
      form.reset();
      return `${user.name} is now ${labelOf(role)}.`;
    });
  }

  #put(grant: GrantItem, role: Role): void {
    void this.#change(async () => {
      await http.grant(this.#with.doc, grant.principal, role);
      return this.#effect(grant, `switched to ${labelOf(role)}`, `is now ${labelOf(role)}`);
    });
  }

  #remove(grant: GrantItem): void {
    void this.#change(async () => {
      await http.revoke(this.#with.doc, grant.principal);
      return this.#effect(grant, 'access ended', 'has no access any more');
    });
  }

  #effect({ principal, user }: GrantItem, now: string, then: string): string {
    if (!user) return 'The change is in effect.';
    return this.#with.here().has(principal.slice('user:'.length)) ? `${user.name} has this open: ${now}.` : `${user.name} ${then}.`;
  }

  #widen(grants: GrantItem[], open: GrantItem | undefined, scope: string): void {
    void this.#change(async () => {
      if (scope) await http.grant(this.#with.doc, scope, open?.role ?? 'viewer');
      for (const { principal } of grants) {
        if ((principal === 'anyone' || principal === 'everyone') && principal !== scope) await http.revoke(this.#with.doc, principal);
      }
      return 'The change is in effect.';
    });
  }

  async #copyLink(): Promise<void> {
    this.#said = (await copy(location.href)) ? 'The link is copied.' : 'Copy the address of this page.';
    this.changed();
  }
}

function labelOf(role: Role): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}
