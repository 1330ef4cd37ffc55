// A document: the editor, its title, who is here, whether it is saved.

import { html, nothing, type TemplateResult } from 'lit';
import { Binding } from '../editor/binding';
import { leave, Session, type Document, type DocumentState, type Ended, type Offer, type Peer, type Rights, type Status, type User } from '../sdk';
import { browserDial, browserLocks, browserShelf } from '../sdk/browser';
import { bar } from './bar';
import './blocked';
import { ofLock, ofRole } from './changes';
import { docMenu } from './docmenu';
import { ENDED, wayOn } from './ended';
import { icon } from './icons';
import { askImage, askLink } from './insert';
import { showKeys } from './keys';
import './offers';
import { http, Part, sentence, type Shell } from './part';
import { personsOf, type Person } from './people';
import { askForMore } from './request';
import './savestate';
import { openShare } from './share/dialog';
import './standing';
import './title';
import { Toolbar } from './toolbar';

const LINGER_MS = 10_000; // how long a page that was left goes on sending
const LOOK_MS = 5_000; // between two looks whether one is let in again

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
  #about: Document | null = null;
  #locked = ''; // in words
  #persons: Person[] = [];
  #offers: Offer[] = [];
  #ended: Ended | null = null;
  #loaded = false;
  #broken = false;
  #said = ''; // for the live region
  #notice = '';
  #why = ''; // one may not write any more, in words
  #asking: ReturnType<typeof setInterval> | undefined;
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
    session.on('offer', (offer) => this.#offered(offer));
    session.on('ended', (why) => this.#set(() => (this.#ended = why)));
    addEventListener('beforeunload', this.#warn);
    addEventListener('online', this.#online);
    addEventListener('offline', this.#offline);
    document.addEventListener('visibilitychange', this.#online);
  }

  protected override firstUpdated(): void {
    this.#binding = new Binding(this.querySelector<HTMLElement>('.text')!, this.#session, {
      label: 'Text of the document',
      placeholder: 'Write here',
      said: (said) => this.#set(() => (this.#notice = said)),
      broken: () => this.#set(() => (this.#broken = true)),
      link: () => askLink(this.#binding!.quill),
      help: showKeys,
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
    clearInterval(this.#asking);
    removeEventListener('online', this.#online);
    removeEventListener('offline', this.#offline);
    document.removeEventListener('visibilitychange', this.#online);
    this.#binding?.destroy();
    this.#session.showCaret(null);
    void leave(this.#session, LINGER_MS).then(() => removeEventListener('beforeunload', this.#warn));
  }

  readonly #warn = (event: BeforeUnloadEvent) => {
    if (this.#status.unsent > 0) event.preventDefault();
  };

  readonly #online = () => {
    if (document.visibilityState !== 'visible' || !navigator.onLine) return;
    this.#session.connection.retryNow();
    if (this.#loaded && !this.#ended) void this.#look();
  };

  // Without this the page would find out by the silence of the socket, half a minute later.
  readonly #offline = () => this.#session.connection.restart();

  #set(change: () => void): void {
    change();
    this.requestUpdate();
  }

  #titled(state: DocumentState): void {
    const before = this.#state;
    this.#state = state;
    document.title = `${state.title} · Coscribe`;
    if (before?.locked !== state.locked) {
      const told = ofLock(state.locked, before && this.#rights?.reason === 'document' ? this.#rights.by : null, this.me);
      this.#locked = state.locked ? told : '';
      if (before) this.#said = told;
    }
    void this.#look();
  }

  // look reads what the socket does not tell: an offer of ownership, and whether anybody may come in.
  async #look(): Promise<void> {
    const about = await http.document(this.doc).catch(() => null);
    if (about && !this.#ended) this.#set(() => (this.#about = about));
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
    const told = before && ofRole(before, rights, this.me);
    if (told) this.#said = told;
    this.#notice = told && rights.mayEdit ? told : '';
    this.#why = told || (before?.role === rights.role ? this.#why : '');
    if (before) void this.#look();
  }

  // begin sets the caret into a document that is empty, so that its author need not look for the place to write.
  #begin(): void {
    const quill = this.#binding?.quill;
    const idle = !document.activeElement || document.activeElement === document.body;
    if (quill?.isEnabled() && quill.getLength() === 1 && idle) quill.focus({ preventScroll: true });
  }

  #offered(offer: Offer): void {
    this.#set(() => (this.#offers = [...this.#offers, offer]));
    void this.updateComplete.then(() => this.querySelector('cs-offers')?.scrollIntoView({ block: 'center' }));
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
    return html`${failed ? this.#failure(this.#ended!) : this.#head()}
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
    return html`<div class="dochead">
      <header>
        <div class="bar document">
          <a class="tool" href="/" aria-label="All documents" title="All documents">${icon('back')}</a>
          <cs-title .value=${this.#state?.title ?? ''} .fixed=${gone || !may('rename')} .save=${(title: string) => this.#rename(title)}></cs-title>
          <cs-savestate .status=${this.#status}></cs-savestate>
          <cs-people .persons=${this.#persons} .jump=${(seat: string) => this.#binding?.jumpTo(seat)}></cs-people>
          ${!gone && may('list-access')
            ? html`<button class="button primary share" aria-label="Share" @click=${this.#share}>${icon('share')}<span>Share</span></button>`
            : nothing}
          ${this.#loaded && !gone ? this.#menu() : nothing} ${this.tools}
        </div>
        ${mayEdit
          ? html`<cs-toolbar .quill=${this.#binding?.quill ?? null} .askLink=${() => askLink(this.#binding!.quill)} .askImage=${() => askImage(this.#binding!.quill)}></cs-toolbar>`
          : nothing}
      </header>
      <section class="notices" aria-label="Notices">${this.#notices()}</section>
    </div>
    <cs-offers class="notices still" .offers=${this.#offers} .discard=${() => this.#discard()}></cs-offers>`;
  }

  #menu(): TemplateResult | typeof nothing {
    return docMenu({
      doc: this.doc,
      title: this.#state!.title,
      locked: this.#state!.locked,
      rights: this.#rights!,
      about: this.#about,
      done: (step) => void step().then(() => this.#look(), (error: unknown) => this.#set(() => (this.#notice = sentence(error)))),
      left: () => this.shell.go('/'),
    });
  }

  #notices(): TemplateResult {
    return html`
      ${this.#ended ? this.#notify('bad', ENDED[this.#ended], this.#wayOn(this.#ended)) : nothing}
      ${this.#broken ? this.#notify('bad', 'This document holds something that this editor cannot show, so it is closed for writing here.') : nothing}
      ${this.#notice
        ? this.#notify('', this.#notice, html`<button class="button" @click=${() => this.#set(() => (this.#notice = ''))}>All right</button>`)
        : nothing}
      ${this.#rights && !this.#ended
        ? html`<cs-standing .doc=${this.doc} .me=${this.me} .rights=${this.#rights} .locked=${this.#locked} .why=${this.#why} .about=${this.#about} .share=${() => this.#share()} .look=${() => void this.#look()}></cs-standing>`
        : nothing}
    `;
  }

  #notify(kind: string, text: string, action: TemplateResult | typeof nothing = nothing): TemplateResult {
    return html`<div class="notice ${kind}"><p>${text}</p>${action}</div>`;
  }

  // failure stands in the place of a document that did not open: never an empty one.
  #failure(why: Ended): TemplateResult {
    const blocked = why === 'no_document' || why === 'access_revoked';
    return html`${bar(this.tools)}
      <main class="narrow">
        <h1 tabindex="-1">This document did not open</h1>
        ${blocked
          ? html`<cs-blocked .doc=${this.doc} .me=${this.me} .open=${() => location.reload()}></cs-blocked>`
          : html`<div class="notice bad" role="alert"><p>${ENDED[why]}</p>${this.#wayOn(why)}</div>`}
        <cs-offers .offers=${this.#offers} .discard=${() => this.#discard()}></cs-offers>
      </main>`;
  }

  #wayOn(why: Ended): TemplateResult {
    const comeBack = () => {
      this.#set(() => (this.#ended = null));
      this.#session.connection.comeBack();
    };
    return wayOn(why, this.me, comeBack, () => askForMore(this.doc, 'none', () => this.#await()));
  }

  // await opens the document anew as soon as somebody lets its reader in again. What is unsent is on this device until then.
  #await(): void {
    this.#set(() => (this.#notice = 'Your request is sent. This page opens again as soon as somebody says yes.'));
    this.#asking ??= setInterval(async () => {
      const own = await http.sharing.own(this.doc).catch(() => null);
      if (own && own.role !== 'none') location.reload();
    }, LOOK_MS);
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
      const before = this.#state;
      const { title: now } = await http.renameDocument(this.doc, title);
      // Where the socket has told of a title meanwhile, it tells of them all, in their order.
      if (before && this.#state === before) this.#titled({ ...before, title: now });
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
      closed: () => void this.#look(),
    });
  }
}

customElements.define('cs-document', DocumentPage);

