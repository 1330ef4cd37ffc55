// A document: the editor, its title, who is here, whether it is saved.

import { html, nothing, type TemplateResult } from 'lit';
import { Binding } from '../editor/binding';
import { isImage, isLink } from '../editor/schema';
import { Session, type DocumentState, type Ended, type Offer, type Peer, type Rights, type Status, type User } from '../sdk';
import { browserDial, browserLocks, browserShelf } from '../sdk/browser';
import { ask } from './dialog';
import { icon } from './icons';
import './offers';
import { Complaint, http, Part, sentence, type Shell } from './part';
import { personsOf, type Person } from './people';
import './savestate';
import { openShare } from './share/dialog';
import './title';
import { Toolbar } from './toolbar';

const ENDED: Record<Ended, string> = {
  signed_out: 'You are signed out. Sign in to go on writing; what is not saved yet is kept on this device.',
  access_revoked: 'Your access to this document has ended.',
  no_document: 'There is no such document, or it is not shared with you any more.',
  disconnected: 'Somebody who looks after this document disconnected you. What is not saved yet is kept on this device.',
  superseded: 'This document went on in another tab. Reload to go on here.',
  seq_reuse: 'This page and the server disagree about what was sent. Reload to go on; nothing is lost on this device.',
  bad_message: 'This page and the server do not understand each other. Reload to get the newest page.',
};

const LINGER_MS = 10_000; // how long a page that was left goes on sending

export class DocumentPage extends Part {
  declare shell: Shell;
  declare doc: string;
  declare me: User;
  declare tools: TemplateResult;

  #session!: Session;
  #binding: Binding | null = null;
  #state: DocumentState | null = null;
  #status: Status = { state: 'opening', unsent: 0, kept: true };
  #rights: Rights | null = null;
  #persons: Person[] = [];
  #offers: Offer[] = [];
  #ended: Ended | null = null;
  #loaded = false;
  #broken = false;
  #said = ''; // for the live region
  #notice = '';
  #frame = 0;

  static override properties = { shell: { attribute: false }, doc: { attribute: false }, me: { attribute: false }, tools: { attribute: false } };

  override connectedCallback(): void {
    super.connectedCallback();
    document.title = 'Coscribe';
    const session = (this.#session = new Session({
      doc: this.doc,
      user: this.me.id,
      dial: browserDial(http, this.doc),
      ops: (after) => http.ops(this.doc, after),
      shelf: browserShelf(),
      locks: browserLocks(),
    }));
    session.on('load', () => this.#set(() => (this.#loaded = true)));
    session.on('document', (state) => this.#set(() => this.#titled(state)));
    session.on('status', (status) => this.#set(() => this.#saved(status)));
    session.on('access', (rights) => this.#set(() => this.#allowed(rights)));
    session.on('peers', (peers) => this.#met(peers));
    session.on('offer', (offer) => this.#set(() => (this.#offers = [...this.#offers, offer])));
    session.on('ended', (why) => this.#set(() => (this.#ended = why)));
    addEventListener('beforeunload', this.#warn);
    addEventListener('online', this.#online);
    addEventListener('offline', this.#offline);
    document.addEventListener('visibilitychange', this.#online);
  }

  protected override firstUpdated(): void {
    this.#binding = new Binding(this.querySelector<HTMLElement>('.text')!, this.#session, {
      label: 'Text of the document',
      said: (said) => this.#set(() => (this.#notice = said)),
      broken: () => this.#set(() => (this.#broken = true)),
      link: () => this.#askLink(),
    });
    const { quill } = this.#binding;
    quill.on('editor-change', () => {
      this.#frame ||= requestAnimationFrame(() => {
        this.#frame = 0;
        this.querySelector<Toolbar>('cs-toolbar')?.look();
      });
    });
    void this.#session.start();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('beforeunload', this.#warn);
    removeEventListener('online', this.#online);
    removeEventListener('offline', this.#offline);
    document.removeEventListener('visibilitychange', this.#online);
    this.#binding?.destroy();
    const session = this.#session;
    session.showCaret(null);
    if (session.status.state !== 'saving') return void session.close();
    const close = () => void session.close();
    session.on('status', ({ state }) => state === 'saved' && close());
    setTimeout(close, LINGER_MS);
  }

  readonly #warn = (event: BeforeUnloadEvent) => {
    if (this.#status.unsent > 0) event.preventDefault();
  };

  readonly #online = () => {
    if (document.visibilityState === 'visible' && navigator.onLine) this.#session.connection.retryNow();
  };

  // Without this the page would find out by the silence of the socket, half a minute later.
  readonly #offline = () => this.#session.connection.restart();

  #set(change: () => void): void {
    change();
    this.requestUpdate();
  }

  #titled(state: DocumentState): void {
    this.#state = state;
    document.title = `${state.title} · Coscribe`;
  }

  #saved(status: Status): void {
    const before = this.#status.state;
    this.#status = status;
    if (status.state === 'offline') this.#said = before === 'offline' ? this.#said : 'The connection is lost. You can go on writing.';
    else if (before === 'offline') this.#said = 'The connection is back.';
  }

  #allowed(rights: Rights): void {
    const before = this.#rights;
    this.#rights = rights;
    if (!before) void this.updateComplete.then(() => this.#begin());
    if (!before || before.mayEdit === rights.mayEdit) return;
    this.#said = rights.mayEdit ? 'You can edit this document now.' : 'You can read this document now, but not change it.';
    this.#notice = rights.mayEdit ? this.#said : '';
  }

  // begin sets the caret into a document that is empty, so that its author need not look for the place to write.
  #begin(): void {
    const quill = this.#binding?.quill;
    const idle = !document.activeElement || document.activeElement === document.body;
    if (quill?.isEnabled() && quill.getLength() === 1 && idle) quill.focus({ preventScroll: true });
  }

  #met(peers: Peer[]): void {
    const persons = personsOf(peers.filter((peer) => peer.user !== this.me.id));
    const names = (list: Person[]) => list.map(({ user, seats }) => user + seats.some((seat) => seat.caret)).join();
    if (names(persons) === names(this.#persons)) {
      this.#persons = persons;
      return;
    }
    const before = this.#persons;
    this.#persons = persons;
    const came = persons.filter((person) => !before.some(({ user }) => user === person.user));
    const left = before.filter((person) => !persons.some(({ user }) => user === person.user));
    const news = [...came.map(({ name }) => `${name} joined.`), ...left.map(({ name }) => `${name} left.`)];
    if (news.length > 0) this.#said = news.join(' ');
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const failed = this.#ended !== null && !this.#loaded;
    return html`${failed ? this.#failure() : this.#head()}
      <main class="paper" ?hidden=${!this.#loaded}>
        <div class="text"></div>
        <p id="editor-hint" class="unseen">Press Escape, then Tab, to leave the text.</p>
      </main>
      ${!this.#loaded && !failed ? html`<p class="aside opening" role="status">${this.#opening()}</p>` : nothing}
      <p class="unseen" role="status" aria-live="polite">${this.#said}</p>`;
  }

  #opening(): string {
    return this.#session.connection.state === 'away' ? 'The server cannot be reached. Trying again…' : 'Opening…';
  }

  #head(): TemplateResult {
    const may = (command: string) => this.#rights?.commands.includes(command) ?? false;
    const gone = this.#ended !== null;
    const mayEdit = !gone && (this.#rights?.mayEdit ?? false);
    return html`<header class="dochead">
        <div class="bar document">
          <a class="tool" href="/" aria-label="All documents" title="All documents">${icon('back')}</a>
          <cs-title .value=${this.#state?.title ?? ''} .fixed=${gone || !may('rename')} .save=${(title: string) => this.#rename(title)}></cs-title>
          <cs-savestate .status=${this.#status}></cs-savestate>
          <cs-people .persons=${this.#persons} .jump=${(seat: string) => this.#binding?.jumpTo(seat)}></cs-people>
          ${!gone && may('list-access')
            ? html`<button class="button primary share" aria-label="Share" @click=${this.#share}>${icon('share')}<span>Share</span></button>`
            : nothing}
          ${this.tools}
        </div>
        ${mayEdit
          ? html`<cs-toolbar .quill=${this.#binding?.quill ?? null} .askLink=${() => this.#askLink()} .askImage=${() => this.#askImage()}></cs-toolbar>`
          : nothing}
      </header>
      <section class="notices" aria-label="Notices">${this.#notices()}</section>`;
  }

  #notices(): TemplateResult {
    const { mayEdit, role } = this.#rights ?? { mayEdit: true, role: 'none' };
    return html`
      ${this.#ended ? this.#notify('bad', ENDED[this.#ended], this.#wayOn(this.#ended)) : nothing}
      ${this.#broken ? this.#notify('bad', 'This document holds something that this editor cannot show, so it is closed for writing here.') : nothing}
      ${!this.#ended && !mayEdit
        ? this.#notify('', this.#state?.locked ? 'This document is locked: you can read it, but nobody can change it now.' : `You are a ${role} of this document: you can read it, but not change it.`)
        : nothing}
      ${this.#notice
        ? this.#notify('', this.#notice, html`<button class="button" @click=${() => this.#set(() => (this.#notice = ''))}>All right</button>`)
        : nothing}
      <cs-offers .offers=${this.#offers} .discard=${() => this.#discard()}></cs-offers>
    `;
  }

  #notify(kind: string, text: string, action: TemplateResult | typeof nothing = nothing): TemplateResult {
    return html`<div class="notice ${kind}"><p>${text}</p>${action}</div>`;
  }

  #wayOn(why: Ended): TemplateResult | typeof nothing {
    if (why === 'signed_out') return html`<button class="button primary" @click=${this.#signIn}>Sign in</button>`;
    if (why === 'access_revoked' || why === 'no_document') return html`<a class="button" href="/">All documents</a>`;
    return html`<button class="button primary" @click=${() => location.reload()}>Reload</button>`;
  }

  // failure stands in the place of a document that did not open: never an empty one.
  #failure(): TemplateResult {
    return html`<main class="narrow">
      <h1 tabindex="-1">This document did not open</h1>
      <div class="notice bad" role="alert"><p>${ENDED[this.#ended!]}</p>${this.#wayOn(this.#ended!)}</div>
      <cs-offers .offers=${this.#offers} .discard=${() => this.#discard()}></cs-offers>
    </main>`;
  }

  #signIn(): void {
    // The page begins anew: its session is over, and what is unsent is on this device.
    location.assign(`/signin?next=${encodeURIComponent(location.pathname)}`);
  }

  #discard(): void {
    const gone = this.#ended === 'access_revoked' || this.#ended === 'no_document';
    void this.#session.discard();
    this.#set(() => {
      this.#offers = [];
      if (gone) this.#status = { ...this.#status, unsent: 0 };
    });
  }

  async #rename(title: string): Promise<void> {
    try {
      const { title: now } = await http.renameDocument(this.doc, title);
      if (this.#state) this.#titled({ ...this.#state, title: now });
    } catch (error) {
      this.#notice = `The title was not changed. ${sentence(error)}`;
    }
    this.requestUpdate();
    await this.updateComplete;
  }

  #share(): void {
    openShare({
      doc: this.doc,
      title: this.#state?.title ?? '',
      me: this.me,
      role: this.#rights?.role ?? 'none',
      here: () => new Set(this.#persons.map(({ user }) => user)),
    });
  }

  #askLink(): void {
    const { quill } = this.#binding!;
    const range = quill.getSelection(true);
    const now = quill.getFormat(range).link;
    ask({
      title: now ? 'Change link' : 'Link',
      label: 'Address',
      value: typeof now === 'string' ? now : '',
      placeholder: 'https://…',
      action: 'Apply',
      ...(now ? { text: 'Leave it empty to remove the link.' } : {}),
      answer: (value) => {
        const typed = value.trim();
        const address = typed === '' || /^[a-z]+:/i.test(typed) ? typed : `https://${typed}`;
        if (address && !isLink(address)) throw new Complaint('A link begins with https, http, mailto or tel.');
        if (range.length > 0) quill.formatText(range.index, range.length, 'link', address || false, 'user');
        else if (address) quill.insertText(range.index, address, { link: address }, 'user');
        setTimeout(() => quill.setSelection(range.index + (range.length || address.length), 0, 'user'));
      },
    });
  }

  #askImage(): void {
    const { quill } = this.#binding!;
    const range = quill.getSelection(true);
    ask({
      title: 'Picture',
      label: 'Its address',
      placeholder: 'https://…',
      action: 'Insert',
      answer: (value) => {
        const address = value.trim();
        if (!isImage(address)) throw new Complaint('A picture needs an address that begins with https://.');
        quill.insertEmbed(range.index, 'image', address, 'user');
        setTimeout(() => quill.setSelection(range.index + 1, 0, 'user'));
      },
    });
  }
}

customElements.define('cs-document', DocumentPage);

