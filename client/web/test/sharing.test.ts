import { describe, expect, test } from 'vitest';
import { Http, Refusal } from '../src/sdk';
import { choices, NEVER, spans, until } from '../src/pages/expiry';
import { above, an, rank, upTo } from '../src/pages/roles';
import { principalOf } from '../src/pages/share/add';
import { answers } from '../src/pages/share/people';
import { abilities, wayOf } from '../src/pages/share/why';

describe('roles', () => {
  test('nobody gives more than they have', () => {
    for (const most of ['none', 'viewer', 'commenter', 'editor', 'admin', 'owner'] as const) {
      for (const role of upTo(most)) expect(rank(role)).toBeLessThanOrEqual(rank(most));
      expect(upTo(most)).not.toContain('owner');
    }
    expect(upTo('none')).toEqual([]);
    expect(upTo('commenter')).toEqual(['viewer', 'commenter']);
  });

  test('one asks for the next role up, and never for what one has', () => {
    expect(above('none')[0]).toBe('viewer');
    expect(above('viewer')[0]).toBe('commenter');
    expect(above('admin')).toEqual([]);
    expect([an('admin'), an('editor'), an('viewer'), an('owner')]).toEqual(['an Admin', 'an Editor', 'a Viewer', 'an Owner']);
  });
});

describe('expiry', () => {
  test('a span counts from now, and no expiry is none', () => {
    expect(until('7', 0)).toBe('1970-01-08T00:00:00.000Z');
    expect(until(NEVER)).toBeUndefined();
    expect(until('2030-01-02T03:04:05.000Z')).toBe('2030-01-02T03:04:05.000Z');
  });

  test('a policy that forces an end offers none that is later', () => {
    expect(spans().map(([value]) => value)).toEqual([NEVER, '1', '7', '30', '90']);
    expect(spans(30).map(([value]) => value)).toEqual(['30', '1', '7']);
    expect(spans(10).map(([value]) => value)).toEqual(['10', '1', '7']);
  });

  test('what holds comes first', () => {
    expect(choices(undefined)[0]![0]).toBe(NEVER);
    expect(choices('2030-01-02T00:00:00Z')[0]![0]).toBe('2030-01-02T00:00:00Z');
    expect(choices('2030-01-02T00:00:00Z').map(([value]) => value)).toContain(NEVER);
  });
});

test('what is typed is a group, or an address, or refused', () => {
  const groups = [{ id: 'g1', name: 'Engineering', members: 2 }];
  expect(principalOf({ groups }, 'engineering')).toBe('group:g1');
  expect(principalOf({ groups }, 'kim@example.com')).toBe('email:kim@example.com');
  for (const wrong of ['Kim', 'a b@c', '@', 'a@b@c', 'a@']) expect(() => principalOf({ groups }, wrong)).toThrow(/no group/);
});

test('every way to a role has its words', () => {
  expect(wayOf({ principal: 'group:g', group: { id: 'g', name: 'Ops', members: 1 }, role: 'editor' })).toBe('as a member of Ops');
  expect(wayOf({ principal: 'link:l', link: { id: 'l', name: 'Client' }, role: 'viewer' })).toContain('“Client”');
  expect(wayOf({ principal: 'user:u', role: 'owner' })).toContain('whose document');
});

describe('http', () => {
  const answering = (status: number, body: string, headers: Record<string, string> = {}) => {
    const asked: { url: string; init: RequestInit }[] = [];
    const http = new Http('https://x.example', (url, init) => {
      asked.push({ url: String(url), init: init! });
      return Promise.resolve(new Response(body, { status, headers }));
    });
    return { http, asked };
  };

  test('a change names the list that it was made from', async () => {
    const { http, asked } = answering(200, '{"items":[]}', { ETag: '"a7"' });
    const { tag } = await http.sharing.grants('d');
    await http.sharing.grant('d', 'email:kim+1@example.com', { role: 'viewer', expiresAt: undefined }, tag);
    expect(asked[1]!.url).toBe('https://x.example/v1/documents/d/grants/email%3Akim%2B1%40example.com');
    expect(asked[1]!.init.headers).toMatchObject({ 'If-Match': '"a7"' });
    expect(asked[1]!.init.body).toBe('{"role":"viewer"}');
  });

  test('a query leaves out what is open', async () => {
    const { http, asked } = answering(200, '{"items":[]}');
    await http.instance.accounts({ text: 'a&b', guests: false });
    expect(asked[0]!.url).toBe('https://x.example/v1/accounts?text=a%26b&guests=false');
    await http.documents();
    expect(asked[1]!.url).toBe('https://x.example/v1/documents');
  });

  test('a refusal carries its code', async () => {
    const { http } = answering(412, '{"status":412,"code":"changed","title":"x","detail":"Read it again."}');
    const refusal = await http.sharing.revoke('d', 'everyone', '"a1"').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({ status: 412, code: 'changed', message: 'Read it again.', temporary: false });
  });
});

test('what somebody would find that they can do', () => {
  expect(abilities([])).toBe('');
  expect(abilities(['open', 'read', 'cursor'])).toBe('read it');
  expect(abilities(['read', 'history', 'edit', 'rename'])).toBe('read it, see its history and write');
});

test('people are found by any part of their name or address, groups by their name', () => {
  const ana = { principal: 'user:1', role: 'viewer' as const, user: { id: '1', name: 'Ana María Diaz', email: 'ana@example.com', color: 0 } };
  for (const find of ['', ' ', 'ana', 'DIAZ ana', 'maría', '@example.com']) expect(answers(ana, find), find).toBe(true);
  for (const find of ['ann', 'ana ben', 'viewer']) expect(answers(ana, find), find).toBe(false);
  expect(answers({ principal: 'email:later@example.com', role: 'viewer' }, 'later')).toBe(true);
  expect(answers({ principal: 'group:2', role: 'viewer', group: { id: '2', name: 'Engineering', members: 3 } }, 'engine')).toBe(true);
});
