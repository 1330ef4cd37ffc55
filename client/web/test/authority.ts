import { Delta, Refusal, type Dial, type Ops, type Socket, type Submit, type Revision, uuid } from '../src/sdk';
import type { Join, Outbound, Presence, Role } from '../src/sdk/wire';
import { Random } from './random';

export const LIMITS = { frameBytes: 65536, components: 1000, insertUnits: 32768, documentUnits: 2_000_000, editsPerSecond: 20 };

// Authority is a server small enough to believe: one document, everything committed at once, each (client, seq) once. The
// network before it delays, loses and breaks as its random source says.
export class Authority {
  content = new Delta([{ insert: '\n' }]);
  log: Revision[] = [];
  epoch = 1;
  role: Role = 'editor';
  limits = { ...LIMITS };
  down = false;
  ticketProblem: Refusal | null = null;
  refuse: ((submit: Submit) => { code: string; temporary: boolean } | null) | null = null;
  submits = 0;
  readonly seats = new Set<Seat>();

  constructor(readonly random = new Random(1), readonly slow = 0, readonly loss = 0) {}

  get head(): number {
    return this.log.length;
  }

  commands(): string[] {
    return this.role === 'viewer' ? ['open', 'read', 'cursor'] : ['open', 'read', 'cursor', 'edit', 'history'];
  }

  dial(user: string): Dial {
    return {
      random: () => this.random.float(),
      ticket: async () => {
        await this.travel();
        if (this.down) throw new Refusal(0, 'unreachable', 'unreachable');
        if (this.ticketProblem) throw this.ticketProblem;
        return `ticket of ${user}`;
      },
      socket: () => new Seat(this, user),
    };
  }

  ops = async (after: number): Promise<Ops> => {
    await this.travel();
    if (this.down) throw new Refusal(0, 'unreachable', 'unreachable');
    return { epoch: this.epoch, head: this.head, items: structuredClone(this.log.slice(after, after + 7)) };
  };

  travel(): Promise<void> {
    return this.slow ? new Promise((resolve) => setTimeout(resolve, this.random.below(this.slow))) : Promise.resolve();
  }

  commit(author: string, submit: Pick<Submit, 'seq' | 'id' | 'base' | 'delta' | 'kind'>, client: string, seat: Seat | null): void {
    let change = new Delta(submit.delta.ops);
    for (const past of this.log.slice(submit.base)) change = new Delta(past.delta!.ops).transform(change, true);
    this.content = this.content.compose(change);
    check(this.content);
    const { seq, id, kind } = submit;
    const item: Revision = { rev: this.head + 1, id, author, client, seq, at: '', kind: kind ?? 'edit', delta: { ops: change.ops }, ...(seat && { seat: seat.id }) };
    this.log.push(item);
    for (const other of this.seats) other.tell({ type: 'revisions', items: [other === seat ? { ...item, delta: undefined as never } : item] });
  }

  // write commits another's edit, as a program over HTTP would.
  write(...ops: Delta['ops']): void {
    this.commit('program', { seq: this.head + 1, id: uuid(), base: this.head, delta: { ops } }, 'program', null);
  }

  setRole(role: Role, reason: string): void {
    this.role = role;
    for (const seat of this.seats) seat.tell({ type: 'access', role, commands: this.commands(), reason });
  }

  hangUp(code = 1006): void {
    for (const seat of [...this.seats]) seat.break(code);
  }
}

// check holds a document to the rules of DESIGN section 5.
export function check(content: Delta): void {
  const last = content.ops.at(-1);
  if (typeof last?.insert !== 'string' || !last.insert.endsWith('\n')) throw new Error('authority: the last newline is gone');
  for (const op of content.ops) {
    if (op.insert === undefined) throw new Error('authority: an edit went beyond the document');
    if (typeof op.insert === 'string' && !op.insert.isWellFormed()) throw new Error('authority: half a pair');
  }
}

export class Seat implements Socket {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly id = uuid();
  readonly cursors: unknown[] = [];
  client = '';
  #open = true;
  #up: Promise<void> = Promise.resolve();
  #down: Promise<void> = Promise.resolve();

  constructor(readonly authority: Authority, readonly user: string) {
    this.#down = authority.travel().then(() => {
      if (authority.down) this.break(1006);
      else this.onopen?.(undefined as never);
    });
  }

  send(text: string): void {
    this.#up = this.#up.then(() => this.authority.travel()).then(() => {
      if (this.#open) this.#hear(JSON.parse(text));
    });
  }

  close(): void {
    this.#open = false;
    this.authority.seats.delete(this);
  }

  break(code: number): void {
    if (!this.#open) return;
    this.close();
    this.onclose?.({ code });
  }

  tell(message: Outbound): void {
    const text = JSON.stringify(message);
    this.#down = this.#down.then(() => this.authority.travel()).then(() => {
      if (this.#open) this.onmessage?.({ data: text });
    });
  }

  #hear(message: Join | Submit | { type: 'cursor'; cursor: unknown } | { type: 'ping'; t: number }): void {
    const { authority } = this;
    if (authority.down || (message.type !== 'join' && authority.random.float() < authority.loss)) return this.break(1006);
    if (message.type === 'join') this.#join(message);
    else if (message.type === 'submit') this.#submit(message);
    else if (message.type === 'cursor') this.cursors.push(message.cursor);
    else if (message.type === 'ping') this.tell({ type: 'pong', t: message.t });
  }

  #join({ client, since }: Join): void {
    const { authority } = this;
    if (since && (since.epoch !== authority.epoch || since.rev > authority.head)) return this.break(4010);
    for (const other of authority.seats) if (other.client === client && other.user === this.user) other.break(4031);
    this.client = client;
    const rev = since?.rev ?? authority.head;
    const seq = Math.max(0, ...authority.log.filter((item) => item.client === client && item.author === this.user).map((item) => item.seq));
    authority.seats.add(this);
    this.tell({
      type: 'welcome',
      document: { id: 'doc', title: 'Plan', epoch: authority.epoch, locked: false },
      rev,
      head: authority.head,
      ...(!since && { snapshot: { ops: authority.content.ops } }),
      role: authority.role,
      commands: authority.commands(),
      you: { user: this.user, name: this.user, seat: this.id, color: 0, seq },
      peers: [] as Presence[],
      limits: authority.limits,
    });
    if (rev < authority.head) this.tell({ type: 'revisions', items: authority.log.slice(rev) });
  }

  #submit(submit: Submit): void {
    const { authority } = this;
    authority.submits++;
    const known = authority.log.find((item) => item.client === this.client && item.author === this.user && item.seq === submit.seq);
    const reject = (code: string, temporary = false) =>
      this.tell({ type: 'rejected', seq: submit.seq, code, message: code, temporary, head: authority.head });
    if (known && known.id !== submit.id) return reject('seq_reuse');
    if (known) return this.tell({ type: 'revisions', items: [{ ...known, delta: undefined as never }] });
    if (authority.role === 'viewer') return reject('forbidden');
    const refusal = authority.refuse?.(submit);
    if (refusal) return reject(refusal.code, refusal.temporary);
    authority.commit(this.user, submit, this.client, this);
    // The acknowledgement itself may be lost.
    if (authority.random.float() < authority.loss) this.break(1006);
  }
}
