import { describe, expect, it } from 'vitest';
import { retryAfterSeconds, withRetries } from '../../src/courier/retry.js';
import type { HttpResponse } from '../../src/courier/transport.js';
import { Failure } from '../../src/errors.js';
import { rejectionOf } from '../token/failure-of.js';

const host = 'api.courier.com';
const answer = (status: number, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers,
  body: String(status),
});
const unreachable = (reason: 'refused' | 'dns' | 'dropped' | 'certificate' | 'proxy' | 'other') =>
  new Failure('courier.unreachable', { host, reason, detail: reason.toUpperCase() });

/** Answers one after the other, and all that was done about them. */
async function retried(outcomes: (HttpResponse | Error)[], random = 0) {
  const delays: number[] = [];
  const events: object[] = [];
  let attempts = 0;
  const attempt = async () => {
    const outcome = outcomes[attempts];
    attempts += 1;
    if (outcome === undefined) throw new Error('one attempt too many');
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  const context = {
    sleep: async (ms: number) => void delays.push(ms),
    random: () => random,
    onRetry: (event: object) => void events.push(event),
  };
  const end = await rejectionOf(withRetries(attempt, context));
  return { end, attempts, delays, events };
}

const given = (status: number, headers: Record<string, string> = {}) => ({ returned: answer(status, headers) });
const event = (reason: string, delayMs: number, attempt: number) => ({ reason, delayMs, attempt, of: 3 });

describe('withRetries', () => {
  it.each([
    { name: 'success at once', outcomes: [answer(200)], expected: { end: given(200), attempts: 1, delays: [] } },
    {
      name: 'success after one',
      outcomes: [answer(503), answer(200)],
      expected: { end: given(200), attempts: 2, delays: [500] },
    },
    {
      name: 'success after two',
      outcomes: [answer(500), answer(502), answer(200)],
      expected: { end: given(200), attempts: 3, delays: [500, 1000] },
    },
    {
      name: 'three failures',
      outcomes: [answer(500), answer(502), answer(504)],
      expected: { end: given(504), attempts: 3, delays: [500, 1000] },
    },
    { name: '408', outcomes: [answer(408), answer(200)], expected: { end: given(200), attempts: 2, delays: [500] } },
    {
      name: '429',
      outcomes: [answer(429), answer(429), answer(429)],
      expected: { end: given(429), attempts: 3, delays: [500, 1000] },
    },
    ...[301, 400, 401, 403, 404, 409, 413, 418].map((status) => ({
      name: `${status} is final`,
      outcomes: [answer(status)],
      expected: { end: given(status), attempts: 1, delays: [] },
    })),
    {
      name: 'Retry-After in seconds',
      outcomes: [answer(429, { 'retry-after': '3' }), answer(200)],
      expected: { end: given(200), attempts: 2, delays: [3000] },
    },
    {
      name: 'Retry-After of nought',
      outcomes: [answer(503, { 'retry-after': '0' }), answer(200)],
      expected: { end: given(200), attempts: 2, delays: [0] },
    },
    {
      name: 'Retry-After as a date',
      outcomes: [
        answer(429, { 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT', date: 'Thu, 01 Jan 2026 00:00:00 GMT' }),
        answer(200),
      ],
      expected: { end: given(200), attempts: 2, delays: [7000] },
    },
    {
      name: 'Retry-After at the cap',
      outcomes: [answer(429, { 'retry-after': '20' }), answer(200)],
      expected: { end: given(200), attempts: 2, delays: [20_000] },
    },
    {
      name: 'Retry-After over the cap',
      outcomes: [answer(429, { 'retry-after': '21' })],
      expected: { end: given(429, { 'retry-after': '21' }), attempts: 1, delays: [] },
    },
    {
      name: 'Retry-After over the cap, later',
      outcomes: [answer(500), answer(503, { 'retry-after': '3600' })],
      expected: { end: given(503, { 'retry-after': '3600' }), attempts: 2, delays: [500] },
    },
    {
      name: 'a Retry-After that makes no sense',
      outcomes: [answer(429, { 'retry-after': 'soon' }), answer(200)],
      expected: { end: given(200), attempts: 2, delays: [500] },
    },
    {
      name: 'a Retry-After on what is final',
      outcomes: [answer(401, { 'retry-after': '1' })],
      expected: { end: given(401, { 'retry-after': '1' }), attempts: 1, delays: [] },
    },
    ...(['refused', 'dns', 'dropped', 'other'] as const).map((reason) => ({
      name: `${reason}, then fine`,
      outcomes: [unreachable(reason), answer(200)],
      expected: { end: given(200), attempts: 2, delays: [500] },
    })),
    ...(['certificate', 'proxy'] as const).map((reason) => ({
      name: `${reason} is final`,
      outcomes: [unreachable(reason)],
      expected: {
        end: { code: 'courier.unreachable', facts: { host, reason, detail: reason.toUpperCase() } },
        attempts: 1,
        delays: [],
      },
    })),
    {
      name: 'unreachable to the end',
      outcomes: [unreachable('refused'), unreachable('dropped'), unreachable('dns')],
      expected: {
        end: { code: 'courier.unreachable', facts: { host, reason: 'dns', detail: 'DNS' } },
        attempts: 3,
        delays: [500, 1000],
      },
    },
    {
      name: 'a timeout is final',
      outcomes: [new Failure('courier.timeout', { host, seconds: 10 })],
      expected: { end: { code: 'courier.timeout', facts: { host, seconds: 10 } }, attempts: 1, delays: [] },
    },
    {
      name: 'an interruption is final',
      outcomes: [answer(500), new Failure('interrupted.signal', {})],
      expected: { end: { code: 'interrupted.signal', facts: {} }, attempts: 2, delays: [500] },
    },
  ])('$name', async ({ outcomes, expected }) => {
    const { events: _, ...rest } = await retried(outcomes);
    expect(rest).toEqual(expected);
  });

  it('takes up to a quarter off by chance', async () => {
    expect((await retried([answer(500), answer(500), answer(500)], 1)).delays).toEqual([375, 750]);
    expect((await retried([answer(500), answer(500), answer(500)], 0.5)).delays).toEqual([437.5, 875]);
  });

  it('takes nothing off a Retry-After', async () => {
    expect((await retried([answer(429, { 'retry-after': '2' }), answer(200)], 1)).delays).toEqual([2000]);
  });

  it('tells of each wait, and of no other', async () => {
    const { events } = await retried([answer(503), unreachable('dropped'), answer(500)]);
    expect(events).toEqual([event('503', 500, 2), event('DROPPED', 1000, 3)]);
    expect((await retried([answer(401)])).events).toEqual([]);
  });

  it('ends when the wait is interrupted', async () => {
    const sleep = async () => {
      throw new Failure('interrupted.signal', {});
    };
    expect(await rejectionOf(withRetries(async () => answer(500), { sleep, random: () => 0 }))).toEqual({
      code: 'interrupted.signal',
      facts: {},
    });
  });

  it.each([
    [499, 1],
    [501, 2],
    [Infinity, 3],
  ])('begins no wait that is longer than the %d ms that are left', async (left, attempts) => {
    let tries = 0;
    const attempt = async () => {
      tries += 1;
      return answer(503);
    };
    const context = { sleep: async () => {}, random: () => 0, timeLeftMs: () => left };
    expect([await rejectionOf(withRetries(attempt, context)), tries]).toEqual([{ returned: answer(503) }, attempts]);
  });

  it('lets an error of another kind through', async () => {
    await expect(retried([new TypeError('a bug')])).rejects.toThrow(new TypeError('a bug'));
  });
});

describe('retryAfterSeconds', () => {
  const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
  it.each([
    { headers: {}, expected: null },
    { headers: { 'retry-after': '' }, expected: null },
    { headers: { 'retry-after': '5' }, expected: 5 },
    { headers: { 'retry-after': ' 5 ' }, expected: 5 },
    { headers: { 'retry-after': '1.5' }, expected: 1.5 },
    { headers: { 'retry-after': 'soon' }, expected: null },
    { headers: { 'retry-after': 'soon', date }, expected: null },
    { headers: { 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT', date }, expected: 60 },
    { headers: { 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT', date }, expected: 0 },
    { headers: { 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }, expected: null },
  ])('$headers: $expected', ({ headers, expected }) => {
    expect(retryAfterSeconds({ status: 429, headers, body: '' })).toBe(expected);
  });
});
