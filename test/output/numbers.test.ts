import { expect, it } from 'vitest';
import { count, grouped, speed } from '../../src/output/numbers.js';

it.each([
  { number: 0, expected: '0' },
  { number: 999, expected: '999' },
  { number: 1000, expected: '1,000' },
  { number: 12_483, expected: '12,483' },
  { number: 1_234_567, expected: '1,234,567' },
])('$expected', ({ number, expected }) => {
  expect(grouped(number)).toBe(expected);
});

it.each([
  { number: 0, expected: '0 tokens' },
  { number: 1, expected: '1 token' },
  { number: 20_000, expected: '20,000 tokens' },
])('$expected', ({ number, expected }) => {
  expect(count(number, 'token')).toBe(expected);
});

it.each([
  { perSecond: 12_482.6, expected: '12,483 a second' },
  { perSecond: 1.4, expected: '1 a second' },
  { perSecond: 0.5, expected: '1 a second' },
  { perSecond: 0.4, expected: '24 a minute' },
  { perSecond: 1 / 60, expected: '1 a minute' },
  { perSecond: 5 / 3600, expected: '5 an hour' },
  { perSecond: 0, expected: '0 a second' },
])('$expected', ({ perSecond, expected }) => {
  expect(speed(perSecond)).toBe(expected);
});
