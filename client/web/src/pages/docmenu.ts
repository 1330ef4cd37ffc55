// The document's own menu: lock, who reads the history, who is connected, the trash.

import { html, nothing, type TemplateResult } from 'lit';
import type { Document, Rights } from '../sdk';
import { chosen, closeMenu, leaveMenu } from './bar';
import { openConnections } from './connections';
import { ask } from './dialog';
import { icon } from './icons';
import { showKeys } from './keys';
import { http } from './part';

export interface Menu {
  doc: string;
  title: string;
  locked: boolean;
  rights: Rights;
  about: Document | null;
  done(step: () => Promise<void>): void; // does it, tells what goes wrong, and looks again
  left(): void; // the document is gone
}

export function docMenu(menu: Menu): TemplateResult | typeof nothing {
  const { doc, locked, rights, about } = menu;
  const may = (command: string) => rights.commands.includes(command);
  const items = [
    may('lock') && !locked && item('Lock', 'Nobody changes it until it is unlocked', () => menu.done(() => http.sharing.lock(doc))),
    may('unlock') && locked && item('Unlock', 'Editors write again', () => menu.done(() => http.sharing.unlock(doc))),
    may('set-history') &&
      about &&
      item(
        about.openHistory ? 'Hide the history from readers' : 'Show the history to readers',
        about.openHistory ? 'Only editors read older versions then' : 'Viewers and commenters read older versions then',
        () => menu.done(() => http.sharing.setHistory(doc, !about.openHistory)),
      ),
    may('list-seats') && item('Connections', 'Who has it open, and by what', () => openConnections(doc, may('disconnect'))),
    rights.mayEdit && item('Keys', 'All that the keyboard does in the text', showKeys),
    may('delete') && item('Delete', 'Into the trash, for 30 days', () => toTrash(menu)),
  ].filter(Boolean);
  if (items.length === 0) return nothing;
  return html`<details class="menu" @focusout=${leaveMenu} @keydown=${closeMenu} @click=${chosen}>
    <summary class="tool" aria-label="More about this document" title="More">${icon('more')}</summary>
    <div class="card choices">${items}</div>
  </details>`;
}

function item(label: string, text: string, act: () => void): TemplateResult {
  return html`<button class="choice" @click=${act}>${label}<small>${text}</small></button>`;
}

function toTrash({ doc, title, left }: Menu): void {
  ask({
    title: `Delete “${title}”?`,
    text: 'Everyone who has it open loses it at once. You can take it out of the trash for 30 days.',
    action: 'Delete',
    danger: true,
    answer: async () => {
      await http.deleteDocument(doc);
      left();
    },
  });
}
