import { describe, expect, it } from 'vitest';
import { type AskedOfAll, type Passed, type Shard, jobsOf } from '../../src/bulk/jobs.js';
import { HashSet, hashOf } from '../../src/bulk/seen.js';
import type { ReadRecord, UserRecord } from '../../src/bulk/users.js';

const record = (user: string, rest: Partial<UserRecord> = {}): ReadRecord => ({
  line: 1,
  key: user,
  record: { user, ...rest },
});
const numbered = (records: ReadRecord[]) => records.map((one, i) => ({ ...one, line: i + 1 }));

interface Given {
  all?: Partial<AskedOfAll>;
  shard?: Shard;
  before?: string[];
}

async function jobs(records: ReadRecord[], { all = {}, shard, before = [] }: Given = {}) {
  async function* given() {
    yield* numbered(records);
  }
  const minted = new HashSet();
  for (const user of before) minted.add(hashOf(user));
  const passed: Passed = { repeated: 0, before: 0, elsewhere: 0 };
  const came: unknown[] = [];
  for await (const job of jobsOf(given(), { all: { expiresIn: '1d', ...all }, shard, before: minted }, passed))
    came.push('failure' in job ? { user: job.user, code: job.failure.code, facts: job.failure.facts } : job);
  return { came, passed };
}

const asked = (user: string, scopes: string[], expiresIn = '1d', lifetimeSeconds = 86_400) => ({
  user,
  asked: { user, scopes: [`user_id:${user}`, ...scopes], expiresIn, lifetimeSeconds },
});
const none = { repeated: 0, before: 0, elsewhere: 0 };

describe('what is asked for', () => {
  const all = { scopes: ['read:brands'], expiresIn: '2h' };
  const tenants = ['tenants:read'];
  it.each<{ name: string; all?: Partial<AskedOfAll>; own: Partial<UserRecord>; expected: unknown }>([
    { name: 'as of all', all, own: {}, expected: asked('a', ['read:brands'], '2h', 7200) },
    {
      name: 'the default set',
      own: {},
      expected: asked('a', [
        'inbox:read:messages',
        'inbox:write:events',
        'read:preferences',
        'write:preferences',
        'read:brands',
      ]),
    },
    { name: 'for a surface', all: { for: ['brands'] }, own: {}, expected: asked('a', ['read:brands']) },
    {
      name: 'scopes of their own',
      all,
      own: { scopes: ['x y', 'z'] },
      expected: asked('a', ['x', 'y', 'z'], '2h', 7200),
    },
    {
      name: 'and for a surface',
      all: { for: ['brands'] },
      own: { scopes: ['x'] },
      expected: asked('a', ['read:brands', 'x']),
    },
    {
      name: 'a lifetime of their own',
      all,
      own: { expiresIn: '30s' },
      expected: asked('a', ['read:brands'], '30s', 30),
    },
    { name: 'a tenant', all: { scopes: tenants }, own: { tenant: 't' }, expected: asked('a', ['tenant:t:read']) },
    {
      name: 'another tenant',
      all: { scopes: tenants, tenant: 's' },
      own: { tenant: 't' },
      expected: asked('a', ['tenant:t:read']),
    },
    {
      name: 'the tenant of all',
      all: { scopes: tenants, tenant: 's' },
      own: {},
      expected: asked('a', ['tenant:s:read']),
    },
    {
      name: 'no tenant by that name',
      all: { scopes: tenants, tenant: 's' },
      own: { tenant: '' },
      expected: { user: 'a', code: 'tenant.invalid', facts: { tenant: '', problem: 'empty', of: 'line 1' } },
    },
    {
      name: 'no lifetime',
      own: { expiresIn: '' },
      expected: {
        user: 'a',
        code: 'duration.invalid',
        facts: { option: 'expiresIn', value: '', problem: 'not-a-duration', of: 'line 1' },
      },
    },
    {
      name: 'a lifetime that is too short',
      own: { expiresIn: '1ms' },
      expected: {
        user: 'a',
        code: 'duration.invalid',
        facts: { option: 'expiresIn', value: '1ms', problem: 'too-short', of: 'line 1' },
      },
    },
    {
      name: 'no scope',
      own: { scopes: [''] },
      expected: { user: 'a', code: 'scope.invalid', facts: { scope: '', of: 'line 1' } },
    },
    {
      name: 'another user among the scopes',
      own: { scopes: ['user_id:b'] },
      expected: { user: 'a', code: 'scope.user-id', facts: { scope: 'user_id:b', of: 'line 1' } },
    },
  ])('$name', async ({ all: ofAll = {}, own, expected }) => {
    expect(await jobs([record('a', own)], { all: ofAll })).toEqual({ came: [expected], passed: none });
  });

  it('each user’s own, whoever comes between', async () => {
    const own = (i: number) => ({ scopes: [`x${i % 1500}`] });
    const records = Array.from({ length: 3000 }, (_, i) => record(`u${i}`, own(i)));
    expect((await jobs(records)).came).toEqual(records.map((_, i) => asked(`u${i}`, own(i).scopes)));
  });
});

describe('who is no user', () => {
  it.each([
    { user: '', problem: 'empty' },
    { user: 'a b', problem: 'whitespace' },
    { user: '{{userId}}', problem: 'placeholder' },
    { user: 'pk_test_0123456789abcdef', problem: 'api-key' },
  ])('$user', async ({ user, problem }) => {
    const facts = { user, problem, option: 'user', of: 'line 2' };
    expect((await jobs([record('a'), record(user), record('b')])).came).toEqual([
      expect.objectContaining({ user: 'a' }),
      { user, code: 'user.invalid', facts },
      expect.objectContaining({ user: 'b' }),
    ]);
  });

  it('what could not be read is passed on', async () => {
    expect((await jobs([{ line: 1, key: '{x', problem: { problem: 'json' } }])).came).toEqual([
      { user: '{x', code: 'usage.user-line', facts: { problem: 'json', of: 'line 1' } },
    ]);
  });
});

it('each is minted for once: the first line counts', async () => {
  const { came, passed } = await jobs([record('a', { expiresIn: '1h' }), record('b'), record('b'), record('a')]);
  expect([came.map((job) => (job as { user: string }).user), passed]).toEqual([
    ['a', 'b'],
    { ...none, repeated: 2, firstRepeated: { user: 'b', line: 3 } },
  ]);
});

it('who has a token is passed over', async () => {
  const { came, passed } = await jobs([record('a'), record('b'), record('a')], { before: ['a'] });
  expect([came.map((job) => (job as { user: string }).user), passed]).toEqual([
    ['b'],
    { ...none, before: 1, repeated: 1, firstRepeated: { user: 'a', line: 3 } },
  ]);
});

it.each([1, 2, 3, 8])('%d shards: each user is in one, and so is what could not be read', async (count) => {
  const unread: ReadRecord = { line: 1, key: '{x', problem: { problem: 'json' } };
  const records = [...Array.from({ length: 200 }, (_, i) => record(`u${i}`)), unread];
  const parts = await Promise.all(
    Array.from({ length: count }, async (_, i) => jobs(records, { shard: { index: i + 1, count } })),
  );
  const users = parts.flatMap(({ came }) => came.map((job) => (job as { user: string }).user));
  expect(users.toSorted()).toEqual(records.map(({ key }) => key).toSorted());
  for (const { came, passed } of parts) expect(came.length + passed.elsewhere).toBe(records.length);
});
