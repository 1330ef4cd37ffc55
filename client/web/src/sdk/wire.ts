// The shape of everything that crosses the WebSocket: a mirror of the Go package server/wire. Lengths and positions are
// UTF-16 units, times RFC 3339 in UTC, ids lower-case UUIDs.

import type { Op } from 'quill-delta';

export const SUBPROTOCOL = 'coscribe.v1';

export type Role = 'none' | 'viewer' | 'commenter' | 'editor' | 'admin' | 'owner';
export type Kind = 'edit' | 'undo' | 'redo';

export interface WireDelta {
  ops: Op[];
}

export interface Cursor {
  rev: number;
  index: number;
  length: number;
}

// What a client says.

export interface Join {
  type: 'join';
  ticket: string;
  client: string;
  since?: { epoch: number; rev: number };
}

export interface Submit {
  type: 'submit';
  seq: number;
  id: string;
  base: number;
  delta: WireDelta;
  kind?: Kind;
}

export type Inbound =
  | Join
  | Submit
  | { type: 'cursor'; cursor: Cursor | null }
  | { type: 'rename'; ref: string; title: string }
  | { type: 'ping'; t: number };

// What the server says.

export interface DocumentState {
  id: string;
  title: string;
  epoch: number;
  locked: boolean;
}

export interface You {
  user: string;
  name: string;
  seat: string;
  color: number;
  seq: number;
}

export interface Limits {
  frameBytes: number;
  components: number;
  insertUnits: number;
  documentUnits: number;
  editsPerSecond: number;
}

export interface Presence {
  seat: string;
  user: string;
  name: string;
  color: number;
  cursor: Cursor | null;
  gone?: boolean;
}

export interface Revision {
  rev: number;
  id: string;
  author: string;
  seat?: string;
  client: string;
  seq: number;
  at: string;
  kind: string;
  delta?: WireDelta;
}

export interface Welcome {
  type: 'welcome';
  document: DocumentState;
  rev: number;
  head: number;
  snapshot?: WireDelta;
  role: Role;
  commands: string[];
  you: You;
  peers: Presence[];
  limits: Limits;
}

export interface Rejected {
  type: 'rejected';
  seq: number;
  code: string;
  message: string;
  pointer?: string;
  temporary: boolean;
  head: number;
}

export interface Access {
  type: 'access';
  role: Role;
  commands: string[];
  reason: string;
  by?: Author;
}

// Author is somebody with a name.
export interface Author {
  user: string;
  name: string;
}

export type Outbound =
  | Welcome
  | Rejected
  | Access
  | { type: 'revisions'; items: Revision[] }
  | { type: 'presence'; items: Presence[] }
  | { type: 'document'; document: DocumentState }
  | { type: 'done'; ref: string }
  | { type: 'error'; ref?: string; code: string; message: string }
  | { type: 'notice'; code: string; retryAfterMs: number }
  | { type: 'pong'; t: number };

// Close codes. From 4500 on, and for one that was superseded, coming back would not help.
export const Close = {
  draining: 4001,
  noPong: 4008,
  resync: 4010,
  superseded: 4031,
  badMessage: 4500,
  signedOut: 4501,
  accessRevoked: 4503,
  noDocument: 4504,
  disconnected: 4505,
  seqReuse: 4509,
} as const;

export function comesBack(code: number): boolean {
  return code < 4500 && code !== Close.superseded;
}
