// All that stands in the audit: in words for choosing, and as the sentence that tells it.

import type { AuditRow, Role } from '../../sdk';
import { labelOf } from '../roles';
import { as, doerOf, readDeed, until, type Deed } from './deed';

export const DEEDS: Record<string, { words: string; did(deed: Deed): string }> = {
  'access.grant': { words: 'Access given or changed', did: granted },
  'access.revoke': { words: 'Access taken away', did: revoked },
  'request.approve': { words: 'Request approved', did: ({ before, user }) => `approved the request of ${user(before.user)} to be ${as(before)}` },
  'request.decline': { words: 'Request denied', did: ({ before, user }) => `denied the request of ${user(before.user)} to be ${as(before)}` },
  'document.create': { words: 'Document made', did: ({ after, isActor, user }) => `made the document${isActor(after.owner) ? '' : ` for ${user(after.owner)}`}` },
  'document.rename': { words: 'Document renamed', did: () => 'changed the title of the document' },
  'document.delete': { words: 'Document deleted', did: () => 'put the document into the trash' },
  'document.undelete': { words: 'Document taken out of the trash', did: () => 'took the document out of the trash' },
  'document.purge': { words: 'Document removed for good', did: () => 'removed the document for good' },
  'document.lock': { words: 'Document locked', did: () => 'locked the document' },
  'document.unlock': { words: 'Document unlocked', did: () => 'unlocked the document' },
  'document.history': { words: 'History shown or hidden', did: ({ after }) => (after.open_history ? 'showed the history to readers' : 'hid the history from readers') },
  'document.offer': { words: 'Ownership offered', did: offered },
  'document.transfer': { words: 'Ownership handed over', did: handed },
  'group.change': { words: 'Group made or renamed', did: ({ whom }) => `made or renamed ${whom()}` },
  'group.delete': { words: 'Group deleted', did: () => 'deleted a group' },
  'group.add': { words: 'Member added to a group', did: ({ after, user, whom }) => `put ${user(after.user)} into ${whom()}` },
  'group.remove': { words: 'Member taken out of a group', did: ({ before, user, whom }) => `took ${user(before.user)} out of ${whom()}` },
  'account.invite': { words: 'Invitation made', did: invited },
  'account.create': { words: 'Account made', did: ({ after }) => `made an account${after.instance_admin ? ', as administrator of the server' : ''}` },
  'account.prove': { words: 'Address proven', did: () => 'showed that their address is theirs' },
  'account.password': { words: 'Password changed', did: ({ own, whom }) => (own ? 'changed their password' : `changed the password of ${whom()}`) },
  'account.suspend': { words: 'Account suspended', did: ({ whom }) => `suspended ${whom()}` },
  'account.reinstate': { words: 'Account reinstated', did: ({ whom }) => `reinstated ${whom()}` },
  'account.offboard': { words: 'Account offboarded', did: ({ whom }) => `offboarded ${whom()}` },
  'session.begin': { words: 'Signed in', did: ({ own, whom }) => (own ? 'signed in' : `signed ${whom()} in`) },
  'session.end': { words: 'Signed out', did: ({ own, whom }) => (own ? 'signed out' : `signed ${whom()} out`) },
  'token.create': { words: 'Token made', did: ({ after, isActor, user }) => `made a token${isActor(after.user) ? '' : ` for ${user(after.user)}`}${until(after)}` },
  'token.revoke': { words: 'Token revoked', did: ({ before, isActor, user }) => `revoked a token${isActor(before.user) ? '' : ` of ${user(before.user)}`}` },
  'policy.change': { words: 'Policy changed', did: changed },
  'notice.open': { words: 'Document opened', did: () => 'opened the document' },
  'notice.export': { words: 'Content taken out', did: ({ target }) => (target === 'ops' ? 'read the edits of the document' : 'took the content of the document out') },
  'notice.enter': { words: 'Came by a link', did: ({ whom }) => `came by ${whom()}` },
  'notice.disconnect': { words: 'Connection ended', did: () => 'ended a connection to the document' },
  'notice.denied': { words: 'Command refused', did: ({ target }) => `was refused a command: ${target.replaceAll('-', ' ')}` },
  'notice.full': { words: 'No more notices that day', did: () => '' },
};

// deedOf is a row in a sentence.
export function deedOf(row: AuditRow): string {
  if (row.action === 'notice.full') return 'There were as many notices as a day may have: the others of this day are not written.';
  return `${doerOf(row)} ${DEEDS[row.action]?.did(readDeed(row)) ?? `did ${row.action}`}.`;
}

function granted({ before, after, target, own, whom }: Deed): string {
  const role = labelOf(String(after.role ?? 'none') as Role);
  if (own && before.to) return `took up what was given to their address: ${role}${until(after)}`;
  if (before.role === after.role) return `let ${whom()} stay ${as(after)}${until(after) || ', without an end'}`;
  const was = before.role ? `, before ${as(before)}` : '';
  if (target.startsWith('user:')) return `made ${whom()} ${as(after)}${until(after)}${was}`;
  return `gave ${whom()} the role ${role}${until(after)}${was}`;
}

function revoked({ before, own, whom }: Deed): string {
  if (before.link) return `took away what ${whom()} had by ${whom(`link:${String(before.link)}`)}`;
  const until = before.role ? `, until then ${as(before)}` : '';
  return own ? `gave up their access${until}` : `took away the access of ${whom()}${until}`;
}

function offered({ before, after, isActor, user }: Deed): string {
  if (after.offered_to) return `offered the document to ${user(after.offered_to)}`;
  return isActor(before.offered_to) ? 'declined the document that was offered' : `took back the offer to ${user(before.offered_to)}`;
}

function handed({ before, after, isActor, user }: Deed): string {
  if (isActor(after.owner)) return `took over the document of ${user(before.owner)}`;
  return `made ${user(after.owner)} the owner of the document of ${user(before.owner)}`;
}

function invited({ after }: Deed): string {
  if (after.setup) return `made the link that sets the server up${until(after)}`;
  return `made an invitation${after.bound ? ' for one address' : ''}${until(after)}`;
}

const POLICY: Record<string, string> = {
  link_role: 'the most that a link may carry',
  anonymous: 'people without an account',
  expiry_days: 'days after which links end',
  admins_create: 'only administrators make documents',
  sign_up_domains: 'domains that may have an account',
};

function changed({ before, after }: Deed): string {
  const parts = Object.keys(POLICY).filter((part) => told(before[part]) !== told(after[part]));
  return `changed the policy${parts.length > 0 ? ': ' : ''}${parts.map((part) => `${POLICY[part]}: ${told(after[part])}, before ${told(before[part])}`).join('; ')}`;
}

function told(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length > 0 ? value.join(' ') : 'all';
  return value ? String(value) : 'none';
}
