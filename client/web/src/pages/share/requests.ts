// Those who ask for a role.

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { AccessRequest, Role } from '../../sdk';
import { http } from '../part';
import { because } from '../reason';
import { an, labelOf } from '../roles';
import type { Access } from './access';

export function requests(access: Access): TemplateResult | typeof nothing {
  if (access.requests.length === 0) return nothing;
  return html`<h3>Requests (${access.requests.length})</h3>
    <ul class="grants">${repeat(access.requests, ({ id }) => id, (request) => row(access, request))}</ul>`;
}

function row(access: Access, request: AccessRequest): TemplateResult {
  const { user, role, message } = request;
  const roles = access.roles();
  return html`<li class="request">
    <span class="grow"><strong>${user.name}</strong> asks to be ${an(role)}${message ? html`: “${message}”` : '.'}<br /><small>${user.email ?? nothing}</small></span>
    <form @submit=${(event: SubmitEvent) => approve(access, request, event)}>
      <button type="button" class="button" aria-label="Deny ${user.name}" @click=${() => deny(access, request)}>Deny</button>
      <select name="role" aria-label="Role to approve for ${user.name}">
        ${roles.map((value) => html`<option value=${value} ?selected=${value === role}>${labelOf(value)}</option>`)}
      </select>
      <button class="button primary" aria-label="Approve ${user.name}">Approve</button>
    </form>
  </li>`;
}

function approve(access: Access, { id, user }: AccessRequest, event: SubmitEvent): void {
  event.preventDefault();
  const role = String(new FormData(event.target as HTMLFormElement).get('role')) as Role;
  void access.change(async () => {
    await because((reason) => http.sharing.approve(access.of.doc, id, { role, reason }));
    return access.effect({ principal: `user:${user.id}`, user }, `switched to ${labelOf(role)}`, `is now ${labelOf(role)}`);
  });
}

function deny(access: Access, { id, user }: AccessRequest): void {
  void access.change(async () => {
    await http.sharing.decline(access.of.doc, id);
    return `The request of ${user.name} is denied.`;
  });
}
