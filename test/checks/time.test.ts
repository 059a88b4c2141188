import { describe, expect, it } from 'vitest';
import { checkTime } from '../../src/checks/time.js';
import { fix, now, someClaims } from './some.js';

const day = 86_400;
const valid = (expiresAt: string, remainingSeconds: number) => ({
  code: 'expiry.valid',
  status: 'pass',
  facts: { expiresAt, remainingSeconds },
});
const expired = (status: string, expiresAt: string, remainingSeconds: number, leewaySeconds = 0) => ({
  code: 'expiry.expired',
  status,
  facts: { expiresAt, remainingSeconds, leewaySeconds },
  fix,
});
const never = { code: 'expiry.never', status: 'warn', facts: {}, fix };

describe('checkTime', () => {
  it.each([
    { name: 'a second left', claims: { expiresAt: now + 1 }, expected: [valid('2026-01-01T00:00:01Z', 1)] },
    { name: 'a moment left', claims: { expiresAt: now + 0.5 }, expected: [valid('2026-01-01T00:00:00Z', 0)] },
    { name: 'at exp', claims: { expiresAt: now }, expected: [expired('fail', '2026-01-01T00:00:00Z', 0)] },
    { name: 'after exp', claims: { expiresAt: now - 1 }, expected: [expired('fail', '2025-12-31T23:59:59Z', -1)] },
    {
      name: 'within the leeway',
      claims: { expiresAt: now - 9 },
      expectations: { leeway: 10 },
      expected: [expired('warn', '2025-12-31T23:59:51Z', -9, 10)],
    },
    {
      name: 'at the end of the leeway',
      claims: { expiresAt: now - 10 },
      expectations: { leeway: 10 },
      expected: [expired('fail', '2025-12-31T23:59:50Z', -10, 10)],
    },
    {
      name: 'a leeway that is not needed',
      claims: { expiresAt: now + 1 },
      expectations: { leeway: 10 },
      expected: [valid('2026-01-01T00:00:01Z', 1)],
    },
    { name: 'never', claims: {}, expected: [never] },
    {
      name: 'an exp that is no date',
      claims: { expiresAt: 1e20 },
      expected: [{ ...valid('', 1e20 - now), facts: { expiresAt: null, remainingSeconds: 1e20 - now } }],
    },
    {
      name: 'exactly --min-ttl left',
      claims: { expiresAt: now + 60 },
      expectations: { minTtl: 60 },
      expected: [valid('2026-01-01T00:01:00Z', 60)],
    },
    {
      name: 'less than --min-ttl left',
      claims: { expiresAt: now + 59 },
      expectations: { minTtl: 60 },
      expected: [
        {
          code: 'expiry.min-ttl',
          status: 'fail',
          facts: { expiresAt: '2026-01-01T00:00:59Z', remainingSeconds: 59, minTtlSeconds: 60 },
          fix,
        },
      ],
    },
    {
      name: 'an exp that cannot be read',
      claims: { mistyped: [{ claim: 'exp', expected: 'number' as const, found: 'string' }] },
      expected: [],
    },
    {
      name: 'leeway does not lengthen --min-ttl',
      claims: { expiresAt: now - 9 },
      expectations: { leeway: 10, minTtl: 1 },
      expected: [expired('fail', '2025-12-31T23:59:51Z', -9, 10)],
    },
    { name: 'never is longer than any --min-ttl', claims: {}, expectations: { minTtl: 60 }, expected: [never] },
    {
      name: 'a lifetime of thirty days',
      claims: { issuedAt: now, expiresAt: now + 30 * day },
      expected: [valid('2026-01-31T00:00:00Z', 30 * day)],
    },
    {
      name: 'a second more',
      claims: { issuedAt: now, expiresAt: now + 30 * day + 1 },
      expected: [
        valid('2026-01-31T00:00:01Z', 30 * day + 1),
        { code: 'expiry.long', status: 'warn', facts: { lifetimeSeconds: 30 * day + 1 }, fix },
      ],
    },
    {
      name: 'issued ahead, and all the rest with it',
      claims: { issuedAt: now + 61, expiresAt: now + 61 + 31 * day },
      expectations: { minTtl: 60 * day },
      expected: [
        {
          code: 'clock.not-yet-valid',
          status: 'fail',
          facts: { aheadSeconds: 61, issuedAt: '2026-01-01T00:01:01Z', notBefore: null },
          fix,
        },
        {
          code: 'expiry.min-ttl',
          status: 'fail',
          facts: { expiresAt: '2026-02-01T00:01:01Z', remainingSeconds: 31 * day + 61, minTtlSeconds: 60 * day },
          fix,
        },
        { code: 'expiry.long', status: 'warn', facts: { lifetimeSeconds: 31 * day }, fix },
      ],
    },
  ])('$name', ({ claims, expectations = {}, expected }) => {
    expect(checkTime(someClaims(claims), expectations, now, fix)).toEqual(expected);
  });
});

describe('the clock', () => {
  const skew = (aheadSeconds: number, issuedAt: string | null, notBefore: string | null) => [
    { code: 'clock.skew', status: 'warn', facts: { aheadSeconds, issuedAt, notBefore } },
  ];
  const notYet = (aheadSeconds: number, issuedAt: string | null, notBefore: string | null) => [
    { code: 'clock.not-yet-valid', status: 'fail', facts: { aheadSeconds, issuedAt, notBefore }, fix },
  ];
  it.each([
    { name: 'no iat', claims: {}, expected: [] },
    { name: 'now', claims: { issuedAt: now, notBefore: now }, expected: [] },
    { name: 'a second ahead', claims: { issuedAt: now + 1 }, expected: skew(1, '2026-01-01T00:00:01Z', null) },
    {
      name: 'part of a second ahead',
      claims: { issuedAt: now + 0.25 },
      expected: skew(1, '2026-01-01T00:00:00Z', null),
    },
    { name: 'iat 60 s ahead', claims: { issuedAt: now + 60 }, expected: skew(60, '2026-01-01T00:01:00Z', null) },
    { name: 'iat 61 s ahead', claims: { issuedAt: now + 61 }, expected: notYet(61, '2026-01-01T00:01:01Z', null) },
    { name: 'iat 60.5 s ahead', claims: { issuedAt: now + 60.5 }, expected: notYet(61, '2026-01-01T00:01:00Z', null) },
    {
      name: 'nbf 60 s ahead',
      claims: { issuedAt: now, notBefore: now + 60 },
      expected: skew(60, '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'),
    },
    { name: 'nbf 61 s ahead', claims: { notBefore: now + 61 }, expected: notYet(61, null, '2026-01-01T00:01:01Z') },
  ])('$name', ({ claims, expected }) => {
    expect(checkTime(someClaims(claims), {}, now, fix)).toEqual([...expected, never]);
  });
});
