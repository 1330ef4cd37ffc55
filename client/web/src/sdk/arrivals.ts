// Arrivals are what the server has said and nobody has heard yet, in its order. They wait while an input method composes: a
// change of the text under it would break the composition.

import type { Outbound } from './wire';

export class Arrivals {
  #queue: Outbound[] = [];
  #held = false;
  #released = () => {};
  readonly #look: () => void;

  // look is called when there may be something to hear.
  constructor(look: () => void) {
    this.#look = look;
  }

  push(message: Outbound): void {
    this.#queue.push(message);
    this.#look();
  }

  hold(held: boolean): void {
    this.#held = held;
    if (held) return;
    this.#released();
    this.#look();
  }

  // released resolves when nothing is held back.
  async released(): Promise<void> {
    while (this.#held) await new Promise<void>((released) => (this.#released = released));
  }

  get waiting(): boolean {
    return !this.#held && this.#queue.length > 0;
  }

  take(): Outbound {
    return this.#queue.shift()!;
  }

  forget(): void {
    this.#queue = [];
  }
}
