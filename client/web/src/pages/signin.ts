// Signing in, and making an account: by the set-up link, by an invitation, or freely where that is open.

import { html, nothing, type TemplateResult } from 'lit';
import { Refusal, type Invitation } from '../sdk';
import { http, Part, sentence, type Shell } from './part';

export class SignIn extends Part {
  declare shell: Shell;
  declare open: boolean; // registration is
  #error = '';
  #busy = false;

  static override properties = { shell: { attribute: false }, open: { attribute: false } };

  protected override render(): TemplateResult {
    return html`<main class="narrow">
      <h1>Sign in</h1>
      <form class="form card" @submit=${this.#submit}>
        <label>Email <input name="email" type="email" required autocomplete="username" autofocus maxlength="254" /></label>
        <label>Password <input name="password" type="password" required autocomplete="current-password" maxlength="1024" /></label>
        ${this.#error ? html`<p class="error" role="alert">${this.#error}</p>` : nothing}
        <button class="button primary" aria-disabled=${this.#busy}>Sign in</button>
      </form>
      ${this.open ? html`<p class="aside">No account yet? <a href="/invitation">Make one</a>.</p>` : html`<p class="aside">Accounts are made by invitation here.</p>`}
    </main>`;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.#busy) return;
    const form = new FormData(event.target as HTMLFormElement);
    this.#busy = true;
    this.requestUpdate();
    try {
      const { user } = await http.signIn({ email: String(form.get('email')), password: String(form.get('password')) });
      this.shell.signedIn(user!);
    } catch (error) {
      this.#error = sentence(error);
      if (error instanceof Refusal && error.code === 'bad_login') this.querySelector<HTMLInputElement>('[name=password]')!.select();
    }
    this.#busy = false;
    this.requestUpdate();
  }
}

export class SignUp extends Part {
  declare shell: Shell;
  declare secret: string; // of the set-up link or the invitation; '' where registration is open
  declare open: boolean;
  #invitation: Invitation | null = null;
  #error = '';
  #dead = ''; // why this link makes no account
  #busy = false;

  static override properties = { shell: { attribute: false }, secret: { attribute: false }, open: { attribute: false } };

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.secret) void this.#look();
    else if (!this.open) this.#dead = 'The link is incomplete. Open it again, all of it.';
  }

  async #look(): Promise<void> {
    try {
      this.#invitation = await http.invitation(this.secret);
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) this.#dead = error.message;
      else this.#error = sentence(error);
    }
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    if (this.#dead) {
      return html`<main class="narrow">
        <h1>This link does not work</h1>
        <p class="card">${this.#dead}</p>
        <p class="aside"><a href="/signin">Sign in instead</a></p>
      </main>`;
    }
    const setup = this.#invitation?.setup;
    return html`<main class="narrow">
      <h1>${setup ? 'Welcome to Coscribe' : 'Make your account'}</h1>
      ${setup ? html`<p class="aside">This makes the first account: the administrator of this server.</p>` : nothing}
      <form class="form card" @submit=${this.#submit}>
        <label>Name <input name="name" required autocomplete="name" autofocus maxlength="80" /></label>
        <label>Email
          <input name="email" type="email" required autocomplete="username" maxlength="254" .defaultValue=${this.#invitation?.email ?? ''} ?readonly=${!!this.#invitation?.email} />
        </label>
        <label>Password
          <input name="password" type="password" required autocomplete="new-password" minlength="8" maxlength="256" aria-describedby="password-hint" />
        </label>
        <p class="hint" id="password-hint">At least 8 characters. Several words are better than one.</p>
        ${this.#error ? html`<p class="error" role="alert">${this.#error}</p>` : nothing}
        <button class="button primary" aria-disabled=${this.#busy}>Create account</button>
      </form>
    </main>`;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.#busy) return;
    const form = new FormData(event.target as HTMLFormElement);
    const field = (name: string) => String(form.get(name) ?? '');
    this.#busy = true;
    this.requestUpdate();
    try {
      const { user } = await http.signUp({
        ...(this.secret && { invitation: this.secret }),
        name: field('name').trim(),
        email: field('email').trim(),
        password: field('password'),
      });
      this.shell.signedIn(user!);
    } catch (error) {
      this.#error = sentence(error);
    }
    this.#busy = false;
    this.requestUpdate();
  }
}

customElements.define('cs-signin', SignIn);
customElements.define('cs-signup', SignUp);
