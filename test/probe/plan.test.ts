import { expect, it } from 'vitest';
import { userAgent } from '../../src/courier/user-agent.js';
import { type ProbeRequest, foreignOrigins, planFor } from '../../src/probe/plan.js';

const asked: ProbeRequest = {
  url: 'https://app.test/api/token?tenant=x',
  method: 'POST',
  body: '{"userId":"{user}","device":"web"}',
  headers: { cookie: 'sid=1', accept: '*/*' },
  user: 'alice',
  otherUser: 'bob',
  timeoutMs: 1000,
};

const own = { accept: '*/*', connection: 'close', 'user-agent': userAgent, cookie: 'sid=1' };
const json = { 'content-type': 'application/json' };
const bare = { accept: 'application/json', connection: 'close', 'user-agent': userAgent };
const origin = { origin: 'https://app.test.courier-jwt-probe-app.test' };
const { url } = asked;

it('is what a front end asks, and what a stranger would', () => {
  const sent = planFor(asked).map(({ name, request: { timeoutMs: _, signal: __, ...request } }) => ({
    name,
    ...request,
  }));
  const named = (user: string) => `{"userId":"${user}","device":"web"}`;
  const post = { method: 'POST', url, headers: { ...own, ...json } };
  expect(sent).toEqual([
    { name: 'session', ...post, body: named('alice') },
    { name: 'no-session', ...post, headers: { ...bare, accept: '*/*', ...json }, body: named('alice') },
    { name: 'other-user', ...post, body: named('bob') },
    { name: 'injection', ...post, body: named('alice user_id:bob write:brands') },
    { name: 'missing-user', ...post, body: '{"device":"web"}' },
    { name: 'empty-user', ...post, body: named('') },
    { name: 'huge-user', ...post, body: named('a'.repeat(50_000)) },
    { name: 'malformed', ...post, body: '{"userId":' },
    { name: 'foreign-origin', ...post, headers: { ...own, ...json, ...origin }, body: named('alice') },
    { name: 'null-origin', ...post, headers: { ...own, ...json, origin: 'null' }, body: named('alice') },
    {
      name: 'preflight',
      method: 'OPTIONS',
      url,
      headers: {
        ...bare,
        origin: 'https://www.app.test.courier-jwt-probe.invalid',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    },
    { name: 'get', method: 'GET', url: `${url}&userId=alice`, headers: own },
  ]);
});

it.each([
  ['https://app.test/api', 'https://app.test.courier-jwt-probe-app.test'],
  ['https://api.example.com/api', 'https://api.example.com.courier-jwt-probe-example.com'],
  ['https://api.foo.com/api', 'https://api.foo.com.courier-jwt-probe-foo.com'],
  ['https://shop.co.uk/api', 'https://shop.co.uk.courier-jwt-probe-shop.co.uk'],
  ['https://api.shop.co.uk/api', 'https://api.shop.co.uk.courier-jwt-probe-shop.co.uk'],
  ['http://127.0.0.1:3000/api', 'https://127.0.0.1.courier-jwt-probe.invalid'],
  ['http://[::1]:3000/api', 'https://1.courier-jwt-probe.invalid'],
  ['http://localhost:3000/{user}', 'https://localhost.courier-jwt-probe-localhost'],
])('an origin that is foreign to %s', (endpoint, expected) =>
  expect(foreignOrigins(endpoint)['foreign-origin']).toBe(expected),
);

it('without a session, but with what any page can send', () => {
  const names = (headers: Record<string, string>) => planFor({ ...asked, headers }).map(({ name }) => name);
  expect(names({ accept: '*/*', 'x-requested-with': 'x' })[0]).toBe('no-session');
  expect(names({ accept: '*/*', 'x-api-key': 'x' })[0]).toBe('session');
  const kept = planFor({ ...asked, headers: { cookie: 'sid=1', 'x-requested-with': 'XMLHttpRequest' } })[1]!;
  expect(kept.request.headers).toEqual({ ...bare, ...json, 'x-requested-with': 'XMLHttpRequest' });
});
