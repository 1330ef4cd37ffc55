import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Delta, Refusal } from '../src/sdk';
import { Authority } from './authority';
import { Random, randomEdit, same } from './random';
import { MemoryLocks, MemoryShelf } from './shelf';
import { Tab } from './tab';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = (ms = 2_000) => vi.advanceTimersByTimeAsync(ms);

test('what is typed is saved, and the status says the truth on the way', async () => {
  const authority = new Authority(new Random(1), 30);
  const tab = new Tab(authority);
  expect(tab.session.status.state).toBe('opening');
  await settle();
  expect(tab.session.status).toEqual({ state: 'saved', unsent: 0, kept: true });
  tab.type('hi 😀');
  expect(tab.session.status).toEqual({ state: 'saving', unsent: 1, kept: true });
  await settle();
  expect(tab.session.status.state).toBe('saved');
  expect(authority.content.ops).toEqual([{ insert: 'hi 😀\n' }]);
});

test('offline changes are counted, kept, and sent once when the network is back', async () => {
  const authority = new Authority();
  const tab = new Tab(authority);
  await settle();
  authority.down = true;
  authority.hangUp();
  for (const word of ['one ', 'two ', 'three']) {
    tab.type(word);
    await settle();
  }
  expect(tab.session.status).toEqual({ state: 'offline', unsent: 3, kept: true });
  authority.write({ insert: 'meanwhile ' });
  authority.down = false;
  await settle(10_000);
  expect(tab.session.status.state).toBe('saved');
  expect(authority.content.ops).toEqual([{ insert: 'meanwhile one two three\n' }]);
  expect(tab.screen.ops).toEqual(authority.content.ops);
});

test('an edit whose acknowledgement was lost is not written twice', async () => {
  const authority = new Authority();
  const tab = new Tab(authority);
  await settle();
  const commit = authority.commit.bind(authority);
  authority.commit = (...args) => {
    authority.commit = commit;
    commit(...args);
    authority.hangUp();
  };
  tab.type('once');
  await settle(10_000);
  expect(authority.content.ops).toEqual([{ insert: 'once\n' }]);
  expect(tab.session.status.state).toBe('saved');
});

test('what a closed tab left is adopted and sent once, over what others wrote', async () => {
  const authority = new Authority();
  const device = { shelf: new MemoryShelf(), locks: new MemoryLocks() };
  const tab = new Tab(authority, 'ana', device);
  await settle();
  authority.down = true;
  authority.hangUp();
  tab.type('kept 😀');
  await settle(100);
  void tab.session.close();
  device.locks.crash();
  for (let i = 0; i < 20; i++) authority.write({ insert: `${i} ` });
  authority.down = false;

  const next = new Tab(authority, 'ana', device);
  await settle(10_000);
  expect(next.session.status.state).toBe('saved');
  expect(next.text.match(/kept 😀/g)).toHaveLength(1);
  expect(next.screen.ops).toEqual(authority.content.ops);
  expect(device.shelf.records.size).toBe(0);
});

test('a tab that dies between sending and the answer leaves nothing doubled', async () => {
  const authority = new Authority();
  const device = { shelf: new MemoryShelf(), locks: new MemoryLocks() };
  const tab = new Tab(authority, 'ana', device);
  await settle();
  const commit = authority.commit.bind(authority);
  let stored = '';
  authority.commit = (...args) => {
    stored = JSON.stringify([...device.shelf.records]);
    commit(...args);
    void tab.session.close();
  };
  tab.type('sent');
  await settle(500);
  authority.commit = commit;
  expect(stored, 'the edit was stored with its number before it was sent').toContain('\\"seq\\":1');
  device.shelf.records.clear();
  for (const [client, record] of JSON.parse(stored) as [string, string][]) device.shelf.records.set(client, record);
  device.locks.crash();

  const next = new Tab(authority, 'ana', device);
  await settle(10_000);
  expect(authority.content.ops).toEqual([{ insert: 'sent\n' }]);
  expect(next.screen.ops).toEqual(authority.content.ops);
});

test('two tabs never share a client id, and the second sends what a third had left', async () => {
  const authority = new Authority();
  const device = { shelf: new MemoryShelf(), locks: new MemoryLocks() };
  const left = [new Tab(authority, 'ana', device), new Tab(authority, 'ana', device)];
  await settle();
  expect(device.locks.held.size).toBe(2);
  authority.down = true;
  authority.hangUp();
  left[0]!.type('first');
  left[1]!.type('second');
  await settle(100);
  for (const tab of left) void tab.session.close();
  device.locks.crash();
  authority.down = false;
  const next = new Tab(authority, 'ana', device);
  await settle(20_000);
  expect(next.text).toContain('first');
  expect(next.text).toContain('second');
  expect(next.text).toHaveLength('firstsecond\n'.length);
  expect(device.shelf.records.size).toBe(0);
});

test('an edit refused for good is undone and offered; the next one goes through', async () => {
  const authority = new Authority();
  authority.refuse = ({ delta }) => (JSON.stringify(delta).includes('bad') ? { code: 'not_allowed', temporary: false } : null);
  const tab = new Tab(authority);
  await settle();
  tab.type('bad');
  await settle();
  expect(tab.text).toBe('\n');
  expect(tab.offers).toEqual([{ code: 'not_allowed', message: 'not_allowed', text: 'bad' }]);
  tab.type('good');
  await settle();
  expect(authority.content.ops).toEqual([{ insert: 'good\n' }]);
});

test('a temporary refusal keeps the edit and sends it again, later each time', async () => {
  const authority = new Authority();
  let refusals = 4;
  authority.refuse = () => (refusals-- > 0 ? { code: 'unavailable', temporary: true } : null);
  const tab = new Tab(authority);
  await settle();
  tab.type('patience');
  await settle(1_000);
  tab.type('!'); // more typing is no reason to ask sooner
  expect(authority.submits).toBeLessThan(4);
  expect(tab.session.status.state).toBe('saving');
  await settle(20_000);
  expect(authority.content.ops).toEqual([{ insert: 'patience!\n' }]);
  expect(authority.submits).toBe(6);
});

test('when the right to write is gone, unsent text is offered and the screen shows what is saved', async () => {
  const authority = new Authority(new Random(1), 20);
  const tab = new Tab(authority);
  await settle();
  authority.setRole('viewer', 'granted');
  tab.type('too late');
  await settle();
  expect(tab.session.rights.mayEdit).toBe(false);
  expect(tab.text).toBe('\n');
  expect(tab.offers.map((offer) => offer.text)).toEqual(['too late']);
  authority.setRole('editor', 'granted');
  await settle();
  expect(tab.session.rights.mayEdit).toBe(true);
  tab.type('again');
  await settle();
  expect(authority.content.ops).toEqual([{ insert: 'again\n' }]);
});

test('revoked while offline: both the sent and the unsent text are offered, and nothing is thrown away', async () => {
  const authority = new Authority();
  const device = { shelf: new MemoryShelf(), locks: new MemoryLocks() };
  const tab = new Tab(authority, 'ana', device);
  await settle();
  authority.down = true;
  authority.hangUp();
  tab.type('mine');
  await settle(100);
  authority.down = false;
  authority.ticketProblem = new Refusal(404, 'not_found', 'not found');
  await settle(10_000);
  expect(tab.ended).toEqual(['no_document']);
  expect(tab.offers.map((offer) => offer.text)).toEqual(['mine']);
  expect(device.shelf.records.size).toBe(1);
  await tab.session.discard();
  expect(device.shelf.records.size).toBe(0);
});

test('what was sent and what was not are offered in one piece, and until discarded by every tab', async () => {
  const authority = new Authority();
  const device = { shelf: new MemoryShelf(), locks: new MemoryLocks() };
  const tab = new Tab(authority, 'ana', device);
  await settle();
  authority.setRole('viewer', 'granted');
  tab.type('c');
  tab.type('losed');
  await settle();
  expect(tab.text).toBe('\n');
  expect(tab.offers.map((offer) => offer.text)).toEqual(['closed']);
  await tab.session.close();

  const next = new Tab(authority, 'ana', device);
  await settle();
  expect(next.offers).toEqual(tab.offers);
  expect(next.session.status).toEqual({ state: 'saved', unsent: 0, kept: true });
  await next.session.discard();
  expect(device.shelf.records.size).toBe(0);
});

test('an offer of a further tab is taken over, and discarded once', async () => {
  const authority = new Authority();
  const device = { shelf: new MemoryShelf(), locks: new MemoryLocks() };
  const tabs = [new Tab(authority, 'ana', device), new Tab(authority, 'ana', device)];
  await settle();
  authority.setRole('viewer', 'granted');
  for (const [i, tab] of tabs.entries()) tab.type(`tab ${i}`);
  await settle();
  for (const tab of tabs) await tab.session.close();

  const next = new Tab(authority, 'ana', device);
  await settle();
  expect(next.offers.map((offer) => offer.text).sort()).toEqual(['tab 0', 'tab 1']);
  expect(device.shelf.records.size).toBe(1);
  await next.session.discard();
  expect(device.shelf.records.size).toBe(0);
});

test('signed out: unsent edits wait on this device for the next sign-in', async () => {
  const authority = new Authority();
  const device = { shelf: new MemoryShelf(), locks: new MemoryLocks() };
  const tab = new Tab(authority, 'ana', device);
  await settle();
  authority.down = true;
  authority.hangUp(4501);
  expect(tab.ended).toEqual(['signed_out']);
  tab.type('later');
  await settle(100);
  await tab.session.close();
  authority.down = false;
  const next = new Tab(authority, 'ana', device);
  await settle();
  expect(next.text).toBe('later\n');
  expect(authority.content.ops).toEqual([{ insert: 'later\n' }]);
});

test('a document of another epoch is loaded anew, and unsent edits are offered', async () => {
  const authority = new Authority();
  const tab = new Tab(authority);
  await settle();
  authority.down = true;
  authority.hangUp();
  tab.type('old');
  authority.epoch = 2;
  authority.log = [];
  authority.content = new Delta([{ insert: 'new\n' }]);
  authority.down = false;
  await settle(10_000);
  expect(tab.text).toBe('new\n');
  expect(tab.offers.map((offer) => [offer.code, offer.text])).toEqual([['resync', 'old']]);
  expect(tab.session.status.state).toBe('saved');
});

test('revisions with a gap make it load again, with unsent edits carried over', async () => {
  const authority = new Authority();
  const tab = new Tab(authority);
  await settle();
  authority.refuse = () => ({ code: 'unavailable', temporary: true });
  tab.type('mine');
  const seats = [...authority.seats];
  authority.seats.clear();
  authority.write({ insert: 'missed ' });
  for (const seat of seats) authority.seats.add(seat);
  const error = vi.spyOn(console, 'error').mockImplementation(() => {});
  authority.write({ insert: 'heard ' });
  await settle(500);
  expect(error).toHaveBeenCalledOnce();
  error.mockRestore();
  authority.refuse = null;
  await settle(20_000);
  expect(tab.text).toBe('heard missed mine\n');
  expect(authority.content.ops).toEqual([{ insert: 'heard missed mine\n' }]);
});

test('close codes are obeyed: some come back, some end', async () => {
  for (const [code, ended] of [[4503, 'access_revoked'], [4504, 'no_document'], [4501, 'signed_out'], [4031, 'superseded'], [4509, 'seq_reuse'], [4500, 'bad_message']] as const) {
    const authority = new Authority();
    const tab = new Tab(authority);
    await settle();
    authority.hangUp(code);
    await settle(30_000);
    expect(tab.ended, String(code)).toEqual([ended]);
    expect(authority.seats.size, String(code)).toBe(0);
  }
  for (const code of [1001, 1006, 1011, 1012, 4001, 4005, 4008, 4009, 4010, 4013, 4029, 4030]) {
    const authority = new Authority();
    const tab = new Tab(authority);
    await settle();
    authority.hangUp(code);
    expect(tab.session.status.state, String(code)).toBe('offline');
    await settle(10_000);
    expect(tab.session.status.state, String(code)).toBe('saved');
    await tab.session.close();
  }
});

test('a silent connection is given up', async () => {
  const authority = new Authority();
  const tab = new Tab(authority);
  await settle();
  for (const seat of authority.seats) seat.tell = () => {};
  await settle(31_000);
  expect(authority.seats.size).toBeLessThanOrEqual(1);
  await settle(6_000);
  expect(tab.session.status.state).toBe('saved');
});

test('a caret is told only while nothing is unsent, and seldom', async () => {
  const authority = new Authority(new Random(1), 20);
  const tab = new Tab(authority);
  await settle();
  const seat = [...authority.seats][0]!;
  tab.type('hello');
  tab.session.showCaret({ index: 5, length: 0 });
  await settle();
  expect(seat.cursors).toEqual([{ rev: 1, index: 5, length: 0 }]);
  tab.type('!');
  tab.session.showCaret({ index: 6, length: 0 });
  await settle();
  expect(seat.cursors, 'one’s own typing moves it without telling').toHaveLength(1);
  for (let i = 0; i < 20; i++) tab.session.showCaret({ index: i % 5, length: 0 });
  await settle();
  expect(seat.cursors.length).toBeLessThanOrEqual(3);
  expect(seat.cursors.at(-1)).toEqual({ rev: 2, index: 4, length: 0 });
});

// The whole client over a network that delays, breaks, loses acknowledgements; tabs crash and others adopt what they left.
test('sessions converge on every seed, each edit once', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = new Random(seed);
    const authority = new Authority(random, 200, 0.05);
    authority.limits = { ...authority.limits, components: 3, insertUnits: 12, frameBytes: 500 };
    const devices = ['ana', 'ben', 'kim'].map((user) => ({ user, shelf: new MemoryShelf(), locks: new MemoryLocks() }));
    const tabs = devices.map((device) => new Tab(authority, device.user, device));
    let stamp = 0;
    for (let i = 0; i < 60; i++) {
      await settle(random.below(300));
      const at = random.below(3);
      const tab = tabs[at]!;
      if (random.below(30) === 0) {
        void tab.session.close();
        devices[at]!.locks.crash();
        tabs[at] = new Tab(authority, devices[at]!.user, devices[at]);
      } else if (random.below(40) === 0) {
        authority.hangUp();
      } else if (tab.session.shown) {
        const edit = seed % 2 && random.below(3) ? randomEdit(random, tab.screen) : new Delta().insert(`«${++stamp}»`);
        if (edit.ops.length > 0) tab.edit(edit);
      }
    }
    await settle(120_000);
    for (const tab of tabs) {
      expect(tab.offers, `seed ${seed}`).toEqual([]);
      expect(tab.session.status.state, `seed ${seed}`).toBe('saved');
      expect(same(tab.screen, authority.content), `seed ${seed}: ${tab.text} is ${JSON.stringify(authority.content)}`).toBe(true);
      await tab.session.close();
    }
    // On odd seeds others delete and cut what was written; on even ones everything is there, once.
    const text = authority.content.ops.map((op) => op.insert).join('');
    for (let n = 1; n <= stamp; n++) {
      const found = text.split(`«${n}»`).length - 1;
      expect(found, `seed ${seed}: edit ${n}`).toBeLessThanOrEqual(1);
      if (seed % 2 === 0) expect(found, `seed ${seed}: edit ${n}`).toBe(1);
    }
  }
});

test('a clock that is set back keeps no edit waiting for the hour to come again', async () => {
  const authority = new Authority();
  const tab = new Tab(authority);
  await settle();
  tab.type('a');
  vi.setSystemTime(Date.now() - 3_600_000);
  tab.type('b');
  await settle();
  expect(tab.session.status.state).toBe('saved');
  expect(authority.content.ops).toEqual([{ insert: 'ab\n' }]);
});
