// Connection keeps one joined WebSocket alive: a ticket over HTTP, the handshake, join, welcome; a ping when it is quiet;
// and when it breaks, again, later each time. What a refusal means is decided here once: come back, or say why not.
//
//	away ──▶ joining ──▶ joined ──▶ away …            (comes back by itself)
//	  any ──▶ ended                                   (does not)

import { Emitter } from './emitter';
import { Refusal } from './http';
import { Close, comesBack, SUBPROTOCOL, type Inbound, type Join, type Outbound, type Welcome } from './wire';

export type Ended = 'signed_out' | 'access_revoked' | 'no_document' | 'disconnected' | 'superseded' | 'seq_reuse' | 'bad_message';

export type ConnectionState = 'away' | 'joining' | 'joined' | 'ended';

// Socket is what is used of a browser's WebSocket.
export interface Socket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export interface Dial {
  ticket(): Promise<string>;
  socket(subprotocol: string): Socket;
  random?(): number;
}

interface Events {
  state: ConnectionState;
  welcome: Welcome;
  message: Exclude<Outbound, Welcome>;
  closed: number; // by the server, with this code, to come back
  ended: Ended;
}

const JOIN_MS = 10_000; // from asking for a ticket to the join
const WELCOME_MS = 30_000; // from there to the welcome, which has a long text in it
const QUIET_MS = 20_000; // without a message: ping
const PONG_MS = 10_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000; // also where more is asked for: a proxy may say an hour, and be back in a second
const STEADY_MS = 10_000; // a connection that lasted so long makes the next retry a first one

export class Connection extends Emitter<Events> {
  state: ConnectionState = 'away';
  readonly #dial: Dial;
  readonly #join: () => Omit<Join, 'type' | 'ticket'>;
  #begun = false;
  #socket: Socket | null = null;
  #attempt = 0; // counts dials, so that the answer to an older one is recognised
  #failures = 0;
  #retryAfterMs = 0;
  #joinedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heartbeat: ReturnType<typeof setTimeout> | undefined;

  constructor(dial: Dial, join: () => Omit<Join, 'type' | 'ticket'>) {
    super();
    this.#dial = dial;
    this.#join = join;
  }

  // begin connects for the first time. Before it there is nothing to join with, whatever the browser says of the network.
  begin(): void {
    this.#begun = true;
    this.retryNow();
  }

  // retryNow goes without waiting, as when the browser says that the network is back.
  retryNow(): void {
    if (this.#begun && this.state === 'away') void this.#connect();
  }

  send(message: Inbound): boolean {
    if (this.state !== 'joined' || !this.#socket) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  // restart leaves the connection and makes another, as after news that contradict each other.
  restart(): void {
    if (this.#begun && this.state !== 'ended') this.#lost();
  }

  // comeBack goes on after an end that is for the person to overrule.
  comeBack(): void {
    if (this.state !== 'ended') return;
    this.state = 'away';
    void this.#connect();
  }

  // end leaves for good, as when the server says why.
  end(why: Ended): void {
    this.stop();
    this.emit('ended', why);
  }

  stop(): void {
    this.#hangUp();
    this.#become('ended');
  }

  async #connect(): Promise<void> {
    this.#hangUp();
    const attempt = ++this.#attempt;
    this.#become('joining');
    this.#lostAfter(JOIN_MS);
    let ticket: string;
    try {
      ticket = await this.#dial.ticket();
    } catch (error) {
      if (attempt === this.#attempt && this.state === 'joining') this.#refused(error);
      return;
    }
    if (attempt !== this.#attempt || this.state !== 'joining') return;

    const socket = (this.#socket = this.#dial.socket(SUBPROTOCOL));
    socket.onopen = () => {
      socket.send(JSON.stringify({ type: 'join', ticket, ...this.#join() } satisfies Join));
      if (this.#socket === socket) this.#lostAfter(WELCOME_MS);
    };
    socket.onmessage = (event) => this.#socket === socket && this.#hear(event.data);
    socket.onclose = (event) => this.#socket === socket && this.#closed(event.code);
  }

  #refused(error: unknown): void {
    if (!(error instanceof Refusal) || error.temporary) {
      if (error instanceof Refusal) this.#retryAfterMs = error.retryAfterMs;
      this.#lost();
    } else if (error.status === 401) this.end('signed_out');
    else if (error.status === 403) this.end('access_revoked');
    else if (error.status === 404) this.end('no_document');
    else this.end('bad_message');
  }

  #hear(data: unknown): void {
    let message: Outbound;
    try {
      message = JSON.parse(String(data)) as Outbound;
    } catch {
      this.#lost();
      return;
    }
    if (this.state === 'joining' && message.type === 'welcome') {
      clearTimeout(this.#timer);
      this.#joinedAt = Date.now();
      this.#become('joined');
      this.#listen();
      this.emit('welcome', message);
      return;
    }
    if (this.state !== 'joined' || message.type === 'welcome') return;
    this.#listen();
    if (message.type === 'notice' && message.code === 'draining') this.#retryAfterMs = message.retryAfterMs;
    this.emit('message', message);
  }

  // listen waits for the next message; the browser does not show us the pings of the protocol below.
  #listen(): void {
    clearTimeout(this.#heartbeat);
    this.#heartbeat = setTimeout(() => {
      this.send({ type: 'ping', t: Date.now() });
      this.#heartbeat = setTimeout(() => this.#lost(), PONG_MS);
    }, QUIET_MS);
  }

  #closed(code: number): void {
    if (comesBack(code)) {
      this.emit('closed', code);
      this.#lost();
    } else this.end(endedBy[code] ?? 'bad_message');
  }

  #lostAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost(), ms);
  }

  #lost(): void {
    const steady = this.#joinedAt > 0 && Date.now() - this.#joinedAt >= STEADY_MS;
    this.#hangUp();
    if (steady) this.#failures = 0;
    const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    const jitter = 0.5 + (this.#dial.random ?? Math.random)() / 2;
    this.#timer = setTimeout(() => void this.#connect(), Math.max(wait * jitter, Math.min(LAST_RETRY_MS, this.#retryAfterMs) * (0.5 + jitter)));
    this.#retryAfterMs = 0;
    this.#become('away');
  }

  #hangUp(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#heartbeat);
    this.#joinedAt = 0;
    const socket = this.#socket;
    this.#socket = null; // before closing: its last events are not ours any more
    socket?.close(1000);
  }

  #become(state: ConnectionState): void {
    if (this.state === state || (this.state === 'ended' && state !== 'ended')) return;
    this.state = state;
    this.emit('state', state);
  }
}

const endedBy: Record<number, Ended> = {
  [Close.superseded]: 'superseded',
  [Close.badMessage]: 'bad_message',
  [Close.signedOut]: 'signed_out',
  [Close.accessRevoked]: 'access_revoked',
  [Close.noDocument]: 'no_document',
  [Close.disconnected]: 'disconnected',
  [Close.seqReuse]: 'seq_reuse',
};
