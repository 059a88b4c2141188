import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { usersIn } from '../../src/token/claims.js';
import { findToken } from '../../src/token/find.js';
import { idProblem } from '../../src/token/user.js';
import { type Backend, apiKey, backend } from './support.js';

const id = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom(
    'alice',
    'bob',
    'alice user_id:bob',
    '__proto__',
    'constructor',
    'null',
    'undefined',
    apiKey,
    'a\u200bb',
    '',
  ),
);
const json = fc.oneof(
  fc.record({ userId: fc.oneof(id, fc.jsonValue()) }, { requiredKeys: [] }).map((body) => JSON.stringify(body)),
  fc.json(),
  fc.string({ unit: 'binary' }),
  id.map((user) => `{"userId":"bob","userId":${JSON.stringify(user)}}`),
);

// When Courier's tokens of these tests live: others are not kept.
beforeEach(() => vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z'), toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

it.each([false, true])(
  'no input mints for anybody but the session’s user, or is too much (cache: %s)',
  async (cache) => {
    let session: string | null = null;
    const { ask, log, emulator }: Backend = backend({ cache, authenticate: () => session });
    await fc.assert(
      fc.asyncProperty(fc.option(id), fc.option(json), async (user, body) => {
        session = user;
        log.length = 0;
        const { status, body: answer } = await ask(body === null ? {} : { body });
        expect([200, 400, 401, 403, 413]).toContain(status);
        const told = JSON.stringify([answer, log]);
        expect(told).not.toContain(apiKey.slice(0, 18));
        if (status !== 200) {
          expect(answer).toEqual({ error: expect.any(String), code: expect.any(String) });
          expect(log.map(({ event }) => event)).toEqual(['refused']);
          return;
        }
        const { token } = answer as { token: string };
        expect(usersIn(findToken(token).payload)).toEqual([user]);
        expect(idProblem(user ?? '')).toBeUndefined();
        expect(JSON.stringify(log)).not.toContain(token.split('.')[2]);
      }),
      { numRuns: 500 },
    );
    expect(emulator.control.requests().every(({ status }) => status === 200)).toBe(true);
  },
);
