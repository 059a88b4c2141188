import { describe, expect, it } from 'vitest';
import { keysIn, variablesOf } from '../../src/environments/variables.js';

describe('variablesOf', () => {
  const shell = { COURIER_API_KEY: 'from-shell', COURIER_BASE_URL: '', HOME: '/home' };
  const file = {
    COURIER_API_KEY: 'from-file',
    COURIER_BASE_URL: 'url',
    COURIER_JWT_ENV: 'test',
    COURIER_API_KEY_MY_TEST: 'named',
    COURIER_API_KEY_: 'nobody',
    COURIER_API_KEY_my: 'lower',
    COURIER_JWT_CONFIG_DIR: '/elsewhere',
    HTTPS_PROXY: 'http://evil',
    NODE_DEBUG: 'http',
    GITHUB_ACTIONS: 'true',
    XCOURIER_API_KEY: 'x',
  };
  it.each([
    { name: 'COURIER_API_KEY', expected: { value: 'from-shell', origin: 'shell' } },
    { name: 'COURIER_BASE_URL', expected: { value: 'url', origin: '--env-file' } },
    { name: 'COURIER_JWT_ENV', expected: { value: 'test', origin: '--env-file' } },
    { name: 'COURIER_API_KEY_MY_TEST', expected: { value: 'named', origin: '--env-file' } },
    { name: 'HOME', expected: { value: '/home', origin: 'shell' } },
    { name: 'COURIER_API_KEY_', expected: undefined },
    { name: 'COURIER_API_KEY_my', expected: undefined },
    { name: 'COURIER_JWT_CONFIG_DIR', expected: undefined },
    { name: 'HTTPS_PROXY', expected: undefined },
    { name: 'NODE_DEBUG', expected: undefined },
    { name: 'GITHUB_ACTIONS', expected: undefined },
    { name: 'XCOURIER_API_KEY', expected: undefined },
    { name: 'NOWHERE', expected: undefined },
  ])('$name: $expected', ({ name, expected }) => {
    expect(variablesOf(shell, file)(name)).toEqual(expected);
  });

  it('an empty one counts as unset in the file too', () => {
    expect(variablesOf({}, { COURIER_API_KEY: '' })('COURIER_API_KEY')).toBe(undefined);
  });

  it('without a file there is the shell', () => {
    expect(variablesOf({ COURIER_JWT_ENV: 'a' })('COURIER_JWT_ENV')).toEqual({ value: 'a', origin: 'shell' });
  });
});

it.each([
  { values: {}, expected: [] },
  { values: { COURIER_API_KEY: 'a', COURIER_API_KEY_TEST: 'b', COURIER_API_KEY_X_Y: 'c' }, expected: ['a', 'b', 'c'] },
  {
    values: { COURIER_API_KEY: undefined, COURIER_BASE_URL: 'u', COURIER_JWT_ENV: 'e', XCOURIER_API_KEY: 'x' },
    expected: [],
  },
])('keysIn $values', ({ values, expected }) => {
  expect(keysIn(values)).toEqual(expected);
});
