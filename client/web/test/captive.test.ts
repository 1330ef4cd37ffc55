import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Http } from '../src/sdk';
import { Authority } from './authority';
import { MemoryLocks, MemoryShelf } from './shelf';
import { Tab } from './tab';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = (ms = 2_000) => vi.advanceTimersByTimeAsync(ms);

// A hotel's sign-in page, or a company's proxy, answers for the server.
for (const [status, headers] of [[200, {}], [401, {}], [403, {}], [404, {}], [503, { 'Retry-After': '3600' }]] as const) {
  test(`an answer ${status} that is not the server's ends nothing, and is soon asked again`, async () => {
    const authority = new Authority();
    const dial = authority.dial('ana');
    const portal = async () => new Response('<html>Sign in to the network</html>', { status, headers });
    let captive = false;
    const http = new Http('', portal);
    const tab = new Tab(authority, 'ana', undefined, { ...dial, ticket: async () => (captive ? (await http.ticket('doc')).ticket : dial.ticket()) });
    await settle();
    captive = true;
    authority.hangUp();
    tab.type('kept');
    await settle(30_000);
    expect(tab.session.status).toEqual({ state: 'offline', unsent: 1, kept: true });
    captive = false;
    await settle(10_000);
    expect(tab.session.status.state).toBe('saved');
    expect(authority.content.ops).toEqual([{ insert: 'kept\n' }]);
    expect(tab.offers).toEqual([]);
  });
}

test('a log that somebody else answers for is read when the server does, and what was left is sent', async () => {
  const authority = new Authority();
  const device = { shelf: new MemoryShelf(), locks: new MemoryLocks() };
  const tab = new Tab(authority, 'ana', device);
  await settle();
  authority.down = true;
  authority.hangUp();
  tab.type('kept');
  await settle(100);
  void tab.session.close();
  device.locks.crash();
  authority.down = false;
  authority.write({ insert: 'meanwhile ' });
  const ops = authority.ops;
  const http = new Http('', async () => new Response('<html>Sign in to the network</html>'));
  let captive = true;
  authority.ops = (after) => (captive ? http.ops('doc', after) : ops(after));
  const next = new Tab(authority, 'ana', device);
  await settle(5_000);
  captive = false;
  await settle(10_000);
  expect(next.offers).toEqual([]);
  expect(authority.content.ops).toEqual([{ insert: 'meanwhile kept\n' }]);
});
