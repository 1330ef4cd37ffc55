// Adding people, groups, and addresses that nobody has shown to be theirs yet.

import { html, type TemplateResult } from 'lit';
import type { GrantItem, Role } from '../../sdk';
import { inviteTo } from '../invite';
import { until, spans } from '../expiry';
import { Complaint } from '../part';
import { labelOf } from '../roles';
import type { Access } from './access';

export function addForm(access: Access): TemplateResult {
  return html`<form class="add" @submit=${(event: SubmitEvent) => add(access, event)}>
    <label class="grow"><span class="unseen">Email of the person to add</span>
      <input name="who" required inputmode="email" placeholder="Email, or the name of a group" list="share-groups" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="254" autofocus />
    </label>
    <datalist id="share-groups">${access.groups.map(({ name }) => html`<option value=${name}></option>`)}</datalist>
    <select name="role" aria-label="Role of the person to add">
      ${access.roles().map((role) => html`<option value=${role} ?selected=${role === 'editor'}>${labelOf(role)}</option>`)}
    </select>
    <select name="expiry" aria-label="Expiry of the access">
      ${spans().map(([value, label]) => html`<option value=${value}>${label}</option>`)}
    </select>
    <button class="button primary">Add</button>
  </form>`;
}

function add(access: Access, event: SubmitEvent): void {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const fields = new FormData(form);
  const who = String(fields.get('who')).trim();
  const role = String(fields.get('role')) as Role;
  const end = until(String(fields.get('expiry')));
  void access.change(async () => {
    const owner = access.grants?.find((grant) => grant.role === 'owner');
    if (owner?.user?.email && owner.user.email.toLowerCase() === who.toLowerCase()) return `${owner.user.name} owns this document.`;
    const made = await access.grant(principalOf(access, who), role, end);
    form.reset();
    return told(access, made, who, role);
  });
}

export function principalOf({ groups }: Pick<Access, 'groups'>, who: string): string {
  const group = groups.find(({ name }) => name.toLowerCase() === who.toLowerCase());
  if (group) return `group:${group.id}`;
  if (!/^[^\s@]+@[^\s@]+$/.test(who)) throw new Complaint(`There is no group “${who}”. People are added by their email address.`);
  return `email:${who}`;
}

// told says what became of it. The server finds out whose an address is; one that nobody has shown to be theirs waits.
function told(access: Access, { principal }: GrantItem, who: string, role: Role): string | TemplateResult {
  if (!principal.startsWith('email:')) {
    const name = principal === `user:${access.of.me.id}` ? 'You are' : `${who} is`;
    return `${name} now ${labelOf(role)}.`;
  }
  if (!access.of.me.instanceAdmin) return `Waiting for whoever has ${who} to take up an invitation. An administrator of this server makes it.`;
  return html`Waiting for whoever has ${who} to take up an invitation.
    <button type="button" class="button small" @click=${() => invited(access, who)}>Make invitation link</button>`;
}

export function invited(access: Access, address: string): void {
  void access.change(async () => {
    await inviteTo(address);
    return `An invitation for ${address} is made. Send it to them.`;
  });
}
