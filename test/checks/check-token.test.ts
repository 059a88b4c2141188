import { describe, expect, it } from 'vitest';
import { checkFound } from '../../src/checks/check-token.js';
import type { Expectations } from '../../src/checks/expectations.js';
import { mint } from '../../src/emulator/mint.js';
import { exitCodeOf, makeReport } from '../../src/report.js';
import { findToken } from '../../src/token/find.js';
import { localWorkspace } from '../../src/token/local.js';
import { sign } from '../support/courier-server.js';
import { failureOf } from '../token/failure-of.js';
import { now } from './some.js';

const perfect = {
  scope: 'user_id:alice inbox:read:messages inbox:write:events read:preferences write:preferences read:brands',
  tenant_scope: 'published/test',
  tenant_id: 'w/test',
  iat: now - 60,
  exp: now + 3540,
  jti: 'an-id',
};
const check = (text: string, expected: Expectations = {}) => checkFound(findToken(text), expected, now);

const notVerified = { code: 'signature.not-verified', status: 'skip', facts: {} };
const notAsked = { code: 'courier.not-asked', status: 'skip', facts: {} };
const valid = {
  code: 'expiry.valid',
  status: 'pass',
  facts: { expiresAt: '2026-01-01T00:59:00Z', remainingSeconds: 3540 },
};
const granted = (subject: string) => ({ code: 'scope.granted', status: 'pass', subject, facts: {} });
const allGranted = [
  granted('inbox:read:messages'),
  granted('inbox:write:events'),
  granted('read:preferences'),
  granted('write:preferences'),
  granted('read:brands'),
];
const notCompared = (...users: string[]) => ({ code: 'user.not-compared', status: 'skip', facts: { users } });
const match = { code: 'user.match', status: 'pass', subject: 'alice', facts: {} };
const environment = { name: 'test', tenantId: 'w/test', tenantScope: 'published/test' };

describe('checkFound', () => {
  it.each([
    {
      name: 'a perfect token, nothing expected of it',
      text: sign(perfect),
      expected: [notVerified, valid, notCompared('alice'), ...allGranted, notAsked],
    },
    {
      name: 'a perfect token, everything expected of it',
      text: `Bearer ${sign(perfect)}`,
      expectations: { for: ['inbox'], user: 'alice', tenantScope: 'test', minTtl: 3540, environment },
      expected: [
        notVerified,
        valid,
        match,
        ...allGranted,
        {
          code: 'tenant-scope.match',
          status: 'pass',
          subject: 'published/test',
          facts: { expected: 'test', found: 'published/test' },
        },
        {
          code: 'workspace.match',
          status: 'pass',
          subject: 'test',
          facts: { environment: 'test', expected: 'w/test', found: 'w/test' },
        },
        {
          code: 'tenant-scope.match',
          status: 'pass',
          subject: 'published/test',
          facts: { expected: 'published/test', found: 'published/test' },
        },
        notAsked,
      ],
    },
    {
      name: 'a token with everything wrong',
      text: `Bearer Bearer ${sign({ scope: 'user_id:undefined oops write:brands', exp: now - 1, iat: now + 90 })}`,
      expectations: { for: ['brands'], user: 'alice', environment },
      expected: (() => {
        const fix = ['courier-jwt', 'issue', '--user', 'alice', '--for', 'brands', '--env', 'test'];
        return [
          { code: 'header.doubled-bearer', status: 'fail', facts: {} },
          notVerified,
          {
            code: 'clock.not-yet-valid',
            status: 'fail',
            facts: { aheadSeconds: 90, issuedAt: '2026-01-01T00:01:30Z', notBefore: null },
            fix,
          },
          {
            code: 'expiry.expired',
            status: 'fail',
            facts: { expiresAt: '2025-12-31T23:59:59Z', remainingSeconds: -1, leewaySeconds: 0 },
            fix,
          },
          { code: 'user.placeholder', status: 'fail', subject: 'undefined', facts: { problem: 'placeholder' }, fix },
          {
            code: 'user.mismatch',
            status: 'fail',
            subject: 'undefined',
            facts: { expected: 'alice', also: false },
            fix,
          },
          { code: 'scope.missing', status: 'fail', subject: 'read:brands', facts: {}, fix },
          { code: 'scope.unknown', status: 'warn', subject: 'oops', facts: {} },
          { code: 'scope.excess', status: 'warn', subject: 'write:brands', facts: {}, fix },
          {
            code: 'workspace.mismatch',
            status: 'fail',
            subject: 'test',
            facts: { environment: 'test', expected: 'w/test', found: null },
            fix,
          },
          {
            code: 'tenant-scope.mismatch',
            status: 'fail',
            subject: '',
            facts: { expected: 'published/test', found: null },
            fix,
          },
          notAsked,
        ];
      })(),
    },
    {
      name: "another service's token",
      text: sign({ sub: 'alice', exp: now + 3540 }),
      expectations: { for: ['brands'] },
      expected: (() => {
        const fix = ['courier-jwt', 'issue', '--user', 'USER_ID', '--for', 'brands'];
        return [
          { code: 'claim.no-scope', status: 'fail', facts: { present: false }, fix },
          notVerified,
          valid,
          notCompared(),
          { code: 'scope.missing', status: 'fail', subject: 'read:brands', facts: {}, fix },
          notAsked,
        ];
      })(),
    },
  ])('$name', ({ text, expectations = {}, expected }) => {
    expect(check(text, expectations)).toEqual(expected);
  });

  // The command that mends it must be one that issue takes.
  it.each([
    { name: 'the expected user', scope: 'user_id:bob', user: 'alice', expected: 'alice' },
    { name: "the token's user", scope: 'user_id:bob', expected: 'bob' },
    { name: 'the first usable one', scope: 'user_id:null user_id:bob', expected: 'bob' },
    { name: 'a stand-in where none is usable', scope: 'user_id:$YOUR_USER_ID', expected: 'USER_ID' },
    { name: 'a stand-in where there is none', scope: 'read:brands', expected: 'USER_ID' },
  ])('its fix is for $name', ({ scope, user, expected }) => {
    const never = check(sign({ scope }), { user }).find(({ code }) => code === 'expiry.never');
    expect(never?.fix).toEqual(['courier-jwt', 'issue', '--user', expected]);
  });

  it('knows no other surface', () => {
    expect(failureOf(() => check(sign(perfect), { for: ['nowhere'] }))).toMatchObject({
      code: 'usage.value',
      facts: { value: 'nowhere' },
    });
  });
});

describe('a token of the embedded Courier', () => {
  const local = String(mint({ scope: perfect.scope, expires_in: '1h' }, { now, id: 'an-id' }).body.token);
  const signature = (expected: Expectations) => check(local, expected).filter(({ code }) => code === 'signature.local');
  const fix = ['courier-jwt', 'issue', '--user', 'alice'];
  it.each([
    { name: 'is warned of', expectations: {}, expected: { code: 'signature.local', status: 'warn', facts: {}, fix } },
    {
      name: 'is warned of in another environment',
      expectations: { environment },
      expected: { code: 'signature.local', status: 'warn', facts: {}, fix: [...fix, '--env', 'test'] },
    },
    {
      name: 'is right in local',
      expectations: { environment: { name: 'local', ...localWorkspace } },
      expected: { code: 'signature.local', status: 'pass', facts: {}, fix: [...fix, '--env', 'local'] },
    },
  ])('$name', ({ expectations, expected }) => {
    expect(signature(expectations)).toEqual([expected]);
  });

  it.each([
    { name: 'in local, where it is from', expectations: {}, expected: ['--env', 'local'] },
    { name: 'in the environment that was expected', expectations: { environment }, expected: ['--env', 'test'] },
  ])('is mended $name', ({ expectations, expected }) => {
    const expired = checkFound(findToken(local), expectations, now + 3600).find(
      ({ code }) => code === 'expiry.expired',
    );
    expect(expired?.fix).toEqual([...fix, ...expected]);
  });

  it.each([
    { name: 'passes', strict: false, expectations: {}, expected: { ok: true, exit: 0 } },
    { name: 'fails under --strict', strict: true, expectations: {}, expected: { ok: false, exit: 1 } },
    {
      name: 'passes under --strict in local',
      strict: true,
      expectations: { environment: { name: 'local', ...localWorkspace } },
      expected: { ok: true, exit: 0 },
    },
  ])('$name', ({ strict, expectations, expected }) => {
    const report = makeReport(check(local, expectations), { strict });
    expect({ ok: report.ok, exit: exitCodeOf(report.findings) }).toEqual(expected);
  });
});

describe('the answer', () => {
  it.each([
    { name: 'a perfect token', claims: perfect, expected: 0 },
    { name: 'a perfect token, strict', claims: perfect, strict: true, expected: 0 },
    { name: 'a token that never expires', claims: { ...perfect, exp: undefined }, expected: 0 },
    { name: 'a token that never expires, strict', claims: { ...perfect, exp: undefined }, strict: true, expected: 1 },
    { name: 'an expired token', claims: { ...perfect, exp: now }, expected: 1 },
    { name: 'another user', claims: perfect, expectations: { user: 'bob' }, expected: 1 },
    {
      name: 'no user, and one expected',
      claims: { ...perfect, scope: 'read:brands' },
      expectations: { user: 'alice', for: ['brands'] },
      expected: 1,
    },
    { name: 'a scope missing', claims: perfect, expectations: { for: ['push'] }, expected: 1 },
    {
      name: 'no workspace recorded',
      claims: perfect,
      expectations: { environment: { ...environment, tenantId: null } },
      expected: 4,
    },
    {
      name: 'no workspace recorded, and expired',
      claims: { ...perfect, exp: now },
      expectations: { environment: { ...environment, tenantId: null } },
      expected: 1,
    },
  ])('$name: exit $expected', ({ claims, expectations = {}, strict = false, expected }) => {
    const report = makeReport(check(sign(claims), expectations), { strict });
    expect({ exit: exitCodeOf(report.findings), ok: report.ok }).toEqual({ exit: expected, ok: expected === 0 });
  });
});
