import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { type EmulatorOptions, Failure, type ListenOptions, createEmulator } from '../../src/emulator/index.js';
import { Failure as MainFailure } from '../../src/index.js';

/** The code and the sentence. */
const told = (error: unknown): string => {
  if (!(error instanceof Failure)) throw error;
  return `${error.code}: ${error.message}`;
};
const message = (work: () => unknown): string => {
  try {
    work();
    return 'taken';
  } catch (error) {
    return told(error);
  }
};

it.each<{ options: unknown; expected: string }>([
  {
    options: { missingScopes: 'empty' },
    expected:
      'usage.option: there is no option missingScopes: there are seed, apiKey, missingScope, clock, sequentialIds, onRequest. Did you mean missingScope?',
  },
  { options: { missingScope: 'ignore' }, expected: 'usage.value: missingScope ignore: it takes refuse or empty.' },
  {
    options: { clock: 'tomorrow' },
    expected: 'usage.value: clock tomorrow: it takes an ISO 8601 time, such as 2026-01-01T00:00:00Z.',
  },
  {
    options: { clock: '2026-13-01' },
    expected: 'usage.value: clock 2026-13-01: it takes an ISO 8601 time, such as 2026-01-01T00:00:00Z.',
  },
  { options: { clock: 5 }, expected: 'usage.value: clock 5: it takes an ISO 8601 time, such as 2026-01-01T00:00:00Z.' },
  { options: { apiKey: 5 }, expected: 'usage.value: apiKey 5: it is no text.' },
  { options: { sequentialIds: 1 }, expected: 'usage.value: sequentialIds 1: it takes true or false.' },
  { options: { onRequest: 'log' }, expected: 'usage.value: onRequest log: it takes a function.' },
  {
    options: { seed: { messages: [{}] } },
    expected: 'usage.seed: that is no seed: messages[0].user is missing.',
  },
  { options: { clock: '2026-01-01T00:00:00Z', sequentialIds: true, missingScope: undefined }, expected: 'taken' },
])('$options: $expected', ({ options, expected }) => {
  expect(message(() => createEmulator(options as EmulatorOptions))).toBe(expected);
});

it.each<{ at: unknown; expected: string }>([
  {
    at: { prot: 1 },
    expected:
      'usage.option: there is no option prot: there are port, host, allowedHosts, allowedOrigins. Did you mean port?',
  },
  { at: { port: 65_536 }, expected: 'usage.value: port 65536: it takes a number from 0 to 65535.' },
  { at: { port: 0.5 }, expected: 'usage.value: port 0.5: it takes a number from 0 to 65535.' },
  { at: { port: '4010' }, expected: 'usage.value: port 4010: it takes a number from 0 to 65535.' },
  { at: { host: 1 }, expected: 'usage.value: host 1: it is no text.' },
  { at: { allowedHosts: 'app.test' }, expected: 'usage.value: allowedHosts app.test: it takes a list of texts.' },
  { at: { allowedOrigins: [1] }, expected: 'usage.value: allowedOrigins 1: it takes a list of texts.' },
  {
    at: { host: '192.0.2.1' },
    expected:
      'usage.listen: 192.0.2.1 is no address of this machine that can be listened on (EADDRNOTAVAIL). Left out, it is 127.0.0.1.',
  },
])('listen at $at: $expected', async ({ at, expected }) => {
  expect(
    await createEmulator()
      .listen(at as ListenOptions)
      .then(() => 'listens', told),
  ).toBe(expected);
});

it('listens on no port that is in use', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  expect(
    await createEmulator()
      .listen({ port })
      .then(() => 'listens', told),
  ).toBe(`usage.listen: port ${port} of 127.0.0.1 is in use. Choose another one, or 0 for any that is free.`);
  taken.close();
});

it('fails as the library does', () => {
  expect(Failure).toBe(MainFailure);
});

it.each([
  { clock: '2026-01-01', now: '2026-01-01T00:00:00.000Z' },
  { clock: '2026-01-01T09:30:00+02:00', now: '2026-01-01T07:30:00.000Z' },
])('begins at $clock', ({ clock, now }) => {
  expect(createEmulator({ clock }).control.now()).toBe(now);
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
  control.setTime('2027-01-01');
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
      'usage.value: control.advance soon: soon is no duration, such as "2h".',
      'usage.value: control.fail {"status":200}: status: Invalid value: Expected >=400 but received 200.',
      'usage.value: control.latency -1: Invalid value: Expected >=0 but received -1.',
      'usage.value: control.state nope: Invalid type: Expected ("test" | "production") but received "nope".',
    ],
  });
  control.reset();
  expect(control.now()).toBe('2026-01-01T00:00:00.000Z');
});
