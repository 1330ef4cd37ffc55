// Turns says when the next edit may be sent and under which number: one at a time, at the server's pace, and later after each
// temporary refusal.

const RETRY_MS = 500;
const LAST_RETRY_MS = 5_000;

export class Turns {
  seq = 0; // the highest one used
  readonly #due: () => void;
  #sending = ''; // the id of the edit that this connection has been given
  #notBefore = 0; // by performance.now, which nobody sets back
  #refusals = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  // due is called when a turn has come for which there was none yet.
  constructor(due: () => void) {
    this.#due = due;
  }

  get busy(): boolean {
    return this.#sending !== '';
  }

  // come tells whether it is time; if not, due is called when it is.
  come(): boolean {
    const wait = this.#notBefore - performance.now();
    if (wait <= 0) return true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#due, wait);
    return false;
  }

  next(): number {
    return ++this.seq;
  }

  taken(seq: number): void {
    this.seq = Math.max(this.seq, seq);
  }

  begin(id: string, editsPerSecond: number): void {
    this.#sending = id;
    this.#notBefore = performance.now() + 1000 / editsPerSecond;
  }

  isSending(id: string): boolean {
    return this.#sending === id;
  }

  acknowledged(): void {
    this.#sending = '';
    this.#refusals = 0;
  }

  refused(temporary: boolean): void {
    this.#sending = '';
    if (!temporary) return;
    const wait = Math.min(LAST_RETRY_MS, RETRY_MS * 2 ** this.#refusals++);
    this.#notBefore = performance.now() + wait * (0.5 + Math.random() / 2);
  }

  // away: the connection is gone, and what it was given with it.
  away(): void {
    this.#sending = '';
    this.#notBefore = 0;
    clearTimeout(this.#timer);
  }
}
