import { describe, expect, it } from 'vitest';
import { issueHttpRequest, issueToken } from '../../src/courier/client.js';
import type { HttpRequest, HttpResponse } from '../../src/courier/transport.js';
import { Failure } from '../../src/errors.js';
import { version } from '../../src/version.js';
import { sign } from '../support/courier-server.js';
import { rejectionOf } from '../token/failure-of.js';

const request = {
  baseUrl: 'https://api.courier.com/base',
  apiKey: 'pk_test_0123456789ABCDEF',
  scopes: ['user_id:alice', 'read:brands'],
  expiresIn: '2 hours',
  timeoutMs: 10_000,
  environment: 'test',
};
const sent = {
  method: 'POST',
  url: 'https://api.courier.com/base/auth/issue-token',
  headers: {
    Accept: 'application/json',
    Authorization: 'Bearer pk_test_0123456789ABCDEF',
    'Content-Type': 'application/json',
    'User-Agent': `courier-jwt/${version}`,
  },
  body: '{"scope":"user_id:alice read:brands","expires_in":"2 hours"}',
  timeoutMs: 10_000,
  signal: undefined,
};
const claims = { scope: 'user_id:alice', exp: 1 };
const token = sign(claims);
const jwt = { raw: token, header: { alg: 'HS256', typ: 'JWT' }, payload: claims, signature: token.split('.')[2] };

/** Issues with a Courier that always answers so; what it saw, and what came of it. */
async function issued(answer: Partial<HttpResponse> | Failure, more: Partial<typeof request> = {}) {
  const requests: HttpRequest[] = [];
  const transport = {
    async send(one: HttpRequest): Promise<HttpResponse> {
      requests.push(one);
      if (answer instanceof Failure) throw answer;
      return { status: 200, headers: {}, body: '', ...answer };
    },
  };
  const outcome = await rejectionOf(
    issueToken(transport, { ...request, ...more }, { sleep: async () => {}, random: () => 0 }),
  );
  return { outcome, requests };
}

it('issueHttpRequest', () => {
  const { signal } = new AbortController();
  expect(issueHttpRequest({ ...request, signal })).toEqual({ ...sent, signal });
});

describe('issueToken', () => {
  it('sends the request once, and gives the token', async () => {
    expect(await issued({ body: JSON.stringify({ token }) })).toEqual({ outcome: { returned: jwt }, requests: [sent] });
  });

  it('takes any status of success', async () => {
    expect((await issued({ status: 201, body: JSON.stringify({ token, more: true }) })).outcome).toEqual({
      returned: jwt,
    });
  });

  const host = 'api.courier.com';
  const body = '{"message":"because","type":"some_error"}';
  const html = '<html>Bad Gateway</html>';
  const failure = (code: string, facts: object) => ({ code, facts });
  const nonsense = (problem: string) => failure('courier.nonsense', { host, problem });
  it.each([
    {
      name: '400',
      answer: { status: 400, body },
      attempts: 1,
      expected: failure('request.rejected', { status: 400, message: 'because' }),
    },
    {
      name: '400 without JSON',
      answer: { status: 400, body: html },
      attempts: 1,
      expected: failure('request.rejected', { status: 400, message: null }),
    },
    {
      name: '400 with a message that is no text',
      answer: { status: 400, body: '{"message":{}}' },
      attempts: 1,
      expected: failure('request.rejected', { status: 400, message: null }),
    },
    {
      name: '400 with null',
      answer: { status: 400, body: 'null' },
      attempts: 1,
      expected: failure('request.rejected', { status: 400, message: null }),
    },
    {
      name: '400 with a very long message',
      answer: { status: 400, body: JSON.stringify({ message: 'x'.repeat(501) }) },
      attempts: 1,
      expected: failure('request.rejected', { status: 400, message: 'x'.repeat(500) }),
    },
    {
      name: '401',
      answer: { status: 401, body },
      attempts: 1,
      expected: failure('key.refused', { status: 401, environment: 'test', host }),
    },
    {
      name: '403',
      answer: { status: 403, body },
      attempts: 1,
      expected: failure('key.refused', { status: 403, environment: 'test', host }),
    },
    {
      name: '301',
      answer: { status: 301, headers: { location: 'https://elsewhere/' } },
      attempts: 1,
      expected: failure('courier.redirect', { host, status: 301, location: 'https://elsewhere/' }),
    },
    {
      name: '307 to nowhere',
      answer: { status: 307 },
      attempts: 1,
      expected: failure('courier.redirect', { host, status: 307, location: '' }),
    },
    {
      name: '404',
      answer: { status: 404, body },
      attempts: 1,
      expected: failure('courier.status', { host, status: 404, message: 'because' }),
    },
    {
      name: '409',
      answer: { status: 409, body },
      attempts: 1,
      expected: failure('courier.status', { host, status: 409, message: 'because' }),
    },
    {
      name: '413 without a body',
      answer: { status: 413 },
      attempts: 1,
      expected: failure('courier.status', { host, status: 413, message: null }),
    },
    {
      name: '199',
      answer: { status: 199 },
      attempts: 1,
      expected: failure('courier.status', { host, status: 199, message: null }),
    },
    {
      name: '408',
      answer: { status: 408 },
      attempts: 3,
      expected: failure('courier.unavailable', { host, status: 408 }),
    },
    {
      name: '429',
      answer: { status: 429, body },
      attempts: 3,
      expected: failure('courier.rate-limited', { host, retryAfterSeconds: null }),
    },
    {
      name: '429 with a long Retry-After',
      answer: { status: 429, headers: { 'retry-after': '120' } },
      attempts: 1,
      expected: failure('courier.rate-limited', { host, retryAfterSeconds: 120 }),
    },
    {
      name: '500',
      answer: { status: 500, body },
      attempts: 3,
      expected: failure('courier.unavailable', { host, status: 500 }),
    },
    {
      name: '502 with HTML',
      answer: { status: 502, body: html },
      attempts: 3,
      expected: failure('courier.unavailable', { host, status: 502 }),
    },
    {
      name: '503',
      answer: { status: 503 },
      attempts: 3,
      expected: failure('courier.unavailable', { host, status: 503 }),
    },
    { name: '200 with nothing', answer: { body: '' }, attempts: 1, expected: nonsense('not-json') },
    { name: '200 with HTML', answer: { body: html }, attempts: 1, expected: nonsense('not-json') },
    { name: '200 with null', answer: { body: 'null' }, attempts: 1, expected: nonsense('no-token') },
    { name: '200 with a list', answer: { body: '[]' }, attempts: 1, expected: nonsense('no-token') },
    { name: '200 without a token', answer: { body: '{}' }, attempts: 1, expected: nonsense('no-token') },
    {
      name: '200 with a token that is no text',
      answer: { body: '{"token":1}' },
      attempts: 1,
      expected: nonsense('no-token'),
    },
    { name: '200 with an empty token', answer: { body: '{"token":""}' }, attempts: 1, expected: nonsense('not-a-jwt') },
    {
      name: '200 with a token that is no JWT',
      answer: { body: '{"token":"a.b.c"}' },
      attempts: 1,
      expected: nonsense('not-a-jwt'),
    },
    {
      name: '200 with a JWT and more',
      answer: { body: JSON.stringify({ token: `${token}\n` }) },
      attempts: 1,
      expected: nonsense('not-a-jwt'),
    },
    {
      name: '200 with a JWT of two parts',
      answer: { body: JSON.stringify({ token: token.split('.').slice(0, 2).join('.') }) },
      attempts: 1,
      expected: nonsense('not-a-jwt'),
    },
    {
      name: '200 with a JWT of four parts',
      answer: { body: JSON.stringify({ token: `${token}.x` }) },
      attempts: 1,
      expected: nonsense('not-a-jwt'),
    },
  ])('$name', async ({ answer, attempts, expected }) => {
    const { outcome, requests } = await issued(answer);
    expect({ outcome, attempts: requests.length }).toEqual({ outcome: expected, attempts });
  });

  it.each([
    { name: 'a timeout, once', failure: new Failure('courier.timeout', { host, seconds: 10 }), attempts: 1 },
    {
      name: 'an unreachable Courier, three times',
      failure: new Failure('courier.unreachable', { host, reason: 'dns', detail: 'ENOTFOUND' }),
      attempts: 3,
    },
  ])('lets through $name', async ({ failure: thrown, attempts }) => {
    const { outcome, requests } = await issued(thrown);
    expect({ outcome, attempts: requests.length }).toEqual({
      outcome: { code: thrown.code, facts: thrown.facts },
      attempts,
    });
  });

  it('names a host with its port, and the embedded Courier by what it is', async () => {
    const refused = (baseUrl: string) => issued({ status: 401 }, { baseUrl });
    expect((await refused('http://127.0.0.1:8080/x')).outcome).toMatchObject({ facts: { host: '127.0.0.1:8080' } });
    expect((await refused('local:')).outcome).toMatchObject({ facts: { host: 'local:' } });
  });
});
