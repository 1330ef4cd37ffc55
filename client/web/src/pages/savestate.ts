// The save state says what is true, at every width: Saved only when the server has everything.

import { html, type TemplateResult } from 'lit';
import type { Status } from '../sdk';
import { icon } from './icons';
import { Part } from './part';

export function describe({ state, unsent, kept }: Status): string {
  const changes = unsent === 1 ? '1 change' : `${unsent} changes`;
  switch (state) {
    case 'opening':
      return 'Opening…';
    case 'saved':
      return 'Saved';
    case 'saving':
      return 'Saving…';
    case 'offline':
      if (unsent === 0) return 'Offline';
      return kept ? `Offline, ${changes} kept on this device` : `Offline, ${changes} kept in this tab only`;
  }
}

export class SaveState extends Part {
  declare status: Status;

  static override properties = { status: { attribute: false } };

  protected override render(): TemplateResult {
    const { state, unsent } = this.status;
    const text = describe(this.status);
    return html`<span class="savestate" data-state=${state} data-unsent=${unsent} title=${text}
      >${icon(state === 'offline' ? 'offline' : 'cloud')}<span>${text}</span></span
    >`;
  }
}

customElements.define('cs-savestate', SaveState);
