// What stands where something could not be read: why, and the way on.

import { html, type TemplateResult } from 'lit';
import { Refusal } from '../sdk';
import { sentence } from './part';

export function isSignedOut(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'not_signed_in';
}

export function trouble(error: unknown, again: () => void): TemplateResult {
  return html`<div class="notice bad" role="alert">
    <p>${sentence(error)}</p>
    ${isSignedOut(error)
      ? html`<button type="button" class="button primary" @click=${signIn}>Sign in</button>`
      : html`<button type="button" class="button" @click=${again}>Try again</button>`}
  </div>`;
}

// signIn loads the page anew, which knows then that nobody is signed in.
export function signIn(): void {
  location.assign(`/signin?next=${encodeURIComponent(location.pathname)}`);
}
