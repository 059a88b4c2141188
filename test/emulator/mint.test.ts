import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { mint } from '../../src/emulator/mint.js';
import { sign } from '../../src/emulator/sign.js';
import { findToken } from '../../src/token/find.js';
import { isLocal, localSigningKey } from '../../src/token/local.js';

const now = 1_767_225_600;
const outside = { now: now + 0.9, id: 'an-id' };
const claims = {
  scope: 'user_id:alice read:brands',
  tenant_scope: 'published/test',
  tenant_id: '00000000-0000-4000-8000-c0041e410ca1/test',
  iat: now,
  jti: 'an-id',
};

describe('a token of Courier’s shape', () => {
  it.each([
    { expiresIn: '1d', exp: now + 86_400 },
    { expiresIn: '2 hours', exp: now + 7200 },
    { expiresIn: '5s', exp: now + 5 },
    { expiresIn: '1500ms', exp: now + 1 },
    { expiresIn: 3600, exp: now + 3600 },
    { expiresIn: 0.5, exp: now },
  ])('for $expiresIn', ({ expiresIn, exp }) => {
    const { status, body } = mint({ scope: claims.scope, expires_in: expiresIn }, outside);
    const { header, payload, local } = findToken(String(body.token));
    expect({ status, answer: Object.keys(body), header, payload, local }).toEqual({
      status: 200,
      answer: ['token'],
      header: { alg: 'HS256', typ: 'JWT' },
      payload: { ...claims, exp },
      local: true,
    });
  });

  it('that never expires, where no lifetime is asked for', () => {
    const { body } = mint({ scope: claims.scope }, outside);
    expect(findToken(String(body.token)).payload).toEqual(claims);
  });

  it('whose signature jose verifies, for any scope', async () => {
    const scope = 'user_id:Zoë-日本-😀 custom';
    const { body } = mint({ scope, expires_in: '1d' }, outside);
    const { payload } = await jwtVerify(String(body.token), new TextEncoder().encode(localSigningKey), {
      currentDate: new Date(now * 1000),
      algorithms: ['HS256'],
    });
    expect(payload).toEqual({ ...claims, scope, exp: now + 86_400 });
  });
});

it('is the same by whatever signs', () => {
  const body = { scope: claims.scope };
  expect(mint(body, { ...outside, sign })).toEqual(mint(body, outside));
});

describe('of what the key says', () => {
  const test = '00000000-0000-4000-8000-c0041e410ca1/test';
  const production = '00000000-0000-4000-8000-c0041e410ca1';
  it.each([
    { key: 'pk_prod_emulated', tenantScope: 'published/production', tenantId: production },
    { key: 'dk_prod_emulated', tenantScope: 'draft/production', tenantId: production },
    { key: 'pk_test_emulated', tenantScope: 'published/test', tenantId: test },
    { key: 'dk_test_emulated', tenantScope: 'draft/test', tenantId: test },
    { key: 'token_emulated', tenantScope: 'published/test', tenantId: test },
    { key: undefined, tenantScope: 'published/test', tenantId: test },
  ])('$key', ({ key, tenantScope, tenantId }) => {
    const { body } = mint({ scope: claims.scope }, { ...outside, key });
    const token = findToken(String(body.token));
    expect({ payload: token.payload, local: isLocal(token) }).toEqual({
      payload: { ...claims, tenant_scope: tenantScope, tenant_id: tenantId },
      local: true,
    });
  });
});

describe('what Courier refuses', () => {
  const scopeRequired = { status: 400, body: { message: 'scope is required', type: 'invalid_request_error' } };
  const badLifetime = {
    status: 400,
    body: {
      message: 'expires_in must be a duration such as "1d", or a number of seconds',
      type: 'invalid_request_error',
    },
  };
  it.each([
    { name: 'nothing', body: undefined, expected: scopeRequired },
    { name: 'null', body: null, expected: scopeRequired },
    { name: 'a list', body: [], expected: scopeRequired },
    { name: 'a text', body: 'scope', expected: scopeRequired },
    { name: 'no scope', body: { expires_in: '1d' }, expected: scopeRequired },
    { name: 'a blank scope', body: { scope: ' ' }, expected: scopeRequired },
    { name: 'a scope that is a list', body: { scope: ['read:brands'] }, expected: scopeRequired },
    ...['', '3600', '0s', '-1d', 'soon', '1M', 0, -5, Infinity, NaN, null, {}, true].map((expiresIn) => ({
      name: `expires_in ${JSON.stringify(expiresIn)}`,
      body: { scope: 'read:brands', expires_in: expiresIn },
      expected: badLifetime,
    })),
  ])('$name', ({ body, expected }) => {
    expect(mint(body, outside)).toEqual(expected);
  });
});
