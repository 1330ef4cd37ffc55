// OwnCaret tells others where this client's caret is: seldom, and only while nothing is unsent, since a place in text that
// nobody else has means nothing to them. Others move it by this client's own revisions, so that typing tells nothing.

import type { Delta } from './delta';
import { moveCaret, type Caret } from './peers';

const GAP_MS = 150;

export class OwnCaret {
  #now: Caret | null = null;
  #told: Caret | null = null; // where others believe it to be
  #tellAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #tell: (caret: Caret | null) => boolean;

  // tell returns false when it cannot tell at present; look is then called again later.
  constructor(tell: (caret: Caret | null) => boolean) {
    this.#tell = tell;
  }

  show(caret: Caret | null): void {
    this.#now = caret;
    this.look();
  }

  moved(change: Delta, own: boolean): void {
    if (this.#told) this.#told = moveCaret(this.#told, change, own);
    if (this.#now && !own) this.#now = moveCaret(this.#now, change, false);
  }

  // forgotten: others know nothing of it, as after a new connection.
  forgotten(): void {
    this.#told = null;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  look(): void {
    if (this.#timer !== undefined || same(this.#now, this.#told)) return;
    const wait = this.#tellAt - performance.now();
    if (wait > 0) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.look();
      }, wait);
      return;
    }
    if (!this.#tell(this.#now)) return;
    this.#told = this.#now;
    this.#tellAt = performance.now() + GAP_MS;
  }
}

function same(a: Caret | null, b: Caret | null): boolean {
  return a === b || (a !== null && b !== null && a.index === b.index && a.length === b.length);
}
