import { describe, expect, it } from 'vitest';
import { makeCourier, message, notEmulated, productionKey, refused, testKey, tokenFor } from './support.js';

const endpoints = [
  'GET /__emulator',
  'GET /__emulator/health',
  'POST /__emulator/reset',
  'GET /__emulator/state',
  'GET /__emulator/requests',
  'DELETE /__emulator/requests',
  'GET /__emulator/fail',
  'POST /__emulator/fail',
  'DELETE /__emulator/fail',
  'GET /__emulator/latency',
  'POST /__emulator/latency',
  'DELETE /__emulator/latency',
  'GET /__emulator/rate-limit',
  'POST /__emulator/rate-limit',
  'DELETE /__emulator/rate-limit',
  'GET /__emulator/clock',
  'POST /__emulator/clock',
  'DELETE /__emulator/clock',
  'GET /__emulator/settings',
  'POST /__emulator/settings',
];
const ok = (body: unknown) => ({ status: 200, body });
const fault = { how: 'status', status: 500, path: null, method: null, count: null, retryAfter: null };
const start = '2026-01-01T00:00:00.000Z';

describe('alone', () => {
  it.each([
    { call: 'GET /__emulator', expected: ok({ endpoints }) },
    { call: 'GET /__emulator/', expected: ok({ endpoints }) },
    { call: 'GET /__emulator/health', expected: ok({ ready: true }) },
    { call: 'GET /__emulator/health?x=1', expected: ok({ ready: true }) },
    { call: 'POST /__emulator/reset', expected: ok({ reset: true }) },
    { call: 'GET /__emulator/requests', expected: ok({ requests: [] }) },
    { call: 'GET /__emulator/fail', expected: ok({ faults: [] }) },
    { call: 'POST /__emulator/fail', expected: ok({ faults: [fault] }) },
    { call: 'DELETE /__emulator/fail', expected: ok({ faults: [] }) },
    { call: 'GET /__emulator/latency', expected: ok({ ms: 0 }) },
    { call: 'DELETE /__emulator/latency', expected: ok({ ms: 0 }) },
    { call: 'GET /__emulator/rate-limit', expected: ok({ rateLimit: null }) },
    { call: 'DELETE /__emulator/rate-limit', expected: ok({ rateLimit: null }) },
    { call: 'GET /__emulator/clock', expected: ok({ now: start }) },
    { call: 'DELETE /__emulator/clock', expected: ok({ now: start }) },
    { call: 'GET /__emulator/settings', expected: ok({ missingScope: 'refuse' }) },
    {
      call: 'GET /__emulator/none',
      expected: refused(404, `there is none: there are ${endpoints.join(', ')}`),
    },
    {
      call: 'GET /__emulator/constructor',
      expected: refused(404, `there is none: there are ${endpoints.join(', ')}`),
    },
    {
      call: 'PUT /__emulator/clock',
      expected: {
        status: 405,
        body: { message: 'it takes GET, POST, DELETE', type: 'invalid_request_error' },
        headers: { allow: 'GET, POST, DELETE' },
      },
    },
    {
      call: 'toString /__emulator/health',
      expected: {
        status: 405,
        body: { message: 'it takes GET', type: 'invalid_request_error' },
        headers: { allow: 'GET' },
      },
    },
    { call: 'GET /__emulators', expected: notEmulated('GET /__emulators') },
  ])('$call', async ({ call, expected }) => {
    const [method = '', url = ''] = call.split(' ');
    expect(await makeCourier({ seed: {} }).ask(method, url)).toEqual(expected);
  });
});

describe('with a body', () => {
  it.each([
    {
      path: 'fail',
      body: { status: 429, path: '/send', method: 'post', count: 2, retryAfter: 1.5 },
      expected: ok({
        faults: [{ how: 'status', status: 429, path: '/send', method: 'POST', count: 2, retryAfter: 1.5 }],
      }),
    },
    { path: 'fail', body: { how: 'hang', path: null }, expected: ok({ faults: [{ ...fault, how: 'hang' }] }) },
    {
      path: 'fail',
      body: { status: 200 },
      expected: refused(400, 'status: Invalid value: Expected >=400 but received 200'),
    },
    {
      path: 'fail',
      body: { status: 600 },
      expected: refused(400, 'status: Invalid value: Expected <=599 but received 600'),
    },
    { path: 'fail', body: { count: 0 }, expected: refused(400, 'count: Invalid value: Expected >=1 but received 0') },
    {
      path: 'fail',
      body: { how: 'slow' },
      expected: refused(400, 'how: Invalid type: Expected ("status" | "hang" | "drop") but received "slow"'),
    },
    {
      path: 'fail',
      body: { times: 1 },
      expected: refused(400, 'times is not known here'),
    },
    { path: 'fail', body: '{', expected: refused(400, 'the body is not JSON') },
    { path: 'latency', body: { ms: 250 }, expected: ok({ ms: 250 }) },
    { path: 'latency', body: { ms: -1 }, expected: refused(400, 'ms: Invalid value: Expected >=0 but received -1') },
    { path: 'latency', body: '', expected: refused(400, 'Invalid type: Expected Object but received undefined') },
    { path: 'rate-limit', body: { requests: 3 }, expected: ok({ rateLimit: { requests: 3, seconds: 1 } }) },
    {
      path: 'rate-limit',
      body: { requests: 3, seconds: 0 },
      expected: refused(400, 'seconds: Invalid value: Expected >=0.001 but received 0'),
    },
    { path: 'clock', body: { advance: '2h' }, expected: ok({ now: '2026-01-01T02:00:00.000Z' }) },
    { path: 'clock', body: { advance: 0.5 }, expected: ok({ now: '2026-01-01T00:00:00.500Z' }) },
    { path: 'clock', body: { now: '2025-06-01T02:00:00+02:00' }, expected: ok({ now: '2025-06-01T00:00:00.000Z' }) },
    {
      path: 'clock',
      body: { advance: '2' },
      expected: refused(400, 'advance: 2 is no duration, such as "2h"'),
    },
    { path: 'clock', body: { advance: 251_635_075_199 }, expected: ok({ now: '9999-12-31T23:59:59.000Z' }) },
    {
      path: 'clock',
      body: { advance: 251_635_075_200 },
      expected: refused(400, 'advance: 251635075200 is too far'),
    },
    { path: 'clock', body: { advance: '3000000d' }, expected: refused(400, 'advance: 3000000d is too far') },
    { path: 'fail', body: [], expected: refused(400, 'it must be an object') },
    { path: 'clock', body: { advance: 1e300 }, expected: refused(400, 'advance: 1e+300 is too far') },
    {
      path: 'clock',
      body: { now: '2026-01-01T00:00:00+01' },
      expected: refused(400, 'now: Invalid timestamp'),
    },
    {
      path: 'clock',
      body: { now: 'noon' },
      expected: refused(400, 'now: Invalid timestamp: Received "noon"'),
    },
    { path: 'settings', body: { missingScope: 'empty' }, expected: ok({ missingScope: 'empty' }) },
    {
      path: 'settings',
      body: { missingScope: 'perhaps' },
      expected: refused(400, 'missingScope: Invalid type: Expected ("refuse" | "empty") but received "perhaps"'),
    },
  ])('$path $body', async ({ path, body, expected }) => {
    expect(await makeCourier({ seed: {} }).ask('POST', `/__emulator/${path}`, { body })).toEqual(expected);
  });
});

const send = { message: { to: { user_id: 'alice' }, content: { title: 'T' } } };
const nothing = {
  messages: [],
  brands: [],
  sections: [],
  tenants: [],
  templates: [],
  preferences: [],
  pushTokens: [],
  lists: [],
  events: [],
};

describe('state', () => {
  const sent = message({ messageId: '1-00000000-000040008000000000000001', title: 'T' });
  it.each([
    { as: testKey, query: '', expected: ok({ ...nothing, messages: [sent] }) },
    { as: testKey, query: '?environment=test', expected: ok({ ...nothing, messages: [sent] }) },
    { as: testKey, query: '?environment=production', expected: ok(nothing) },
    { as: productionKey, query: '', expected: ok(nothing) },
    { as: productionKey, query: '?environment=production', expected: ok({ ...nothing, messages: [sent] }) },
    {
      as: testKey,
      query: '?environment=staging',
      expected: refused(400, 'Invalid type: Expected ("test" | "production") but received "staging"'),
    },
  ])('$query after $as', async ({ as, query, expected }) => {
    const { ask } = makeCourier({ seed: {} });
    await ask('POST', '/send', { as, body: send });
    expect(await ask('GET', `/__emulator/state${query}`)).toEqual(expected);
  });
});

const entry = {
  at: start,
  method: 'GET',
  path: '/brands',
  operation: null,
  status: 200,
  user: null,
  verdict: { code: 'key.accepted' },
  reason: null,
  fault: false,
  milliseconds: 0,
};

describe('requests', () => {
  const token = tokenFor('user_id:alice user_id:bob');
  it.each([
    { name: 'by a key', call: 'GET /brands?secret=1', sent: { as: testKey }, expected: entry },
    {
      name: 'by a token',
      call: 'GET /brands',
      sent: { as: token },
      expected: { ...entry, status: 403, user: 'alice', verdict: { code: 'scope.missing', subject: 'read:brands' } },
    },
    {
      name: 'for a user',
      call: 'GET /brands',
      sent: { as: token, headers: { 'x-courier-user-id': 'bob' } },
      expected: { ...entry, status: 403, user: 'bob', verdict: { code: 'scope.missing', subject: 'read:brands' } },
    },
    {
      name: 'by nobody',
      call: 'GET /brands',
      sent: {},
      expected: { ...entry, status: 401, verdict: { code: 'credentials.missing' } },
    },
    {
      name: 'of nothing',
      call: 'GET /',
      sent: {},
      expected: { ...entry, path: '/', status: 404, verdict: { code: 'not-emulated' } },
    },
    {
      name: 'of a message',
      call: 'POST /send',
      sent: { as: testKey, body: send },
      expected: { ...entry, method: 'POST', path: '/send', operation: 'to alice', status: 202 },
    },
    {
      name: 'of GraphQL',
      call: 'POST /q',
      sent: { as: token, body: { query: '{ count __typename ... { count } }' } },
      expected: {
        ...entry,
        method: 'POST',
        path: '/q',
        operation: 'count, __typename, …',
        status: 401,
        user: 'alice',
        verdict: { code: 'scope.missing', subject: 'inbox:read:messages' },
      },
    },
  ])('$name', async ({ call, sent, expected }) => {
    const told: unknown[] = [];
    const { ask } = makeCourier({ onRequest: (one) => told.push(one) });
    const [method = '', url = ''] = call.split(' ');
    await ask(method, url, sent);
    const kept = await ask('GET', '/__emulator/requests');
    const cleared = await ask('DELETE', '/__emulator/requests');
    expect([kept, cleared, await ask('GET', '/__emulator/requests'), told]).toEqual([
      ok({ requests: [expected] }),
      ok({ requests: [] }),
      ok({ requests: [] }),
      [expected],
    ]);
  });
});

describe('faults, and what is logged of them', () => {
  it.each([
    {
      name: 'a status',
      path: 'fail',
      body: { status: 503, count: 1, retryAfter: 2 },
      answers: [
        {
          status: 503,
          body: { message: 'Service Unavailable', type: 'api_error' },
          headers: { 'retry-after': '2' },
        },
        ok({ paging: { cursor: null, more: false }, results: [] }),
      ],
      log: [{ ...entry, status: 503, verdict: { code: 'open' }, fault: true }, entry],
      slept: [],
    },
    {
      name: 'no answer',
      path: 'fail',
      body: { how: 'hang', path: '/brands' },
      answers: ['hang', 'hang'],
      log: [
        { ...entry, status: null, verdict: { code: 'open' }, fault: true },
        { ...entry, status: null, verdict: { code: 'open' }, fault: true },
      ],
      slept: [],
    },
    {
      name: 'latency',
      path: 'latency',
      body: { ms: 250 },
      answers: Array.from({ length: 2 }, () => ok({ paging: { cursor: null, more: false }, results: [] })),
      log: [
        { ...entry, milliseconds: 250 },
        { ...entry, milliseconds: 250 },
      ],
      slept: [250, 250],
    },
    {
      name: 'a rate limit',
      path: 'rate-limit',
      body: { requests: 1, seconds: 5 },
      answers: [
        ok({ paging: { cursor: null, more: false }, results: [] }),
        {
          status: 429,
          body: { message: 'Too Many Requests', type: 'rate_limit_error' },
          headers: { 'retry-after': '5' },
        },
      ],
      log: [
        entry,
        { ...entry, status: 429, verdict: { code: 'open' }, reason: 'over the rate limit: 1 in 5 s', fault: true },
      ],
      slept: [],
    },
  ])('$name', async ({ path, body, answers, log, slept: expectedSleep }) => {
    const { ask, courier, slept } = makeCourier({ seed: {} });
    await ask('POST', `/__emulator/${path}`, { body });
    const brands = async () => ask('GET', '/brands', { as: testKey });
    expect([[await brands(), await brands()], courier.state.log.newest(), slept]).toEqual([
      answers,
      log,
      expectedSleep,
    ]);
  });

  it('end where they are taken back', async () => {
    const { ask } = makeCourier({ seed: {} });
    await ask('POST', '/__emulator/fail');
    await ask('POST', '/__emulator/latency', { body: { ms: 5 } });
    await ask('POST', '/__emulator/rate-limit', { body: { requests: 1 } });
    for (const path of ['fail', 'latency', 'rate-limit']) await ask('DELETE', `/__emulator/${path}`);
    expect([
      await ask('GET', '/__emulator/fail'),
      await ask('GET', '/__emulator/latency'),
      await ask('GET', '/__emulator/rate-limit'),
    ]).toEqual([ok({ faults: [] }), ok({ ms: 0 }), ok({ rateLimit: null })]);
  });
});

it('begins again with all of it', async () => {
  const { ask, courier } = makeCourier({ seed: {}, missingScope: 'empty' });
  const again = { as: testKey, body: send, headers: { 'idempotency-key': 'once' } };
  await ask('POST', '/__emulator/settings', { body: { missingScope: 'refuse' } });
  await ask('POST', '/__emulator/clock', { body: { advance: '1d' } });
  await ask('POST', '/send', again);
  await ask('POST', '/__emulator/fail');
  await ask('POST', '/__emulator/reset');
  const { clock, faults, log, settings } = courier.state;
  const begun = [clock.now(), faults.faults, log.newest(), settings, structuredClone(courier.state.worlds['test'])];
  expect([begun, await ask('POST', '/send', again), courier.state.worlds['test'].messages]).toEqual([
    [1_767_225_600, [], [], { missingScope: 'empty' }, nothing],
    { status: 202, body: { requestId: '1-00000000-000040008000000000000001' } },
    [message({ messageId: '1-00000000-000040008000000000000001', title: 'T' })],
  ]);
});

it('a token expires where time is moved', async () => {
  const { ask } = makeCourier({ seed: {} });
  const as = tokenFor('user_id:alice read:brands');
  const before = await ask('GET', '/brands', { as });
  await ask('POST', '/__emulator/clock', { body: { advance: '1h' } });
  expect([before, await ask('GET', '/brands', { as })]).toEqual([
    ok({ paging: { cursor: null, more: false }, results: [] }),
    {
      status: 401,
      body: { message: 'Unauthorized', type: 'authentication_error' },
      headers: { 'x-emulator-verdict': 'expiry.expired' },
    },
  ]);
});
