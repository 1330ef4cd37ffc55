// Http is the HTTP API as functions. Whatever is refused is thrown as a Refusal, whose message is for people.

import type {
  Document,
  GrantItem,
  Invitation,
  List,
  Ops,
  Problem,
  Role,
  SessionState,
  Ticket,
  User,
} from './wire';

// Refusal is an answer that is not what was asked for. status 0: there was no answer.
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problem: Problem | null = null,
    readonly retryAfterMs = 0,
  ) {
    super(message);
    this.name = 'Refusal';
  }

  // temporary: the same request may succeed later.
  get temporary(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

const UNREACHABLE = 'The server cannot be reached. Check your connection and try again.';
const UNREADABLE = 'The server gave an answer that cannot be read. Try again in a moment.';

export class Http {
  readonly #origin: string;
  readonly #fetch: typeof fetch;

  constructor(origin = '', fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.#origin = origin;
    this.#fetch = fetcher;
  }

  session = () => this.#ask<SessionState>('GET', '/v1/session');
  signIn = (body: { email: string; password: string }) => this.#ask<SessionState>('POST', '/v1/session', body);
  signOut = () => this.#ask<void>('DELETE', '/v1/session');
  signUp = (body: { invitation?: string; email: string; name: string; password: string }) =>
    this.#ask<SessionState>('POST', '/v1/users', body);
  invitation = (secret: string) => this.#ask<Invitation>('GET', `/v1/invitations/${encodeURIComponent(secret)}`);
  invite = (email?: string) => this.#ask<Invitation>('POST', '/v1/invitations', email ? { email } : {});
  userByEmail = async (email: string) =>
    (await this.#ask<List<User>>('GET', `/v1/users?email=${encodeURIComponent(email)}`)).items[0] ?? null;

  documents = (cursor?: string) =>
    this.#ask<List<Document>>('GET', `/v1/documents${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`);
  createDocument = (title: string) => this.#ask<Document>('POST', '/v1/documents', { title });
  document = (id: string) => this.#ask<Document>('GET', `/v1/documents/${id}`);
  renameDocument = (id: string, title: string) => this.#ask<Document>('PATCH', `/v1/documents/${id}`, { title });
  deleteDocument = (id: string) => this.#ask<void>('DELETE', `/v1/documents/${id}`);
  ops = (id: string, after: number) => this.#ask<Ops>('GET', `/v1/documents/${id}/ops?after=${after}`);
  ticket = (id: string) => this.#ask<Ticket>('POST', `/v1/documents/${id}/tickets`, {});

  grants = (id: string) => this.#ask<{ items: GrantItem[] }>('GET', `/v1/documents/${id}/grants`);
  grant = (id: string, principal: string, role: Role) =>
    this.#ask<GrantItem>('PUT', `/v1/documents/${id}/grants/${encodeURIComponent(principal)}`, { role });
  revoke = (id: string, principal: string) =>
    this.#ask<void>('DELETE', `/v1/documents/${id}/grants/${encodeURIComponent(principal)}`);

  async #ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(this.#origin + path, {
        method,
        credentials: 'same-origin',
        cache: 'no-store',
        headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      });
      text = await response.text();
    } catch {
      throw new Refusal(0, 'unreachable', UNREACHABLE);
    }
    if (!response.ok) throw refusalOf(response, text);
    if (text === '') return undefined as Answer;
    try {
      return JSON.parse(text) as Answer;
    } catch {
      throw new Refusal(response.status, 'unreadable', UNREADABLE);
    }
  }
}

function refusalOf(response: Response, text: string): Refusal {
  const retryAfterMs = 1000 * (Number(response.headers.get('Retry-After')) || 0);
  try {
    const problem = JSON.parse(text) as Problem;
    const message = problem.detail || problem.title;
    if (problem.code && message) return new Refusal(response.status, problem.code, message, problem, retryAfterMs);
  } catch {
    // A proxy in between answers in its own words, which are not for people.
  }
  return new Refusal(response.status, 'unreadable', UNREADABLE, null, retryAfterMs);
}
