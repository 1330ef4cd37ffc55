// The shell: who is signed in, which page the address means, and the way between them without loading anew.

import { html, nothing, type TemplateResult } from 'lit';
import type { SessionState, User } from '../sdk';
import './app.css';
import './document';
import './documents';
import { icon } from './icons';
import { http, initials, Part, sentence, type Shell } from './part';
import './signin';
import { followTheme, isDark, switchTheme } from './theme';

class App extends Part implements Shell {
  #session: SessionState | null = null;
  #error = '';
  #secret = '';

  get user(): User | null {
    return this.#session?.user ?? null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    followTheme(() => this.requestUpdate());
    this.#takeSecret();
    addEventListener('popstate', () => {
      this.#takeSecret();
      this.requestUpdate();
    });
    this.addEventListener('click', (event) => this.#follow(event));
    void this.#load();
  }

  go(path: string, replace = false): void {
    history[replace ? 'replaceState' : 'pushState'](null, '', path);
    scrollTo(0, 0);
    this.requestUpdate();
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('h1[tabindex]')?.focus());
  }

  signedIn(user: User): void {
    this.#secret = '';
    this.#session = { openRegistration: this.#session?.openRegistration ?? false, user };
    const next = new URLSearchParams(location.search).get('next') ?? '/';
    // Only a path of ours: "//elsewhere" would lead away.
    this.go(/^\/(?![/\\])/.test(next) ? next : '/', true);
  }

  // takeSecret reads what a link carries behind its #, and takes it out of the address bar and the history.
  #takeSecret(): void {
    if (!location.hash || !/^\/(setup|invitation)$/.test(location.pathname)) return;
    this.#secret = location.hash.slice(1);
    history.replaceState(null, '', location.pathname);
  }

  async #load(): Promise<void> {
    this.#error = '';
    try {
      this.#session = await http.session();
    } catch (error) {
      this.#error = sentence(error);
    }
    this.requestUpdate();
  }

  #follow(event: MouseEvent): void {
    const link = (event.target as Element).closest?.<HTMLAnchorElement>('a[href^="/"]');
    if (!link || link.target || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.go(link.getAttribute('href')!);
  }

  protected override render(): TemplateResult {
    if (this.#error) {
      return html`<main class="narrow">
        <h1>Coscribe</h1>
        <div class="notice bad" role="alert"><p>${this.#error}</p><button class="button" @click=${() => this.#load()}>Try again</button></div>
      </main>`;
    }
    if (!this.#session) return html``;
    return this.#page();
  }

  #page(): TemplateResult {
    const { pathname } = location;
    const { openRegistration: open } = this.#session!;
    if (pathname === '/setup' || pathname === '/invitation') {
      document.title = 'Make an account · Coscribe';
      return html`${this.#bar()}<cs-signup .shell=${this} .secret=${this.#secret} .open=${open}></cs-signup>`;
    }
    if (!this.user) {
      if (pathname !== '/signin') history.replaceState(null, '', pathname === '/' ? '/signin' : `/signin?next=${encodeURIComponent(pathname)}`);
      document.title = 'Sign in · Coscribe';
      return html`${this.#bar()}<cs-signin .shell=${this} .open=${open}></cs-signin>`;
    }
    const doc = /^\/d\/([0-9a-f-]{36})$/.exec(pathname)?.[1];
    if (doc) return html`<cs-document .shell=${this} .doc=${doc} .me=${this.user} .tools=${this.#tools()}></cs-document>`;
    if (pathname === '/' || pathname === '/signin') return html`${this.#bar()}<cs-documents .shell=${this}></cs-documents>`;
    document.title = 'Not found · Coscribe';
    return html`${this.#bar()}
      <main class="narrow">
        <h1 tabindex="-1">There is nothing at this address</h1>
        <p class="card">Look at its spelling, or go to <a href="/">your documents</a>.</p>
      </main>`;
  }

  #bar(): TemplateResult {
    return html`<header class="bar">
      <a class="brand" href="/"><img src="/assets/favicon.svg" alt="" width="24" height="24" /> Coscribe</a>
      ${this.#tools()}
    </header>`;
  }

  // tools stand at the right of every page.
  #tools(): TemplateResult {
    const dark = isDark();
    return html`<div class="tools">
      <button
        class="tool"
        aria-label=${dark ? 'Light theme' : 'Dark theme'}
        title=${dark ? 'Light theme' : 'Dark theme'}
        @click=${() => {
          switchTheme();
          this.requestUpdate();
        }}
      >
        ${icon(dark ? 'sun' : 'moon')}
      </button>
      ${this.user
        ? html`<details class="menu" @focusout=${leaveMenu} @keydown=${closeMenu}>
            <summary aria-label="Account of ${this.user.name}"><span class="avatar person-${this.user.color % 12}" data-initials=${initials(this.user.name)}></span></summary>
            <div class="card">
              <p><strong>${this.user.name}</strong><br />${this.user.email ?? nothing}</p>
              <button class="button" @click=${() => this.#signOut()}>Sign out</button>
            </div>
          </details>`
        : nothing}
    </div>`;
  }

  async #signOut(): Promise<void> {
    try {
      await http.signOut();
    } catch (error) {
      this.#error = sentence(error);
      this.requestUpdate();
      return;
    }
    this.#session = { openRegistration: this.#session!.openRegistration, user: null };
    this.go('/signin');
  }
}

function leaveMenu(event: FocusEvent): void {
  const menu = event.currentTarget as HTMLDetailsElement;
  if (event.relatedTarget && !menu.contains(event.relatedTarget as Node)) menu.open = false;
}

function closeMenu(event: KeyboardEvent): void {
  if (event.key !== 'Escape') return;
  (event.currentTarget as HTMLDetailsElement).open = false;
  (event.currentTarget as HTMLElement).querySelector('summary')?.focus();
}

customElements.define('cs-app', App);
