// Peers knows who has the document open and where their carets are, in positions of what the screen shows. A caret is
// told at a revision; until the next telling it moves with what is written, its own author's revisions pushing it along.

import type { Delta } from './delta';
import type { Unsent } from './replica';
import type { Cursor, Presence } from './wire';

export interface Caret {
  index: number;
  length: number;
}

export interface Peer {
  seat: string;
  user: string;
  name: string;
  color: number;
  caret: Caret | null;
}

// How many committed changes are kept to bring older carets up to date. One that is older still is placed as it is.
const KEPT = 256;

export class Peers {
  readonly #bySeat = new Map<string, Peer>();
  readonly #ahead = new Map<string, Cursor>(); // told at revisions that are still on their way to us
  #rev = 0;
  #history: { change: Delta; seat: string | undefined }[] = []; // the last one made #rev

  list(): Peer[] {
    return [...this.#bySeat.values()];
  }

  // reset begins anew, at a revision and with the peers of a welcome.
  reset(rev: number): void {
    this.#bySeat.clear();
    this.#ahead.clear();
    if (rev !== this.#rev) this.#history = [];
    this.#rev = rev;
  }

  // tell takes one presence and returns whether anything is other than before.
  tell(presence: Presence, unsent: Unsent): void {
    const { seat, user, name, color, cursor } = presence;
    this.#ahead.delete(seat);
    if (presence.gone) {
      this.#bySeat.delete(seat);
      return;
    }
    const peer: Peer = { seat, user, name, color, caret: this.#bySeat.get(seat)?.caret ?? null };
    if (!cursor) peer.caret = null;
    else if (cursor.rev > this.#rev) this.#ahead.set(seat, cursor);
    else peer.caret = this.#place(seat, cursor, unsent);
    this.#bySeat.set(seat, peer);
  }

  // committed follows one revision: show is what the screen did for it, nothing for one's own.
  committed(change: Delta, seat: string | undefined, show: Delta | null, unsent: Unsent): void {
    this.#rev++;
    this.#history.push({ change, seat });
    if (this.#history.length > KEPT) this.#history.shift();
    if (show) this.moved(show, seat);
    for (const [ahead, cursor] of this.#ahead) {
      const peer = this.#bySeat.get(ahead);
      if (cursor.rev > this.#rev || !peer) continue;
      this.#ahead.delete(ahead);
      peer.caret = this.#place(ahead, cursor, unsent);
    }
  }

  // moved follows a change of the screen that seat made, or nobody's seat.
  moved(show: Delta, seat?: string): void {
    for (const peer of this.#bySeat.values()) {
      if (peer.caret) peer.caret = moveCaret(peer.caret, show, peer.seat === seat);
    }
  }

  #place(seat: string, cursor: Cursor, unsent: Unsent): Caret {
    let caret: Caret = { index: cursor.index, length: cursor.length };
    const missed = Math.min(this.#rev - cursor.rev, this.#history.length);
    for (const past of missed > 0 ? this.#history.slice(-missed) : []) caret = moveCaret(caret, past.change, past.seat === seat);
    if (unsent.pending) caret = moveCaret(caret, unsent.pending.delta, false);
    if (unsent.buffer) caret = moveCaret(caret, unsent.buffer.delta, false);
    return caret;
  }
}

// moveCaret moves a caret over a change: its own author's insert pushes it along, another's at the caret leaves it.
export function moveCaret(caret: Caret, change: Delta, own: boolean): Caret {
  const index = change.transformPosition(caret.index, !own);
  const end = caret.length === 0 ? index : change.transformPosition(caret.index + caret.length, !own);
  return { index, length: Math.max(0, end - index) };
}
