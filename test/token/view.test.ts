import { expect, it } from 'vitest';
import { mint } from '../../src/emulator/mint.js';
import { findToken } from '../../src/token/find.js';
import { localWorkspace } from '../../src/token/local.js';
import { viewToken } from '../../src/token/view.js';
import { sign } from '../support/courier-server.js';

const now = 1_767_225_600;
const header = { alg: 'HS256', typ: 'JWT' };
const courier = { scope: 'user_id:alice read:brands', tenant_scope: 'published/test', tenant_id: 'w/test' };
const none = { users: [], scopes: [], workspace: { tenantId: null, tenantScope: null } };
const noTime = { issuedAt: null, expiresAt: null, remainingSeconds: null };

it.each([
  {
    name: 'a valid token',
    claims: { ...courier, iat: now, exp: now + 60 },
    expected: {
      users: ['alice'],
      scopes: ['user_id:alice', 'read:brands'],
      workspace: { tenantId: 'w/test', tenantScope: 'published/test' },
      time: {
        state: 'valid',
        issuedAt: '2026-01-01T00:00:00Z',
        expiresAt: '2026-01-01T00:01:00Z',
        remainingSeconds: 59,
      },
    },
  },
  {
    name: 'an expired one',
    claims: { exp: now - 10 },
    expected: {
      ...none,
      time: { ...noTime, state: 'expired', expiresAt: '2025-12-31T23:59:50Z', remainingSeconds: -11 },
    },
  },
  { name: 'one without any claim', claims: {}, expected: { ...none, time: { ...noTime, state: 'no-expiry' } } },
  {
    name: 'one that is not valid yet',
    claims: { nbf: now + 600 },
    expected: { ...none, time: { ...noTime, state: 'not-yet-valid' } },
  },
  {
    name: 'one with an exp that is no date',
    claims: { exp: 1e300 },
    expected: { ...none, time: { ...noTime, state: 'valid', remainingSeconds: 1e300 } },
  },
])('$name, without its signature', ({ claims, expected }) => {
  expect(viewToken(findToken(sign(claims)), now + 0.5)).toEqual({
    header,
    payload: claims,
    signature: 'not-verified',
    ...expected,
  });
});

it('one of the embedded Courier', () => {
  const { body } = mint({ scope: 'user_id:alice', expires_in: '1s' }, { now, id: 'an-id' });
  const payload = {
    scope: 'user_id:alice',
    tenant_scope: localWorkspace.tenantScope,
    tenant_id: localWorkspace.tenantId,
    iat: now,
    exp: now + 1,
    jti: 'an-id',
  };
  expect(viewToken(findToken(String(body.token)), now)).toEqual({
    header,
    payload,
    users: ['alice'],
    scopes: ['user_id:alice'],
    time: {
      state: 'valid',
      issuedAt: '2026-01-01T00:00:00Z',
      expiresAt: '2026-01-01T00:00:01Z',
      remainingSeconds: 1,
    },
    workspace: localWorkspace,
    signature: 'local',
  });
});
