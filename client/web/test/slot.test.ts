import { IDBFactory } from 'fake-indexeddb';
import { expect, test, vi } from 'vitest';
import type { Shelf, Stored } from '../src/sdk';
import { Slot } from '../src/sdk/slot';
import { indexedShelf } from '../src/sdk/browser';
import { MemoryLocks, MemoryShelf } from './shelf';

const record = (doc: string, user: string, client: string): Stored => ({
  doc,
  user,
  client,
  title: 'Plan',
  epoch: 1,
  rev: 7,
  seq: 3,
  pending: { ops: [{ insert: '😀' }], kind: 'edit', changes: 1, seq: 3, id: 'id' },
  buffer: null,
});

test('IndexedDB keeps records apart by document, user and client', async () => {
  const factory = new IDBFactory();
  const shelf = indexedShelf(factory);
  await shelf.put(record('a', 'ana', '1'));
  await shelf.put(record('a', 'ana', '2'));
  await shelf.put(record('a', 'ben', '3'));
  await shelf.put(record('b', 'ana', '4'));
  const again = indexedShelf(factory); // as after a reload
  expect(await again.list('a', 'ana')).toEqual([record('a', 'ana', '1'), record('a', 'ana', '2')]);
  await again.delete({ doc: 'a', user: 'ana', client: '1' });
  expect(await shelf.list('a', 'ana')).toEqual([record('a', 'ana', '2')]);
  expect(await shelf.list('a', 'ben')).toHaveLength(1);
});

test('where IndexedDB never answers, what is unsent lives as long as the tab, and the tab knows', async () => {
  vi.useFakeTimers();
  try {
    const silent = { open: () => ({}) } as unknown as IDBFactory;
    const opening = Slot.open('a', 'ana', indexedShelf(silent), new MemoryLocks());
    await vi.advanceTimersByTimeAsync(10_000);
    const slot = (await Promise.race([opening, null]))!;
    expect(slot?.durable).toBe(false);
    await slot.save(record('a', 'ana', slot.client));
  } finally {
    vi.useRealTimers();
  }
});

test('a client id has one owner at a time; a closed tab’s is adopted with what it left', async () => {
  const shelf = new MemoryShelf();
  const locks = new MemoryLocks();
  const first = (await Slot.open('a', 'ana', shelf, locks))!;
  await first.save(record('a', 'ana', first.client));
  const second = (await Slot.open('a', 'ana', shelf, locks))!;
  expect(second.client).not.toBe(first.client);
  expect(second.left).toBeNull();
  await first.close();
  const third = (await Slot.open('a', 'ana', shelf, locks))!;
  expect(third.client).toBe(first.client);
  expect(third.left).toEqual(record('a', 'ana', first.client));
});

test('saving resolves when the record or a later one is on the shelf, and writes only the latest', async () => {
  const shelf = new MemoryShelf();
  const puts: number[] = [];
  const slow: Shelf = {
    list: (doc, user) => shelf.list(doc, user),
    delete: (key) => shelf.delete(key),
    put: async (stored) => {
      await Promise.resolve();
      puts.push(stored.rev);
      await shelf.put(stored);
    },
  };
  const slot = (await Slot.open('a', 'ana', slow, new MemoryLocks()))!;
  const base = record('a', 'ana', slot.client);
  const saves = [1, 2, 3, 4].map((rev) => slot.save({ ...base, rev }));
  await Promise.all(saves);
  expect(puts).toEqual([1, 4]);
});

test('a shelf that cannot be written is said, not hidden, and not fatal', async () => {
  const slot = (await Slot.open('a', 'ana', { list: async () => [], put: () => Promise.reject(new Error('quota')), delete: async () => {} }, new MemoryLocks()))!;
  expect(slot.durable).toBe(true);
  await slot.save(record('a', 'ana', slot.client));
  expect(slot.durable).toBe(false);
});

test('without storage or locks the slot lives as long as the tab, and says so', async () => {
  for (const [shelf, locks] of [[null, new MemoryLocks()], [new MemoryShelf(), null]] as const) {
    const slot = (await Slot.open('a', 'ana', shelf, locks))!;
    expect(slot.durable).toBe(false);
    await slot.save(record('a', 'ana', slot.client));
  }
});
