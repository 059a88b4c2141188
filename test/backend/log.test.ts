import { expect, it, vi } from 'vitest';
import { type LogEntry, logLine, safely } from '../../src/backend/log.js';
import { Secrets } from '../../src/output/secrets.js';
import { apiKey, backend, firstEntry, mintedWith } from './support.js';

it('is a line of JSON on stdout, inert whatever is in it', () => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') });
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    logLine({ event: 'refused', status: 400, code: 'user.invalid', user: 'a\n::error::\u001b[31m' });
    expect(printed.mock.calls).toEqual([
      [
        '{"at":"2026-01-01T00:00:00.000Z","event":"refused","status":400,"code":"user.invalid","user":"a\\n:\\u003aerror:\\u003a\\u001b[31m"}',
      ],
    ]);
  } finally {
    printed.mockRestore();
    vi.useRealTimers();
  }
});

it('is what is used unless another is given', async () => {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    const { ask } = backend({ log: undefined as never });
    await ask();
    expect(printed.mock.calls.map(([line]) => JSON.parse(String(line)) as unknown)).toEqual([
      { at: expect.stringMatching(/^\d{4}-.*Z$/), ...firstEntry },
    ]);
  } finally {
    printed.mockRestore();
  }
});

it.each<[string, (entry: LogEntry) => unknown]>([
  [
    'throws',
    () => {
      throw new Error('disk full');
    },
  ],
  ['rejects', async () => Promise.reject(new Error('disk full'))],
])('one that %s spoils no answer, and no process', async (_, log) => {
  const unhandled = vi.fn<() => void>();
  process.on('unhandledRejection', unhandled);
  const { ask } = backend({ log });
  expect([(await ask()).status, (await ask({ headers: {} })).status]).toEqual([200, 401]);
  await new Promise((done) => setTimeout(done, 10));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

it('is told before the answer', async () => {
  const { ask, log } = backend();
  await ask({ headers: {} }).then(() => expect(log).toHaveLength(1));
});

it('has no secret in any of its entries', () => {
  const token = mintedWith({});
  const told: LogEntry[] = [];
  const secrets = new Secrets();
  secrets.add('Unshaped4Key9Of');
  const log = safely((entry) => told.push(entry), secrets);
  log({ ...firstEntry, user: token, scopes: [`a:${apiKey}`], missing: ['Unshaped4Key9Of'], jti: token } as LogEntry);
  log({ event: 'refused', status: 400, code: 'user.invalid', user: apiKey });
  log({ event: 'failed', status: 502, code: 'courier.status', user: null, reason: `${apiKey} Unshaped4Key9Of` });
  const unsigned = `${token.slice(0, token.lastIndexOf('.'))}.[redacted]`;
  expect(told).toEqual([
    { ...firstEntry, user: unsigned, scopes: ['a:[redacted]'], missing: ['[redacted]'], jti: unsigned },
    { event: 'refused', status: 400, code: 'user.invalid', user: '[redacted]' },
    { event: 'failed', status: 502, code: 'courier.status', user: null, reason: '[redacted] [redacted]' },
  ]);
});
