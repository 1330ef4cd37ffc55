// Why somebody has access: every grant that counts, and what would be left without it.

import { html, nothing, type TemplateResult } from 'lit';
import type { Explanation, Path, Role } from '../../sdk';
import { openDialog } from '../dialog';
import { dayOf } from '../expiry';
import { http, sentence } from '../part';
import { an, labelOf } from '../roles';
import type { Access } from './access';

const STATES: Record<Path['state'], string> = {
  wins: 'This one counts',
  covered: 'Covered by a higher one',
  expired: 'Expired',
  withheld: 'Withheld: the account is suspended',
};

export function explain(access: Access, principal: string, name: string): void {
  let found: Explanation | null = null;
  let error = '';
  const dialog = openDialog(`Why ${name} has access`, () =>
    error ? html`<p class="error" role="alert">${error}</p>` : found ? reasons(found, name, (user) => access.named(user)) : html`<p class="aside">Looking…</p>`,
  );
  http.sharing
    .explain(access.of.doc, principal)
    .then((explanation) => (found = explanation))
    .catch((caught: unknown) => (error = sentence(caught)))
    .finally(() => dialog.update());
}

// What somebody would find that they can do, in the words of the pages.
const ABILITIES: [command: string, words: string][] = [
  ['read', 'read it'],
  ['history', 'see its history'],
  ['comment', 'comment'],
  ['edit', 'write'],
  ['grant', 'decide who has access'],
  ['lock', 'lock it'],
  ['delete', 'delete it'],
  ['offer-ownership', 'give it away'],
];

export function abilities(commands: string[]): string {
  const words = ABILITIES.filter(([command]) => commands.includes(command)).map(([, words]) => words);
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : (words[0] ?? '');
}

export function reasons({ role, expiresAt, commands, paths }: Explanation, name: string, named: (user: string | undefined) => string): TemplateResult {
  return html`<p class="why">${name} ${role === 'none' ? 'has no access now' : `is ${an(role)}${expiresAt ? ` until ${dayOf(expiresAt)}` : ''}`}.${commands && abilities(commands) ? ` They can ${abilities(commands)}.` : ''}</p>
    <ul class="paths">
      ${paths.map(
        (path) => html`<li class=${path.state}>
          <strong>${labelOf(path.role)}</strong> ${wayOf(path)}${givenBy(path, named)}${path.expiresAt ? `, until ${dayOf(path.expiresAt)}` : ''}
          <br /><small>${STATES[path.state]}. ${path.state === 'wins' ? left(path.without) : ''}</small>
          ${path.exceedsPolicy ? html`<br /><small class="bad">The policy of this server would not allow it today.</small>` : nothing}
        </li>`,
      )}
    </ul>`;
}

export function wayOf({ principal, group, link, role }: Pick<Path, 'principal' | 'group' | 'link' | 'role'>): string {
  if (role === 'owner') return 'as whose document it is';
  if (group) return `as a member of ${group.name}`;
  if (link) return `by the link “${link.name}”`;
  if (principal === 'everyone') return 'as everybody who is signed in here';
  if (principal === 'anyone') return 'as anyone who has the address';
  if (principal.startsWith('email:')) return 'once they take up an invitation for that address';
  return 'directly';
}

function givenBy({ grantedBy, grantedAt }: Path, named: (user: string | undefined) => string): string {
  const who = named(grantedBy);
  if (!grantedBy) return '';
  return `${who ? `, granted by ${who}` : ', granted'}${grantedAt ? ` on ${dayOf(grantedAt)}` : ''}`;
}

function left({ role, expiresAt }: { role: Role; expiresAt?: string }): string {
  if (role === 'none') return 'Without it: no access.';
  return `Without it: ${labelOf(role)}${expiresAt ? ` until ${dayOf(expiresAt)}` : ''}.`;
}
