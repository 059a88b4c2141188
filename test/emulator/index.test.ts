import { expect, it } from 'vitest';
import { type EmulatorOptions, createEmulator } from '../../src/emulator/index.js';

const message = (work: () => unknown): string => {
  try {
    work();
    return 'taken';
  } catch (error) {
    return String(error);
  }
};

it.each([
  { options: { missingScopes: 'empty' }, expected: 'TypeError: createEmulator: missingScopes is not known here' },
  {
    options: { missingScope: 'ignore' },
    expected:
      'TypeError: createEmulator: missingScope: Invalid type: Expected ("refuse" | "empty") but received "ignore"',
  },
  {
    options: { clock: 'tomorrow' },
    expected: 'TypeError: createEmulator: clock: Invalid timestamp: Received "tomorrow"',
  },
  { options: { seed: { messages: [{}] } }, expected: 'TypeError: seed: messages.0.user is missing' },
  { options: { clock: '2026-01-01T00:00:00Z', sequentialIds: true }, expected: 'taken' },
])('$options: $expected', ({ options, expected }) => {
  expect(message(() => createEmulator(options as EmulatorOptions))).toBe(expected);
});

it('is asked by its own language, and says what it cannot do', () => {
  const { control } = createEmulator({ clock: '2026-01-01T00:00:00Z' });
  control.advance('2h');
  control.advance(30);
  control.fail({ status: 503 });
  control.latency(5);
  control.rateLimit({ requests: 1 });
  control.missingScope('empty');
  const before = control.now();
  control.recover();
  control.setTime('2027-01-01T00:00:00Z');
  const state = control.state('production');
  state.messages = [];
  expect({
    before,
    now: control.now(),
    messages: control.state('production').messages.length,
    requests: control.requests(),
    wrong: [
      message(() => control.advance('soon')),
      message(() => control.fail({ status: 200 })),
      message(() => control.latency(-1)),
      message(() => control.state('nope' as 'test')),
    ],
  }).toEqual({
    before: '2026-01-01T02:00:30.000Z',
    now: '2027-01-01T00:00:00.000Z',
    messages: 7,
    requests: [],
    wrong: [
      'TypeError: advance: soon is no duration, such as "2h"',
      'TypeError: status: Invalid value: Expected >=400 but received 200',
      'TypeError: ms: Invalid value: Expected >=0 but received -1',
      'TypeError: Invalid type: Expected ("test" | "production") but received "nope"',
    ],
  });
  control.reset();
  expect(control.now()).toBe('2026-01-01T00:00:00.000Z');
});
