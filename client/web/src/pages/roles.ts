// Roles in words, in their order.

import type { Role } from '../sdk';

export const GRANTABLE: Role[] = ['viewer', 'commenter', 'editor', 'admin'];
const ORDER: Role[] = ['none', ...GRANTABLE, 'owner'];

const DOES: Record<Role, string> = {
  none: 'see nothing of it',
  viewer: 'read it',
  commenter: 'read and comment',
  editor: 'read and write',
  admin: 'write, and decide who has access',
  owner: 'do everything',
};

export function rank(role: Role): number {
  return ORDER.indexOf(role);
}

export function labelOf(role: Role): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}

// an is a role with its article: "an Editor".
export function an(role: Role): string {
  return `${/^[aeo]/.test(role) ? 'an' : 'a'} ${labelOf(role)}`;
}

export function doesOf(role: Role): string {
  return DOES[role];
}

// above are the roles that somebody of this role may ask for, the next one first.
export function above(role: Role): Role[] {
  return GRANTABLE.filter((other) => rank(other) > rank(role));
}

// upTo are the roles that somebody who has most may give: nobody gives more than they have.
export function upTo(most: Role): Role[] {
  return GRANTABLE.filter((role) => rank(role) <= rank(most));
}
