// Groups: people who are granted something together.

import { html, type TemplateResult } from 'lit';
import type { Group } from '../../sdk';
import { ask } from '../dialog';
import { icon } from '../icons';
import { Listing } from '../listing';
import { Complaint, http } from '../part';
import { openMembers } from './members';

export class AdminGroups extends Listing<Group> {
  protected read = (cursor?: string) => http.instance.groups(cursor);
  protected key = ({ id }: Group) => id;

  protected override render(): TemplateResult {
    return html`<p class="filter"><button class="button" @click=${() => this.#name('New group', 'Make group', '', http.instance.makeGroup)}>${icon('add')} New group</button></p>
      ${this.told()} ${this.list((group) => this.#row(group), 'There is no group yet. People in one are granted something together.')}`;
  }

  #row(group: Group): TemplateResult {
    const { id, name, members } = group;
    return html`<li>
      <span class="avatar plain">${icon('group')}</span>
      <span class="grow"><strong>${name}</strong><br /><small>${members === 1 ? '1 member' : `${members} members`}</small></span>
      <button class="button" aria-label="Members of ${name}" @click=${() => openMembers(group, () => void this.load())}>Members</button>
      <button class="tool" aria-label="Rename ${name}" title="Rename" @click=${() => this.#name('Rename group', 'Rename', name, (next) => http.instance.renameGroup(id, next))}>${icon('rename')}</button>
      <button class="tool" aria-label="Delete ${name}" title="Delete" @click=${() => this.#drop(group)}>${icon('trash')}</button>
    </li>`;
  }

  #name(title: string, action: string, value: string, set: (name: string) => Promise<Group>): void {
    ask({
      title,
      label: 'Name',
      most: 80,
      value,
      action,
      answer: async (text) => {
        const name = text.trim();
        if (!name) throw new Complaint('A group needs a name.');
        await this.asked(async () => {
          await set(name);
          return `The group is called ${name}.`;
        });
      },
    });
  }

  #drop({ id, name }: Group): void {
    ask({
      title: `Delete the group ${name}?`,
      text: 'Its members lose at once what was granted to the group.',
      action: 'Delete',
      danger: true,
      answer: () =>
        this.asked(async () => {
          await http.instance.dropGroup(id);
          return `The group ${name} is deleted.`;
        }),
    });
  }
}

customElements.define('cs-admin-groups', AdminGroups);
