// Slot is one client id's place on the shelf. Whoever holds the Web Lock of that name owns it, so that two tabs never number
// edits under one id. A tab that closes lets go of its lock, and the next one that opens the document adopts what it left.

import { uuid } from './ids';
import type { Locks, Shelf, Stored } from './shelf';

export class Slot {
  readonly client: string;
  // left is what an earlier tab could not send; others are further ones, each to be sent under its own client id.
  readonly left: Stored | null;
  readonly others: string[];
  // durable: what is saved outlives this tab.
  durable: boolean;
  readonly #shelf: Shelf | null;
  readonly #key: { doc: string; user: string; client: string };
  readonly #release: () => void;
  #shelved: Stored | null; // what the shelf has of ours
  #next: { record: Stored | null; done: Promise<void>; written: () => void } | null = null; // to be written
  #writing: Promise<void> | null = null;

  private constructor(shelf: Shelf | null, doc: string, user: string, left: Stored | null, others: string[], client: string, release: () => void) {
    this.#shelf = shelf;
    this.durable = shelf !== null;
    this.left = this.#shelved = left;
    this.others = others;
    this.client = client;
    this.#key = { doc, user, client };
    this.#release = release;
  }

  // open adopts what a closed tab left, or starts anew; only: nothing but that client's. Without a shelf or locks, or where
  // the browser refuses them, the slot lives as long as the tab.
  static async open(doc: string, user: string, shelf: Shelf | null, locks: Locks | null, only?: string): Promise<Slot | null> {
    try {
      if (shelf && locks) return await Slot.#adopt(doc, user, shelf, locks, only);
    } catch (error) {
      console.warn(error);
    }
    return only ? null : new Slot(null, doc, user, null, [], uuid(), () => {});
  }

  static async #adopt(doc: string, user: string, shelf: Shelf, locks: Locks, only?: string): Promise<Slot | null> {
    const lockOf = (client: string) => `coscribe:${doc}:${user}:${client}`;
    const found = await shelf.list(doc, user);
    for (const [at, record] of found.entries()) {
      if (only && record.client !== only) continue;
      const release = await locks.hold(lockOf(record.client));
      if (!release) continue;
      // The tab before us may have sent it all between our look and its letting go.
      const left = (await shelf.list(doc, user)).find((now) => now.client === record.client) ?? null;
      const others = found.slice(at + 1).map((other) => other.client);
      return new Slot(shelf, doc, user, left, others, record.client, release);
    }
    if (only) return null;
    const client = uuid();
    const release = await locks.hold(lockOf(client));
    return new Slot(shelf, doc, user, null, [], client, release ?? (() => {}));
  }

  // save resolves once this or a later record is on the shelf, however many follow; null: there is nothing unsent. It never
  // rejects: where the shelf cannot be written, durable turns false.
  save(record: Stored | null): Promise<void> {
    if (!this.#shelf) return Promise.resolve();
    if (this.#next) this.#next.record = record;
    else {
      let written!: () => void;
      const done = new Promise<void>((resolve) => (written = resolve));
      this.#next = { record, done, written };
    }
    const { done } = this.#next;
    this.#writing ??= this.#write();
    return done;
  }

  async #write(): Promise<void> {
    while (this.#next) {
      const { record, written } = this.#next;
      this.#next = null;
      try {
        if (record) await this.#shelf!.put(record);
        else await this.#shelf!.delete(this.#key);
        this.#shelved = record;
        this.durable = true;
      } catch {
        this.durable = false;
        if (record) await this.#outdate(record);
      }
      written();
    }
    this.#writing = null;
  }

  // outdate: a record that could not be put leaves an older one, which does not know that its edits are being sent under this
  // one's number. The next tab would send them once more under another, and they would be there twice.
  async #outdate({ pending }: Stored): Promise<void> {
    if (!this.#shelved || !pending || this.#shelved.pending?.id === pending.id) return;
    try {
      await this.#shelf!.delete(this.#key);
      this.#shelved = null;
    } catch {
      // It cannot be written at all.
    }
  }

  // close lets go of the client id once everything is written. What is unsent stays for the next tab.
  async close(): Promise<void> {
    await this.#writing;
    this.#release();
  }
}
