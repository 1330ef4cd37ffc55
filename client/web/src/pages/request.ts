// Asking for a role in a document: the next one up, unless another is chosen.

import { html, type TemplateResult } from 'lit';
import type { Role } from '../sdk';
import { ask } from './dialog';
import { http } from './part';
import { above, doesOf, labelOf } from './roles';

export function roleField(role: Role): TemplateResult {
  return html`<label>You would like to be
    <select name="role">
      ${above(role).map((next) => html`<option value=${next}>${labelOf(next)}: ${doesOf(next)}</option>`)}
    </select>
  </label>`;
}

export function askForMore(doc: string, role: Role, sent: () => void): void {
  ask({
    title: 'Request access',
    text: 'Those who look after this document are asked. If they say yes, this page changes at once.',
    label: 'What for? They read it.',
    most: 500,
    more: roleField(role),
    action: 'Send request',
    answer: async (message, fields) => {
      await http.sharing.request(doc, String(fields.get('role')) as Role, message.trim());
      sent();
    },
  });
}
