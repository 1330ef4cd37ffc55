// Changing one's password, which ends one's other sessions.

import { html, type TemplateResult } from 'lit';
import { Refusal } from '../sdk';
import { http, Part, sentence } from './part';

export class Password extends Part {
  #said = '';
  #error = '';

  protected override render(): TemplateResult {
    return html`<section aria-labelledby="password">
      <header class="heading"><h2 id="password">Password</h2></header>
      <form class="form card" @submit=${(event: SubmitEvent) => void this.#change(event)}>
        <label>Current password <input name="current" type="password" required autocomplete="current-password" maxlength="1024" /></label>
        <label>New password <input name="next" type="password" required autocomplete="new-password" minlength="8" maxlength="1024" /></label>
        <p class="hint">Several words make a good one. You are signed out everywhere else.</p>
        <p class="error" role="alert" ?hidden=${!this.#error}>${this.#error}</p>
        <p class="said" role="status">${this.#said}</p>
        <footer><button class="button primary">Change password</button></footer>
      </form>
    </section>`;
  }

  async #change(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const fields = new FormData(form);
    this.#said = this.#error = '';
    try {
      await http.changePassword(String(fields.get('current')), String(fields.get('next')));
      form.reset();
      this.#said = 'Your password is changed.';
    } catch (error) {
      const wrong = error instanceof Refusal && error.code === 'bad_login';
      this.#error = wrong ? 'The current password is wrong.' : sentence(error);
      if (wrong) form.querySelector<HTMLInputElement>('[name=current]')!.select();
    }
    this.requestUpdate();
  }
}

customElements.define('cs-password', Password);
