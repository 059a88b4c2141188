import { expect, it } from 'vitest';
import { type RunState, runText } from '../../src/output/run-text.js';

const state: RunState = { tokens: 0, errors: new Map(), perSecond: 0, pausedSeconds: 0 };

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
    expected: '1200 tokens, 3 errors (courier.timeout 2, user.invalid 1), 840 a second, 12 %, 2 minutes left',
  },
  { state: { errors: new Map([['a.b', 1]]) }, expected: '0 tokens, 1 error (a.b 1), 0 a second' },
  { state: { perSecond: 9, pausedSeconds: 20 }, expected: '0 tokens, Courier asks for a pause: 20 seconds' },
  { state: { read: 1 }, expected: '0 tokens, 0 a second, 100 %' },
])('$expected', ({ state: more, expected }) => {
  expect(runText({ ...state, ...more })).toBe(expected);
});
