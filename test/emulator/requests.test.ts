import { expect, it } from 'vitest';
import { RequestLog } from '../../src/emulator/requests.js';
import type { RequestEntry } from '../../src/request-entry.js';
import { tokenFor } from './support.js';

const entry: RequestEntry = {
  at: '2026-01-01T00:00:00.000Z',
  method: 'GET',
  path: '/brands',
  operation: null,
  status: 200,
  user: null,
  verdict: { code: 'open' },
  reason: null,
  fault: false,
  milliseconds: 3,
};
const key = 'pk_test_0123456789ABCDEFGHIJ';
const token = tokenFor('user_id:alice');
const seen = token.slice(0, token.lastIndexOf('.') + 1);

it.each([
  { name: 'as it was', given: {}, expected: {} },
  { name: 'a key in a path', given: { path: `/users/${key}` }, expected: { path: '/users/[redacted]' } },
  { name: 'a token in a path', given: { path: `/users/${token}` }, expected: { path: `/users/${seen}[redacted]` } },
  { name: 'a token for a user', given: { user: token }, expected: { user: `${seen}[redacted]` } },
  {
    name: 'keys in an operation',
    given: { operation: `to ${key}, ${key}` },
    expected: { operation: 'to [redacted], [redacted]' },
  },
  { name: 'a key in a reason', given: { reason: `no ${key}` }, expected: { reason: 'no [redacted]' } },
  { name: 'a long reason', given: { reason: 'r'.repeat(600) }, expected: { reason: 'r'.repeat(500) } },
  {
    name: 'a key in a verdict',
    given: { verdict: { code: 'user.mismatch', subject: key } as const },
    expected: { verdict: { code: 'user.mismatch', subject: '[redacted]' } },
  },
])('keeps and tells: $name', async ({ given, expected }) => {
  const told: RequestEntry[] = [];
  const log = new RequestLog((one) => told.push(one));
  log.add({ ...entry, ...given });
  const shown = { ...entry, ...expected };
  await Promise.resolve();
  expect({ told, entries: log.entries, newest: log.newest() }).toEqual({
    told: [shown],
    entries: [shown],
    newest: [shown],
  });
});

it('keeps the newest thousand, and lets the others go', () => {
  const log = new RequestLog(() => {});
  for (let i = 0; i < 2001; i += 1) log.add({ ...entry, milliseconds: i });
  const newest = log.newest().map(({ milliseconds }) => milliseconds);
  expect({ newest, held: log.entries.length }).toEqual({
    newest: Array.from({ length: 1000 }, (_, i) => 1001 + i),
    held: 1000,
  });
});
