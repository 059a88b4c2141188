import { describe, expect, it } from 'vitest';
import { checkName, isName, keyVariable } from '../../src/environments/name.js';
import { failureOf } from '../token/failure-of.js';

const reason = 'a name is 1 to 32 of a-z, 0-9 and -, and starts with a letter or a digit';

describe('checkName', () => {
  it.each(['a', '0', 'test', 'my-test', 'test-', '1-2-3', 'a'.repeat(32), 'local', 'config'])('takes %s', (name) => {
    expect([checkName(name, '--env'), isName(name)]).toEqual([name, true]);
  });

  it.each([
    '',
    '-test',
    'Test',
    'my_test',
    'my test',
    'test\n',
    '\ntest',
    'a'.repeat(33),
    '../test',
    'a/b',
    'a.json',
    'tést',
    '.',
  ])('refuses %j', (name) => {
    const refusal = { code: 'usage.value', facts: { option: 'env add', value: name, reason } };
    expect([failureOf(() => checkName(name, 'env add')), isName(name)]).toEqual([refusal, false]);
  });
});

it.each([
  { name: 'test', expected: 'COURIER_API_KEY_TEST' },
  { name: 'my-second-test', expected: 'COURIER_API_KEY_MY_SECOND_TEST' },
  { name: '1', expected: 'COURIER_API_KEY_1' },
])('keyVariable $name: $expected', ({ name, expected }) => {
  expect(keyVariable(name)).toBe(expected);
});
