// Tokens: what programs sign their requests with in one's name, as far as their scopes go.

import { html, type TemplateResult } from 'lit';
import type { Scope, Token } from '../sdk';
import { ask } from './dialog';
import { dayOf, spans, until } from './expiry';
import { icon } from './icons';
import { Listing } from './listing';
import { showOnce } from './once';
import { ago, Complaint, http } from './part';

const SCOPES: [Scope, string][] = [
  ['write', 'Write: edit, rename, make documents'],
  ['admin', 'Admin: share, and all else that you may'],
  ['bulk', 'Bulk: write faster than a person'],
];

export class Tokens extends Listing<Token> {
  protected read = () => http.tokens();
  protected key = ({ id }: Token) => id;

  protected override render(): TemplateResult {
    return html`<section aria-labelledby="tokens">
      <header class="heading">
        <h2 id="tokens">Tokens for programs</h2>
        <button class="button" @click=${() => this.#make()}>${icon('add')} New token</button>
      </header>
      ${this.told()} ${this.list((token) => this.#row(token), 'No program acts in your name.')}
    </section>`;
  }

  #row({ id, name, scopes, expiresAt, lastUsedAt }: Token): TemplateResult {
    const used = lastUsedAt ? `used ${ago(lastUsedAt)}` : 'never used';
    return html`<li>
      <span class="grow"><strong>${name}</strong><br /><small>${scopes.join(', ')} · ${used}${expiresAt ? ` · until ${dayOf(expiresAt)}` : ''}</small></span>
      <button class="button" aria-label="Revoke ${name}" @click=${() => this.#revoke(id, name)}>Revoke</button>
    </li>`;
  }

  #make(): void {
    ask({
      title: 'New token',
      label: 'For which program?',
      most: 80,
      more: html`<fieldset>
          <legend>It may read all that you may read, and</legend>
          ${SCOPES.map(([scope, label]) => html`<label class="check"><input type="checkbox" name="scope" value=${scope} ?checked=${scope === 'write'} /> ${label}</label>`)}
        </fieldset>
        <label>For how long
          <select name="expiry">${spans().map(([value, label]) => html`<option value=${value} ?selected=${value === '90'}>${label}</option>`)}</select>
        </label>`,
      action: 'Make token',
      answer: async (text, fields) => {
        const name = text.trim();
        if (!name) throw new Complaint('Give it a name, so that you know later which program has it.');
        const scopes: Scope[] = ['read', ...(fields.getAll('scope') as Scope[])];
        const { secret } = await http.makeToken({ name, scopes, expiresAt: until(String(fields.get('expiry'))) });
        void this.act(async () => `The token for ${name} is made.`);
        setTimeout(() => showOnce({ title: `Token for ${name}`, label: 'Token', value: secret ?? '', text: 'It is shown only now. Whoever has it acts in your name.' }));
      },
    });
  }

  #revoke(id: string, name: string): void {
    void this.act(async () => {
      await http.revokeToken(id);
      return `The token for ${name} is revoked.`;
    });
  }
}

customElements.define('cs-tokens', Tokens);
