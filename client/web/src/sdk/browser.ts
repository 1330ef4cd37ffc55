// The browser's own storage, locks and sockets, as the SDK uses them. Everything else here runs without a browser.

import type { Dial, Socket } from './connection';
import type { Http } from './http';
import type { Locks, Shelf, Stored } from './shelf';

const STORE = 'outbox'; // under this name there are records on people’s devices

function request<Result>(asked: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

// Some browsers never answer: just updated, or where another tab holds on to what they wait for.
const PATIENCE_MS = 5_000;

async function patiently<Result>(asked: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const given = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error('IndexedDB does not answer')), PATIENCE_MS)));
  return Promise.race([asked, given]).finally(() => clearTimeout(timer));
}

// indexedShelf is IndexedDB. It is opened at the first use, and again after the browser closed it. What takes too long fails, and may
// be done all the same.
export function indexedShelf(factory: IDBFactory = indexedDB): Shelf {
  let opened: Promise<IDBDatabase> | null = null;
  const open = () =>
    (opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const asked = factory.open('coscribe', 1);
      asked.onupgradeneeded = () => {
        const store = asked.result.createObjectStore(STORE, { keyPath: ['doc', 'user', 'client'] });
        store.createIndex('byUser', 'user');
      };
      asked.onsuccess = () => {
        asked.result.onclose = asked.result.onversionchange = () => (opened = null);
        resolve(asked.result);
      };
      asked.onerror = () => reject(asked.error);
      asked.onblocked = () => reject(new Error('IndexedDB is blocked'));
    }).catch((error: unknown) => {
      opened = null;
      throw error;
    }));

  // A put counts once its transaction is complete; success of the request alone may still be rolled back.
  const write = async (change: (store: IDBObjectStore) => void) => {
    const transaction = (await open()).transaction(STORE, 'readwrite', { durability: 'relaxed' });
    change(transaction.objectStore(STORE));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  };
  const list = async (doc: string, user: string) => {
    const store = (await open()).transaction(STORE).objectStore(STORE);
    return (await request(store.index('byUser').getAll(user)) as Stored[]).filter((record) => !doc || record.doc === doc);
  };
  return {
    list: (doc, user) => patiently(list(doc, user)),
    put: (record) => patiently(write((store) => store.put(record))),
    delete: ({ doc, user, client }) => patiently(write((store) => store.delete([doc, user, client]))),
  };
}

// browserShelf and browserLocks are null where the browser has none: old ones, and pages that are not secure contexts.
export function browserShelf(): Shelf | null {
  return typeof indexedDB === 'undefined' ? null : indexedShelf();
}

export function browserLocks(): Locks | null {
  const manager = globalThis.navigator?.locks;
  if (!manager) return null;
  return {
    hold: (name) =>
      new Promise((resolve, reject) => {
        manager
          .request(name, { ifAvailable: true }, (lock) => {
            if (!lock) return resolve(null);
            return new Promise<void>((release) => resolve(release));
          })
          .catch(reject);
      }),
  };
}

// browserDial connects to the server of this page, or to the one at that address.
export function browserDial(http: Http, doc: string, server: string = location.href): Dial {
  const url = new URL(`/v1/documents/${doc}/socket`, server);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return {
    ticket: async () => (await http.ticket(doc)).ticket,
    socket: (subprotocol) => new WebSocket(url, subprotocol) as Socket,
  };
}
