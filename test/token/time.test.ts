import { describe, expect, it } from 'vitest';
import { isoOrNull, secondsAhead, timeState } from '../../src/token/time.js';

const now = 1_767_225_600;
const times = { issuedAt: null, expiresAt: null, notBefore: null };

describe('timeState', () => {
  it.each([
    { name: 'nothing known', claims: {}, expected: 'no-expiry' },
    { name: 'issued, no expiry', claims: { issuedAt: now - 10 }, expected: 'no-expiry' },
    { name: 'a second before exp', claims: { expiresAt: now + 1 }, expected: 'valid' },
    { name: 'a moment before exp', claims: { expiresAt: now + 0.001 }, expected: 'valid' },
    { name: 'at exp', claims: { expiresAt: now }, expected: 'expired' },
    { name: 'after exp', claims: { expiresAt: now - 1 }, expected: 'expired' },
    { name: 'exp of nought', claims: { expiresAt: 0 }, expected: 'expired' },
    { name: 'iat 60 s ahead', claims: { issuedAt: now + 60, expiresAt: now + 99 }, expected: 'valid' },
    { name: 'iat 60 s ahead, no expiry', claims: { issuedAt: now + 60 }, expected: 'no-expiry' },
    { name: 'iat 61 s ahead', claims: { issuedAt: now + 61, expiresAt: now + 99 }, expected: 'not-yet-valid' },
    { name: 'iat 61 s ahead, no expiry', claims: { issuedAt: now + 61 }, expected: 'not-yet-valid' },
    { name: 'nbf 60 s ahead', claims: { issuedAt: now, notBefore: now + 60, expiresAt: now + 99 }, expected: 'valid' },
    {
      name: 'nbf 61 s ahead',
      claims: { issuedAt: now, notBefore: now + 61, expiresAt: now + 99 },
      expected: 'not-yet-valid',
    },
    { name: 'expired and issued ahead', claims: { issuedAt: now + 999, expiresAt: now - 1 }, expected: 'expired' },
  ])('$name', ({ claims, expected }) => {
    expect(timeState({ ...times, ...claims }, now)).toBe(expected);
  });
});

describe('secondsAhead', () => {
  it.each([
    { name: 'neither', claims: {}, expected: 0 },
    { name: 'both past', claims: { issuedAt: now - 5, notBefore: now - 3 }, expected: 0 },
    { name: 'now', claims: { issuedAt: now }, expected: 0 },
    { name: 'iat', claims: { issuedAt: now + 5, notBefore: now - 5 }, expected: 5 },
    { name: 'nbf', claims: { issuedAt: now + 5, notBefore: now + 7 }, expected: 7 },
  ])('$name', ({ claims, expected }) => {
    expect(secondsAhead({ ...times, ...claims }, now)).toBe(expected);
  });
});

describe('isoOrNull', () => {
  it.each([
    { seconds: 0, expected: '1970-01-01T00:00:00Z' },
    { seconds: now, expected: '2026-01-01T00:00:00Z' },
    { seconds: now + 0.9, expected: '2026-01-01T00:00:00Z' },
    { seconds: -1, expected: '1969-12-31T23:59:59Z' },
    { seconds: 8.64e12, expected: '+275760-09-13T00:00:00Z' },
    { seconds: 8.64e12 + 1, expected: null },
    { seconds: Infinity, expected: null },
    { seconds: '1', expected: null },
    { seconds: null, expected: null },
    { seconds: undefined, expected: null },
  ])('$seconds', ({ seconds, expected }) => {
    expect(isoOrNull(seconds)).toBe(expected);
  });
});
