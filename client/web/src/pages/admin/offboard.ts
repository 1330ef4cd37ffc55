// Offboarding: taking all that somebody has, and giving their documents to another. First it says what would change.

import { html, nothing } from 'lit';
import type { Account, OffboardPlan, User } from '../../sdk';
import { openDialog } from '../dialog';
import { Complaint, http, sentence } from '../part';

export function changesOf(plan: OffboardPlan, heir: User | null): string[] {
  const many = (n: number, one: string, more: string) => (n === 0 ? [] : [`${n} ${n === 1 ? one : more}`]);
  return [
    ...many(plan.documents + plan.trash, 'document', 'documents').map((what) => `${what} ${heir ? `go to ${heir.name}` : 'stay theirs, and nobody looks after them'}`),
    ...many(plan.grants, 'grant is taken away', 'grants are taken away'),
    ...many(plan.groups, 'membership of a group ends', 'memberships of groups end'),
    ...many(plan.links, 'access by a link ends', 'accesses by links end'),
    ...many(plan.sessions, 'session ends', 'sessions end'),
    ...many(plan.tokens, 'token ends', 'tokens end'),
    ...many(plan.madeLinks, 'link that they made goes on working', 'links that they made go on working'),
    ...many(plan.orphans.length, 'document is left to administrators of the server alone', 'documents are left to administrators of the server alone'),
  ];
}

export function offboard({ id, name }: Account, done: (said: string) => void): void {
  let plan: { changes: string[]; heir: User | null; reason: string } | null = null;
  let error = '';
  const look = async (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.target as HTMLFormElement);
    const email = String(fields.get('heir')).trim();
    error = '';
    try {
      const heir = email ? await http.userByEmail(email) : null;
      if (email && !heir) throw new Complaint(`Nobody here has the address ${email}.`);
      plan = { changes: changesOf(await http.instance.planOffboarding(id, heir?.id), heir), heir, reason: String(fields.get('reason')).trim() };
    } catch (caught) {
      error = sentence(caught);
    }
    dialog.update();
  };
  const go = async () => {
    try {
      await http.instance.offboard(id, plan!.heir?.id, plan!.reason);
      dialog.close();
      done(`${name} is offboarded.`);
    } catch (caught) {
      error = sentence(caught);
      dialog.update();
    }
  };
  const dialog = openDialog(
    `Offboard ${name}`,
    () => html`<form class="form" @submit=${look}>
      <p>They are suspended, and lose all that they have. First see what would change; nothing happens until you say so.</p>
      <label>Email of who gets their documents <input name="heir" type="email" autocomplete="off" autofocus @input=${() => ((plan = null), dialog.update())} /></label>
      <p class="hint">Empty: the documents stay where they are.</p>
      <label>Reason, which stands in the audit <input name="reason" maxlength="500" autocomplete="off" /></label>
      ${error ? html`<p class="error" role="alert">${error}</p>` : nothing}
      ${plan
        ? html`<div role="status"><p><strong>What would change</strong></p>
            <ul>${plan.changes.map((change) => html`<li>${change}</li>`)}${plan.changes.length === 0 ? html`<li>they have nothing; they are suspended</li>` : nothing}</ul></div>`
        : nothing}
      <footer>
        <button class="button ${plan ? '' : 'primary'}">Show what would change</button>
        ${plan ? html`<button type="button" class="button danger" @click=${go}>Offboard ${name}</button>` : nothing}
      </footer>
    </form>`,
  );
}
