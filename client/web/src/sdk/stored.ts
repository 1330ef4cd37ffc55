// Between unsent edits in memory and as they are stored.

import { Delta } from './delta';
import type { Stored, StoredEdit } from './outbox';
import type { Local, Unsent } from './replica';

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
