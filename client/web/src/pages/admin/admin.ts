// The pages of the server's administrators. They manage access without reading: no title and no content stands here.

import { html, type TemplateResult } from 'lit';
import type { User } from '../../sdk';
import { Part } from '../part';
import './audit';
import './documents';
import './groups';
import './people';
import './policy';

const SECTIONS = [
  ['people', 'People'],
  ['groups', 'Groups'],
  ['documents', 'Documents'],
  ['policy', 'Policy'],
  ['audit', 'Audit'],
] as const;

type Section = (typeof SECTIONS)[number][0];

export function isSection(name: string): name is Section {
  return SECTIONS.some(([section]) => section === name);
}

export class Admin extends Part {
  declare section: Section;
  declare me: User;

  static override properties = { section: { attribute: false }, me: { attribute: false } };

  protected override render(): TemplateResult {
    const [, title] = SECTIONS.find(([section]) => section === this.section)!;
    document.title = `${title} · Administration · Coscribe`;
    return html`<main class="wide">
      <nav class="tabs" aria-label="Administration">
        ${SECTIONS.map(([section, label]) => html`<a href="/admin/${section}" aria-current=${section === this.section ? 'page' : 'false'}>${label}</a>`)}
      </nav>
      <h1 tabindex="-1">${title}</h1>
      ${this.#page()}
    </main>`;
  }

  // On a phone the tabs scroll: the one that is open shows.
  protected override updated(): void {
    this.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #page(): TemplateResult {
    switch (this.section) {
      case 'people':
        return html`<cs-admin-people .me=${this.me}></cs-admin-people>`;
      case 'groups':
        return html`<cs-admin-groups></cs-admin-groups>`;
      case 'documents':
        return html`<cs-admin-documents .me=${this.me}></cs-admin-documents>`;
      case 'policy':
        return html`<cs-admin-policy></cs-admin-policy>`;
      case 'audit':
        return html`<cs-admin-audit></cs-admin-audit>`;
    }
  }
}

customElements.define('cs-admin', Admin);
