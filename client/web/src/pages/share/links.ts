// Links into the document: each has a name, a role, an end, and a secret that is shown once.

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Link, Role } from '../../sdk';
import { choice } from '../choice';
import { ask } from '../dialog';
import { choices, NEVER, spans, until, withUntil } from '../expiry';
import { icon } from '../icons';
import { showOnce } from '../once';
import { ago, Complaint, http } from '../part';
import { because } from '../reason';
import { an, labelOf } from '../roles';
import type { Access } from './access';

const USUAL_DAYS = '30';

export function links(access: Access): TemplateResult {
  return html`${access.links.length > 0 ? html`<ul class="grants links">${repeat(access.links, ({ id }) => id, (link) => row(access, link))}</ul>` : nothing}
    ${access.publicRoles().length > 0
      ? html`<p class="make"><button type="button" class="button" @click=${() => make(access)}>${icon('add')} New link</button>
          <small>Whoever opens it comes in, ${access.policy.anonymous ? 'with an account or without' : 'once signed in'}.</small></p>`
      : nothing}`;
}

export function usage({ uses, lastUsedAt }: Pick<Link, 'uses' | 'lastUsedAt'>): string {
  if (uses === 0) return 'never opened';
  return `opened ${uses}×${lastUsedAt ? `, last ${ago(lastUsedAt)}` : ''}`;
}

function row(access: Access, link: Link): TemplateResult {
  const { id, name, role, expiresAt } = link;
  const roles = access.publicRoles();
  const shown = roles.includes(role) ? roles : [...roles, role];
  const over = expiresAt && Date.parse(expiresAt) <= Date.now();
  return html`<li>
    <span class="avatar plain" aria-hidden="true">${icon('link')}</span>
    <span class="grow who"><strong>Link “${name}”</strong><br /><small>${usage(link)}</small>${over ? html` <small class="bad">expired</small>` : nothing}</span>
    ${choice({
      label: `Role for link ${name}, ${labelOf(role)}`,
      value: role,
      options: shown.map((value) => [value, labelOf(value)] as const),
      choose: (next: Role) => put(access, link, next, expiresAt),
    })}
    ${choice({
      label: `Expiry for link ${name}`,
      value: expiresAt ?? NEVER,
      options: choices(expiresAt, access.policy.expiryDays),
      choose: (chosen) => withUntil(chosen, (end) => put(access, link, role, end)),
    })}
    <button type="button" class="tool" aria-label="Revoke link ${name}" title="Revoke" @click=${() => revoke(access, id, name)}>${icon('close')}</button>
  </li>`;
}

function put(access: Access, { id, name }: Link, role: Role, expiresAt: string | undefined): void {
  void access.change(async () => {
    await because((reason) => http.sharing.changeLink(access.of.doc, id, { name, role, ...ending(expiresAt), reason }));
    return `Whoever came by the link “${name}” is ${labelOf(role)} now.`;
  });
}

// ending says when a link ends: that it does not has to be said.
const ending = (expiresAt: string | undefined) => (expiresAt ? { expiresAt } : { never: true });

function revoke(access: Access, id: string, name: string): void {
  ask({
    title: `Revoke the link “${name}”?`,
    text: 'It opens nothing any more, and whoever came by it loses access at once.',
    action: 'Revoke',
    danger: true,
    answer: () =>
      access.asked(async () => {
        await http.sharing.revokeLink(access.of.doc, id);
        return `The link “${name}” is revoked.`;
      }),
  });
}

function make(access: Access): void {
  const roles = access.publicRoles();
  const most = access.policy.expiryDays;
  const usual = most > 0 && most < Number(USUAL_DAYS) ? String(most) : USUAL_DAYS;
  ask({
    title: 'New link',
    label: 'What is it for?',
    most: 80,
    placeholder: 'Client review',
    more: html`<label>Whoever opens it is
        <select name="role">${roles.map((role) => html`<option value=${role} ?selected=${role === 'viewer'}>${labelOf(role)}</option>`)}</select>
      </label>
      <label>For how long
        <select name="expiry">${spans(most).map(([value, label]) => html`<option value=${value} ?selected=${value === usual}>${label}</option>`)}</select>
      </label>`,
    action: 'Make link',
    answer: async (text, fields) => {
      const name = text.trim();
      if (!name) throw new Complaint('Give it a name, so that you know later whom you gave it to.');
      const role = String(fields.get('role')) as Role;
      const expiresAt = until(String(fields.get('expiry')));
      const { url } = await because((reason) => http.sharing.makeLink(access.of.doc, { name, role, ...ending(expiresAt), reason }));
      void access.change(async () => `The link “${name}” is made.`);
      setTimeout(() =>
        showOnce({ title: `Link “${name}”`, label: 'Link', value: url ?? '', text: `Whoever opens it is ${an(role)}. It is shown only now: copy it.` }),
      );
    },
  });
}
