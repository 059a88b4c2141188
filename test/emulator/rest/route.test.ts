import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type Route, bodyAs, methodsFor, routeFor } from '../../../src/emulator/rest/route.js';
import {
  forbidden,
  makeCourier,
  notEmulated,
  refusalOf,
  refused,
  testKey,
  tokenFor,
  unauthorized,
} from '../support.js';

const answer = () => ({ status: 204 });
const route = (method: string, path: string): Route => ({ method, path, access: { by: 'anyone' }, answer });
const [list, one, other, deep] = [
  route('GET', '/users'),
  route('GET', '/users/:user'),
  route('PUT', '/users/:user'),
  route('GET', '/users/:user/tokens/:token'),
] as const;
const routes = [list, one, other, deep];

describe('routeFor, and methodsFor', () => {
  it.each([
    { call: 'GET /users', found: { route: list, parameters: {} }, methods: ['GET'] },
    { call: 'PUT /users/alice', found: { route: other, parameters: { user: 'alice' } }, methods: ['GET', 'PUT'] },
    { call: 'DELETE /users/alice', found: undefined, methods: ['GET', 'PUT'] },
    {
      call: 'GET /users/a%2Fb%20Zo%C3%AB/tokens/1',
      found: { route: deep, parameters: { user: 'a/b Zoë', token: '1' } },
      methods: ['GET'],
    },
    { call: 'GET /%75sers', found: { route: list, parameters: {} }, methods: ['GET'] },
    { call: 'GET /users/', found: undefined, methods: [] },
    { call: 'GET /users/%E0%A4', found: undefined, methods: [] },
    { call: 'GET /users/alice/tokens', found: undefined, methods: [] },
    { call: 'GET users', found: undefined, methods: [] },
  ])('$call', ({ call, found, methods }) => {
    const [method = '', path = ''] = call.split(' ');
    expect([routeFor(routes, method, path), methodsFor(routes, path)]).toEqual([found, methods]);
  });
});

describe('bodyAs', () => {
  const schema = v.object({ a: v.object({ b: v.array(v.number()) }), c: v.optional(v.string(), 'x') });
  const bad = (message: string) => ({ answer: refused(400, message), verdict: undefined });
  it.each([
    { body: { a: { b: [1] }, d: 1 }, expected: { returned: { a: { b: [1] }, c: 'x' } } },
    { body: undefined, expected: bad('Invalid type: Expected Object but received undefined') },
    { body: { a: { b: [1, 'x'] } }, expected: bad('a.b[1]: Invalid type: Expected number but received "x"') },
    { body: {}, expected: bad('a is missing') },
  ])('$body', ({ body, expected }) => {
    expect(refusalOf(() => bodyAs(schema, body))).toEqual(expected);
  });
});

describe('where a call goes', () => {
  const notAllowed = (allow: string) => ({
    status: 405,
    body: { message: 'Method Not Allowed', type: 'invalid_request_error' },
    headers: { allow },
  });
  it.each<{ call: string; as?: string; expected: object }>([
    ...[
      'GET /',
      'GET /nowhere',
      'GET /users/../brands',
      'GET //brands',
      'GET /profiles/alice',
      'DELETE /lists/team',
      'GET /client/p',
    ].map((call) => ({ call, expected: notEmulated(call) })),
    { call: 'GET /messages?cursor=1', as: '', expected: notEmulated('GET /messages') },
    { call: `GET /messages/${'m'.repeat(300)}`, expected: notEmulated(`GET /messages/${'m'.repeat(190)}`) },
    { call: `GET /profiles/${testKey}0123456789`, expected: notEmulated('GET /profiles/[redacted]') },
    { call: 'GET /brands/none', expected: refused(404, 'Brand not found') },
    { call: 'PATCH /brands', expected: notAllowed('GET, POST') },
    { call: 'GET /auth/issue-token', expected: notAllowed('POST') },
    { call: 'GET /q', expected: notAllowed('POST') },
    { call: 'GET /client/q', expected: notAllowed('POST') },
    { call: 'GET /brands', as: '', expected: unauthorized('credentials.missing') },
  ])('$call', async ({ call, as = testKey, expected }) => {
    const [method = '', url = ''] = call.split(' ');
    expect(await makeCourier().ask(method, url, { as })).toEqual(expected);
  });
});

describe('POST /auth/issue-token', () => {
  const minting = { scope: 'user_id:bob', expires_in: '1h' };
  it.each([
    { name: 'without a key', as: undefined, expected: unauthorized('credentials.missing') },
    { name: 'with a token', as: tokenFor('user_id:alice'), expected: forbidden('key.needed') },
    { name: 'with another key', as: 'pk_test_other', expected: unauthorized('key.refused') },
    { name: 'without a scope', as: testKey, body: {}, expected: refused(400, 'scope is required') },
    { name: 'with a bad body', as: testKey, body: '{', expected: refused(400, 'the body is not JSON') },
  ])('$name', async ({ as, body = minting, expected }) => {
    const { ask } = makeCourier({ apiKey: testKey });
    expect(await ask('POST', '/auth/issue-token', { as, body })).toEqual(expected);
  });

  it.each([
    { key: testKey, seen: { status: 200, body: { data: { count: 1 } } } },
    { key: 'dk_prod_emulated', seen: { status: 200, body: { data: { count: 0 } } } },
  ])('mints what opens the environment of $key', async ({ key, seen }) => {
    const { ask, query } = makeCourier({ seed: {} });
    const send = { message: { to: { user_id: 'bob' }, content: { title: 'T' } } };
    await ask('POST', '/send', { as: testKey, body: send });
    const scope = 'user_id:bob inbox:read:messages';
    const minted = await ask('POST', '/auth/issue-token', { as: key, body: { scope, expires_in: '1h' } });
    const { token } = (minted as { body: { token: string } }).body;
    expect(await query('/q', token, '{ count }')).toEqual(seen);
  });
});
