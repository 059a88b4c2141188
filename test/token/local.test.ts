import { createHmac } from 'node:crypto';
import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { mint } from '../../src/emulator/mint.js';
import { decodeJwt } from '../../src/token/decode.js';
import { isLocal, localSigningKey, localWorkspace, signLocally } from '../../src/token/local.js';
import { sign } from '../support/courier-server.js';

const minted = String(
  mint({ scope: 'user_id:alice', expires_in: '1d' }, { now: 1_767_225_600, id: 'an-id' }).body.token,
);

it.each([{ input: '' }, { input: 'a.b' }, { input: 'é.😀' }, { input: 'x'.repeat(500) }])(
  'signs as HS256 does under the published key: $input',
  ({ input }) => {
    expect(signLocally(input)).toBe(createHmac('sha256', localSigningKey).update(input).digest('base64url'));
  },
);

it('is what jose verifies', async () => {
  const { payload, protectedHeader } = await jwtVerify(minted, new TextEncoder().encode(localSigningKey), {
    currentDate: new Date(1_767_225_600_000),
  });
  expect({ payload, protectedHeader }).toEqual({
    payload: {
      scope: 'user_id:alice',
      tenant_scope: localWorkspace.tenantScope,
      tenant_id: localWorkspace.tenantId,
      iat: 1_767_225_600,
      exp: 1_767_312_000,
      jti: 'an-id',
    },
    protectedHeader: { alg: 'HS256', typ: 'JWT' },
  });
});

describe('isLocal', () => {
  const [header, , signature] = minted.split('.') as [string, string, string];
  const other = Buffer.from('{"scope":"user_id:bob"}').toString('base64url');
  it.each([
    { name: 'a token of the embedded Courier', raw: minted, expected: true },
    { name: "a token of another's", raw: sign({ scope: 'user_id:alice' }), expected: false },
    { name: 'other claims under its signature', raw: `${header}.${other}.${signature}`, expected: false },
    { name: "its workspace in another's token", raw: sign({ tenant_id: localWorkspace.tenantId }), expected: false },
    { name: 'a workspace that is no text', raw: sign({ tenant_id: 1 }), expected: false },
    { name: 'half its signature', raw: minted.slice(0, -20), expected: false },
  ])('$name', ({ raw, expected }) => {
    expect(isLocal(decodeJwt(raw))).toBe(expected);
  });
});
