// Carets shows where others are: a caret in their colour, and for a moment after it moved their name.

import type Quill from 'quill/core.js';
import type QuillCursors from 'quill-cursors/core';
import type { Peer } from '../sdk';

const NAME_MS = 1_800;

interface Shown {
  index: number;
  length: number;
  timer?: ReturnType<typeof setTimeout>;
}

export class Carets {
  readonly #quill: Quill;
  readonly #cursors: QuillCursors;
  readonly #shown = new Map<string, Shown>();
  #peers: Peer[] = [];
  #frame = 0;

  constructor(quill: Quill) {
    this.#quill = quill;
    this.#cursors = quill.getModule('cursors') as QuillCursors;
    // The carets are for the eyes: who is here is told in a list of its own.
    quill.container.querySelector('.ql-cursors')?.setAttribute('aria-hidden', 'true');
  }

  // show places the carets of these peers, once per frame.
  show(peers: Peer[]): void {
    this.#peers = peers;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#place();
    });
  }

  bounds(seat: string): { top: number; left: number } | null {
    const caret = this.#peers.find((peer) => peer.seat === seat)?.caret;
    return caret ? this.#quill.getBounds(this.#within(caret.index)) : null;
  }

  point(seat: string): void {
    const shown = this.#shown.get(seat);
    if (shown) this.#name(seat, shown);
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    for (const { timer } of this.#shown.values()) clearTimeout(timer);
    this.#cursors.clearCursors();
  }

  #place(): void {
    const here = new Set<string>();
    for (const { seat, name, color, caret } of this.#peers) {
      if (!caret) continue;
      here.add(seat);
      const index = this.#within(caret.index);
      const length = this.#within(caret.index + caret.length) - index;
      let shown = this.#shown.get(seat);
      const moved = !shown || shown.index !== index || shown.length !== length;
      if (!shown) {
        this.#cursors.createCursor(seat, name, `var(--person-${color % 12})`);
        this.#shown.set(seat, (shown = { index, length }));
      }
      this.#cursors.moveCursor(seat, { index, length });
      if (moved) this.#name(seat, Object.assign(shown, { index, length }));
    }
    for (const [seat, { timer }] of this.#shown) {
      if (here.has(seat)) continue;
      clearTimeout(timer);
      this.#shown.delete(seat);
      this.#cursors.removeCursor(seat);
    }
  }

  #within(index: number): number {
    return Math.max(0, Math.min(index, this.#quill.getLength() - 1));
  }

  #name(seat: string, shown: Shown): void {
    clearTimeout(shown.timer);
    this.#cursors.toggleFlag(seat, true);
    shown.timer = setTimeout(() => this.#cursors.toggleFlag(seat, false), NAME_MS);
  }
}
