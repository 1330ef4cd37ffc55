// Session is one open document: a Replica kept in step with the server over a Connection, its unsent edits kept in an
// Outbox, and the news of it as events. It knows no DOM; the editor binding and other programs stand on it.

import { Arrivals } from './arrivals';
import { OwnCaret } from './caret';
import { carry, readMissed } from './catchup';
import { Connection, type Ended } from './connection';
import { cut, fromWire, type Delta } from './delta';
import { Emitter } from './emitter';
import { Refusal } from './http';
import { uuid } from './ids';
import { sendAll } from './leftovers';
import { sameStatus, statusOf, type News, type Rights, type SessionOptions, type Status } from './news';
import { offerOf, type Offer } from './offer';
import { Outbox } from './outbox';
import { Peers, type Caret, type Peer } from './peers';
import { Replica, type Unsent } from './replica';
import { Turns } from './turns';
import { Close, type Access, type DocumentState, type Kind, type Limits, type Outbound, type Rejected, type Revision, type Welcome, type You } from './wire';

// Edits that follow each other within so long are one change to their author.
const PAUSE_MS = 1_000;

export class Session extends Emitter<News> {
  readonly connection: Connection;
  document: DocumentState | null = null;
  you: You | null = null;
  rights: Rights = { role: 'none', commands: [], mayEdit: false, reason: '', by: null };
  status: Status = { state: 'opening', unsent: 0, kept: true };
  gone = false; // the document is, for us: what is unsent has been offered

  readonly #options: SessionOptions;
  readonly #peers = new Peers();
  readonly #caret = new OwnCaret((caret) => this.#tellCaret(caret));
  readonly #arrivals = new Arrivals(() => this.#drain());
  readonly #turns = new Turns(() => this.#pump());
  #outbox: Outbox | null = null;
  #replica: Replica | null = null;
  #limits: Limits | null = null;
  #goal = Infinity; // the head at the welcome: below it, there is more to come before we speak
  #fresh = false; // the next join asks for a snapshot
  #editedAt = 0;
  #loading = 0; // counts loads, 0 while none runs
  #loads = 0;
  #other: Session | null = null; // sends what a further tab left
  #closed = false;

  constructor(options: SessionOptions) {
    super();
    this.#options = options;
    this.connection = new Connection(options.dial, () => ({
      client: this.#outbox!.client,
      ...(this.#replica && !this.#fresh && { since: { epoch: this.document!.epoch, rev: this.#replica.rev } }),
    }));
    this.connection.on('state', (state) => {
      if (state !== 'joined') this.#away();
      this.#tellStatus();
    });
    this.connection.on('welcome', (welcome) => this.#arrivals.push(welcome));
    this.connection.on('message', (message) => this.#arrivals.push(message));
    this.connection.on('closed', (code) => (this.#fresh ||= code === Close.resync));
    this.connection.on('ended', (why) => this.#end(why));
  }

  async start(): Promise<void> {
    this.#outbox = await Outbox.open(this.#options);
    if (!this.#outbox || this.#closed) return this.close();
    this.#turns.taken(this.#outbox.lastSeq);
    for (const offer of this.#outbox.offers) this.emit('offer', offer);
    this.connection.begin();
  }

  // edit takes a change that the screen shows already, in the form that the server accepts.
  edit(delta: Delta, kind: Kind = 'edit'): void {
    const replica = this.#replica;
    if (!replica) throw new Error('session: edited before it was loaded');
    const now = Date.now();
    replica.edit(delta, kind, now - this.#editedAt < PAUSE_MS);
    this.#editedAt = now;
    this.#peers.moved(delta);
    this.#caret.moved(delta, true);
    this.#emitPeers();
    this.#keep();
    this.#pump();
    this.#tellStatus();
  }

  showCaret(caret: Caret | null): void {
    this.#caret.show(caret);
  }

  // hold keeps news back while an input method composes.
  hold(held: boolean): void {
    this.#arrivals.hold(held);
  }

  peers(): Peer[] {
    return this.#peers.list();
  }

  // shown is the content with what is unsent, null before it is loaded.
  get shown(): Delta | null {
    return this.#replica?.shown ?? null;
  }

  get rev(): number {
    return this.#replica?.rev ?? 0;
  }

  // discard forgets what was offered for copying.
  async discard(): Promise<void> {
    this.#outbox?.withdraw();
    if (this.gone) await this.#outbox?.empty();
    else await this.#keep();
  }

  // close leaves. What is unsent stays on this device.
  async close(): Promise<void> {
    this.#closed = true;
    this.#turns.away();
    this.connection.stop();
    await this.#other?.close();
    await this.#outbox?.close();
  }

  #drain(): void {
    const waits = () => !this.#loading && this.#arrivals.waiting;
    if (waits()) this.emit('news', undefined);
    while (waits()) this.#guard(() => this.#hear(this.#arrivals.take()));
  }

  // guard: news that do not fit what we have make us ask for all of it again. Unsent edits are carried along.
  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      console.error(error);
      this.#resync();
    }
  }

  #resync(): void {
    this.#fresh = true;
    this.connection.restart();
  }

  #away(): void {
    this.#arrivals.forget();
    this.#loading = 0;
    this.#goal = Infinity;
    this.#turns.away();
    this.#caret.forgotten();
  }

  #welcome(welcome: Welcome): void {
    // Somebody else has signed in on this device. What is unsent here is not theirs to write, nor to see.
    if (welcome.you.user !== this.#options.user) return this.connection.end('signed_out');
    this.you = welcome.you;
    this.#limits = welcome.limits;
    this.#turns.taken(welcome.you.seq);
    this.#goal = welcome.head;
    const known = this.document?.epoch === welcome.document.epoch && this.#replica?.rev === welcome.rev;
    if (!welcome.snapshot && !known) return this.#resync();

    if (welcome.snapshot) void this.#load(welcome, fromWire(welcome.snapshot));
    else this.#settle(welcome);
  }

  // load starts from a snapshot, over which unsent edits of earlier are carried. Its author may go on writing meanwhile.
  async #load(welcome: Welcome, content: Delta): Promise<void> {
    const load = (this.#loading = ++this.#loads);
    const before = () => this.#replica ?? this.#outbox!.left;
    const epoch = this.#replica ? this.document!.epoch : (this.#outbox!.left?.epoch ?? 0);
    let missed: Revision[] = [];
    let lost: Refusal | null = null;
    if (before()?.pending || before()?.buffer) {
      try {
        missed = await readMissed(this.#options.ops, { epoch, rev: before()!.rev }, welcome);
      } catch (error) {
        if (this.#loading !== load) return;
        if (!(error instanceof Refusal) || error.temporary) return this.connection.restart();
        lost = error;
      }
    }
    await this.#arrivals.released();
    if (this.#loading !== load) return;

    this.emit('news', undefined);
    const unsent: Unsent = before() ?? { pending: null, buffer: null };
    const carried = lost ? { pending: null, buffer: null } : carry(unsent, missed, (item, now) => this.#isOwn(item, now));
    this.#outbox!.left = null;
    this.#fresh = false;
    this.#replica = new Replica(welcome.rev, content, carried);
    if (lost) this.#offer(offerOf(lost.code, lost.message, unsent));
    this.#settle(welcome, true);
    this.#loading = 0;
    this.#drain();
  }

  // settle follows a welcome once the replica stands.
  #settle(welcome: Welcome, loaded = false): void {
    const replica = this.#replica!;
    this.document = welcome.document;
    this.#peers.reset(replica.rev);
    for (const peer of welcome.peers) if (peer.seat !== welcome.you.seat) this.#peers.tell(peer, replica);
    if (loaded) this.emit('load', replica.shown);
    this.emit('document', welcome.document);
    this.#takeRights({ ...welcome, reason: '' });
    this.#emitPeers();
    this.#keep();
    this.#pump();
    this.#caret.look();
    this.#tellStatus();
    if (loaded) void this.#sendOthers();
  }

  #hear(message: Outbound): void {
    switch (message.type) {
      case 'welcome':
        return this.#welcome(message);
      case 'revisions':
        for (const item of message.items) this.#receive(item);
        this.#giveUp();
        this.#emitPeers();
        this.#keep();
        this.#pump();
        this.#caret.look();
        break;
      case 'rejected':
        this.#rejected(message);
        break;
      case 'presence':
        for (const item of message.items) if (item.seat !== this.you?.seat) this.#peers.tell(item, this.#replica!);
        this.#emitPeers();
        break;
      case 'access':
        this.#takeRights(message);
        break;
      case 'document':
        if (message.document.epoch !== this.document?.epoch) return this.#resync();
        this.document = message.document;
        this.emit('document', message.document);
        break;
    }
    this.#tellStatus();
  }

  #receive(item: Revision): void {
    const replica = this.#replica!;
    if (item.rev <= replica.rev) return;
    if (this.#isOwn(item, replica)) {
      const change = replica.acknowledge(item.rev);
      this.#turns.acknowledged();
      this.#peers.committed(change, this.you!.seat, null, replica);
    } else {
      const change = fromWire(item.delta!);
      const show = replica.receive(item.rev, change);
      this.#peers.committed(change, item.seat, show, replica);
      this.#caret.moved(show, false);
      if (show.ops.length > 0) this.emit('change', show);
    }
    this.emit('revision', item);
  }

  #isOwn(item: Revision, { pending }: Unsent): boolean {
    return item.author === this.you!.user && item.client === this.#outbox!.client && item.seq === pending?.seq && item.id === pending.id;
  }

  #rejected({ seq, code, message, temporary }: Rejected): void {
    const replica = this.#replica!;
    if (replica.pending?.seq !== seq) return;
    this.#turns.refused(temporary);
    if (temporary) this.#pump();
    else if (code === 'resync') {
      this.#resync();
    } else if (code === 'stale_seq' || code === 'seq_reuse') {
      // The number is used up and this edit had no effect under it: another number cannot double it.
      replica.renumber(this.#turns.next(), uuid());
      this.#pump();
    } else {
      const { pending } = replica;
      const buffer = this.rights.mayEdit ? null : replica.buffer;
      const { show } = replica.reject();
      const rest = buffer && replica.drop();
      this.#offer(offerOf(code, message, { pending, buffer }));
      this.#undone(rest ? show.compose(rest.show) : show);
      this.#pump();
    }
  }

  #takeRights({ role, commands, reason, by }: Omit<Access, 'type'>): void {
    this.rights = { role, commands, mayEdit: commands.includes('edit'), reason, by: by ?? null };
    this.emit('access', this.rights);
    this.#giveUp();
  }

  // giveUp offers what may not be written any more. The answer to what was sent comes first: if that is a refusal, both
  // are offered in one piece.
  #giveUp(): void {
    if (this.rights.mayEdit || this.#replica?.pending) return;
    const lost = this.#replica?.drop();
    if (!lost) return;
    this.#offer(offerOf('forbidden', 'You may no longer edit this document.', { pending: null, buffer: lost.dropped }));
    this.#undone(lost.show);
  }

  // offer comes before what it offers is taken from the screen, so that it is on the shelf as the one or the other all the time.
  #offer(offer: Offer): void {
    this.#outbox!.offer(offer);
    void this.#keep();
    this.emit('offer', offer);
  }

  #undone(show: Delta): void {
    this.#peers.moved(show);
    this.#caret.moved(show, false);
    if (show.ops.length > 0) this.emit('change', show);
    this.#emitPeers();
    this.#keep();
  }

  #end(why: Ended): void {
    const unsent = this.#replica ?? this.#outbox?.left;
    this.gone = why === 'access_revoked' || why === 'no_document';
    if (unsent && this.gone && (unsent.pending || unsent.buffer)) {
      this.emit('offer', offerOf(why, 'Your access to this document has ended.', unsent));
    }
    this.#peers.reset(this.rev); // who is here is not for us to know any more
    this.#emitPeers();
    this.#tellStatus();
    this.emit('ended', why);
  }

  // pump sends the next edit when its turn has come. What is sent is on the shelf before, under its seq and id: else a
  // crash in between would make the next tab send it again under others, and the text would be there twice.
  #pump(): void {
    const replica = this.#replica;
    if (!replica || this.connection.state !== 'joined' || replica.rev < this.#goal || this.#turns.busy) return;
    if (!replica.pending && !(replica.buffer && this.rights.mayEdit)) return;
    if (!this.#turns.come()) return;
    if (!replica.pending) replica.take(this.#turns.next(), uuid(), (delta) => cut(delta, this.#limits!));
    const { id } = replica.pending!;
    this.#turns.begin(id, this.#limits!.editsPerSecond);
    void this.#keep().then(() => {
      const pending = this.#replica?.pending;
      if (!this.#turns.isSending(id) || pending?.id !== id) return;
      const { seq, kind, delta } = pending;
      this.connection.send({ type: 'submit', seq, id, base: this.#replica!.rev, delta: { ops: delta.ops }, kind });
    });
  }

  async #keep(): Promise<void> {
    if (!this.#replica || !this.#outbox || !this.document) return;
    await this.#outbox.keep(this.document, this.#turns.seq, this.#replica);
    this.#tellStatus(); // by now it is known whether that could be kept
  }

  #tellCaret(caret: Caret | null): boolean {
    const replica = this.#replica;
    if (!replica?.synced || replica.rev < this.#goal || !this.rights.commands.includes('cursor')) return false;
    return this.connection.send({ type: 'cursor', cursor: caret && { rev: replica.rev, ...caret } });
  }

  #emitPeers(): void {
    this.emit('peers', this.#peers.list());
  }

  #tellStatus(): void {
    const online = this.connection.state === 'joined' && !this.#fresh;
    const status = statusOf(this.#replica, online, this.#outbox?.durable ?? true);
    if (sameStatus(status, this.status)) return;
    this.status = status;
    this.emit('status', status);
  }

  // sendOthers sends what further closed tabs left, each under its own client id, one after the other.
  async #sendOthers(): Promise<void> {
    for (const only of this.#outbox!.others()) {
      if (this.#closed) return;
      const other = (this.#other = new Session({ ...this.#options, only }));
      other.on('offer', (offer) => this.#offer(offer));
      await sendAll(other, () => this.#keep().then(() => this.#outbox!.durable));
    }
  }
}
