import { expect, test } from 'vitest';
import actions from '../../../storage/action.go?raw';
import auditActions from '../../../storage/audit_action.go?raw';
import { DEEDS, deedOf } from '../src/pages/admin/deeds';
import type { AuditRow } from '../src/sdk';

const ada = 'a0000000-0000-4000-8000-000000000000';
const bob = 'b0000000-0000-4000-8000-000000000000';
const link = 'c0000000-0000-4000-8000-000000000000';
const MAY_3 = Date.parse('2031-05-03T12:00:00Z') * 1000;

function row(action: string, more: Partial<AuditRow>): AuditRow {
  return { n: 1, at: '2030-01-01T00:00:00Z', actor: ada, actorName: 'Ada', action, names: [{ of: `user:${bob}`, name: 'Bob' }], hash: '', ...more };
}

test('every action that the server writes has words and a sentence', () => {
  const written = [...(auditActions + actions).matchAll(/^\s+\w+\s+Action = "(.+?)"/gm)].map(([, action]) => action!);
  expect(written.length).toBeGreaterThan(30);
  expect(Object.keys(DEEDS).sort()).toEqual([...written].sort());
  for (const action of written) {
    expect(deedOf(row(action, {})), action).toMatch(/^(Ada|There) [^{}]+\.$/);
    expect(deedOf(row(action, { target: action === 'notice.denied' ? 'list-access' : `user:${bob}`, before: { role: 'viewer', user: bob }, after: { role: 'editor', user: bob } })), action).not.toMatch(/undefined|NaN|object|0000/);
  }
});

test.each<[string, string, Partial<AuditRow>]>([
  ['Ada made Bob an Editor until May 3, 2031.', 'access.grant', { target: `user:${bob}`, after: { role: 'editor', expires_at: MAY_3 } }],
  ['Ada made Bob a Viewer, before an Editor.', 'access.grant', { target: `user:${bob}`, before: { role: 'editor' }, after: { role: 'viewer' } }],
  ['Ada let Bob stay a Viewer, without an end.', 'access.grant', { target: `user:${bob}`, before: { role: 'viewer', expires_at: MAY_3 }, after: { role: 'viewer' } }],
  ['Ada gave anybody who has the address the role Viewer.', 'access.grant', { target: 'anyone', after: { role: 'viewer' } }],
  ['Ada gave the link “Press” the role Viewer.', 'access.grant', { target: `link:${link}`, after: { role: 'viewer' }, names: [{ of: `link:${link}`, name: 'Press' }] }],
  ['Ada took up what was given to their address: Viewer.', 'access.grant', { target: `user:${ada}`, before: { to: `address:${bob}` }, after: { role: 'viewer' } }],
  ['Ada took away the access of Bob, until then a Viewer.', 'access.revoke', { target: `user:${bob}`, before: { role: 'viewer' } }],
  ['Ada gave up their access, until then a Viewer.', 'access.revoke', { target: `user:${ada}`, before: { role: 'viewer' } }],
  ['Ada, by a program, made a token.', 'token.create', { by: 'token', after: { user: ada } }],
  ['Ada, on behalf of Bob, locked the document.', 'document.lock', { onBehalf: bob }],
  ['Ada declined the document that was offered.', 'document.offer', { before: { offered_to: ada } }],
  ['Ada changed the policy: days after which links end: 30, before none.', 'policy.change', { before: { version: 1, expiry_days: 0 }, after: { version: 2, expiry_days: 30 } }],
  ['Ada did something.new.', 'something.new', {}],
])('%s', (sentence, action, more) => expect(deedOf(row(action, more))).toBe(sentence));

test('whom the server does not name is somebody, never an id', () => {
  expect(deedOf(row('access.grant', { actor: ada, actorName: '', target: `user:${bob}`, after: { role: 'viewer' }, names: [] }))).toBe('Somebody made somebody a Viewer.');
  const { actor: _, actorName: __, ...nobody } = row('account.suspend', { target: `user:${bob}` });
  expect(deedOf(nobody)).toBe('The operator of the server suspended Bob.');
  expect(deedOf({ ...nobody, action: 'notice.denied', target: 'edit' })).toBe('Somebody who is not signed in was refused a command: edit.');
});
