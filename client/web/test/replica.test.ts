import { expect, test } from 'vitest';
import { Delta, Replica } from '../src/sdk';
import { check } from './authority';
import { Random, randomEdit, same } from './random';

const doc = (text: string) => new Delta().insert(`${text}\n`);
const whole = (delta: Delta) => ({ head: delta, rest: null });

// Every client has its own replica and screen; the authority transforms one by one, committed first.
test('replicas converge on every seed, whatever the order of news', () => {
  for (let seed = 1; seed <= 150; seed++) {
    const random = new Random(seed);
    let content = doc('x😀y');
    const log: { change: Delta; author: number; seq: number }[] = [];
    const clients = [0, 1, 2].map((author) => ({ author, replica: new Replica(0, content), screen: content, seq: 0, sent: null as null | { base: number; delta: Delta; seq: number } }));

    const step = (quiet: boolean) => {
      const client = random.pick(clients);
      const { replica } = client;
      const action = quiet ? 1 + random.below(3) : random.below(5);
      if (action === 0 || action === 4) {
        const edit = randomEdit(random, client.screen);
        client.screen = client.screen.compose(edit);
        replica.edit(edit);
      } else if (action === 1 && !replica.pending) {
        const pending = replica.take(++client.seq, `id-${client.seq}`, whole);
        if (pending) client.sent = { base: replica.rev, delta: pending.delta, seq: pending.seq };
      } else if (action === 2 && client.sent) {
        let change = client.sent.delta;
        for (const past of log.slice(client.sent.base)) change = past.change.transform(change, true);
        content = content.compose(change);
        check(content);
        log.push({ change, author: client.author, seq: client.sent.seq });
        client.sent = null;
      } else if (action === 3 && replica.rev < log.length) {
        const item = log[replica.rev]!;
        if (item.author === client.author) replica.acknowledge(replica.rev + 1);
        else if (random.below(40) === 0 && replica.pending && !client.sent && !log.slice(replica.rev).some((other) => other.author === client.author)) client.screen = client.screen.compose(replica.reject().show);
        else client.screen = client.screen.compose(replica.receive(replica.rev + 1, item.change));
        if (random.below(10) === 0) expect(same(replica.shown, client.screen), `seed ${seed}: the screen shows what the replica holds`).toBe(true);
      }
    };
    for (let i = 0; i < 120; i++) step(false);
    for (let i = 0; i < 5000 && !clients.every((c) => c.replica.synced && c.replica.rev === log.length); i++) step(true);
    for (const client of clients) {
      expect(client.replica.synced, `seed ${seed}: everything was acknowledged`).toBe(true);
      expect(same(client.screen, content), `seed ${seed}: ${JSON.stringify(client.screen)} is ${JSON.stringify(content)}`).toBe(true);
    }
  }
});

test('the committed revision wins ties', () => {
  const replica = new Replica(0, doc(''));
  replica.edit(new Delta().insert('mine'));
  const show = replica.receive(1, new Delta().insert('theirs'));
  expect(doc('mine').compose(show)).toEqual(doc('theirsmine'));
  expect(replica.buffer!.delta).toEqual(new Delta().retain(6).insert('mine'));
});

test('a refused edit is undone under the buffer, and what it deleted comes back', () => {
  const replica = new Replica(0, doc('one two'));
  replica.edit(new Delta().delete(4));
  replica.take(1, 'a', whole);
  replica.edit(new Delta().retain(3).insert('!'));
  const { show, refused } = replica.reject();
  expect(doc('two!').compose(show)).toEqual(doc('one two!'));
  expect(refused.delta).toEqual(new Delta().delete(4));
  expect(replica.shown).toEqual(doc('one two!'));
  expect(replica.pending).toBeNull();
});

test('a replica refuses a revision out of order', () => {
  const replica = new Replica(3, doc(''));
  expect(() => replica.receive(5, new Delta().insert('x'))).toThrow('revision 5 after 3');
});

test('dropping the buffer leaves the edit that is on its way', () => {
  const replica = new Replica(0, doc(''));
  replica.edit(new Delta().insert('sent'));
  replica.take(1, 'a', whole);
  replica.edit(new Delta().retain(4).insert(' unsent'));
  const { show, dropped } = replica.drop()!;
  expect(doc('sent unsent').compose(show)).toEqual(doc('sent'));
  expect(dropped.delta).toEqual(new Delta().retain(4).insert(' unsent'));
  expect(replica.pending).not.toBeNull();
});
