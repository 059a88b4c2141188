import fc from 'fast-check';
import ms from 'ms';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/token/duration.js';

const seconds = (value: number) => ({ seconds: value });
const problem = (value: string) => ({ problem: value });

describe('parseDuration', () => {
  it.each([
    { text: '1d', expected: seconds(86_400) },
    { text: '2 hours', expected: seconds(7200) },
    { text: '3 days', expected: seconds(259_200) },
    { text: '10h', expected: seconds(36_000) },
    { text: '2.5 hrs', expected: seconds(9000) },
    { text: '.5h', expected: seconds(1800) },
    { text: '1m', expected: seconds(60) },
    { text: '5s', expected: seconds(5) },
    { text: '1y', expected: seconds(31_557_600) },
    { text: '1w', expected: seconds(604_800) },
    { text: '1 MINUTE', expected: seconds(60) },
    { text: '1D', expected: seconds(86_400) },
    { text: ' 90 s\n', expected: seconds(90) },
    { text: '500ms', expected: seconds(0.5) },
    { text: '3600', expected: problem('no-unit') },
    { text: '1.5', expected: problem('no-unit') },
    { text: '-3600', expected: problem('no-unit') },
    { text: '+5', expected: problem('no-unit') },
    { text: '0', expected: problem('no-unit') },
    { text: '0s', expected: problem('not-positive') },
    { text: '0.0h', expected: problem('not-positive') },
    { text: '-1d', expected: problem('not-positive') },
    { text: '1M', expected: problem('ambiguous-month') },
    { text: '1.5 M', expected: problem('ambiguous-month') },
    { text: '', expected: problem('not-a-duration') },
    { text: '   ', expected: problem('not-a-duration') },
    { text: 'soon', expected: problem('not-a-duration') },
    { text: '1 month', expected: problem('not-a-duration') },
    { text: '1d 2h', expected: problem('not-a-duration') },
    { text: '1d;2h', expected: problem('not-a-duration') },
    { text: '1e3s', expected: problem('not-a-duration') },
    { text: 'Infinity', expected: problem('not-a-duration') },
    { text: 'P1D', expected: problem('not-a-duration') },
    { text: '1,5h', expected: problem('not-a-duration') },
    { text: `1${' '.repeat(99)}d`, expected: problem('not-a-duration') },
    { text: '4320000000s', expected: seconds(4_320_000_000) },
    { text: '4320000000001s', expected: problem('too-long') },
    { text: '999999999999y', expected: problem('too-long') },
  ])('"$text"', ({ text, expected }) => {
    expect(parseDuration(text)).toEqual(expected);
  });

  it.each([
    { text: '0', expected: seconds(0) },
    { text: '000', expected: seconds(0) },
    { text: '0s', expected: seconds(0) },
    { text: '5m', expected: seconds(300) },
    { text: '5', expected: problem('no-unit') },
    { text: '-1s', expected: problem('not-positive') },
  ])('nothing may be allowed: "$text"', ({ text, expected }) => {
    expect(parseDuration(text, { zero: true })).toEqual(expected);
  });

  it('agrees with ms, which Courier reads durations with', () => {
    const units = [
      'ms',
      's',
      'sec',
      'secs',
      'second',
      'm',
      'min',
      'mins',
      'minutes',
      'h',
      'hr',
      'hours',
      'd',
      'day',
      'days',
      'w',
      'weeks',
      'y',
      'yrs',
      'Years',
      'HOURS',
    ];
    const amount = fc.oneof(
      fc.integer({ min: 1, max: 10_000 }).map(String),
      fc.tuple(fc.nat(999), fc.integer({ min: 1, max: 999 })).map(([whole, part]) => `${whole}.${part}`),
    );
    fc.assert(
      fc.property(amount, fc.constantFrom('', ' ', '  '), fc.constantFrom(...units), (value, space, unit) => {
        const text = `${value}${space}${unit}`;
        expect(parseDuration(text)).toEqual({ seconds: ms(text as ms.StringValue) / 1000 });
      }),
      { numRuns: 500 },
    );
  });

  it('gives seconds above nothing, or a problem, whatever the text', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('1', '0', '.', '-', ' ', 'd', 'M', 'ms', 'e') }),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const parsed = parseDuration(text);
        expect('problem' in parsed || (parsed.seconds > 0 && Number.isFinite(parsed.seconds))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  // An argument may be 128 kB long; a pattern that goes back for each digit would take minutes.
  it('is done at once with a very long text', () => {
    expect(parseDuration(`${'1'.repeat(128_000)}x`)).toEqual(problem('not-a-duration'));
  }, 2000);
});
