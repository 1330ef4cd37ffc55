// Bodies of the HTTP API: a mirror of the Go package server/wire. Lengths and positions are UTF-16 units, times RFC 3339 in
// UTC, ids lower-case UUIDs. Those of sharing and of the instance stand in sharing.ts and instance.ts.

import type { Revision, Role } from './wire';

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  code: string;
  requestId: string;
  pointer?: string;
  role?: Role;
  needed?: Role;
  head?: number;
}

export interface List<Item> {
  items: Item[];
  nextCursor?: string;
}

export interface User {
  id: string;
  name: string;
  email?: string;
  color: number;
  instanceAdmin?: boolean;
  guest?: boolean;
  unproven?: boolean; // the address is only what they say of themselves
}

export interface SessionState {
  user: User | null;
  openRegistration: boolean;
}

export interface Entered {
  user: User;
  document: string;
}

export interface Invitation {
  id: string;
  email?: string;
  url?: string; // shown once
  setup?: boolean;
  expiresAt: string;
}

export interface Login {
  id: string;
  device?: string;
  address?: string;
  createdAt: string;
  lastSeenAt: string;
  expiresAt: string;
  current: boolean;
}

export type Scope = 'read' | 'write' | 'admin' | 'bulk';

export interface Token {
  id: string;
  name: string;
  secret?: string; // shown once
  scopes: Scope[];
  createdAt: string;
  expiresAt?: string;
  lastUsedAt?: string;
}

export interface Document {
  id: string;
  title: string;
  owner: string;
  epoch: number;
  head: number;
  locked: boolean;
  openHistory: boolean;
  offered?: boolean; // the ownership, to the one who asks
  offeredTo?: string; // the ownership; told to the owner
  public?: boolean; // a live link, or nothing at all, lets anybody in; told to those who edit
  createdAt: string;
  updatedAt: string;
  role: Role;
  commands?: string[];
}

export interface Deleted {
  id: string;
  title: string;
  deletedAt: string;
  until: string; // it can be undeleted
}

export interface Ops {
  epoch: number;
  head: number;
  items: Revision[];
}

export interface Ticket {
  ticket: string;
  expiresAt: string;
}
