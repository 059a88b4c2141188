import { describe, expect, it } from 'vitest';
import { type Fault, Faults } from '../../src/emulator/faults.js';

const fault = (told: Partial<Fault>): Fault => ({
  how: 'status',
  status: 500,
  path: null,
  method: null,
  count: null,
  retryAfter: null,
  ...told,
});
const failed = (status: number, message: string, type = 'api_error') => ({ status, body: { message, type } });
const serverError = failed(500, 'Internal Server Error');

describe('a fault', () => {
  it.each([
    { name: 'none', faults: [], asked: ['GET /q'], expected: [undefined], left: [] },
    {
      name: 'of all requests',
      faults: [fault({})],
      asked: ['GET /q', 'POST /send'],
      expected: [serverError, serverError],
      left: [fault({})],
    },
    {
      name: 'used up',
      faults: [fault({ count: 2 })],
      asked: ['GET /q', 'GET /q', 'GET /q'],
      expected: [serverError, serverError, undefined],
      left: [],
    },
    {
      name: 'not used by what it is not about',
      faults: [fault({ count: 2, path: '/users', method: 'PUT' })],
      asked: ['GET /users/alice', 'PUT /send', 'PUT /users/alice'],
      expected: [undefined, undefined, serverError],
      left: [fault({ count: 1, path: '/users', method: 'PUT' })],
    },
    {
      name: 'one behind another',
      faults: [fault({ count: 1, how: 'hang' }), fault({ count: 1, how: 'drop' })],
      asked: ['GET /q', 'GET /q', 'GET /q'],
      expected: ['hang', 'drop', undefined],
      left: [],
    },
    {
      name: 'with Retry-After',
      faults: [fault({ status: 503, retryAfter: 0 })],
      asked: ['GET /q'],
      expected: [{ ...failed(503, 'Service Unavailable'), headers: { 'retry-after': '0' } }],
      left: [fault({ status: 503, retryAfter: 0 })],
    },
    ...[
      { status: 400, answer: failed(400, 'Bad Request', 'invalid_request_error') },
      { status: 401, answer: failed(401, 'Unauthorized', 'authentication_error') },
      { status: 403, answer: failed(403, 'Forbidden', 'authorization_error') },
      { status: 404, answer: failed(404, 'Not Found', 'invalid_request_error') },
      { status: 409, answer: failed(409, 'Conflict', 'invalid_request_error') },
      { status: 429, answer: failed(429, 'Too Many Requests', 'rate_limit_error') },
      { status: 502, answer: failed(502, 'Bad Gateway') },
      { status: 504, answer: failed(504, 'Gateway Timeout') },
      { status: 599, answer: failed(599, 'Status 599') },
    ].map(({ status, answer }) => ({
      name: `with ${status}`,
      faults: [fault({ status, count: 1 })],
      asked: ['GET /q'],
      expected: [answer],
      left: [],
    })),
  ])('$name', ({ faults: given, asked, expected, left }) => {
    const faults = new Faults();
    faults.faults = structuredClone(given);
    const answers = asked.map((one) => {
      const [method = '', path = ''] = one.split(' ');
      return faults.next(method, path, 0)?.answer;
    });
    expect({ answers, left: faults.faults }).toEqual({ answers: expected, left });
  });
});

describe('a rate limit', () => {
  const tooMany = (wait: number) => ({
    ...failed(429, 'Too Many Requests', 'rate_limit_error'),
    headers: { 'retry-after': String(wait) },
  });
  const limited = (faults: Faults, seconds: number) => faults.next('GET', '/q', seconds)?.answer;
  it.each([
    { name: 'within it', requests: 2, seconds: 10, at: [0, 0], expected: [undefined, undefined] },
    { name: 'beyond it', requests: 1, seconds: 10, at: [5, 5, 8.5], expected: [undefined, tooMany(10), tooMany(7)] },
    {
      name: 'in the next window',
      requests: 1,
      seconds: 10,
      at: [5, 14.9, 15, 15],
      expected: [undefined, tooMany(1), undefined, tooMany(10)],
    },
    { name: 'of less than a second', requests: 1, seconds: 0.1, at: [0, 0.05], expected: [undefined, tooMany(1)] },
  ])('$name', ({ requests, seconds, at, expected }) => {
    const faults = new Faults();
    faults.rateLimit = { requests, seconds };
    expect(at.map((second) => limited(faults, second))).toEqual(expected);
  });

  it('comes before a fault, which it does not use up', () => {
    const faults = new Faults();
    faults.rateLimit = { requests: 1, seconds: 10 };
    faults.faults = [fault({ count: 1, how: 'drop' })];
    faults.next('GET', '/q', 0);
    faults.faults = [fault({ count: 1, how: 'drop' })];
    expect([limited(faults, 0), faults.faults]).toEqual([tooMany(10), [fault({ count: 1, how: 'drop' })]]);
  });

  it('is told as the reason; a fault has none', () => {
    const faults = new Faults();
    faults.faults = [fault({}), fault({ how: 'drop' })];
    const asked = faults.next('GET', '/q', 0)?.reason;
    faults.rateLimit = { requests: 1, seconds: 2.5 };
    faults.next('GET', '/q', 0);
    expect([asked, faults.next('GET', '/q', 0)?.reason]).toEqual([null, 'over the rate limit: 1 in 2.5 s']);
  });

  it('begins anew where it is set again', () => {
    const faults = new Faults();
    faults.rateLimit = { requests: 1, seconds: 10 };
    faults.next('GET', '/q', 0);
    faults.rateLimit = { requests: 1, seconds: 10 };
    expect(faults.next('GET', '/q', 0)).toBe(undefined);
  });
});

it('is without any once it is reset', () => {
  const faults = new Faults();
  faults.faults = [fault({})];
  faults.latencyMs = 5;
  faults.rateLimit = { requests: 1, seconds: 1 };
  faults.reset();
  const { faults: left, latencyMs, rateLimit } = faults;
  expect({ left, latencyMs, rateLimit }).toEqual({ left: [], latencyMs: 0, rateLimit: null });
});
