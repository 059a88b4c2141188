import { describe, expect, it } from 'vitest';
import {
  type Caller,
  bearerIn,
  callerOf,
  hasScope,
  requireKey,
  requireScope,
  userOf,
} from '../../src/emulator/caller.js';
import type { Verdict, VerdictCode } from '../../src/request-entry.js';
import { localSigningKey, localWorkspace, signLocally } from '../../src/token/local.js';
import { sign } from '../support/courier-server.js';
import { now, productionKey, refusalOf, testKey, tokenFor } from './support.js';

it.each([
  { header: undefined, expected: undefined },
  { header: '', expected: undefined },
  { header: 'Bearer', expected: undefined },
  { header: 'Bearer ', expected: undefined },
  { header: 'Basic abc', expected: undefined },
  { header: 'abc', expected: undefined },
  { header: 'Bearer abc', expected: 'abc' },
  { header: 'bearer   abc', expected: 'abc' },
  { header: 'BEARER Bearer abc', expected: 'Bearer abc' },
])('in “$header” is $expected', ({ header, expected }) => {
  expect(bearerIn(header)).toBe(expected);
});

/** Signed as the emulator signs, whatever the claims and the header are. */
function locally(told: object, header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const { tenantId: tenant_id, tenantScope: tenant_scope } = localWorkspace;
  const claims = { scope: 'user_id:alice', tenant_id, tenant_scope, iat: now, exp: now + 3600, ...told };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part(header)}.${part(claims)}`;
  return `${input}.${signLocally(input)}`;
}

const judging = { now, apiKey: undefined };
const byToken: Caller = {
  environment: 'test',
  by: 'token',
  users: ['alice'],
  scopes: ['user_id:alice'],
  expiresAt: now + 3600,
};
const byKey = (key: string): Caller => ({
  environment: 'test',
  by: 'key',
  users: [],
  scopes: [],
  expiresAt: null,
  key,
});

describe('whom it takes', () => {
  it.each([
    { name: 'a minted token', bearer: tokenFor('user_id:alice'), expected: byToken },
    {
      name: 'of production',
      bearer: tokenFor('user_id:alice', productionKey),
      expected: { ...byToken, environment: 'production' },
    },
    {
      name: 'of two users',
      bearer: tokenFor('user_id:alice user_id:bob read:brands'),
      expected: {
        ...byToken,
        users: ['alice', 'bob'],
        scopes: ['user_id:alice', 'user_id:bob', 'read:brands'],
      },
    },
    { name: 'that never expires', bearer: locally({ exp: undefined }), expected: { ...byToken, expiresAt: null } },
    { name: 'in its last moment', bearer: locally({ exp: now + 1 }), expected: { ...byToken, expiresAt: now + 1 } },
    { name: 'a clock that is off a little', bearer: locally({ iat: now + 60 }), expected: byToken },
    { name: 'without a scope', bearer: locally({ scope: undefined }), expected: { ...byToken, users: [], scopes: [] } },
    { name: 'a key', bearer: testKey, expected: byKey(testKey) },
    {
      name: 'a key of production',
      bearer: 'dk_prod_emulated',
      expected: { ...byKey('dk_prod_emulated'), environment: 'production' },
    },
    { name: 'a key that says nothing', bearer: 'token_emulated', expected: byKey('token_emulated') },
    { name: 'the one key', bearer: 'only', apiKey: 'only', expected: byKey('only') },
    { name: 'a token, whatever the one key is', bearer: tokenFor('user_id:alice'), apiKey: 'only', expected: byToken },
  ])('$name', ({ bearer, apiKey, expected }) => {
    expect(callerOf(bearer, { now, apiKey })).toEqual(expected);
  });
});

const refused = (status: 401 | 403, code: VerdictCode, subject?: string) => ({
  answer: {
    status,
    body:
      status === 401
        ? { message: 'Unauthorized', type: 'authentication_error' }
        : { message: 'Forbidden', type: 'authorization_error' },
  },
  verdict: (subject === undefined ? { code } : { code, subject }) satisfies Verdict,
});

describe('whom it refuses', () => {
  const good = tokenFor('user_id:alice');
  it.each<{ name: string; bearer: string | undefined; apiKey?: string; code: VerdictCode; subject?: string }>([
    { name: 'nobody', bearer: undefined, code: 'credentials.missing' },
    { name: 'nothing', bearer: '', code: 'credentials.missing' },
    { name: 'a key with a space', bearer: 'pk_test_a b', code: 'key.refused' },
    { name: 'a client key', bearer: 'ck_0123456789', code: 'key.refused' },
    { name: 'a short key', bearer: 'pk_te', code: 'key.refused' },
    { name: 'another key than the one', bearer: testKey, apiKey: 'only', code: 'key.refused' },
    { name: 'half a token', bearer: good.slice(0, good.lastIndexOf('.')), code: 'key.refused' },
    { name: 'three parts of nothing', bearer: 'a.b.c', code: 'token.malformed' },
    { name: 'no payload', bearer: good.replace(/\.[^.]+\./, '..'), code: 'token.malformed' },
    {
      name: 'another algorithm',
      bearer: locally({}, { alg: 'HS512' }),
      code: 'token.malformed',
      subject: 'alg',
    },
    { name: 'no algorithm', bearer: locally({}, { alg: 'none' }), code: 'token.malformed', subject: 'alg' },
    {
      name: 'another signature',
      bearer: sign({ scope: 'user_id:alice', tenant_id: localWorkspace.tenantId }),
      code: 'signature.foreign',
    },
    { name: 'another workspace', bearer: locally({ tenant_id: 'w/test' }), code: 'signature.foreign' },
    { name: 'changed claims', bearer: changed(good, { scope: 'user_id:bob' }), code: 'signature.foreign' },
    { name: 'a scope that is a list', bearer: locally({ scope: [] }), code: 'token.malformed', subject: 'scope' },
    { name: 'an expiry that is a text', bearer: locally({ exp: 'x' }), code: 'token.malformed', subject: 'exp' },
    { name: 'expired just now', bearer: locally({ exp: now }), code: 'expiry.expired' },
    { name: 'of the future', bearer: locally({ iat: now + 61 }), code: 'clock.not-yet-valid' },
    { name: 'not before', bearer: locally({ nbf: now + 61 }), code: 'clock.not-yet-valid' },
  ])('$name', ({ bearer, apiKey, code, subject }) => {
    expect(refusalOf(() => callerOf(bearer, { ...judging, apiKey }))).toEqual(refused(401, code, subject));
  });

  it('the published key itself is no key', () => {
    expect(refusalOf(() => callerOf(localSigningKey, judging))).toEqual(refused(401, 'key.refused'));
  });
});

function changed(token: string, claims: object): string {
  const [header, payload = '', signature] = token.split('.');
  const before = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return [header, Buffer.from(JSON.stringify({ ...before, ...claims })).toString('base64url'), signature].join('.');
}

const alice = (...scopes: string[]): Caller => ({ ...byToken, scopes });
const passed = { returned: undefined };

it.each([
  { caller: byKey(testKey), expected: passed },
  { caller: alice('read:brands'), expected: refused(403, 'key.needed') },
])('requireKey of $caller.by', ({ caller, expected }) => {
  expect(refusalOf(() => requireKey(caller))).toEqual(expected);
});

it.each([
  { caller: byKey(testKey), scope: 'read:brands', user: 'bob', has: true, expected: passed },
  { caller: alice('read:brands'), scope: 'read:brands', user: 'alice', has: true, expected: passed },
  { caller: alice('read:brands'), scope: 'read:brands', has: true, expected: passed },
  { caller: alice('read:brands'), scope: 'read:brands:b', has: true, expected: passed },
  {
    caller: alice('read:brands:b'),
    scope: 'read:brands',
    has: false,
    expected: refused(403, 'scope.missing', 'read:brands'),
  },
  {
    caller: alice('read:brands:c', 'write:brands'),
    scope: 'read:brands:b',
    has: false,
    expected: refused(403, 'scope.missing', 'read:brands:b'),
  },
  {
    caller: alice(),
    scope: 'read:brands',
    user: 'bob',
    has: false,
    expected: refused(403, 'user.mismatch', 'bob'),
  },
])('requireScope $scope of $user from $caller.scopes', ({ caller, scope, user, has, expected }) => {
  expect([hasScope(caller, scope), refusalOf(() => requireScope(caller, scope, user))]).toEqual([has, expected]);
});

it('requires no scope where none is named', () => {
  expect([
    refusalOf(() => requireScope(alice(), undefined)),
    refusalOf(() => requireScope(alice(), undefined, 'x')),
  ]).toEqual([passed, refused(403, 'user.mismatch', 'x')]);
});

it.each([
  { users: ['alice', 'bob'], header: undefined, expected: { returned: 'alice' } },
  { users: ['alice', 'bob'], header: '', expected: { returned: 'alice' } },
  { users: ['alice', 'bob'], header: 'bob', expected: { returned: 'bob' } },
  { users: ['alice'], header: 'bob', expected: refused(403, 'user.mismatch', 'bob') },
  { users: [], header: undefined, expected: refused(403, 'user.missing') },
  { users: [], header: 'bob', expected: refused(403, 'user.mismatch', 'bob') },
])('the user of $users and “$header”', ({ users, header, expected }) => {
  expect(refusalOf(() => userOf({ ...byToken, users }, header))).toEqual(expected);
});
