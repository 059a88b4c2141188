import { describe, expect, it } from 'vitest';
import { assertUser, composeScopes, scopeString, suggestionFor, surfaceOf } from '../../src/scopes/compose.js';
import { failureOf } from '../token/failure-of.js';

const user = 'alice';
const inbox = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';
const create = 'tenants:read tenants:notifications:read tenants:notifications:write tenants:brand:read';
const createAcme =
  'tenant:acme:read tenant:acme:notification:read tenant:acme:notification:write tenant:acme:brand:read';

describe('scopeString', () => {
  it.each([
    { name: "the how-to's set", request: { user }, expected: `user_id:alice ${inbox}` },
    {
      name: "empty lists: the how-to's set",
      request: { user, for: [], scopes: [] },
      expected: `user_id:alice ${inbox}`,
    },
    { name: 'inbox', request: { user, for: ['inbox'] }, expected: `user_id:alice ${inbox}` },
    { name: 'toast', request: { user, for: ['toast'] }, expected: `user_id:alice ${inbox}` },
    {
      name: 'preferences',
      request: { user, for: ['preferences'] },
      expected: 'user_id:alice read:preferences write:preferences read:brands',
    },
    { name: 'push', request: { user, for: ['push'] }, expected: 'user_id:alice write:user-tokens read:user-tokens' },
    { name: 'brands', request: { user, for: ['brands'] }, expected: 'user_id:alice read:brands' },
    {
      name: 'inbox-legacy',
      request: { user, for: ['inbox-legacy'] },
      expected: 'user_id:alice inbox:read:messages inbox:write:events read:messages',
    },
    { name: 'create', request: { user, for: ['create'] }, expected: `user_id:alice ${create}` },
    {
      name: 'a union, each scope once',
      request: { user, for: ['preferences', 'push', 'inbox', 'push'] },
      expected:
        'user_id:alice read:preferences write:preferences read:brands write:user-tokens read:user-tokens inbox:read:messages inbox:write:events',
    },
    {
      name: 'own scopes in place of the default set',
      request: { user, scopes: ['read:messages'] },
      expected: 'user_id:alice read:messages',
    },
    {
      name: 'own scopes added to a surface',
      request: { user, for: ['brands'], scopes: ['write:brands:my_brand', 'read:brands'] },
      expected: 'user_id:alice read:brands write:brands:my_brand',
    },
    {
      name: 'several in one string',
      request: { user, scopes: ['read:brands  read:messages', 'a,b'] },
      expected: 'user_id:alice read:brands read:messages a b',
    },
    {
      name: 'an unknown one, as it is',
      request: { user, scopes: ['inbox:read:write'] },
      expected: 'user_id:alice inbox:read:write',
    },
    {
      name: 'create for one tenant',
      request: { user, for: ['create'], tenant: 'acme' },
      expected: `user_id:alice ${createAcme}`,
    },
    {
      name: 'only the scopes of Create are narrowed',
      request: { user, for: ['brands', 'create'], tenant: 'acme' },
      expected: `user_id:alice read:brands ${createAcme}`,
    },
    {
      name: 'own scopes are narrowed too',
      request: { user, scopes: ['tenants:read'], tenant: 'acme' },
      expected: 'user_id:alice tenant:acme:read',
    },
    {
      name: 'a tenant that String.replace would read as a pattern',
      request: { user, scopes: ['tenants:read'], tenant: 'a$&b' },
      expected: 'user_id:alice tenant:a$&b:read',
    },
    {
      name: 'a user with a colon',
      request: { user: 'auth0:123', for: ['brands'] },
      expected: 'user_id:auth0:123 read:brands',
    },
  ])('$name', ({ request, expected }) => {
    expect(scopeString(request)).toBe(expected);
    expect(composeScopes(request)).toEqual(expected.split(' '));
  });

  const unusable = (id: string, problem: string) => ({ code: 'user.invalid', facts: { user: id, problem } });
  const tenantInvalid = (tenant: string, problem: string) => ({ code: 'tenant.invalid', facts: { tenant, problem } });
  const notOne = (scope: string) => ({ code: 'scope.invalid', facts: { scope } });
  const userScope = (scope: string) => ({ code: 'scope.user-id', facts: { scope } });
  it.each([
    {
      name: 'a user id with a space',
      request: { user: 'alice user_id:bob tenants:read' },
      expected: unusable('alice user_id:bob tenants:read', 'whitespace'),
    },
    { name: 'no user id', request: { user: '' }, expected: unusable('', 'empty') },
    {
      name: 'a placeholder as user id',
      request: { user: '$YOUR_USER_ID' },
      expected: unusable('$YOUR_USER_ID', 'placeholder'),
    },
    {
      name: 'a user among the scopes',
      request: { user, scopes: ['read:brands user_id:bob'] },
      expected: userScope('user_id:bob'),
    },
    { name: 'the word user_id alone', request: { user, scopes: ['USER_ID'] }, expected: userScope('USER_ID') },
    { name: 'no scope', request: { user, scopes: [''] }, expected: notOne('') },
    { name: 'separators only', request: { user, scopes: [' , '] }, expected: notOne(' , ') },
    {
      name: 'a tab in a scope',
      request: { user, scopes: ['read:brands\ttenants:read'] },
      expected: notOne('read:brands\ttenants:read'),
    },
    {
      name: 'a line break in a scope',
      request: { user, scopes: ['read:brands\n'] },
      expected: notOne('read:brands\n'),
    },
    { name: 'a no-break space in a scope', request: { user, scopes: ['a\u00a0b'] }, expected: notOne('a\u00a0b') },
    { name: 'letters beyond ASCII in a scope', request: { user, scopes: ['lesé'] }, expected: notOne('lesé') },
    { name: 'a placeholder as scope', request: { user, scopes: ['${SCOPE}'] }, expected: notOne('${SCOPE}') },
    {
      name: 'a placeholder within a scope',
      request: { user, scopes: ['read:brands:{{brand}}'] },
      expected: notOne('read:brands:{{brand}}'),
    },
    {
      name: 'a tenant with a space',
      request: { user, for: ['create'], tenant: 'a b' },
      expected: tenantInvalid('a b', 'whitespace'),
    },
    {
      name: 'a tenant with a colon',
      request: { user, for: ['create'], tenant: 'acme:notification:write' },
      expected: tenantInvalid('acme:notification:write', 'colon'),
    },
    { name: 'an empty tenant', request: { user, for: ['create'], tenant: '' }, expected: tenantInvalid('', 'empty') },
    {
      name: 'a placeholder as tenant',
      request: { user, for: ['create'], tenant: 'undefined' },
      expected: tenantInvalid('undefined', 'placeholder'),
    },
    {
      name: 'a tenant that changes nothing',
      request: { user, for: ['inbox'], tenant: 'acme' },
      expected: { code: 'tenant.unused', facts: { tenant: 'acme' } },
    },
    {
      name: 'an unknown surface, nearly right',
      request: { user, for: ['inbox', 'prefrences'] },
      expected: {
        code: 'usage.value',
        facts: {
          option: '--for',
          value: 'prefrences',
          reason: 'there is no such surface: inbox, toast, preferences, push, brands, create, inbox-legacy',
          suggestion: 'preferences',
        },
      },
    },
  ])('$name is refused', ({ request, expected }) => {
    expect(failureOf(() => composeScopes(request))).toEqual(expected);
  });
});

describe('surfaceOf', () => {
  it.each(['inbox', 'toast', 'preferences', 'push', 'brands', 'create', 'inbox-legacy'])('%s', (id) => {
    expect(surfaceOf(id).id).toBe(id);
  });

  it.each(['', 'default', 'INBOX', 'nothing like it', 'constructor'])('no "%s"', (id) => {
    expect(failureOf(() => surfaceOf(id))).toMatchObject({ code: 'usage.value', facts: { value: id } });
  });
});

it('assertUser lets a fine one through', () => {
  expect(failureOf(() => assertUser('auth0|123'))).toEqual({ returned: undefined });
});

it.each([
  { scope: 'read:messagess', expected: 'read:messages' },
  { scope: 'read:inbox:messages', expected: 'inbox:read:messages' },
  { scope: 'preferences:read', expected: 'read:preferences' },
  { scope: 'inbox:read:message', expected: 'inbox:read:messages' },
  { scope: 'Read:Brands', expected: 'read:brands' },
  { scope: 'read:user_tokens', expected: 'read:user-tokens' },
  { scope: 'tenants:notification:read', expected: 'tenants:notifications:read' },
  { scope: 'tenant:notifications:read', expected: undefined },
  { scope: 'read:messages', expected: undefined },
  { scope: 'read:brands:my_brand', expected: undefined },
  { scope: 'user_id:alice', expected: undefined },
  { scope: 'openid', expected: undefined },
])('suggestionFor $scope: $expected', ({ scope, expected }) => {
  expect(suggestionFor(scope)).toBe(expected);
});
