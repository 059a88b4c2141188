import { expect, it } from 'vitest';
import { type RunState, mintedText, retriesText, runText } from '../../src/output/run-text.js';

const state: RunState = { tokens: 0, errors: new Map(), perSecond: 0, isLimited: false, pausedSeconds: 0 };

it.each<{ state: Partial<RunState>; expected: string }>([
  { state: {}, expected: '0 tokens, 0 a second' },
  { state: { tokens: 1, perSecond: 0.6 }, expected: '1 token, 1 a second' },
  {
    state: {
      tokens: 1200,
      errors: new Map([
        ['user.invalid', 1],
        ['courier.timeout', 2],
      ]),
      perSecond: 840.4,
      read: 0.129,
      secondsLeft: 120,
    },
    expected: '1,200 tokens, 3 errors (courier.timeout 2, user.invalid 1), 840 a second, 12 %, 2 minutes left',
  },
  { state: { errors: new Map([['a.b', 1]]) }, expected: '0 tokens, 1 error (a.b 1), 0 a second' },
  {
    state: { tokens: 15, perSecond: 1, isLimited: true, read: 0.001 },
    expected: '15 tokens, 1 a second as Courier limits it, 0 %',
  },
  { state: { perSecond: 0.2 }, expected: '0 tokens, 12 a minute' },
  {
    state: { perSecond: 9, isLimited: true, pausedSeconds: 20 },
    expected: '0 tokens, Courier asks for a pause: 20 seconds',
  },
  { state: { read: 1 }, expected: '0 tokens, 0 a second, 100 %' },
])('$expected', ({ state: more, expected }) => {
  expect(runText({ ...state, ...more })).toBe(expected);
});

it.each<{ reasons: [string, number][]; expected: string }>([
  { reasons: [['503', 1]], expected: '1 request sent again (503 1)' },
  {
    reasons: [
      ['ECONNRESET', 1],
      ['429', 1200],
    ],
    expected: '1,201 requests sent again (429 1,200, ECONNRESET 1)',
  },
])('$expected', ({ reasons, expected }) => {
  expect(retriesText(new Map(reasons))).toBe(expected);
});

it.each([
  { tokens: 3, seconds: 0.99, expected: 'minted 3 tokens' },
  { tokens: 20_000, seconds: 1.7, expected: 'minted 20,000 tokens in 1.7 seconds, 11,765 a second' },
  { tokens: 1, seconds: 9.94, expected: 'minted 1 token in 9.9 seconds, 6 a minute' },
  { tokens: 20, seconds: 9.96, expected: 'minted 20 tokens in 10 seconds, 2 a second' },
  { tokens: 5000, seconds: 125, expected: 'minted 5,000 tokens in 2 minutes, 40 a second' },
])('$expected', ({ tokens, seconds, expected }) => {
  expect(mintedText(tokens, seconds)).toBe(expected);
});
