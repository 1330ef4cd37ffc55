import { expect, test } from 'vitest';
import type { OffboardPlan } from '../src/sdk';
import { changesOf } from '../src/pages/admin/offboard';
import { domainsOf } from '../src/pages/admin/policy';

const nothing: OffboardPlan = { sessions: 0, tokens: 0, documents: 0, trash: 0, grants: 0, groups: 0, links: 0, madeLinks: 0, orphans: [] };

test('a plan says what would change, and whose the documents become', () => {
  expect(changesOf(nothing, null)).toEqual([]);
  const plan = { ...nothing, documents: 2, trash: 1, grants: 1, sessions: 2, orphans: ['d'] };
  expect(changesOf(plan, { id: 'z', name: 'Zoë', color: 1 })[0]).toBe('3 documents go to Zoë');
  expect(changesOf(plan, null)).toEqual([
    '3 documents stay theirs, and nobody looks after them',
    '1 grant is taken away',
    '2 sessions end',
    '1 document is left to administrators of the server alone',
  ]);
});

test('domains are read as people write them', () => {
  expect(domainsOf(' Example.com, @example.org;example.com\n')).toEqual(['example.com', 'example.org']);
  expect(domainsOf('  ')).toEqual([]);
});
