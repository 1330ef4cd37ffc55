// What is still to be sent when nobody looks any more.

import type { Connection } from './connection';
import type { Emitter } from './emitter';
import type { News, Status } from './news';

// Sender is a Session, as far as it sends.
export interface Sender extends Emitter<News> {
  readonly connection: Connection;
  readonly gone: boolean;
  readonly status: Status;
  start(): Promise<void>;
  discard(): Promise<void>;
  close(): Promise<void>;
}

// sendAll sends what a further closed tab left: it starts a session that does nothing else, waits until the server has
// everything or does not take it, and closes it. taken tells whether its offers are its starter's by then, and kept.
export async function sendAll(session: Sender, taken: () => Promise<boolean>): Promise<void> {
  const done = new Promise<void>((resolve) => {
    session.on('status', ({ state }) => state === 'saved' && resolve());
    session.connection.on('state', (state) => state === 'ended' && resolve());
  });
  await session.start();
  await done;
  if (!session.gone && (await taken())) await session.discard();
  await session.close();
}

// leave closes a session whose page is left: at once if a later tab has what is unsent, or after so long if it is just being
// sent; and if no other tab would ever have it, when the server has.
export async function leave(session: Sender, patienceMs: number): Promise<void> {
  const { state, unsent, kept } = session.status;
  if (unsent > 0 && (state === 'saving' || !kept)) {
    await new Promise<void>((resolve) => {
      session.on('status', (now) => now.unsent === 0 && resolve());
      setTimeout(() => session.status.kept && resolve(), patienceMs);
    });
  }
  await session.close();
}
