// General access: nobody else, everybody signed in, or anyone at all who has the address.

import { html, nothing, type TemplateResult } from 'lit';
import type { GrantItem, Role } from '../../sdk';
import { choice } from '../choice';
import { choices, NEVER, withUntil } from '../expiry';
import { icon } from '../icons';
import { labelOf, rank } from '../roles';
import type { Access } from './access';
import { nameOf, put } from './people';

type Scope = '' | 'everyone' | 'anyone';

const SCOPES: [Scope, string][] = [
  ['', 'Only people added'],
  ['everyone', 'Anyone signed in here'],
  ['anyone', 'Anyone with the link'],
];

export function general(access: Access, grants: GrantItem[]): TemplateResult {
  const open = grants.find(({ principal }) => principal === 'anyone') ?? grants.find(({ principal }) => principal === 'everyone');
  const scope = (open?.principal ?? '') as Scope;
  const offered = SCOPES.filter(([value]) => value !== 'anyone' || scope === 'anyone' || (access.policy.anonymous && access.publicRoles().length > 0));
  return html`<div class="general">
    <span class="avatar plain" aria-hidden="true">${icon(open ? 'world' : 'user')}</span>
    ${choice({ label: 'General access', value: scope, options: offered, choose: (next) => widen(access, grants, open, next), wide: true })}
    ${open ? menus(access, open) : nothing}
  </div>`;
}

function menus(access: Access, open: GrantItem): TemplateResult {
  const { principal, role, expiresAt } = open;
  const roles = principal === 'anyone' ? access.publicRoles() : access.roles();
  // What stands may exceed a policy that came later: it is shown, and not offered again.
  const shown = roles.includes(role) ? roles : [...roles, role];
  return html`${choice({
    label: `Role for ${nameOf(open)}, ${labelOf(role)}`,
    value: role,
    options: shown.map((value) => [value, labelOf(value)] as const),
    choose: (next: Role) => put(access, open, next, expiresAt),
  })}
  ${choice({
    label: `Expiry for ${nameOf(open)}`,
    value: expiresAt ?? NEVER,
    options: choices(expiresAt, principal === 'anyone' ? access.policy.expiryDays : 0),
    choose: (chosen) => withUntil(chosen, (end) => put(access, open, role, end)),
  })}`;
}

// widen opens the new scope before it closes the old one, so that nobody falls out in between.
function widen(access: Access, grants: GrantItem[], open: GrantItem | undefined, scope: Scope): void {
  void access.change(async () => {
    let role = open?.role ?? 'viewer';
    if (scope === 'anyone' && rank(role) > rank(access.policy.linkRole)) role = 'viewer';
    if (scope) await access.grant(scope, role, scope === 'anyone' && access.policy.expiryDays ? undefined : open?.expiresAt);
    for (const { principal } of grants) {
      if (isScope(principal) && principal !== scope) {
        await access.refresh();
        await access.revoke(principal);
      }
    }
    if (scope === 'anyone') return `Anyone who has the address of this document is ${labelOf(role)} now, without signing in.`;
    if (scope === 'everyone') return `Everybody who is signed in here is ${labelOf(role)} now, if they know the address.`;
    return 'Only people added have access now.';
  });
}

function isScope(principal: string): boolean {
  return principal === 'anyone' || principal === 'everyone';
}
