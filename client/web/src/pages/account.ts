// One's own account: where one is signed in, tokens for programs, the password.

import { html, nothing, type TemplateResult } from 'lit';
import type { Login, User } from '../sdk';
import { Listing } from './listing';
import { ago, http, type Shell } from './part';
import './password';
import './tokens';

export class AccountPage extends Listing<Login> {
  declare shell: Shell;
  declare me: User;

  static override properties = { shell: { attribute: false }, me: { attribute: false } };

  protected read = () => http.logins();
  protected key = ({ id }: Login) => id;

  protected override render(): TemplateResult {
    document.title = 'Your account · Coscribe';
    const others = (this.items?.length ?? 0) > 1;
    return html`<main class="wide sections">
      <header class="heading"><h1 tabindex="-1">Your account</h1></header>
      ${this.me.unproven
        ? html`<p class="notice">Nobody has shown that ${this.me.email} is yours. What others share with it waits until you open an invitation for it, which an administrator of this server makes.</p>`
        : nothing}
      <section aria-labelledby="logins">
        <header class="heading">
          <h2 id="logins">Where you are signed in</h2>
          <button class="button" ?hidden=${!others} @click=${() => this.#endOthers()}>Sign out everywhere else</button>
        </header>
        ${this.told()} ${this.list((login) => this.#row(login), 'Nowhere.')}
      </section>
      <cs-tokens></cs-tokens>
      <cs-password></cs-password>
    </main>`;
  }

  #row({ id, device, address, lastSeenAt, current }: Login): TemplateResult {
    const name = device || 'An unknown device';
    return html`<li>
      <span class="grow"><strong>${name}</strong>${current ? ' (this one)' : ''}<br /><small>${address ? `${address}, ` : ''}seen ${ago(lastSeenAt)}</small></span>
      ${current ? '' : html`<button class="button" aria-label="Sign out ${name}, seen ${ago(lastSeenAt)}" @click=${() => this.#end(id, name)}>Sign out</button>`}
    </li>`;
  }

  #end(id: string, name: string): void {
    void this.act(async () => {
      await http.endLogin(id);
      return `${name} is signed out.`;
    });
  }

  #endOthers(): void {
    void this.act(async () => {
      await http.endOtherLogins();
      return 'You are signed in here only.';
    });
  }
}

customElements.define('cs-account', AccountPage);
