// Outbox is what a session has to deliver: edits, until the server has them, and what could not be written, until its author has
// said what to do with it. It is kept on this device, in a slot of the shelf.

import type { SessionOptions } from './news';
import type { Offer } from './offer';
import type { Replica, Unsent } from './replica';
import { loadUnsent, storeUnsent } from './shelf';
import { Slot } from './slot';

export class Outbox {
  left: (Unsent & { epoch: number; rev: number }) | null; // from an earlier tab, until the first load
  readonly #slot: Slot;
  readonly #of: { doc: string; user: string };
  #offers: Offer[];

  private constructor(of: { doc: string; user: string }, slot: Slot) {
    this.#of = of;
    this.#slot = slot;
    this.left = slot.left && loadUnsent(slot.left);
    this.#offers = slot.left?.offers ?? [];
  }

  // open is null where there is nothing of the only client that was asked for.
  static async open({ doc, user, shelf, locks, only }: SessionOptions): Promise<Outbox | null> {
    const slot = await Slot.open(doc, user, shelf, locks, only);
    return slot && new Outbox({ doc, user }, slot);
  }

  get client(): string {
    return this.#slot.client;
  }

  // lastSeq is the highest one that an earlier tab used.
  get lastSeq(): number {
    return this.#slot.left?.seq ?? 0;
  }

  // durable: what is kept outlives this tab.
  get durable(): boolean {
    return this.#slot.durable;
  }

  get offers(): readonly Offer[] {
    return this.#offers;
  }

  offer(offer: Offer): void {
    this.#offers.push(offer);
  }

  // withdraw forgets what was offered.
  withdraw(): void {
    this.#offers = [];
  }

  // keep resolves once it is on the shelf, or it is known that it cannot be.
  keep({ title, epoch }: { title: string; epoch: number }, seq: number, replica: Replica): Promise<void> {
    if (replica.synced && this.#offers.length === 0) return this.#slot.save(null);
    const key = { ...this.#of, client: this.client, title, epoch, rev: replica.rev, seq };
    return this.#slot.save({ ...storeUnsent(key, replica), offers: this.#offers });
  }

  // empty forgets everything.
  async empty(): Promise<void> {
    this.left = null;
    this.withdraw();
    await this.#slot.save(null);
  }

  // others takes the clients of further closed tabs, whose edits are still to be sent.
  others(): string[] {
    return this.#slot.others.splice(0);
  }

  close(): Promise<void> {
    return this.#slot.close();
  }
}
