import { expect, it } from 'vitest';
import { Clock, isoOf } from '../../src/emulator/clock.js';

/** What it says then, and ten seconds later. */
it.each([
  { name: 'runs on', start: undefined, act: () => {}, expected: [100, 110] },
  { name: 'runs on, moved', start: undefined, act: (clock: Clock) => clock.advance(50), expected: [150, 160] },
  { name: 'runs on, set', start: undefined, act: (clock: Clock) => clock.set(7), expected: [7, 17] },
  {
    name: 'runs on, set and moved',
    start: undefined,
    act: (clock: Clock) => {
      clock.set(7);
      clock.advance(0.5);
    },
    expected: [7.5, 17.5],
  },
  {
    name: 'runs on, reset',
    start: undefined,
    act: (clock: Clock) => {
      clock.advance(50);
      clock.reset();
    },
    expected: [100, 110],
  },
  { name: 'stands still', start: 5, act: () => {}, expected: [5, 5] },
  { name: 'stands still at 0', start: 0, act: () => {}, expected: [0, 0] },
  { name: 'stands still, moved', start: 5, act: (clock: Clock) => clock.advance(50), expected: [55, 55] },
  { name: 'stands still, set', start: 5, act: (clock: Clock) => clock.set(7), expected: [7, 7] },
  {
    name: 'stands still, reset',
    start: 5,
    act: (clock: Clock) => {
      clock.advance(50);
      clock.reset();
    },
    expected: [5, 5],
  },
])('$name', ({ start, act, expected }) => {
  let base = 100;
  const clock = new Clock(() => base, start);
  act(clock);
  const first = clock.now();
  base += 10;
  expect([first, clock.now()]).toEqual(expected);
});

it.each([
  { name: 'was never moved', start: undefined, act: () => {}, expected: undefined },
  {
    name: 'was moved',
    start: undefined,
    act: (clock: Clock) => clock.advance(3600),
    expected: 'Thu, 01 Jan 1970 01:01:40 GMT',
  },
  {
    name: 'was moved, and reset',
    start: undefined,
    act: (clock: Clock) => {
      clock.advance(3600);
      clock.reset();
    },
    expected: undefined,
  },
  { name: 'stands still', start: 0, act: () => {}, expected: 'Thu, 01 Jan 1970 00:00:00 GMT' },
])('the date of a clock that $name', ({ start, act, expected }) => {
  const clock = new Clock(() => 100, start);
  act(clock);
  expect(clock.date()).toBe(expected);
});

it.each([
  { seconds: 0, expected: '1970-01-01T00:00:00.000Z' },
  { seconds: 1_767_225_600, expected: '2026-01-01T00:00:00.000Z' },
  { seconds: 1_767_225_600.1236, expected: '2026-01-01T00:00:00.124Z' },
  { seconds: -0.001, expected: '1969-12-31T23:59:59.999Z' },
])('$seconds seconds are $expected', ({ seconds, expected }) => {
  expect(isoOf(seconds)).toBe(expected);
});
