import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure, checkToken, decodeToken, describeFinding, issueToken, scopeString } from '../src/index.js';
import { now } from './support/context.js';
import { type CourierServer, json, sign, startCourier, workspace } from './support/courier-server.js';

const claims = {
  scope: 'user_id:alice inbox:read:messages',
  tenant_scope: 'published/test',
  tenant_id: `${workspace}/test`,
  iat: now - 60,
  exp: now + 3600,
};

describe('the library', () => {
  let courier: CourierServer;
  beforeAll(async () => {
    courier = await startCourier();
  });
  afterAll(async () => courier.close());

  it('mints over the network', async () => {
    const issued = await issueToken({
      apiKey: 'pk_test_1234567890',
      user: 'alice',
      for: ['brands'],
      baseUrl: courier.url,
    });
    const scopes = ['user_id:alice', 'read:brands'];
    expect(issued).toEqual({
      token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]{43}$/),
      user: 'alice',
      scopes,
      granted: scopes,
      expiresAt: decodeToken(issued.token).time.expiresAt,
      warnings: [],
    });
  });

  it('throws a Failure that says what to do', async () => {
    courier.misbehave([json(401, { message: 'Unauthorized', type: 'authentication_error' })]);
    const failed = issueToken({ apiKey: 'pk_test_1234567890', user: 'alice', baseUrl: courier.url });
    await expect(failed).rejects.toThrow(Failure);
    courier.misbehave([json(401, { message: 'Unauthorized', type: 'authentication_error' })]);
    await expect(
      issueToken({ apiKey: 'pk_test_1234567890', user: 'alice', baseUrl: courier.url }),
    ).rejects.toMatchObject({
      code: 'key.refused',
      message: expect.stringMatching(/refused the API key of apiKey \(401\)/),
    });
  });

  const token = sign(claims);
  it.each<[string, () => unknown, string, string]>([
    [
      'a misspelt name',
      () => checkToken(token, { userId: 'bob' } as never),
      'usage.option',
      'there is no option userId',
    ],
    [
      'a duration as text',
      () => checkToken(token, { minTtl: '2d' } as never),
      'usage.value',
      'minTtl 2d: it takes a number',
    ],
    [
      'a duration that is none',
      () => checkToken(token, { minTtl: NaN }),
      'usage.value',
      'minTtl NaN: it takes a number',
    ],
    [
      'a text for a list',
      () => checkToken(token, { for: 'inbox' } as never),
      'usage.value',
      'for inbox: it takes a list',
    ],
    ['a surface', () => checkToken(token, { for: ['inbx'] }), 'usage.value', 'for inbx: there is no such surface'],
    ['no text', () => decodeToken(undefined as never), 'token.empty', 'the token is empty'],
    ['a key', () => decodeToken('pk_test_ABCDEFGHIJ'), 'token.api-key', 'that is an API key'],
    ['no user', () => scopeString({} as never), 'user.invalid', 'user "" cannot be a user id'],
    [
      'an unknown name',
      () => scopeString({ user: 'a', scope: ['x'] } as never),
      'usage.option',
      'Did you mean scopes?',
    ],
  ])('does not pass in silence: %s', (_, work, code, said) => {
    let error: unknown;
    try {
      work();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ name: 'Failure', code, message: expect.stringContaining(said) });
    expect((error as Error).message).toMatch(/[.?]$/);
  });

  it('an option of issueToken that is none is not left out in silence', async () => {
    const options = { apiKey: 'pk_test_1234567890', user: 'alice', expires_in: '1h' } as never;
    await expect(issueToken(options)).rejects.toMatchObject({
      code: 'usage.option',
      message: expect.stringContaining('Did you mean expiresIn?'),
    });
  });

  it('has the sentence of every finding', () => {
    const finding = checkToken(token, { user: 'bob' }, { now }).findings.find(({ code }) => code === 'user.mismatch');
    expect(describeFinding(finding!)).toBe('is for alice, not for bob: signIn with bob gets 401 or an empty Inbox.');
  });

  it.each([
    [{ apiKey: undefined }, 'key.malformed'],
    [{ user: undefined }, 'user.invalid'],
    [{ region: 'EU' }, 'usage.value'],
    [{ expiresIn: 0 }, 'duration.invalid'],
  ])('throws a Failure at what types would have refused: %j', async (wrong, code) => {
    const options = { apiKey: 'pk_test_1234567890', user: 'alice', ...wrong } as never;
    await expect(issueToken(options)).rejects.toMatchObject({ name: 'Failure', code });
  });

  it('refuses no user in a scope string', () => {
    expect(() => scopeString({} as never)).toThrow(expect.objectContaining({ code: 'user.invalid' }));
  });

  it('keeps its connection', async () => {
    const options = { apiKey: 'pk_test_1234567890', user: 'alice', baseUrl: courier.url };
    const before = courier.connections();
    for (let i = 0; i < 3; i += 1) await issueToken(options);
    expect(courier.connections() - before).toBeLessThanOrEqual(1);
  });

  it('decodes', () => {
    expect(decodeToken(`Authorization: Bearer ${sign(claims)}`, { now })).toEqual({
      header: { alg: 'HS256', typ: 'JWT' },
      payload: claims,
      users: ['alice'],
      scopes: ['user_id:alice', 'inbox:read:messages'],
      time: {
        state: 'valid',
        issuedAt: '2025-12-31T23:59:00Z',
        expiresAt: '2026-01-01T01:00:00Z',
        remainingSeconds: 3600,
      },
      workspace: { tenantId: `${workspace}/test`, tenantScope: 'published/test' },
      signature: 'not-verified',
    });
  });

  it('checks', () => {
    const { ok, findings } = checkToken(sign(claims), { require: ['inbox:write:events'], user: 'alice' }, { now });
    expect({ ok, failed: findings.filter(({ status }) => status === 'fail') }).toEqual({
      ok: false,
      failed: [
        {
          code: 'scope.missing',
          status: 'fail',
          subject: 'inbox:write:events',
          facts: {},
          fix: ['courier-jwt', 'issue', '--user', 'alice', '--scope', 'inbox:write:events'],
        },
      ],
    });
  });

  it('composes scope strings, and refuses a user id that would add scopes', () => {
    expect(scopeString({ user: 'alice', for: ['push'] })).toBe('user_id:alice write:user-tokens read:user-tokens');
    expect(() => scopeString({ user: 'alice user_id:bob' })).toThrow(/a space in a user id adds scopes/);
  });

  it('is the same from CommonJS', () => {
    const built = createRequire(import.meta.url)('../dist/library-cjs/index.js') as typeof import('../src/index.js');
    expect(Object.keys(built).toSorted()).toEqual([
      'Failure',
      'checkToken',
      'decodeToken',
      'describeFinding',
      'issueToken',
      'issueTokens',
      'scopeString',
    ]);
    expect(built.scopeString({ user: 'alice', for: ['brands'] })).toBe('user_id:alice read:brands');
  });
});
