import { describe, expect, it } from 'vitest';
import { type Access, triedScopes, tryAccess } from '../../src/courier/access.js';
import type { HttpRequest, HttpResponse, Network } from '../../src/courier/transport.js';
import { Failure } from '../../src/errors.js';
import { someClaims } from '../checks/some.js';

const inbox = 'inbox:read:messages';

describe('triedScopes', () => {
  it.each([
    {
      name: 'what the claims promise',
      held: [inbox, 'read:brands'],
      required: [],
      expected: [inbox, 'read:brands', 'socket'],
    },
    { name: 'what is required', held: [], required: ['read:preferences'], expected: ['read:preferences'] },
    { name: 'nothing that writes', held: ['inbox:write:events', 'write:brands'], required: [], expected: [] },
    { name: 'nothing that no call is known for', held: ['tenants:read', 'made:up'], required: [], expected: [] },
    {
      name: 'one brand',
      held: ['read:brands:x', 'read:brands:x'],
      required: ['read:brands:y'],
      expected: ['read:brands:x', 'read:brands:y'],
    },
    {
      name: 'all that can be read',
      held: ['read:user-tokens', 'read:brands', 'read:preferences', 'read:messages', inbox],
      required: [],
      expected: [inbox, 'read:messages', 'read:preferences', 'read:user-tokens', 'read:brands', 'socket'],
    },
  ])('$name', ({ held, required, expected }) => {
    expect(triedScopes(someClaims({ scopes: held }), required, 'alice')).toEqual(expected);
  });

  it('of nobody, what belongs to nobody', () => {
    expect(triedScopes(someClaims({ scopes: [inbox, 'read:brands'] }), [], undefined)).toEqual(['read:brands']);
  });
});

/** A Courier that answers all alike, and keeps what it was asked. `at`: seconds, by the clock here. */
async function tried(
  scopes: string[],
  answer: Partial<HttpResponse> | Failure,
  { user = 'alice', at = 1_767_225_600, took = 0, handshake = 101 } = {},
): Promise<Access & { requests: HttpRequest[]; opened: string[] }> {
  const requests: HttpRequest[] = [];
  const opened: string[] = [];
  let time = at;
  const network: Network = {
    async send(request) {
      requests.push(request);
      time += took;
      if (answer instanceof Failure) throw answer;
      return { status: 200, headers: {}, body: '{}', ...answer };
    },
    async openSocket({ url }) {
      opened.push(url);
      return { status: handshake };
    },
  };
  const access = await tryAccess(
    network,
    { token: 'a.b.c', user, scopes, baseUrl: 'http://localhost:1', timeoutMs: 5 },
    { now: () => time, sleep: async () => {}, random: () => 0 },
  );
  return { ...access, requests, opened };
}

const call: Record<string, string> = {
  [inbox]: 'POST http://localhost:1/q',
  'read:messages': 'POST http://localhost:1/client/q',
  'read:preferences': 'GET http://localhost:1/users/alice/preferences',
  'read:user-tokens': 'GET http://localhost:1/users/alice/tokens',
  'read:brands': 'GET http://localhost:1/brands',
  'read:brands:x': 'GET http://localhost:1/brands/x',
};

it.each([
  { scope: inbox, body: { data: { count: 3 } }, items: 3 },
  { scope: inbox, body: { data: { count: 0 } }, items: 0 },
  { scope: 'read:messages', body: { data: { messages: { totalCount: 2 } } }, items: 2 },
  { scope: 'read:preferences', body: { items: [1, 2] }, items: 2 },
  { scope: 'read:user-tokens', body: { tokens: [] }, items: 0 },
  { scope: 'read:user-tokens', body: [1], items: 1 },
  { scope: 'read:brands', body: { results: [1] }, items: 1 },
  { scope: 'read:brands:x', body: { id: 'x' }, items: 1 },
  { scope: 'read:brands:x', status: 404, body: { type: 'invalid_request_error' }, items: 0 },
  { scope: inbox, status: 401, body: 'no JSON', items: null },
  { scope: inbox, status: 403, body: {}, items: null },
  { scope: inbox, body: { errors: [{ message: 'Unauthorized' }] }, told: 401, items: null },
  {
    scope: inbox,
    body: { data: null, errors: [{ message: 'Not Authorized to access count' }] },
    told: 401,
    items: null,
  },
  { scope: inbox, body: { errors: [{}, { message: 'Forbidden' }] }, told: 403, items: null },
  { scope: inbox, body: { data: { count: 0 }, errors: [{ message: 'Unauthorized' }] }, told: 401, items: null },
])('$scope, answered $status $body, has $items', async ({ scope, status = 200, told = status, body, items }) => {
  const { answers } = await tried([scope], { status, body: typeof body === 'string' ? body : JSON.stringify(body) });
  expect(answers).toMatchObject([{ scope, call: call[scope], status: told, items }]);
});

const host = 'localhost:1';
it.each([
  { answer: { body: '<html>' }, code: 'courier.nonsense', facts: { host, problem: 'not-json' } },
  { answer: { body: '{"data":{"count":"3"}}' }, code: 'courier.nonsense', facts: { host, problem: 'not-asked-for' } },
  {
    answer: { body: '{"errors":[{"message":"no such field"}]}' },
    code: 'courier.nonsense',
    facts: { host, problem: 'not-asked-for' },
  },
  { answer: { body: '{"errors":"many"}' }, code: 'courier.nonsense', facts: { host, problem: 'not-asked-for' } },
  { answer: { status: 500 }, code: 'courier.unavailable', facts: { host, status: 500 } },
  { answer: { status: 404 }, code: 'courier.status', facts: { host, status: 404, message: null } },
  {
    answer: { status: 404, body: '{"type":"invalid_request_error"}' },
    code: 'courier.status',
    facts: { host, status: 404, message: null },
  },
  { answer: { body: '{"data":{"count":-1}}' }, code: 'courier.nonsense', facts: { host, problem: 'not-asked-for' } },
  {
    answer: { status: 302, headers: { location: '/x' } },
    code: 'courier.redirect',
    facts: { host, status: 302, location: '/x' },
  },
  { answer: { status: 429 }, code: 'courier.rate-limited', facts: { host, retryAfterSeconds: null } },
  {
    answer: new Failure('courier.timeout', { host, seconds: 1 }),
    code: 'courier.timeout',
    facts: { host, seconds: 1 },
  },
])('$answer is no answer: $code', async ({ answer, code, facts }) => {
  const { answers } = await tried([inbox], answer);
  expect(answers.map((one) => ('failure' in one ? { code: one.failure.code, facts: one.failure.facts } : one))).toEqual(
    [{ code, facts }],
  );
});

it('an interruption is none of them', async () => {
  await expect(tried([inbox], new Failure('interrupted.signal', {}))).rejects.toMatchObject({
    code: 'interrupted.signal',
  });
});

it('asks with the token, and for the user of signIn', async () => {
  const { requests, opened } = await tried([inbox, 'read:preferences', 'socket'], { status: 401 }, { user: 'a/b?c' });
  expect(requests.map(({ url, headers }) => [url, headers.Authorization, headers['x-courier-user-id']])).toEqual([
    ['http://localhost:1/q', 'Bearer a.b.c', 'a/b?c'],
    ['http://localhost:1/users/a%2Fb%3Fc/preferences', 'Bearer a.b.c', undefined],
  ]);
  expect(opened).toEqual(['ws://localhost:1?auth=a.b.c&cid=courier-jwt&iwpv=v1&userId=a%2Fb%3Fc']);
});

it.each(['jürgen', 'a b', '用户', 'a\r\nx: y'])('%j: a header holds what Latin-1 has', async (user) => {
  const { requests } = await tried([inbox], { status: 401 }, { user });
  expect(requests.map(({ headers }) => headers['x-courier-user-id'])).toEqual([user === 'jürgen' ? user : undefined]);
});

it.each([
  { handshake: 101, expected: { status: 101, items: null } },
  { handshake: 401, expected: { status: 401, items: null } },
  { handshake: 403, expected: { status: 403, items: null } },
])('the socket, answered $handshake', async ({ handshake, expected }) => {
  const { answers } = await tried(['socket'], {}, { handshake });
  expect(answers).toEqual([{ scope: 'socket', call: 'WebSocket ws://localhost:1', ...expected }]);
});

it('the socket, in trouble', async () => {
  const { answers } = await tried(['socket'], {}, { handshake: 503 });
  expect(answers).toMatchObject([{ scope: 'socket', failure: { code: 'courier.unavailable' } }]);
});

const base = 1_767_225_600;
const date = (seconds: number) => ({ date: new Date((base + seconds) * 1000).toUTCString() });
it.each([
  { name: 'no Date', headers: {}, skew: null },
  { name: 'a Date that is none', headers: { date: 'yesterday' }, skew: null },
  { name: 'a Date of another age', headers: { date: 'Sat, 01 Jan 275760 00:00:00 GMT' }, skew: null },
  { name: 'the same second', headers: date(0), skew: 0 },
  { name: 'a second off, which may be rounding', headers: date(1), skew: 0 },
  { name: 'an hour ahead', headers: date(3600), skew: 3601 },
  { name: 'an hour behind', headers: date(-3600), skew: -3599 },
  { name: 'three seconds, and it took ten', headers: date(3), took: 10, skew: 0 },
  { name: 'an hour, and it took ten seconds', headers: date(3605), took: 10, skew: 3601 },
])("Courier's clock: $name", async ({ headers, took = 0, skew }) => {
  expect((await tried([inbox], { headers, status: 401 }, { took })).skewSeconds).toBe(skew);
});
