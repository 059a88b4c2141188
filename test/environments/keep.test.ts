import { describe, expect, it } from 'vitest';
import { type Keeping, keepEnvironment } from '../../src/environments/keep.js';
import type { Keychain } from '../../src/environments/keychain.js';
import type { EnvironmentStore } from '../../src/environments/store.js';
import { Failure } from '../../src/errors.js';
import { memoryKeychain, noKeychain } from '../support/context.js';
import { rejectionOf } from '../token/failure-of.js';
import { key, memoryStore, someRecord } from './memory.js';

const kept = {
  key,
  keyHint: 'pk_test_…CDEF',
  region: 'us',
  baseUrl: null,
  tenantId: 'w/test',
  tenantScope: 'published/test',
  production: false,
  addedAt: '2026-01-01T00:00:00Z',
} as const;
const inFile = someRecord();
const inKeychain = (account: string) => someRecord({ storage: 'keychain', key: null, account });
const keeping: Keeping = {
  storage: undefined,
  isNew: false,
  replaces: undefined,
  newId: () => '11111111-2222-4333-8444-555555555555',
};

const keep = (how: Partial<Keeping>, { store, keychain }: { store: EnvironmentStore; keychain: Keychain }) =>
  rejectionOf(keepEnvironment('test', kept, { ...keeping, ...how }, { store, keychain }));

describe('keepEnvironment', () => {
  const replaced = inKeychain('test-old');
  it.each([
    {
      name: 'in the keychain, where there is one',
      how: {},
      entries: {},
      expected: { record: inKeychain('test-11111111'), fellBack: false, entries: { 'test-11111111': key } },
    },
    {
      name: 'in the keychain, as chosen',
      how: { storage: 'keychain' as const },
      entries: {},
      expected: { record: inKeychain('test-11111111'), fellBack: false, entries: { 'test-11111111': key } },
    },
    {
      name: 'in a file, as chosen',
      how: { storage: 'file' as const },
      entries: {},
      expected: { record: inFile, fellBack: false, entries: {} },
    },
    {
      name: "in another entry than the old key's, which goes",
      how: { replaces: replaced },
      entries: { 'test-old': 'the-old-key', other: 'not-ours' },
      expected: {
        record: inKeychain('test-11111111'),
        fellBack: false,
        entries: { other: 'not-ours', 'test-11111111': key },
      },
    },
    {
      name: "in a file in the keychain's place, and the old key goes",
      how: { storage: 'file' as const, replaces: replaced },
      entries: { 'test-old': 'the-old-key' },
      expected: { record: inFile, fellBack: false, entries: {} },
    },
    {
      name: "in the keychain in a file's place",
      how: { replaces: someRecord({ key: 'the-old-key' }) },
      entries: {},
      expected: { record: inKeychain('test-11111111'), fellBack: false, entries: { 'test-11111111': key } },
    },
  ])('$name', async ({ how, entries, expected: { record, fellBack, entries: after } }) => {
    const [store, keychain] = [memoryStore(), memoryKeychain({ ...entries })];
    expect(await keep(how, { store, keychain })).toEqual({ returned: { record, fellBack } });
    expect({ records: store.records, entries: keychain.entries }).toEqual({
      records: { test: record },
      entries: after,
    });
  });

  it('in a file where there is no keychain, and says so', async () => {
    const store = memoryStore();
    expect(await keep({}, { store, keychain: noKeychain })).toEqual({ returned: { record: inFile, fellBack: true } });
    expect(store.records).toEqual({ test: inFile });
  });

  it('under a name of its own in a second keeping', async () => {
    const [store, keychain] = [memoryStore(), memoryKeychain()];
    await keep({}, { store, keychain });
    await keep({ newId: () => '99999999-0000' }, { store, keychain });
    expect(keychain.entries).toEqual({ 'test-11111111': key, 'test-99999999': key });
  });
});

describe('a failure leaves everything as it was', () => {
  const timeout = new Failure('keychain.timeout', { name: 'test', seconds: 3 });
  const unwritable = new Failure('environment.unwritable', { path: '/memory', reason: 'EACCES' });
  const failing = (failure: Failure) => async () => {
    throw failure;
  };
  const before = { test: inKeychain('test-old') };
  const entries = { 'test-old': 'the-old-key' };

  it.each([
    {
      name: 'no keychain, and it was chosen',
      how: { storage: 'keychain' as const },
      broken: { set: noKeychain.set },
      expected: { code: 'keychain.unavailable', facts: { name: 'test' } },
    },
    {
      name: 'a keychain that does not answer is no reason for a file',
      how: {},
      broken: { set: failing(timeout) },
      expected: { code: timeout.code, facts: timeout.facts },
    },
    {
      name: 'a keychain that refuses is none either',
      how: {},
      broken: { set: failing(new Failure('keychain.refused', { name: 'test', reason: 'locked' })) },
      expected: { code: 'keychain.refused', facts: { name: 'test', reason: 'locked' } },
    },
  ])('$name', async ({ how, broken, expected }) => {
    const [store, keychain] = [memoryStore({ ...before }), memoryKeychain({ ...entries })];
    expect(await keep({ replaces: before.test, ...how }, { store, keychain: { ...keychain, ...broken } })).toEqual(
      expected,
    );
    expect({ records: store.records, entries: keychain.entries }).toEqual({ records: before, entries });
  });

  it.each([{ storage: undefined }, { storage: 'keychain' as const }, { storage: 'file' as const }])(
    'a file that cannot be written, storage $storage',
    async ({ storage }) => {
      const [store, keychain] = [memoryStore({ ...before }), memoryKeychain({ ...entries })];
      const unwritableStore = { ...store, write: failing(unwritable) };
      expect(await keep({ replaces: before.test, storage }, { store: unwritableStore, keychain })).toEqual({
        code: unwritable.code,
        facts: unwritable.facts,
      });
      expect({ records: store.records, entries: keychain.entries }).toEqual({ records: before, entries });
    },
  );

  it('and the file is what is told, when the keychain will not let go either', async () => {
    const store = { ...memoryStore(), write: failing(unwritable) };
    const keychain = { ...memoryKeychain(), remove: failing(timeout) };
    expect(await keep({}, { store, keychain })).toEqual({ code: unwritable.code, facts: unwritable.facts });
  });
});

it('an old entry that will not go is no failure', async () => {
  const store = memoryStore();
  const keychain = { ...memoryKeychain(), remove: noKeychain.remove };
  expect(await keep({ replaces: inKeychain('test-old') }, { store, keychain })).toEqual({
    returned: { record: inKeychain('test-11111111'), fellBack: false },
  });
});

it('the new record stands before the old key goes', async () => {
  const store = memoryStore();
  const seen: unknown[] = [];
  const keychain = {
    ...memoryKeychain(),
    remove: async (account: string) => void seen.push(account, store.records.test?.account),
  };
  await keep({ replaces: inKeychain('test-old') }, { store, keychain });
  expect(seen).toEqual(['test-old', 'test-11111111']);
});
