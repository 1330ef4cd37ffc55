// Instance is the part of the HTTP API about the whole server: its people, groups, policy and audit. Most of it takes an
// administrator.

import type { Asker, Tagged } from './asker';
import type { List, User } from './bodies';
import type { Explanation, Group } from './sharing';
import type { Role } from './wire';

export interface Account extends User {
  createdAt: string;
  suspendedAt?: string;
}

export interface OffboardPlan {
  sessions: number;
  tokens: number;
  documents: number;
  trash: number;
  grants: number;
  groups: number;
  links: number; // that they came by
  madeLinks: number; // that they made: these go on working
  orphans: string[];
}

export interface Member {
  user: User;
  addedBy?: string;
  addedAt: string;
}

export interface Policy {
  linkRole: Role;
  anonymous: boolean;
  expiryDays: number;
  adminsCreate: boolean;
  signUpDomains: string[];
}

export interface Excess {
  links: number;
  public: number;
  lasting: number;
  addresses: number;
}

export interface Overview {
  id: string;
  owner: User;
  ownerGone?: boolean;
  locked: boolean;
  grants: number;
  public: boolean;
  endsNext?: string;
  createdAt: string;
  updatedAt: string;
}

export interface AuditRow {
  document?: string;
  n: number;
  at: string;
  actor?: string;
  actorName?: string;
  by?: string;
  onBehalf?: string;
  action: string;
  target?: string;
  names?: { of: string; name: string }[]; // of those whom the row speaks of, as principals
  before?: unknown;
  after?: unknown;
  reason?: string;
  from?: string;
  requestId?: string;
  hash: string;
}

export interface AuditFilter {
  actor?: string;
  action?: string;
  target?: string;
  from?: string;
  until?: string;
}

export interface AuditVerdict {
  intact: boolean;
  n: number;
  at?: string;
  hash?: string;
  fault?: string; // of row n
}

type Query = Record<string, string | number | boolean | undefined>;

export class Instance {
  readonly #asker: Asker;

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  accounts = (filter: { text?: string; guests?: boolean; suspended?: boolean }, cursor?: string) => this.#list<Account>('accounts', { ...filter, cursor });
  suspend = (user: string, reason: string) => this.#ask<void>('PUT', `accounts/${user}/suspension`, reason ? { reason } : {});
  reinstate = (user: string) => this.#ask<void>('DELETE', `accounts/${user}/suspension`);
  planOffboarding = (user: string, heir?: string) => this.#ask<OffboardPlan>('POST', `accounts/${user}/offboarding`, { dryRun: true, ...(heir && { heir }) });
  offboard = (user: string, heir: string | undefined, reason: string) =>
    this.#ask<void>('POST', `accounts/${user}/offboarding`, { ...(heir && { heir }), ...(reason && { reason }) });
  reach = (user: string, cursor?: string) => this.#list<Explanation>(`accounts/${user}/reach`, { cursor });
  overview = (filter: { public?: boolean; owner?: string; expiringBefore?: string }, cursor?: string) => this.#list<Overview>('overview', { ...filter, cursor });

  groups = (cursor?: string) => this.#list<Group>('groups', { cursor, limit: 200 });
  makeGroup = (name: string) => this.#ask<Group>('POST', 'groups', { name });
  renameGroup = (group: string, name: string) => this.#ask<Group>('PATCH', `groups/${group}`, { name });
  dropGroup = (group: string) => this.#ask<void>('DELETE', `groups/${group}`);
  members = (group: string, cursor?: string) => this.#list<Member>(`groups/${group}/members`, { cursor });
  addMember = (group: string, user: string, reason?: string) => this.#ask<void>('PUT', `groups/${group}/members/${user}`, reason ? { reason } : undefined);
  dropMember = (group: string, user: string) => this.#ask<void>('DELETE', `groups/${group}/members/${user}`);

  policy = (): Promise<Tagged<Policy>> => this.#asker.askTagged('GET', '/v1/policy');
  setPolicy = (policy: Policy, ifMatch: string): Promise<Tagged<Policy>> => this.#asker.askTagged('PUT', '/v1/policy', { body: policy, ifMatch });
  excess = () => this.#ask<Excess>('GET', 'policy/excess');

  // audit lists the rows of all chains, or of one document's.
  audit = (filter: AuditFilter, cursor?: string, document?: string) =>
    this.#list<AuditRow>(document ? `documents/${document}/audit` : 'audit', { ...filter, cursor });
  exportAudit = (filter: AuditFilter, accept: 'text/csv' | 'application/x-ndjson', document?: string) =>
    this.#asker.download(document ? `/v1/documents/${document}/audit` : '/v1/audit', { query: { ...filter }, accept });
  verify = (document?: string) => this.#ask<AuditVerdict>('GET', document ? `documents/${document}/audit/verify` : 'audit/verify');

  #ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.#asker.ask<Answer>(method, `/v1/${path}`, { body });
  }

  #list<Item>(path: string, query: Query): Promise<List<Item>> {
    return this.#asker.ask<List<Item>>('GET', `/v1/${path}`, { query });
  }
}
