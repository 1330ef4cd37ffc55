import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Delta, leave, type Shelf, type Stored } from '../src/sdk';
import { Authority, type Seat } from './authority';
import { MemoryLocks, MemoryShelf } from './shelf';
import { Tab } from './tab';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = (ms = 2_000) => vi.advanceTimersByTimeAsync(ms);

// OddShelf is a shelf that is slow, or full, and tells what is done to it.
class OddShelf implements Shelf {
  readonly within = new MemoryShelf();
  readonly done: string[] = [];
  slowMs = 0;
  full: (record: Stored) => boolean = () => false;

  list(doc: string, user: string): Promise<Stored[]> {
    return this.within.list(doc, user);
  }

  async put(record: Stored): Promise<void> {
    await this.#take('put');
    if (this.full(record)) throw new Error('QuotaExceededError');
    await this.within.put(record);
  }

  async delete(record: Stored): Promise<void> {
    await this.#take('delete');
    await this.within.delete(record);
  }

  async #take(what: string): Promise<void> {
    this.done.push(what);
    if (this.slowMs) await new Promise((resolve) => setTimeout(resolve, this.slowMs));
  }
}

function offline(authority: Authority): void {
  authority.down = true;
  authority.hangUp();
}

test('a connection that somebody else has signed in for writes nothing of what is unsent here', async () => {
  const authority = new Authority();
  const device = { shelf: new MemoryShelf(), locks: new MemoryLocks() };
  let signedIn = 'ana';
  const tab = new Tab(authority, 'ana', device, {
    ticket: () => authority.dial(signedIn).ticket(),
    socket: () => authority.dial(signedIn).socket(''),
  });
  await settle();
  const commit = authority.commit.bind(authority);
  authority.commit = (...args) => {
    commit(...args);
    offline(authority); // and the acknowledgement is lost
  };
  tab.type('committed ');
  await settle(500);
  authority.commit = commit;
  tab.type('unsent');
  signedIn = 'ben';
  authority.down = false;
  await settle(20_000);
  expect(authority.content.ops).toEqual([{ insert: 'committed \n' }]);
  expect(tab.ended).toEqual(['signed_out']);

  await tab.session.close();
  const next = new Tab(authority, 'ana', device);
  await settle();
  expect(next.text).toBe('committed unsent\n');
  expect(authority.log.map((item) => item.author)).toEqual(['ana', 'ana']);
});

test("another user's unsent edits stay theirs", async () => {
  const authority = new Authority();
  const device = { shelf: new MemoryShelf(), locks: new MemoryLocks() };
  const ana = new Tab(authority, 'ana', device);
  await settle();
  authority.down = true;
  authority.hangUp();
  ana.type('private');
  await settle(100);
  device.locks.crash();
  await ana.session.close();
  authority.down = false;
  const ben = new Tab(authority, 'ben', device);
  await settle(10_000);
  expect(ben.text).toBe('\n');
  expect(device.shelf.records.size).toBe(1);
});

test('a browser that refuses its locks or its storage in the middle opens the document all the same', async () => {
  const refuse = () => Promise.reject(new DOMException('no', 'SecurityError'));
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  for (const device of [{ shelf: new MemoryShelf(), locks: { hold: refuse } }, { shelf: Object.assign(new MemoryShelf(), { list: refuse }), locks: new MemoryLocks() }]) {
    const authority = new Authority();
    const tab = new Tab(authority, 'ana', device);
    await settle();
    tab.type('written');
    await settle();
    expect(tab.session.status).toEqual({ state: 'saved', unsent: 0, kept: false });
  }
  warn.mockRestore();
});

test('who types faster than the shelf writes is saved all the same', async () => {
  const authority = new Authority();
  const shelf = new OddShelf();
  shelf.slowMs = 120;
  const tab = new Tab(authority, 'ana', { shelf, locks: new MemoryLocks() });
  await settle();
  for (let i = 0; i < 60; i++) {
    tab.type('a');
    await settle(50);
  }
  expect(authority.content.length()).toBeGreaterThan(30);
});

test('what a full shelf could not number is not written twice', async () => {
  const authority = new Authority();
  const shelf = new OddShelf();
  const device = { shelf, locks: new MemoryLocks() };
  const tab = new Tab(authority, 'ana', device);
  await settle();
  offline(authority);
  tab.type('once');
  await settle(100);
  shelf.full = () => true;
  const commit = authority.commit.bind(authority);
  authority.commit = (...args) => {
    commit(...args);
    void tab.session.close(); // as a tab that crashes
  };
  authority.down = false;
  await settle(10_000);
  authority.commit = commit;
  shelf.full = () => false;
  device.locks.crash();
  const next = new Tab(authority, 'ana', device);
  await settle(10_000);
  expect(next.text).toBe('once\n');
});

test('what is refused is on the shelf all the time, as an edit or as an offer', async () => {
  const authority = new Authority();
  const shelf = new OddShelf();
  const tab = new Tab(authority, 'ana', { shelf, locks: new MemoryLocks() });
  await settle();
  shelf.done.length = 0;
  authority.refuse = () => ({ code: 'not_allowed', temporary: false });
  tab.type('bad');
  await settle();
  authority.refuse = null;
  authority.setRole('viewer', 'revoked');
  tab.type('late');
  await settle();
  offline(authority);
  tab.type('old');
  authority.epoch = 2;
  authority.log = [];
  authority.content = new Delta([{ insert: 'new\n' }]);
  authority.down = false;
  await settle(10_000);
  expect(tab.offers.map((offer) => offer.text)).toEqual(['bad', 'late', 'old']);
  expect(shelf.done).not.toContain('delete');
});

test('an offer of a further tab stays on the shelf until it is kept by the tab that took it over', async () => {
  const authority = new Authority();
  const shelf = new OddShelf();
  const device = { shelf, locks: new MemoryLocks() };
  const tabs = [new Tab(authority, 'ana', device), new Tab(authority, 'ana', device)];
  await settle();
  authority.setRole('viewer', 'revoked');
  for (const [i, tab] of tabs.entries()) tab.type(`tab ${i}`);
  await settle();
  for (const tab of tabs) await tab.session.close();
  shelf.full = ({ offers }) => offers?.length === 2;
  const next = new Tab(authority, 'ana', device);
  await settle();
  await next.session.close();
  shelf.full = () => false;
  const after = new Tab(authority, 'ana', device);
  await settle();
  for (const tab of [next, after]) expect(tab.offers.map((offer) => offer.text).sort()).toEqual(['tab 0', 'tab 1']);
});

test('nothing changes under a composition, not even by coming back to another text or to fewer rights', async () => {
  const authority = new Authority();
  const tab = new Tab(authority);
  await settle();
  tab.session.hold(true);
  const { drawn } = tab;
  authority.hangUp(4010); // come back, and load anew
  authority.write({ insert: 'x' });
  await settle(5_000);
  expect(tab.drawn).toBe(drawn);
  tab.type('かな');
  tab.session.hold(false);
  await settle(5_000);
  expect(tab.text).toBe('xかな\n');
  expect(authority.content.ops).toEqual(tab.screen.ops);

  offline(authority);
  tab.type('mine');
  tab.session.hold(true);
  authority.role = 'viewer';
  authority.down = false;
  const before = tab.drawn;
  await settle(8_000);
  expect(tab.drawn).toBe(before);
  tab.session.hold(false);
  await settle();
  expect(tab.text).toBe('xかな\n');
  expect(tab.offers.map((offer) => offer.text)).toEqual(['mine']);
});

test('a composition that begins while a text is being loaded is not broken by it', async () => {
  const authority = new Authority();
  const tab = new Tab(authority);
  await settle();
  offline(authority);
  tab.type('mine');
  authority.write({ insert: 'x' });
  let answer = () => {};
  const { ops } = authority;
  authority.ops = async (after) => {
    await new Promise<void>((resolve) => (answer = resolve));
    return ops(after);
  };
  const slow = new Tab(authority, 'ana', { shelf: new MemoryShelf(), locks: new MemoryLocks() });
  void slow.session.close();
  authority.down = false;
  authority.hangUp(4010);
  await settle(3_000);
  const { drawn } = tab;
  tab.session.hold(true);
  answer();
  await settle(3_000);
  expect(tab.drawn).toBe(drawn);
  tab.session.hold(false);
  await settle(3_000);
  expect(authority.content.ops).toEqual([{ insert: 'xmine\n' }]);
  expect(tab.screen.ops).toEqual(authority.content.ops);
});

test('a page that is left goes on sending what no later tab would have', async () => {
  for (const kept of [true, false]) {
    const authority = new Authority();
    const shelf = new OddShelf();
    shelf.full = () => !kept;
    const tab = new Tab(authority, 'ana', { shelf, locks: new MemoryLocks() });
    await settle();
    offline(authority);
    tab.type('text');
    await settle(100);
    expect(tab.session.status).toEqual({ state: 'offline', unsent: 1, kept });
    void leave(tab.session, 1_000);
    await settle(60_000);
    authority.down = false;
    await settle(10_000);
    expect(authority.content.ops, `kept: ${kept}`).toEqual([{ insert: kept ? '\n' : 'text\n' }]);
    expect(authority.seats.size).toBe(0);
    expect(shelf.within.records.size).toBe(kept ? 1 : 0);
  }
});

test('a long text comes over a slow line', async () => {
  const authority = new Authority();
  const dial = authority.dial('ana');
  const tab = new Tab(authority, 'ana', undefined, {
    ...dial,
    socket: (subprotocol) => {
      const seat = dial.socket(subprotocol) as Seat;
      const tell = seat.tell.bind(seat);
      seat.tell = (message) => void setTimeout(() => tell(message), message.type === 'welcome' ? 20_000 : 0);
      return seat;
    },
  });
  await settle(60_000);
  expect(tab.session.status.state).toBe('saved');
});

test('news of the network before the outbox is open start nothing that cannot join', async () => {
  const authority = new Authority();
  const within = new MemoryShelf();
  const shelf: Shelf = {
    list: async (...asked) => (await new Promise((resolve) => setTimeout(resolve, 1_000)), within.list(...asked)),
    put: (record) => within.put(record),
    delete: (record) => within.delete(record),
  };
  const tab = new Tab(authority, 'ana', { shelf, locks: new MemoryLocks() });
  await settle(100);
  tab.session.connection.restart(); // offline
  await settle(500);
  tab.session.connection.retryNow(); // online
  await settle(100);
  expect(tab.session.connection.state).toBe('away');
  await settle(1_000);
  expect(tab.session.connection.state).toBe('joined');
});
