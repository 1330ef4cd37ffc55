import { expect, test } from 'vitest';
import { Refusal, type OffboardPlan } from '../src/sdk';
import { changesOf } from '../src/pages/admin/offboard';
import { domainsOf, isDomain } from '../src/pages/admin/policy';
import { Complaint, sentence } from '../src/pages/part';

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

test('what is no domain is found before the server is asked', () => {
  for (const domain of ['example.com', 'localhost', 'a-b.example.co.uk', 'xn--bcher-kva.example']) expect(isDomain(domain), domain).toBe(true);
  for (const text of ['domain!', '-a.example', 'a..example', 'a.example.', 'bücher.example', 'a'.repeat(64), `${'a.'.repeat(127)}example`]) expect(isDomain(text), text).toBe(false);
});

test('what the server refuses is told in sentences, which are for people', () => {
  expect(sentence(new Refusal(422, 'invalid', 'must be one line of 1 to 80 characters'))).toBe('It must be one line of 1 to 80 characters.');
  expect(sentence(new Refusal(409, 'exists', 'A group of that name exists.'))).toBe('A group of that name exists.');
  expect(sentence(new Complaint('“x” is not a domain.'))).toBe('“x” is not a domain.');
  expect(sentence(new Refusal(401, 'not_signed_in', 'Sign in, or send a live token as Authorization: Bearer.'))).not.toContain('Bearer');
});
