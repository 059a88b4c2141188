import { expect, it } from 'vitest';
import { checkGrant } from '../../src/checks/grant.js';
import { now, someClaims } from './some.js';

const asked = { scopes: ['user_id:alice', 'read:brands', 'inbox:read:messages'], user: 'alice', lifetimeSeconds: 3600 };
const granted = { scopes: asked.scopes, users: ['alice'], issuedAt: now, expiresAt: now + 3600 };
const lifetime = (code: string, status: string, grantedSeconds: number, expiresAt: string) => [
  { code: `grant.lifetime-${code}`, status, facts: { askedSeconds: 3600, grantedSeconds, expiresAt } },
];
const wrongUser = (...users: string[]) => [{ code: 'grant.user', status: 'fail', subject: 'alice', facts: { users } }];
const missing = (subject: string) => ({ code: 'grant.scope-missing', status: 'fail', subject, facts: {} });
const extra = (subject: string) => ({ code: 'grant.scope-extra', status: 'warn', subject, facts: {} });

it.each([
  { name: 'what was asked', claims: {}, expected: [] },
  { name: 'in another order', claims: { scopes: asked.scopes.toReversed() }, expected: [] },
  {
    name: 'a scope less',
    claims: { scopes: ['user_id:alice', 'read:brands'] },
    expected: [missing('inbox:read:messages')],
  },
  { name: 'no scope', claims: { scopes: [] }, expected: [missing('read:brands'), missing('inbox:read:messages')] },
  { name: 'a scope more', claims: { scopes: [...asked.scopes, 'tenants:read'] }, expected: [extra('tenants:read')] },
  { name: 'a part of what was asked', claims: { scopes: [...asked.scopes, 'read:brands:x'] }, expected: [] },
  {
    name: 'another scope',
    claims: { scopes: ['read:brands', 'read:messages'] },
    expected: [missing('inbox:read:messages'), extra('read:messages')],
  },
  { name: 'another user', claims: { users: ['bob'] }, expected: wrongUser('bob') },
  { name: 'another user too', claims: { users: ['alice', 'bob'] }, expected: wrongUser('alice', 'bob') },
  { name: 'no user', claims: { users: [] }, expected: wrongUser() },
  { name: 'two seconds less', claims: { expiresAt: now + 3598 }, expected: [] },
  {
    name: 'three seconds less',
    claims: { expiresAt: now + 3597 },
    expected: lifetime('short', 'fail', 3597, '2026-01-01T00:59:57Z'),
  },
  { name: 'two seconds more', claims: { expiresAt: now + 3602 }, expected: [] },
  {
    name: 'three seconds more',
    claims: { expiresAt: now + 3603 },
    expected: lifetime('long', 'warn', 3603, '2026-01-01T01:00:03Z'),
  },
  { name: 'no expiry', claims: { expiresAt: null }, expected: [{ code: 'expiry.never', status: 'warn', facts: {} }] },
  { name: 'no iat: the lifetime cannot be told', claims: { issuedAt: null }, expected: [] },
  {
    name: 'all at once',
    claims: { scopes: ['tenants:read'], users: ['bob'], expiresAt: now },
    expected: [
      missing('read:brands'),
      missing('inbox:read:messages'),
      extra('tenants:read'),
      ...wrongUser('bob'),
      ...lifetime('short', 'fail', 0, '2026-01-01T00:00:00Z'),
    ],
  },
])('$name', ({ claims, expected }) => {
  expect(checkGrant(someClaims({ ...granted, ...claims }), asked)).toEqual(expected);
});

it('a whole covers the part that was asked for', () => {
  const partly = { ...asked, scopes: ['user_id:alice', 'tenant:acme:read'] };
  expect(checkGrant(someClaims({ ...granted, scopes: ['user_id:alice', 'tenants:read'] }), partly)).toEqual([
    extra('tenants:read'),
  ]);
});
