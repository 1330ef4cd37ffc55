// What a Session is given, and what it tells.

import type { Ops } from './bodies';
import type { Dial, Ended } from './connection';
import type { Delta } from './delta';
import type { Offer } from './offer';
import type { Locks, Shelf } from './shelf';
import type { Peer } from './peers';
import type { Replica } from './replica';
import type { Author, DocumentState, Revision, Role } from './wire';

export interface SessionOptions {
  doc: string;
  user: string;
  dial: Dial;
  ops(after: number): Promise<Ops>;
  shelf: Shelf | null;
  locks: Locks | null;
  only?: string; // send what this client id left, and nothing else
}

// Status: saved says that the server has everything; kept, that what it has not outlives this tab.
export interface Status {
  state: 'opening' | 'saved' | 'saving' | 'offline';
  unsent: number;
  kept: boolean;
}

export function statusOf(replica: Replica | null, online: boolean, kept: boolean): Status {
  const state = !replica ? 'opening' : !online ? 'offline' : replica.synced ? 'saved' : 'saving';
  return { state, unsent: replica?.changes ?? 0, kept };
}

export function sameStatus(a: Status, b: Status): boolean {
  return a.state === b.state && a.unsent === b.unsent && a.kept === b.kept;
}

export interface Rights {
  role: Role;
  commands: string[];
  mayEdit: boolean;
  reason: string; // '' at the first welcome
  by: Author | null; // who changed them, where that is known
}

export interface News {
  news: void; // about to be taken in: tell what is written until now
  load: Delta; // the whole content anew
  change: Delta; // what the screen must do
  revision: Revision;
  status: Status;
  peers: Peer[];
  access: Rights;
  document: DocumentState;
  offer: Offer;
  ended: Ended;
}
