// The bar above every page: where one is, the theme, the account.

import { html, nothing, type TemplateResult } from 'lit';
import type { User } from '../sdk';
import { icon } from './icons';
import { initials } from './part';
import { isDark, switchTheme } from './theme';

export function bar(right: TemplateResult): TemplateResult {
  return html`<header class="bar">
    <a class="brand" href="/"><img src="/assets/favicon.svg" alt="" width="24" height="24" /> Coscribe</a>
    ${right}
  </header>`;
}

// tools stand at the right of every page.
export function tools(user: User | null, changed: () => void, signOut: () => void): TemplateResult {
  const name = isDark() ? 'Light theme' : 'Dark theme';
  const turn = () => {
    switchTheme();
    changed();
  };
  return html`<div class="tools">
    <button class="tool" aria-label=${name} title=${name} @click=${turn}>${icon(isDark() ? 'sun' : 'moon')}</button>
    ${user ? account(user, signOut) : nothing}
  </div>`;
}

function account(user: User, signOut: () => void): TemplateResult {
  return html`<details class="menu" @focusout=${leaveMenu} @keydown=${closeMenu} @click=${chosen}>
    <summary aria-label="Account of ${user.name}"><span class="avatar person-${user.color % 12}" data-initials=${initials(user.name)}></span></summary>
    <div class="card">
      <p><strong>${user.name}</strong><br />${user.guest ? 'a guest, without an account' : (user.email ?? nothing)}</p>
      ${user.guest
        ? html`<a class="button" href="/signin?next=${encodeURIComponent(location.pathname)}">Sign in</a>`
        : html`<nav aria-label="Account">
            <a href="/account">Your account</a>
            ${user.instanceAdmin ? html`<a href="/admin/people">Administration</a>` : nothing}
          </nav>`}
      <button class="button" @click=${signOut}>Sign out</button>
    </div>
  </details>`;
}

// A menu closes when the focus leaves it, by Escape, and by a choice that leads away.
export function leaveMenu(event: FocusEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.relatedTarget && !menu.contains(event.relatedTarget as Node)) menu.open = false;
}

export function closeMenu(event: KeyboardEvent): void {
  if (event.key !== 'Escape') return;
  (event.currentTarget as HTMLDetailsElement).open = false;
  (event.currentTarget as HTMLElement).querySelector('summary')?.focus();
}

export function chosen(event: MouseEvent): void {
  if ((event.target as Element).closest('a, [role="menuitem"], .choice')) (event.currentTarget as HTMLDetailsElement).open = false;
}
