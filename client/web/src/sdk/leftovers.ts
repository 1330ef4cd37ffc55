// What further closed tabs left unsent, sent by sessions that do nothing else.

import type { Session } from './session';

// sendAll starts a session, waits until the server has everything or does not take it, and closes it. Its offers are its
// starter's by then.
export async function sendAll(session: Session): Promise<void> {
  const done = new Promise<void>((resolve) => {
    session.on('status', ({ state }) => state === 'saved' && resolve());
    session.connection.on('state', (state) => state === 'ended' && resolve());
  });
  await session.start();
  await done;
  if (!session.gone) await session.discard();
  await session.close();
}
