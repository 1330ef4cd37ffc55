import { expect, test } from 'vitest';
import { Delta } from '../src/sdk';
import { Peers } from '../src/sdk/peers';
import type { Presence } from '../src/sdk/wire';

const NOTHING = { pending: null, buffer: null };
const at = (rev: number, index: number, length = 0): Presence => ({ seat: 's', user: 'u', name: 'Ana', color: 1, cursor: { rev, index, length } });
const caret = (peers: Peers) => peers.list()[0]?.caret;

test('an author’s own revision pushes their caret along; another’s at the caret leaves it', () => {
  const peers = new Peers();
  peers.reset(3);
  peers.tell(at(3, 5), NOTHING);
  const own = new Delta().retain(5).insert('abc');
  peers.committed(own, 's', own, NOTHING);
  expect(caret(peers)).toEqual({ index: 8, length: 0 });
  const others = new Delta().retain(8).insert('xyz');
  peers.committed(others, 't', others, NOTHING);
  expect(caret(peers)).toEqual({ index: 8, length: 0 });
});

test('a caret told at an older revision is carried over what came since, and over what is unsent here', () => {
  const peers = new Peers();
  peers.reset(0);
  const change = new Delta().insert('12345');
  peers.committed(change, 't', change, NOTHING);
  peers.tell(at(0, 2, 1), { pending: null, buffer: { delta: new Delta().insert('me'), kind: 'edit', changes: 1 } });
  expect(caret(peers)).toEqual({ index: 9, length: 1 });
});

test('a caret told at a revision still on its way waits for it', () => {
  const peers = new Peers();
  peers.reset(1);
  peers.tell(at(2, 9), NOTHING);
  expect(caret(peers)).toBeNull();
  const change = new Delta().insert('123456789');
  peers.committed(change, 't', change, NOTHING);
  expect(caret(peers)).toEqual({ index: 9, length: 0 });
});

test('who left is gone, and no caret is none', () => {
  const peers = new Peers();
  peers.reset(0);
  peers.tell(at(0, 1), NOTHING);
  peers.tell({ ...at(0, 1), cursor: null }, NOTHING);
  expect(caret(peers)).toBeNull();
  peers.tell({ ...at(0, 1), gone: true }, NOTHING);
  expect(peers.list()).toEqual([]);
});
