import { describe, expect, it } from 'vitest';
import { readableDefault, recordOf } from '../../src/environments/lookup.js';
import { Failure } from '../../src/errors.js';
import { failureOf } from '../token/failure-of.js';
import { memoryStore, someRecord } from './memory.js';

describe('recordOf', () => {
  const unknown = (name: string, suggestion?: string) => ({
    code: 'environment.unknown',
    facts: { name, known: ['prod', 'test'], suggestion, source: 'env use' },
  });
  it.each([
    { name: 'test', expected: { returned: someRecord() } },
    { name: 'tets', expected: unknown('tets', 'test') },
    { name: 'locl', expected: unknown('locl', 'local') },
    { name: 'a b', expected: unknown('a b') },
    { name: '', expected: unknown('') },
  ])('"$name"', ({ name, expected }) => {
    const store = memoryStore({ test: someRecord(), prod: someRecord({ production: true }) });
    expect(failureOf(() => recordOf(name, 'env use', store))).toEqual(expected);
  });

  it('asks the store for nothing that can be no name', () => {
    const store = { ...memoryStore(), read: () => expect.unreachable() };
    expect(failureOf(() => recordOf('../../etc/passwd', '--env', store))).toEqual({
      code: 'environment.unknown',
      facts: { name: '../../etc/passwd', known: [], suggestion: undefined, source: '--env' },
    });
  });
});

it.each([
  { name: 'one that is set', readDefault: () => 'test', expected: 'test' },
  { name: 'none', readDefault: () => undefined, expected: undefined },
  {
    name: 'one in a broken file',
    readDefault: () => {
      throw new Failure('environment.broken', { name: 'config', path: '/memory', problem: 'not-json' });
    },
    expected: undefined,
  },
])('readableDefault: $name', ({ readDefault, expected }) => {
  expect(readableDefault({ ...memoryStore(), readDefault })).toBe(expected);
});
