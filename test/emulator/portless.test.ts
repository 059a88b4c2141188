import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { mint } from '../../src/emulator/mint.js';
import { inProcess } from '../../src/emulator/portless.js';
import { rejectionOf } from '../token/failure-of.js';
import { makeCourier, now, testKey } from './support.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const url = 'http://courier.test/brands';
const request = { method: 'GET', url, headers: { Authorization: `Bearer ${testKey}` }, timeoutMs: 1000 } as const;
const minting = { scope: 'user_id:alice', expires_in: '1h' };
const minted = mint(minting, { now, id: '00000000-0000-4000-8000-000000000001', key: testKey });

it.each([
  {
    name: 'an answer',
    given: request,
    expected: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"paging":{"cursor":null,"more":false},"results":[]}',
    },
  },
  {
    name: 'a refusal',
    given: { ...request, headers: {} },
    expected: {
      status: 401,
      headers: { 'content-type': 'application/json', 'x-emulator-verdict': 'credentials.missing' },
      body: '{"message":"Unauthorized","type":"authentication_error"}',
    },
  },
  {
    name: 'a body',
    given: {
      ...request,
      method: 'POST' as const,
      url: 'local:/auth/issue-token',
      body: JSON.stringify(minting),
    },
    expected: {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(minted.body),
    },
  },
  {
    name: 'a query',
    given: { ...request, url: 'http://courier.test/__emulator/state?environment=x' },
    expected: {
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        message: 'Invalid type: Expected ("test" | "production") but received "x"',
        type: 'invalid_request_error',
      }),
    },
  },
])('$name', async ({ given, expected }) => {
  expect(await inProcess(makeCourier({ seed: {} }).courier).send(given)).toEqual(expected);
});

it('nothing is an empty body, without a type', async () => {
  const { courier } = makeCourier({ seed: {} });
  const gone = { method: 'DELETE' as 'GET', url: 'http://courier.test/lists/team/subscriptions/alice' };
  expect(await inProcess(courier).send({ ...request, ...gone })).toEqual({ status: 204, headers: {}, body: '' });
});

it('a dropped connection cannot be reached', async () => {
  const { ask, courier } = makeCourier();
  await ask('POST', '/__emulator/fail', { body: { how: 'drop' } });
  expect(await rejectionOf(inProcess(courier).send(request))).toEqual({
    code: 'courier.unreachable',
    facts: { host: 'courier.test', reason: 'dropped', detail: 'the emulator was told to' },
  });
});

it('what hangs times out', async () => {
  const { ask, courier } = makeCourier();
  await ask('POST', '/__emulator/fail', { body: { how: 'hang' } });
  let settled = false;
  const sent = rejectionOf(inProcess(courier).send(request)).finally(() => (settled = true));
  await vi.advanceTimersByTimeAsync(999);
  const early = settled;
  await vi.advanceTimersByTimeAsync(1);
  expect([early, await sent]).toEqual([
    false,
    { code: 'courier.timeout', facts: { host: 'courier.test', seconds: 1 } },
  ]);
});

it.each([
  { name: 'before it is sent', abort: (aborting: AbortController) => aborting.abort() },
  { name: 'meanwhile', abort: () => {} },
])('is interrupted $name, and leaves nothing behind', async ({ abort }) => {
  const { ask, courier } = makeCourier();
  await ask('POST', '/__emulator/fail', { body: { how: 'hang' } });
  const aborting = new AbortController();
  abort(aborting);
  const sent = rejectionOf(inProcess(courier).send({ ...request, signal: aborting.signal }));
  await vi.advanceTimersByTimeAsync(10);
  aborting.abort();
  expect([await sent, vi.getTimerCount()]).toEqual([{ code: 'interrupted.signal', facts: {} }, 0]);
});

it('leaves no timer behind an answer', async () => {
  const { courier } = makeCourier();
  await inProcess(courier).send(request);
  expect(vi.getTimerCount()).toBe(0);
});
