// Shelf is where a device keeps what is unsent: a record for each document, user and client id.

import { Delta, type Op } from './delta';
import type { Offer } from './offer';
import type { Local, Unsent } from './replica';
import type { Kind } from './wire';

export interface StoredEdit {
  ops: Op[];
  kind: Kind;
  changes: number;
}

// Stored is what a client has not got acknowledged: pending applies to the content at epoch and rev, buffer after it. Offers
// are what could not be written, until its author has said what to do with it.
export interface Stored {
  doc: string;
  user: string;
  client: string;
  title: string;
  epoch: number;
  rev: number;
  seq: number; // the highest one used
  pending: (StoredEdit & { seq: number; id: string }) | null;
  buffer: StoredEdit | null;
  offers?: Offer[];
}

// Locks is what is used of navigator.locks: hold returns the function that lets go, or null if another holds the name.
export interface Locks {
  hold(name: string): Promise<(() => void) | null>;
}

export interface Shelf {
  list(doc: string, user: string): Promise<Stored[]>;
  put(record: Stored): Promise<void>;
  delete(record: { doc: string; user: string; client: string }): Promise<void>;
}

// Between unsent edits in memory and as they are stored.
export function storeUnsent(key: Omit<Stored, 'pending' | 'buffer'>, { pending, buffer }: Unsent): Stored {
  const store = ({ delta, kind, changes }: Local): StoredEdit => ({ ops: delta.ops, kind, changes });
  return {
    ...key,
    pending: pending && { ...store(pending), seq: pending.seq, id: pending.id },
    buffer: buffer && store(buffer),
  };
}

export function loadUnsent(stored: Stored): Unsent & { epoch: number; rev: number } {
  const load = ({ ops, kind, changes }: StoredEdit): Local => ({ delta: new Delta(ops), kind, changes });
  const { epoch, rev, pending, buffer } = stored;
  return {
    epoch,
    rev,
    pending: pending && { ...load(pending), seq: pending.seq, id: pending.id },
    buffer: buffer && load(buffer),
  };
}
