import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/scopes/catalogue.js';
import { covers, entryOf, forTenant, isWrite, tenantsIn } from '../../src/scopes/match.js';

describe('entryOf', () => {
  it.each([
    { scope: 'inbox:read:messages', entry: 'inbox:read:messages' },
    { scope: 'read:messages', entry: 'read:messages' },
    { scope: 'read:messagesXYZ', entry: undefined },
    { scope: 'read:message', entry: undefined },
    { scope: 'Read:Messages', entry: undefined },
    { scope: ' read:messages', entry: undefined },
    { scope: 'read:messages:', entry: undefined },
    { scope: 'inbox:read:write', entry: undefined },
    { scope: 'user_id:alice', entry: 'user_id:<id>' },
    { scope: 'user_id:auth0:123', entry: 'user_id:<id>' },
    { scope: 'user_id', entry: undefined },
    { scope: 'read:brands', entry: 'read:brands' },
    { scope: 'read:brands:my_brand', entry: 'read:brands:<brand_id>' },
    { scope: 'read:brands:', entry: undefined },
    { scope: 'read:brands:a:b', entry: undefined },
    { scope: 'write:brands:my_brand', entry: 'write:brands:<brand_id>' },
    { scope: 'tenants:read', entry: 'tenants:read' },
    { scope: 'tenant:acme:read', entry: 'tenant:<id>:read' },
    { scope: 'tenant::read', entry: undefined },
    { scope: 'tenant:acme:notification:write', entry: 'tenant:<id>:notification:write' },
    { scope: 'tenant:acme:notifications:write', entry: undefined },
    { scope: 'tenant:acme:brand:write', entry: 'tenant:<id>:brand:write' },
    { scope: '', entry: undefined },
  ])('$scope → $entry', ({ scope, entry }) => {
    expect(entryOf(scope)?.scope).toBe(entry);
  });
});

describe('covers', () => {
  it.each([
    { granted: 'read:brands', wanted: 'read:brands', expected: true },
    { granted: 'read:brands', wanted: 'read:brands:my_brand', expected: true },
    { granted: 'read:brands:my_brand', wanted: 'read:brands', expected: false },
    { granted: 'read:brands:my_brand', wanted: 'read:brands:my_brand', expected: true },
    { granted: 'read:brands:my_brand', wanted: 'read:brands:other', expected: false },
    { granted: 'write:brands', wanted: 'write:brands:my_brand', expected: true },
    { granted: 'write:brands', wanted: 'read:brands', expected: false },
    { granted: 'write:brands', wanted: 'read:brands:my_brand', expected: false },
    { granted: 'tenants:read', wanted: 'tenant:acme:read', expected: true },
    { granted: 'tenant:acme:read', wanted: 'tenants:read', expected: false },
    { granted: 'tenant:acme:read', wanted: 'tenant:other:read', expected: false },
    { granted: 'tenants:notifications:read', wanted: 'tenant:acme:notification:read', expected: true },
    { granted: 'tenants:notifications:write', wanted: 'tenant:acme:notification:write', expected: true },
    { granted: 'tenants:notifications:write', wanted: 'tenant:acme:notification:read', expected: false },
    { granted: 'tenants:brand:read', wanted: 'tenant:acme:brand:read', expected: true },
    { granted: 'tenants:brand:read', wanted: 'tenant:acme:brand:write', expected: false },
    { granted: 'read:messages', wanted: 'inbox:read:messages', expected: false },
    { granted: 'read:messages', wanted: 'read:messagesXYZ', expected: false },
    { granted: 'user_id:alice', wanted: 'user_id:alice', expected: true },
    { granted: 'user_id:alice', wanted: 'user_id:alice:2', expected: false },
    { granted: 'custom:scope', wanted: 'custom:scope', expected: true },
    { granted: 'custom', wanted: 'custom:scope', expected: false },
  ])('$granted for $wanted: $expected', ({ granted, wanted, expected }) => {
    expect(covers(granted, wanted)).toBe(expected);
  });

  const segment = fc.stringMatching(/^[a-z0-9_-]{1,12}$/);
  const known = fc
    .tuple(fc.constantFrom(...catalogue.map(({ scope }) => scope)), segment)
    .map(([scope, own]) => scope.replace(/<\w+>/, own));

  it('itself, and for any other scope only what the catalogue puts within it', () => {
    fc.assert(
      fc.property(known, known, (granted, wanted) => {
        const within = entryOf(wanted)?.within;
        expect(covers(granted, wanted)).toBe(granted === wanted || granted === within);
        expect(covers(granted, granted)).toBe(true);
      }),
    );
  });

  it('no scope with a letter more, a letter less or a segment more', () => {
    // `read:brands:x` is within `read:brands`, and a user id runs to the end.
    const exact = known.filter((scope) => !scope.startsWith('user_id:') && !/^(?:read|write):brands$/.test(scope));
    fc.assert(
      fc.property(exact, segment, (scope, more) => {
        for (const other of [
          `${scope}${more}`,
          scope.slice(0, -1),
          `${scope}:${more}`,
          `x${scope}`,
          scope.toUpperCase(),
        ])
          expect({ other, covered: covers(scope, other) && other !== scope }).toEqual({ other, covered: false });
      }),
    );
  });
});

describe('forTenant', () => {
  it.each([
    { scope: 'tenants:read', tenant: 'acme', expected: 'tenant:acme:read' },
    { scope: 'tenants:notifications:read', tenant: 'acme', expected: 'tenant:acme:notification:read' },
    { scope: 'tenants:notifications:write', tenant: 'acme', expected: 'tenant:acme:notification:write' },
    { scope: 'tenants:brand:read', tenant: 'acme', expected: 'tenant:acme:brand:read' },
    { scope: 'tenants:read', tenant: "$&$'", expected: "tenant:$&$':read" },
    { scope: 'read:brands', tenant: 'acme', expected: 'read:brands' },
    { scope: 'tenant:other:read', tenant: 'acme', expected: 'tenant:other:read' },
    { scope: 'user_id:alice', tenant: 'acme', expected: 'user_id:alice' },
    { scope: 'unknown', tenant: 'acme', expected: 'unknown' },
  ])('$scope, $tenant → $expected', ({ scope, tenant, expected }) => {
    expect(forTenant(scope, tenant)).toBe(expected);
  });

  it('gives what the wide scope covers', () => {
    const wide = catalogue.map(({ scope }) => scope).filter((scope) => scope.startsWith('tenants:'));
    expect(wide.map((scope) => covers(scope, forTenant(scope, 'acme')))).toEqual([true, true, true, true]);
  });
});

it.each([
  { scopes: [], expected: [] },
  { scopes: ['tenant:b:read', 'tenant:a:brand:write', 'tenant:b:notification:read'], expected: ['b', 'a'] },
  { scopes: ['tenants:read', 'tenant::read', 'tenant:x:nonsense', 'tenant:y', 'user_id:tenant:z:read'], expected: [] },
])('tenantsIn $scopes', ({ scopes, expected }) => {
  expect(tenantsIn(scopes)).toEqual(expected);
});

it('the scopes that change something at Courier', () => {
  expect(catalogue.map(({ scope }) => scope).filter(isWrite)).toEqual([
    'inbox:write:events',
    'write:preferences',
    'write:user-tokens',
    'write:brands',
    'write:brands:<brand_id>',
    'tenants:notifications:write',
    'tenant:<id>:notification:write',
    'tenant:<id>:brand:write',
  ]);
});

it('a user called write writes nothing', () => {
  expect(isWrite('user_id:write')).toBe(false);
});
