// Sharing is the part of the HTTP API about one document's access: who may do what, by which grant, and whose it is.

import type { Asker, Tagged } from './asker';
import type { List, User } from './bodies';
import type { Role } from './wire';

export interface OwnAccess {
  role: Role;
  commands: string[];
  expiresAt?: string;
  offered?: boolean;
}

export interface Group {
  id: string;
  name: string;
  members: number;
}

// GrantItem is one grant. Its principal is "user:<id>", "group:<id>", "link:<id>", "email:<address>", "everyone" or "anyone".
export interface GrantItem {
  principal: string;
  user?: User;
  group?: Group;
  link?: { id: string; name: string };
  role: Role;
  expiresAt?: string;
  grantedBy?: string;
  grantedAt?: string;
}

export interface Link {
  id: string;
  name: string;
  role: Role;
  expiresAt?: string;
  createdBy: string;
  createdAt: string;
  uses: number;
  lastUsedAt?: string;
  secret?: string; // with url: only in the answer that made it
  url?: string;
}

export interface PutLink {
  name: string;
  role: Role;
  expiresAt?: string | undefined; // absent, and without never: after 30 days, or as it was
  never?: boolean;
  reason?: string | undefined;
}

export interface AccessRequest {
  id: string;
  user: User;
  role: Role;
  message?: string;
  createdAt: string;
}

// Path is one way by which a role comes to somebody.
export interface Path extends GrantItem {
  state: 'wins' | 'covered' | 'expired' | 'withheld';
  without: { role: Role; expiresAt?: string };
  exceedsPolicy?: boolean;
}

export interface Explanation {
  document: string;
  principal: string;
  role: Role;
  expiresAt?: string;
  commands?: string[];
  paths: Path[];
}

export interface SeatItem {
  seat: string;
  user: string;
  name: string;
  guest?: boolean;
  by: 'session' | 'token';
  role: Role;
  since: string;
}

export interface Change {
  document: string;
  principal: string;
  role?: Role; // absent: take the grant away
  expiresAt?: string;
}

export interface Changes {
  items: { status: 'granted' | 'revoked' | 'unchanged' | 'refused'; code?: string; detail?: string; before?: GrantItem; after?: GrantItem }[];
  orphans: string[];
  code?: string;
}

export class Sharing {
  readonly #asker: Asker;

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  own = (doc: string) => this.#ask<OwnAccess>('GET', doc, 'access');
  // grants is the whole list, the owner first. A change that names its tag is refused (412) if the list is another by then.
  grants = (doc: string): Promise<Tagged<{ items: GrantItem[] }>> => this.#asker.askTagged('GET', `/v1/documents/${doc}/grants`);
  grant = (doc: string, principal: string, body: { role: Role; expiresAt?: string | undefined; reason?: string | undefined }, ifMatch?: string) =>
    this.#ask<GrantItem>('PUT', doc, `grants/${encodeURIComponent(principal)}`, body, ifMatch);
  revoke = (doc: string, principal: string, ifMatch?: string) =>
    this.#ask<void>('DELETE', doc, `grants/${encodeURIComponent(principal)}`, undefined, ifMatch);
  explain = (doc: string, principal?: string) =>
    this.#asker.ask<Explanation>('GET', `/v1/documents/${doc}/access/explain`, { query: { principal } });
  bulk = (body: { changes: Change[]; dryRun?: boolean; reason?: string }) => this.#asker.ask<Changes>('POST', '/v1/grants', { body });

  links = (doc: string) => this.#ask<List<Link>>('GET', doc, 'links');
  makeLink = (doc: string, body: PutLink) => this.#ask<Link>('POST', doc, 'links', body);
  changeLink = (doc: string, link: string, body: PutLink) => this.#ask<Link>('PUT', doc, `links/${link}`, body);
  revokeLink = (doc: string, link: string) => this.#ask<void>('DELETE', doc, `links/${link}`);

  requests = (doc: string) => this.#ask<List<AccessRequest>>('GET', doc, 'access-requests');
  request = (doc: string, role: Role, message: string) => this.#ask<void>('POST', doc, 'access-requests', { role, ...(message && { message }) });
  approve = (doc: string, request: string, body: { role?: Role; expiresAt?: string; reason?: string | undefined }) =>
    this.#ask<void>('POST', doc, `access-requests/${request}/approve`, body);
  decline = (doc: string, request: string) => this.#ask<void>('POST', doc, `access-requests/${request}/decline`);

  lock = (doc: string) => this.#ask<void>('PUT', doc, 'lock');
  unlock = (doc: string) => this.#ask<void>('DELETE', doc, 'lock');
  setHistory = (doc: string, open: boolean) => this.#ask<void>('PUT', doc, 'history', { open });
  seats = (doc: string) => this.#ask<List<SeatItem>>('GET', doc, 'seats');
  disconnect = (doc: string, seat: string) => this.#ask<void>('DELETE', doc, `seats/${seat}`);

  offer = (doc: string, to: string) => this.#ask<void>('PUT', doc, 'offer', { to });
  withdraw = (doc: string) => this.#ask<void>('DELETE', doc, 'offer');
  acceptOffer = (doc: string) => this.#ask<void>('POST', doc, 'offer/accept');
  declineOffer = (doc: string) => this.#ask<void>('POST', doc, 'offer/decline');
  transfer = (doc: string, body: { to: string; keep?: Role; reason: string }) => this.#ask<void>('POST', doc, 'transfer-ownership', body);

  #ask<Answer>(method: string, doc: string, rest: string, body?: unknown, ifMatch?: string): Promise<Answer> {
    return this.#asker.ask<Answer>(method, `/v1/documents/${doc}/${rest}`, { body, ifMatch });
  }
}
