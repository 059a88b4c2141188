import { afterEach, describe, expect, it } from 'vitest';
import { moment, relative, spoken } from '../../src/output/times.js';

const day = 86_400;

describe('spoken', () => {
  it.each([
    { seconds: 1, expected: '1 second' },
    { seconds: 5, expected: '5 seconds' },
    { seconds: 30, expected: '30 seconds' },
    { seconds: -30, expected: '30 seconds' },
    { seconds: 60, expected: '1 minute' },
    { seconds: 90, expected: '1 minute' },
    { seconds: 120, expected: '2 minutes' },
    { seconds: 3540, expected: '59 minutes' },
    { seconds: 3600, expected: '1 hour' },
    { seconds: 2 * 3600, expected: '2 hours' },
    { seconds: day, expected: '1 day' },
    { seconds: 1.5 * day, expected: '1 day' },
    { seconds: 30 * day, expected: '30 days' },
    { seconds: 364 * day, expected: '364 days' },
    { seconds: 365 * day, expected: '1 year' },
    { seconds: 730 * day, expected: '2 years' },
  ])('$seconds s: $expected', ({ seconds, expected }) => {
    expect(spoken(seconds)).toBe(expected);
  });

  it.each([
    { name: 'a day, looked at a moment later', seconds: day - 1.4, expected: '1 day' },
    { name: 'a day, looked at half an hour later', seconds: day - 1799, expected: '1 day' },
    { name: 'a day, looked at later than that', seconds: day - 1801, expected: '23 hours' },
    { name: 'an hour, looked at a moment later', seconds: 3600 - 1, expected: '1 hour' },
    { name: 'an hour, looked at a minute later', seconds: 3600 - 60, expected: '59 minutes' },
    { name: 'two days, looked at a moment later', seconds: 2 * day - 0.5, expected: '2 days' },
    { name: 'half a minute, looked at a moment later', seconds: 29.6, expected: '30 seconds' },
    { name: 'a second, looked at later', seconds: 0.3, expected: '1 second' },
    { name: 'a year, looked at hours later', seconds: 365 * day - 10_000, expected: '1 year' },
  ])('$name', ({ seconds, expected }) => {
    expect(spoken(seconds)).toBe(expected);
  });
});

it.each([
  { seconds: 3 * 3600, expected: 'in 3 hours' },
  { seconds: -2 * day, expected: '2 days ago' },
  { seconds: 365 * day, expected: 'in 1 year' },
  { seconds: -600, expected: '10 minutes ago' },
])('relative $seconds: $expected', ({ seconds, expected }) => {
  expect(relative(seconds)).toBe(expected);
});

describe('moment', () => {
  const before = process.env.TZ;
  afterEach(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });

  const now = 1_767_225_600;
  it.each([
    { zone: 'UTC', seconds: now + 3600, expected: 'in 1 hour · 2026-01-01T01:00:00Z · 2026-01-01 01:00:00 +00:00' },
    {
      zone: 'Europe/Berlin',
      seconds: now - 60,
      expected: '1 minute ago · 2025-12-31T23:59:00Z · 2026-01-01 00:59:00 +01:00',
    },
    {
      zone: 'Europe/Berlin',
      seconds: now + 181 * day,
      expected: 'in 181 days · 2026-07-01T00:00:00Z · 2026-07-01 02:00:00 +02:00',
    },
    {
      zone: 'America/New_York',
      seconds: now - 3600,
      expected: '1 hour ago · 2025-12-31T23:00:00Z · 2025-12-31 18:00:00 -05:00',
    },
    {
      zone: 'America/St_Johns',
      seconds: now - 3600,
      expected: '1 hour ago · 2025-12-31T23:00:00Z · 2025-12-31 19:30:00 -03:30',
    },
    {
      zone: 'Asia/Kathmandu',
      seconds: now - 3600,
      expected: '1 hour ago · 2025-12-31T23:00:00Z · 2026-01-01 04:45:00 +05:45',
    },
    { zone: 'UTC', seconds: 1e20, expected: 'at 100000000000000000000, which is no date' },
    { zone: 'Asia/Kathmandu', seconds: 8.64e12, expected: 'in 273916 years · +275760-09-13T00:00:00Z · no local date' },
  ])('$zone, $seconds', ({ zone, seconds, expected }) => {
    process.env.TZ = zone;
    expect(moment(seconds, now)).toBe(expected);
  });
});
