// The people, groups and waiting addresses that have access, a row each.

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { GrantItem, Role } from '../../sdk';
import { choice } from '../choice';
import { ask } from '../dialog';
import { choices, NEVER, withUntil } from '../expiry';
import { icon } from '../icons';
import { initials } from '../part';
import { labelOf, rank } from '../roles';
import { FIRST_ROWS, type Access } from './access';
import { invited } from './add';
import { hand } from './owner';
import { explain } from './why';

const MORE_ROWS = 100;

export function people(access: Access, grants: GrantItem[]): TemplateResult {
  const all = grants.filter(({ principal }) => /^(user|group|email):/.test(principal));
  const found = all.filter((grant) => answers(grant, access.find));
  const more = found.length - access.rows;
  return html`<h3 class="counted"><span>People with access</span><span>${count(all)}</span></h3>
    ${all.length > FIRST_ROWS
      ? html`<input type="search" class="find" aria-label="Find among those with access" placeholder="Find by name or email" autocomplete="off" spellcheck="false"
          .value=${access.find} @input=${(event: Event) => access.look((event.target as HTMLInputElement).value)} />`
      : nothing}
    <ul class="grants">${repeat(found.slice(0, access.rows), ({ principal }) => principal, (grant) => row(access, grant))}</ul>
    ${found.length === 0 ? html`<p class="aside" role="status">Nobody of that name or email has access.</p>` : nothing}
    ${more > 0
      ? html`<p class="make"><button type="button" class="button" @click=${() => access.look(access.find, access.rows + MORE_ROWS)}>Show ${Math.min(more, MORE_ROWS)} more</button></p>`
      : nothing}`;
}

// answers tells whether somebody with access is looked for: every word is somewhere in their name or address.
export function answers(grant: GrantItem, find: string): boolean {
  const text = `${nameOf(grant)} ${grant.user?.email ?? ''}`.toLowerCase();
  return find.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

function count(rows: GrantItem[]): string {
  const groups = rows.filter(({ principal }) => principal.startsWith('group:')).length;
  const persons = rows.length - groups;
  const text = persons === 1 ? '1 person' : `${persons} people`;
  return groups === 0 ? text : `${text}, ${groups} ${groups === 1 ? 'group' : 'groups'}`;
}

export function nameOf({ principal, user, group, link }: GrantItem): string {
  if (principal === 'everyone') return 'anyone signed in';
  if (principal === 'anyone') return 'anyone with the link';
  return user?.name ?? group?.name ?? link?.name ?? (principal.startsWith('email:') ? principal.slice('email:'.length) : 'Somebody');
}

function row(access: Access, grant: GrantItem): TemplateResult {
  const { principal, user, group, role } = grant;
  const name = nameOf(grant);
  const isMe = principal === `user:${access.of.me.id}`;
  const fixed = role === 'owner' || rank(role) > rank(access.most);
  return html`<li>
    <span class="avatar ${user ? `person-${user.color % 12}` : 'plain'}" data-initials=${user ? initials(name) : nothing}>${user ? nothing : icon(group ? 'group' : 'mail')}</span>
    <span class="grow who"><strong>${name}</strong>${isMe ? ' (you)' : group ? ` (${group.members})` : nothing}<br />${second(access, grant)}</span>
    ${fixed ? html`<span class="fixed">${labelOf(role)}</span>` : menus(access, grant, name)}
    ${role === 'owner'
      ? nothing
      : html`<button type="button" class="plain" aria-label="Why ${name} has access" @click=${() => explain(access, principal, name)}>why?</button>`}
    ${fixed
      ? nothing
      : html`<button type="button" class="tool" aria-label="Remove ${name}" title="Remove" @click=${() => remove(access, grant, isMe)}>${icon('close')}</button>`}
  </li>`;
}

function second(access: Access, { principal, user, expiresAt }: GrantItem): TemplateResult {
  const over = expiresAt && Date.parse(expiresAt) <= Date.now() ? html` <small class="bad">expired</small>` : nothing;
  if (!principal.startsWith('email:')) return html`<small>${user?.guest ? 'guest' : (user?.email ?? nothing)}</small>${over}`;
  const address = principal.slice('email:'.length);
  return html`<small>waiting for an invitation to be taken up</small>${over}
    ${access.of.me.instanceAdmin
      ? html`<button type="button" class="plain" aria-label="Invitation link for ${address}" @click=${() => invited(access, address)}>invitation link</button>`
      : nothing}`;
}

function menus(access: Access, grant: GrantItem, name: string): TemplateResult {
  const { principal, user, role, expiresAt } = grant;
  const roles: (readonly [Role, string])[] = access.roles().map((value) => [value, labelOf(value)] as const);
  const mayHand = user && !user.guest && (access.of.role === 'owner' || access.of.me.instanceAdmin);
  return html`${choice({
    label: `Role for ${name}, ${labelOf(role)}`,
    value: role,
    options: mayHand ? [...roles, ['owner', 'Make owner…']] : roles,
    choose: (next) => (next === 'owner' ? hand(access, user!.id, name) : put(access, grant, next, expiresAt)),
  })}
  ${choice({
    label: `Expiry for ${name}`,
    value: expiresAt ?? NEVER,
    options: choices(expiresAt, principal.startsWith('email:') || user?.guest ? access.policy.expiryDays : 0),
    choose: (chosen) => withUntil(chosen, (end) => put(access, grant, role, end)),
  })}`;
}

export function put(access: Access, grant: GrantItem, role: Role, expiresAt: string | undefined): void {
  const set = async () => {
    await access.grant(grant.principal, role, expiresAt);
    if (role === grant.role) return 'The change is in effect.';
    return access.effect(grant, `switched to ${labelOf(role)}`, `is now ${labelOf(role)}`);
  };
  if (grant.principal !== `user:${access.of.me.id}` || rank(role) >= rank('admin')) return void access.change(set);
  sure('Give up deciding who has access?', `You will be ${labelOf(role)}, and cannot take this back yourself.`, 'Go on', () => access.asked(set));
}

function remove(access: Access, grant: GrantItem, isMe: boolean): void {
  const drop = async () => {
    await access.revoke(grant.principal);
    return access.effect(grant, 'access ended', 'has no access any more');
  };
  if (!isMe) return void access.change(drop);
  sure('Leave this document?', 'You lose access at once, and cannot take this back yourself.', 'Leave', () => access.asked(drop));
}

function sure(title: string, text: string, action: string, answer: () => Promise<void>): void {
  ask({ title, text, action, danger: true, answer });
}
