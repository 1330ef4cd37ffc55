// A row of the audit as a sentence needs it: whom it speaks of by name, what was before and after. Whoever is gone, or whose name
// the server does not tell, is somebody.

import type { AuditRow, Role } from '../../sdk';
import { dayOf } from '../expiry';
import { an } from '../roles';

export type State = Record<string, unknown>;

export interface Deed {
  target: string;
  before: State;
  after: State;
  own: boolean; // done to oneself
  isActor(user: unknown): boolean;
  user(user: unknown): string;
  whom(principal?: string): string; // a principal, the target unless another is said
}

export function readDeed({ actor, actorName, target = '', before, after, names = [] }: AuditRow): Deed {
  const nameOf = (of: string) => names.find((item) => item.of === of)?.name ?? (of === `user:${actor}` ? actorName : '');
  const isActor = (user: unknown) => !!user && user === actor;
  const user = (user: unknown) => nameOf(`user:${String(user)}`) || 'somebody';
  const whom = (principal = target) => {
    const [kind, id] = principal.split(':');
    const name = nameOf(principal);
    if (kind === 'user') return user(id);
    if (kind === 'group') return name ? `the group ${name}` : 'a group that is gone';
    if (kind === 'link') return name ? `the link “${name}”` : 'a link';
    if (kind === 'address') return 'an address without an account';
    if (kind === 'everyone') return 'everybody who is signed in';
    return kind === 'anyone' ? 'anybody who has the address' : 'somebody';
  };
  return { target, before: (before ?? {}) as State, after: (after ?? {}) as State, own: isActor(/^user:(.*)/.exec(target)?.[1]), isActor, user, whom };
}

// as is the role of a state with its article.
export function as({ role }: State): string {
  return an(String(role ?? 'none') as Role);
}

// until tells when a state ends. The server's times are microseconds.
export function until({ expires_at: at }: State): string {
  return typeof at === 'number' ? ` until ${dayOf(new Date(at / 1000).toISOString())}` : '';
}

// doerOf is who did it, as a sentence begins.
export function doerOf({ actor, actorName, action, by, onBehalf, names }: AuditRow): string {
  const nobody = action.startsWith('notice.') ? 'Somebody who is not signed in' : 'The operator of the server';
  const forWhom = onBehalf ? `, on behalf of ${names?.find(({ of }) => of === `user:${onBehalf}`)?.name ?? 'somebody'},` : '';
  return (actor ? actorName || 'Somebody' : nobody) + (by === 'token' ? ', by a program,' : '') + forWhom;
}
