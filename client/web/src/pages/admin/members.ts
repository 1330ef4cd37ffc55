// Who is in a group. A change takes effect at once, in every document that the group was given.

import { html, nothing } from 'lit';
import type { Group, Member } from '../../sdk';
import { openDialog } from '../dialog';
import { icon } from '../icons';
import { Complaint, http, initials, sentence } from '../part';
import { because } from '../reason';

export function openMembers({ id, name }: Group, changed: () => void): void {
  let members: Member[] | null = null;
  let next: string | undefined;
  let said = '';
  let error = '';
  const load = async (more = false) => {
    const page = await http.instance.members(id, more ? next : undefined);
    members = more ? [...(members ?? []), ...page.items] : page.items;
    next = page.nextCursor;
  };
  const act = async (step: () => Promise<string>) => {
    error = said = '';
    try {
      said = await step();
      await load();
    } catch (caught) {
      error = sentence(caught);
    }
    dialog.update();
  };
  const add = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const email = String(new FormData(form).get('email')).trim();
    void act(async () => {
      const user = await http.userByEmail(email);
      if (!user) throw new Complaint(`Nobody here has the address ${email}.`);
      await because((reason) => http.instance.addMember(id, user.id, reason));
      form.reset();
      return `${user.name} is in ${name} now.`;
    });
  };
  const drop = (user: Member['user']) =>
    act(async () => {
      await http.instance.dropMember(id, user.id);
      return `${user.name} is not in ${name} any more.`;
    });
  const more = () => load(true).then(() => dialog.update());
  const dialog = openDialog(
    `Members of ${name}`,
    () => html`<form class="filter" @submit=${add}>
        <label class="grow"><span class="unseen">Email of the person to add</span><input name="email" type="email" required placeholder="Email of a person" autocomplete="off" autofocus /></label>
        <button class="button primary">Add</button>
      </form>
      <p class="error" role="alert" ?hidden=${!error}>${error}</p>
      <p class="said" role="status">${said}</p>
      <ul class="grants">
        ${(members ?? []).map(
          ({ user }) => html`<li>
            <span class="avatar person-${user.color % 12}" data-initials=${initials(user.name)}></span>
            <span class="grow"><strong>${user.name}</strong><br /><small>${user.email ?? nothing}</small></span>
            <button type="button" class="tool" aria-label="Remove ${user.name}" title="Remove" @click=${() => drop(user)}>${icon('close')}</button>
          </li>`,
        )}
      </ul>
      ${members?.length === 0 ? html`<p class="aside">Nobody yet.</p>` : nothing} ${next ? html`<footer><button class="button" @click=${more}>Show more</button></footer>` : nothing}`,
    { closed: changed },
  );
  void act(async () => '');
}
