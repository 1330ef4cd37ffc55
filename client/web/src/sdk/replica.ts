// Replica is the client's half of the protocol, as pure state:
//
//	synced ── edit ──▶ buffer only ── take ──▶ waiting ── edit ──▶ waiting with buffer
//	   ▲                                          │                        │
//	   └────────────── acknowledge ───────────────┘        acknowledge ────┘▶ buffer only
//
// What the screen shows is content, then pending, then buffer. A committed revision wins ties, as it does on the server;
// both sides must say so of the same pair, or they diverge. Committed revisions are transformed over one by one, never as
// a composition: that gives different text.

import { Delta, isEmpty } from './delta';
import type { Kind } from './wire';

// Local is an edit that the server has not acknowledged. changes counts what its author would call changes.
export interface Local {
  delta: Delta;
  kind: Kind;
  changes: number;
}

// Pending is the one that is on its way, or was when the connection broke. seq and id never change: they make sending it
// again safe.
export interface Pending extends Local {
  seq: number;
  id: string;
}

export interface Unsent {
  pending: Pending | null;
  buffer: Local | null;
}

// rebase carries unsent edits over one committed change; show is the change as the screen needs it.
export function rebase(unsent: Unsent, change: Delta): Unsent & { show: Delta } {
  let { pending, buffer } = unsent;
  let show = change;
  if (pending) {
    const over = show.transform(pending.delta, true);
    show = pending.delta.transform(show, false);
    pending = { ...pending, delta: over };
  }
  if (buffer) {
    const over = show.transform(buffer.delta, true);
    show = buffer.delta.transform(show, false);
    buffer = isEmpty(over) ? null : { ...buffer, delta: over };
  }
  return { pending, buffer, show };
}

export class Replica {
  #rev: number;
  #content: Delta;
  #recent: Delta[] = []; // committed after #content, folded into it lazily: a document is long, an edit is short
  #pending: Pending | null = null;
  #buffer: Local | null = null;

  constructor(rev: number, content: Delta, unsent: Unsent = { pending: null, buffer: null }) {
    this.#rev = rev;
    this.#content = content;
    this.#pending = unsent.pending;
    this.#buffer = unsent.buffer;
  }

  get rev(): number {
    return this.#rev;
  }

  get pending(): Pending | null {
    return this.#pending;
  }

  get buffer(): Local | null {
    return this.#buffer;
  }

  get synced(): boolean {
    return !this.#pending && !this.#buffer;
  }

  get changes(): number {
    return (this.#pending?.changes ?? 0) + (this.#buffer?.changes ?? 0);
  }

  // content is the document at rev, without what is unsent.
  get content(): Delta {
    if (this.#recent.length > 0) {
      const change = this.#recent.reduce((all, next) => all.compose(next));
      this.#content = this.#content.compose(change);
      this.#recent = [];
    }
    return this.#content;
  }

  // shown is the document as its author sees it.
  get shown(): Delta {
    let shown = this.content;
    if (this.#pending) shown = shown.compose(this.#pending.delta);
    if (this.#buffer) shown = shown.compose(this.#buffer.delta);
    return shown;
  }

  // edit takes a change that the screen shows already. grows: its author would call it part of the change before.
  edit(delta: Delta, kind: Kind = 'edit', grows = false): void {
    if (isEmpty(delta)) return;
    const before = this.#buffer;
    if (!before) {
      this.#buffer = { delta, kind, changes: 1 };
      return;
    }
    const composed = before.delta.compose(delta);
    this.#buffer = isEmpty(composed)
      ? null
      : { delta: composed, kind: before.kind === kind ? kind : 'edit', changes: before.changes + (grows ? 0 : 1) };
  }

  // take makes of the buffer, or of the head that cut finds, the pending edit.
  take(seq: number, id: string, cut: (delta: Delta) => { head: Delta; rest: Delta | null }): Pending | null {
    if (this.#pending || !this.#buffer) return null;
    const buffer = this.#buffer;
    const { head, rest } = cut(buffer.delta);
    this.#pending = { delta: head, kind: buffer.kind, changes: rest ? 0 : buffer.changes, seq, id };
    this.#buffer = rest && { ...buffer, delta: rest };
    return this.#pending;
  }

  // renumber gives the pending edit a new seq and id: allowed only when the old ones are known to have had no effect.
  renumber(seq: number, id: string): void {
    if (this.#pending) this.#pending = { ...this.#pending, seq, id };
  }

  // acknowledge: the pending edit is committed as rev.
  acknowledge(rev: number): Delta {
    this.#follow(rev);
    const change = this.#pending!.delta;
    this.#commit(change);
    this.#pending = null;
    return change;
  }

  // receive takes another's revision and returns what the screen must do.
  receive(rev: number, change: Delta): Delta {
    this.#follow(rev);
    const { pending, buffer, show } = rebase({ pending: this.#pending, buffer: this.#buffer }, change);
    this.#pending = pending;
    this.#buffer = buffer;
    this.#commit(change);
    return show;
  }

  // reject undoes the pending edit, which the server refused for good, under the buffer on top of it.
  reject(): { show: Delta; refused: Local } {
    const refused = this.#pending!;
    const inverse = refused.delta.invert(this.content);
    this.#pending = null;
    const buffer = this.#buffer;
    if (!buffer) return { show: inverse, refused };
    const over = inverse.transform(buffer.delta, true);
    this.#buffer = isEmpty(over) ? null : { ...buffer, delta: over };
    return { show: buffer.delta.transform(inverse, false), refused };
  }

  // drop forgets the buffer: its author may not write any more. The pending edit still has an answer coming.
  drop(): { show: Delta; dropped: Local } | null {
    const dropped = this.#buffer;
    if (!dropped) return null;
    const base = this.#pending ? this.content.compose(this.#pending.delta) : this.content;
    this.#buffer = null;
    return { show: dropped.delta.invert(base), dropped };
  }

  #follow(rev: number): void {
    if (rev !== this.#rev + 1) throw new Error(`replica: revision ${rev} after ${this.#rev}`);
    this.#rev = rev;
  }

  #commit(change: Delta): void {
    if (!isEmpty(change)) this.#recent.push(change);
    if (this.#recent.length >= 64) void this.content;
  }
}
