// What further closed tabs left unsent, sent by sessions that do nothing else.

import type { Connection } from './connection';
import type { Emitter } from './emitter';
import type { News } from './news';

// Sender is a Session, as far as it sends.
export interface Sender extends Emitter<News> {
  readonly connection: Connection;
  readonly gone: boolean;
  start(): Promise<void>;
  discard(): Promise<void>;
  close(): Promise<void>;
}

// sendAll starts a session, waits until the server has everything or does not take it, and closes it. Its offers are its
// starter's by then.
export async function sendAll(session: Sender): Promise<void> {
  const done = new Promise<void>((resolve) => {
    session.on('status', ({ state }) => state === 'saved' && resolve());
    session.connection.on('state', (state) => state === 'ended' && resolve());
  });
  await session.start();
  await done;
  if (!session.gone) await session.discard();
  await session.close();
}
