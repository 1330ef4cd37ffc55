// Http is the HTTP API as functions: accounts and documents here, who may do what in sharing, what administrators do in instance.

import { Asker } from './asker';
import type { Deleted, Document, Entered, Invitation, List, Login, Ops, Scope, SessionState, Ticket, Token, User } from './bodies';
import { Instance } from './instance';
import { Sharing } from './sharing';

export { Refusal } from './asker';

export class Http {
  readonly sharing: Sharing;
  readonly instance: Instance;
  readonly #asker: Asker;

  constructor(origin?: string, fetcher?: typeof fetch) {
    this.#asker = new Asker(origin, fetcher);
    this.sharing = new Sharing(this.#asker);
    this.instance = new Instance(this.#asker);
  }

  // Coming in.
  session = () => this.#asker.ask<SessionState>('GET', '/v1/session');
  signIn = (body: { email: string; password: string }) => this.#asker.ask<SessionState>('POST', '/v1/session', { body });
  signOut = () => this.#asker.ask<void>('DELETE', '/v1/session');
  signUp = (body: { invitation?: string; email: string; name: string; password: string }) =>
    this.#asker.ask<SessionState>('POST', '/v1/users', { body });
  invitation = (secret: string) => this.#asker.ask<Invitation>('GET', `/v1/invitations/${encodeURIComponent(secret)}`);
  invite = (email?: string) => this.#asker.ask<Invitation>('POST', '/v1/invitations', { body: email ? { email } : {} });
  // enter comes in by a link's secret, or where anyone may; who is nobody becomes a guest.
  enter = (by: { link: string } | { document: string }) => this.#asker.ask<Entered>('POST', '/v1/session/guest', { body: by });

  // One's own account.
  userByEmail = async (email: string) => (await this.#asker.ask<List<User>>('GET', '/v1/users', { query: { email } })).items[0] ?? null;
  // proveAddress takes up an invitation for one's own address.
  proveAddress = (invitation: string) => this.#asker.ask<User>('POST', '/v1/users/me/proof', { body: { invitation } });
  changePassword = (current: string, next: string) => this.#asker.ask<void>('PUT', '/v1/users/me/password', { body: { current, new: next } });
  logins = () => this.#asker.ask<List<Login>>('GET', '/v1/users/me/sessions');
  endLogin = (id: string) => this.#asker.ask<void>('DELETE', `/v1/users/me/sessions/${id}`);
  endOtherLogins = () => this.#asker.ask<void>('DELETE', '/v1/users/me/sessions');
  tokens = () => this.#asker.ask<List<Token>>('GET', '/v1/tokens');
  makeToken = (body: { name: string; scopes: Scope[]; expiresAt?: string | undefined }) => this.#asker.ask<Token>('POST', '/v1/tokens', { body });
  revokeToken = (id: string) => this.#asker.ask<void>('DELETE', `/v1/tokens/${id}`);

  // Documents.
  documents = (cursor?: string) => this.#asker.ask<List<Document>>('GET', '/v1/documents', { query: { cursor } });
  createDocument = (title: string) => this.#asker.ask<Document>('POST', '/v1/documents', { body: { title } });
  document = (id: string) => this.#asker.ask<Document>('GET', `/v1/documents/${id}`);
  renameDocument = (id: string, title: string) => this.#asker.ask<Document>('PATCH', `/v1/documents/${id}`, { body: { title } });
  deleteDocument = (id: string) => this.#asker.ask<void>('DELETE', `/v1/documents/${id}`);
  trash = (cursor?: string) => this.#asker.ask<List<Deleted>>('GET', '/v1/trash', { query: { cursor } });
  undelete = (id: string) => this.#asker.ask<void>('POST', `/v1/documents/${id}/undelete`);
  ops = (id: string, after: number) => this.#asker.ask<Ops>('GET', `/v1/documents/${id}/ops`, { query: { after } });
  ticket = (id: string) => this.#asker.ask<Ticket>('POST', `/v1/documents/${id}/tickets`, { body: {} });
}
