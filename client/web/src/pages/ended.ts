// Why a document that is open does not come back by itself, and the way on.

import { html, type TemplateResult } from 'lit';
import type { Ended, User } from '../sdk';
import { signIn } from './trouble';

export const ENDED: Record<Ended, string> = {
  signed_out: 'You are signed out. Sign in to go on writing; what is not saved yet is kept on this device.',
  access_revoked: 'Your access to this document has ended.',
  no_document: 'There is no such document, or it is not shared with you any more.',
  disconnected: 'An admin of this document disconnected you. What is not saved yet is kept on this device.',
  superseded: 'This document went on in another tab. Reload to go on here.',
  seq_reuse: 'This page and the server disagree about what was sent. Reload to go on; nothing is lost on this device.',
  bad_message: 'This page and the server do not understand each other. Reload to get the newest page.',
};

// wayOn is the button for it. Coming back begins the page anew, but for who was disconnected: their page stands.
export function wayOn(why: Ended, me: User, comeBack: () => void, ask: () => void): TemplateResult {
  switch (why) {
    case 'signed_out':
      return html`<button class="button primary" @click=${signIn}>Sign in</button>`;
    case 'access_revoked':
      if (me.guest) return html`<a class="button" href="/signin?next=${encodeURIComponent(location.pathname)}">Sign in</a>`;
      return html`<button class="button primary" @click=${ask}>Request access</button><a class="button" href="/">All documents</a>`;
    case 'no_document':
      return html`<a class="button primary" href="/">All documents</a>`;
    case 'disconnected':
      return html`<button class="button primary" @click=${comeBack}>Reconnect</button>`;
    default:
      return html`<button class="button primary" @click=${() => location.reload()}>Reload</button>`;
  }
}
