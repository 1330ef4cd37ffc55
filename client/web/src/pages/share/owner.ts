// Handing a document to another owner: its owner offers it, an administrator of the server transfers it with a reason.

import { html } from 'lit';
import { ask } from '../dialog';
import { Complaint, http } from '../part';
import type { Access } from './access';

export function hand(access: Access, user: string, name: string): void {
  if (access.of.role === 'owner') offer(access, user, name);
  else transfer(access, user, name);
}

function offer(access: Access, user: string, name: string): void {
  const { doc } = access.of;
  const withdraw = () =>
    access.change(async () => {
      await http.sharing.withdraw(doc);
      return 'The offer is taken back.';
    });
  ask({
    title: `Offer this document to ${name}?`,
    text: `It is theirs once they accept. You stay Admin then.`,
    action: 'Offer',
    answer: () =>
      access.asked(async () => {
        await http.sharing.offer(doc, user);
        return html`The document is offered to ${name}: it is yours until they accept.
          <button type="button" class="button small" @click=${withdraw}>Take it back</button>`;
      }),
  });
}

function transfer(access: Access, user: string, name: string): void {
  ask({
    title: `Make ${name} the owner?`,
    text: 'It is theirs at once; the owner until now stays Admin. The reason stands in the audit.',
    label: 'Reason',
    most: 500,
    action: 'Make owner',
    danger: true,
    answer: async (text) => {
      const reason = text.trim();
      if (!reason) throw new Complaint('Give a reason.');
      await access.asked(async () => {
        await http.sharing.transfer(access.of.doc, { to: user, keep: 'admin', reason });
        return `${name} owns this document now.`;
      });
    },
  });
}
