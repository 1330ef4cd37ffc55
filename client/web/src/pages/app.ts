// The shell: who is signed in, which page the address means, and the way between them without loading anew.

import { html, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { SessionState, User } from '../sdk';
import './account';
import './app.css';
import { isSection } from './admin/admin';
import { bar, tools } from './bar';
import './document';
import './documents';
import './entering';
import { http, Part, sentence, type Shell } from './part';
import './signin';
import './prove';
import './trash';
import { followTheme } from './theme';

class App extends Part implements Shell {
  #session: SessionState | null = null;
  #error = '';
  #secret = ''; // of the set-up link, an invitation or a link into a document: nowhere but here
  #came: { secret: string; doc: string } | null = null; // by which link, as a guest, and where to

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
    this.#session = { openRegistration: this.#session?.openRegistration ?? false, user };
    const next = new URLSearchParams(location.search).get('next') ?? '/';
    // Who came by a link as a guest comes in by it again.
    const again = this.#came && next === `/d/${this.#came.doc}`;
    if (next !== '/link') this.#secret = again ? this.#came!.secret : '';
    // Only a path of ours: "//elsewhere" would lead away.
    this.go(again ? '/link' : /^\/(?![/\\])/.test(next) ? next : '/', true);
  }

  entered(user: User, doc: string): void {
    this.#came = user.guest && this.#secret ? { secret: this.#secret, doc } : null;
    this.#secret = '';
    this.#session = { openRegistration: this.#session?.openRegistration ?? false, user };
    this.go(`/d/${doc}`, true);
  }

  // takeSecret reads what a link carries behind its #, and takes it out of the address bar and the history.
  #takeSecret(): void {
    if (!location.hash || !/^\/(setup|invitation|link)$/.test(location.pathname)) return;
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
    if (!link || link.target || link.download || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
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
    return this.#session ? this.#page(location.pathname) : html``;
  }

  #page(path: string): TemplateResult {
    const { openRegistration: open } = this.#session!;
    const { user } = this;
    if (path === '/invitation' && this.#secret && user?.unproven) {
      document.title = 'An invitation · Coscribe';
      return html`${this.#bar()}<cs-prove .shell=${this} .secret=${this.#secret} .me=${user}></cs-prove>`;
    }
    if (path === '/setup' || path === '/invitation') {
      document.title = 'Make an account · Coscribe';
      return html`${this.#bar()}<cs-signup .shell=${this} .secret=${this.#secret} .open=${open}></cs-signup>`;
    }
    if (path === '/link') return html`${this.#bar()}<cs-entering .shell=${this} .secret=${this.#secret}></cs-entering>`;
    const doc = /^\/d\/([0-9a-f-]{36})$/.exec(path)?.[1];
    if (doc && user) {
      return html`${keyed(doc + user.id, html`<cs-document .shell=${this} .doc=${doc} .me=${user} .tools=${this.#tools()}></cs-document>`)}`;
    }
    if (doc) return html`${this.#bar()}<cs-entering .shell=${this} .doc=${doc}></cs-entering>`;
    if (!user || user.guest) return this.#signIn(path, open);
    return html`${this.#bar()}${this.#own(path)}`;
  }

  // own are the pages of those who are signed in.
  #own(path: string): TemplateResult {
    if (path === '/' || path === '/signin') return html`<cs-documents .shell=${this}></cs-documents>`;
    if (path === '/account') return html`<cs-account .shell=${this} .me=${this.user}></cs-account>`;
    if (path === '/trash') return html`<cs-trash></cs-trash>`;
    const admin = /^\/admin\/(\w+)$/.exec(path)?.[1];
    if (admin && this.user?.instanceAdmin && isSection(admin)) return html`<cs-admin .section=${admin} .me=${this.user}></cs-admin>`;
    document.title = 'Not found · Coscribe';
    return html`<main class="narrow">
      <h1 tabindex="-1">There is nothing at this address</h1>
      <p class="card">Look at its spelling, or go to <a href="/">your documents</a>.</p>
    </main>`;
  }

  #signIn(path: string, open: boolean): TemplateResult {
    if (path !== '/signin') history.replaceState(null, '', path === '/' ? '/signin' : `/signin?next=${encodeURIComponent(path)}`);
    document.title = 'Sign in · Coscribe';
    return html`${this.#bar()}<cs-signin .shell=${this} .open=${open}></cs-signin>`;
  }

  #bar(): TemplateResult {
    return bar(this.#tools());
  }

  #tools(): TemplateResult {
    return tools(this.user, () => this.requestUpdate(), () => void this.#signOut());
  }

  async #signOut(): Promise<void> {
    try {
      await http.signOut();
    } catch (error) {
      this.#error = sentence(error);
      this.requestUpdate();
      return;
    }
    this.#secret = '';
    this.#came = null;
    this.#session = { openRegistration: this.#session!.openRegistration, user: null };
    this.go('/signin');
  }
}

customElements.define('cs-app', App);
