// Invitations: a link with which somebody makes an account, shown once.

import { ask } from './dialog';
import { showOnce } from './once';
import { http } from './part';

// invite asks for whom the link is to be.
export function invite(): void {
  ask({
    title: 'Invite somebody',
    text: 'You get a link to send to them. With it they make their account; it works once.',
    label: 'Their email, if only they may use the link',
    type: 'email',
    action: 'Make link',
    answer: async (email) => {
      const show = await make(email.trim());
      setTimeout(show); // after the question has closed, so that it gives the focus back first
    },
  });
}

// inviteTo makes the link for one address, and shows it.
export async function inviteTo(email: string): Promise<void> {
  (await make(email))();
}

async function make(email: string): Promise<() => void> {
  const { url, expiresAt } = await http.invite(email || undefined);
  const end = new Date(expiresAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return () => showOnce({ title: 'Invitation link', label: 'Link', value: url ?? '', text: `It is shown only now, and works until ${end}.` });
}
