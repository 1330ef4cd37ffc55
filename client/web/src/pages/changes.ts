// What changed for the person at the page, in one plain sentence that names who changed it.

import type { Rights, User } from '../sdk';
import { an, rank } from './roles';

// ofRole is '' where nothing changed that needs to be said: one's own doing, or a lock, which has a banner. Who changed it may
// become known only after it was told that it changed.
export function ofRole(before: Rights, now: Rights, me: User): string {
  const signed = before.role === now.role && !before.by && now.by && now.reason === before.reason && now.reason !== 'document';
  if ((before.role === now.role && !signed) || now.by?.user === me.id) return '';
  const may = now.mayEdit ? 'you can write now.' : rank(now.role) >= rank('viewer') ? 'you can read it, but not change it.' : '';
  if (now.reason === 'expired') return `Your time as ${an(before.role)} is over. You are ${an(now.role)} now: ${may}`;
  if (before.mayEdit && now.mayEdit && !signed) return now.by ? `${now.by.name} made you ${an(now.role)}.` : `You are ${an(now.role)} now.`;
  return now.by ? `${now.by.name} made you ${an(now.role)}: ${may}` : `You are ${an(now.role)} of this document now: ${may}`;
}

export function ofLock(locked: boolean, by: Rights['by'], me: User): string {
  const what = locked ? 'locked this document: it can be read, but nobody can change it now.' : 'unlocked this document.';
  if (!by) return locked ? 'This document is locked: it can be read, but nobody can change it now.' : 'This document is unlocked.';
  return `${by.user === me.id ? 'You' : by.name} ${what}`;
}
