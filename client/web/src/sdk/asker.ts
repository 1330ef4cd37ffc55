// Asker sends requests to one server and reads the answers. Whatever is refused is thrown as a Refusal, whose message is for
// people.

import type { Problem } from './bodies';

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

  // temporary: the same request may succeed later. What cannot be read was said by somebody in between, such as the sign-in page
  // of a hotel's network: it tells nothing of what the server would say.
  get temporary(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500 || this.code === UNREADABLE_CODE;
  }
}

const UNREACHABLE = 'The server cannot be reached. Check your connection and try again.';
const UNREADABLE_CODE = 'unreadable';
const UNREADABLE = 'The server gave an answer that cannot be read. Try again in a moment.';

export interface Asked {
  body?: unknown;
  query?: Record<string, string | number | boolean | undefined>; // what is undefined or empty is left out
  ifMatch?: string | undefined; // the tag of what the change was made from
  accept?: string;
}

// Tagged is an answer with its tag, for ifMatch.
export interface Tagged<Answer> {
  value: Answer;
  tag: string;
}

export class Asker {
  readonly #origin: string;
  readonly #fetch: typeof fetch;

  constructor(origin = '', fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.#origin = origin;
    this.#fetch = fetcher;
  }

  async ask<Answer>(method: string, path: string, asked: Asked = {}): Promise<Answer> {
    return (await this.askTagged<Answer>(method, path, asked)).value;
  }

  async askTagged<Answer>(method: string, path: string, asked: Asked = {}): Promise<Tagged<Answer>> {
    const { response, body: text } = await this.#exchange(method, path, asked, (response) => response.text());
    const tag = response.headers.get('ETag') ?? '';
    if (text === '') return { value: undefined as Answer, tag };
    try {
      return { value: JSON.parse(text) as Answer, tag };
    } catch {
      throw new Refusal(response.status, UNREADABLE_CODE, UNREADABLE);
    }
  }

  // download reads an answer of another media type as it is.
  async download(path: string, asked: Asked): Promise<Blob> {
    return (await this.#exchange('GET', path, asked, (response) => response.blob())).body;
  }

  async #exchange<Body>(method: string, path: string, asked: Asked, read: (response: Response) => Promise<Body>) {
    const { body, query, ifMatch, accept } = asked;
    let problem: string;
    let response: Response;
    try {
      response = await this.#fetch(this.#origin + path + queryOf(query), {
        method,
        credentials: 'same-origin',
        cache: 'no-store',
        headers: {
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(ifMatch ? { 'If-Match': ifMatch } : {}),
          ...(accept ? { Accept: accept } : {}),
        },
        body: body === undefined ? null : JSON.stringify(body),
      });
      if (response.ok) return { response, body: await read(response) };
      problem = await response.text();
    } catch {
      throw new Refusal(0, 'unreachable', UNREACHABLE);
    }
    throw refusalOf(response, problem);
  }
}

function queryOf(query: Asked['query'] = {}): string {
  const fields = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return fields.length === 0 ? '' : `?${new URLSearchParams(fields.map(([name, value]) => [name, String(value)]))}`;
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
  return new Refusal(response.status, UNREADABLE_CODE, UNREADABLE, null, retryAfterMs);
}
