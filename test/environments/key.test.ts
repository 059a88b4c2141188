import { describe, expect, it } from 'vitest';
import { checkKey, knownPrefix, maskKey } from '../../src/environments/key.js';
import { failureOf } from '../token/failure-of.js';

const key = 'pk_test_0123456789ABCDEF';

describe('checkKey', () => {
  it.each([
    { name: 'a known one', text: key },
    { name: 'one of an unknown form', text: 'something-else!' },
    { name: 'the shortest', text: 'abcdef' },
    { name: 'what only begins like a token', text: 'eyJabcdef' },
    { name: 'a quote inside', text: `ab"c'def` },
  ])('takes $name', ({ text }) => {
    expect(checkKey(text, 'somewhere')).toBe(text);
  });

  it.each([
    { name: 'one line break', text: `${key}\n` },
    { name: 'one Windows line break', text: `${key}\r\n` },
    { name: 'a byte order mark', text: `\uFEFF${key}` },
    { name: 'none of that', text: key },
  ])('from a file, takes $name off', ({ text }) => {
    expect(checkKey(text, '--api-key-file', { fromFile: true })).toBe(key);
  });

  it.each([
    { name: 'nothing', text: '', problem: 'empty' },
    { name: 'white space', text: ' \n', problem: 'empty' },
    { name: 'a line break at its end', text: `${key}\n`, problem: 'newline' },
    { name: 'a line break in it', text: `${key}\n${key}`, problem: 'newline' },
    { name: 'a carriage return', text: `${key}\r`, problem: 'newline' },
    { name: 'a space before it', text: ` ${key}`, problem: 'whitespace' },
    { name: 'a word before it', text: `Bearer ${key}`, problem: 'whitespace' },
    { name: 'a tab', text: `${key}\t`, problem: 'whitespace' },
    { name: 'a no-break space', text: `${key}\u00a0`, problem: 'whitespace' },
    { name: 'a byte order mark', text: `\uFEFF${key}`, problem: 'whitespace' },
    { name: 'double quotes', text: `"${key}"`, problem: 'quoted' },
    { name: 'single quotes', text: `'${key}'`, problem: 'quoted' },
    { name: 'a quote at one end', text: `${key}"`, problem: 'quoted' },
    { name: 'a letter beyond ASCII', text: `${key}é`, problem: 'not-ascii' },
    { name: 'a control', text: `${key}\u001b`, problem: 'not-ascii' },
    { name: 'an ellipsis', text: 'pk_test_…CDEF', problem: 'not-ascii' },
    { name: 'a client key', text: 'ck_0123456789', problem: 'client-key' },
    { name: 'a token', text: 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln', problem: 'jwt' },
    { name: 'five characters', text: 'abcde', problem: 'too-short' },
  ])('refuses $name', ({ text, problem }) => {
    expect(failureOf(() => checkKey(text, 'somewhere'))).toEqual({
      code: 'key.malformed',
      facts: { source: 'somewhere', problem },
    });
  });

  it.each([
    { name: 'two line breaks', text: `${key}\n\n`, problem: 'newline' },
    { name: 'a line of its own before it', text: `\n${key}`, problem: 'newline' },
    { name: 'a space at its end', text: `${key} \n`, problem: 'whitespace' },
    { name: 'an .env line with quotes', text: `"${key}"\n`, problem: 'quoted' },
    { name: 'a line break only', text: '\n', problem: 'empty' },
  ])('from a file, refuses $name', ({ text, problem }) => {
    expect(failureOf(() => checkKey(text, '--api-key-file', { fromFile: true }))).toEqual({
      code: 'key.malformed',
      facts: { source: '--api-key-file', problem },
    });
  });

  it('says nothing of the key in its failure', () => {
    try {
      checkKey(`${key} `, 'somewhere');
      expect.unreachable();
    } catch (error) {
      const { message, stack, cause } = error as Error;
      expect([message, cause, stack?.includes(key)]).toEqual(['key.malformed', undefined, false]);
    }
  });
});

it.each([
  { key: 'pk_prod_0123456789ABCDEF', prefix: 'pk_prod_', mask: 'pk_prod_…CDEF' },
  { key: 'dk_prod_0123456789ABCDEF', prefix: 'dk_prod_', mask: 'dk_prod_…CDEF' },
  { key: 'pk_test_0123456789ABCDEF', prefix: 'pk_test_', mask: 'pk_test_…CDEF' },
  { key: 'dk_test_0123456789ABCDEF', prefix: 'dk_test_', mask: 'dk_test_…CDEF' },
  { key: 'token_0123456789ABCDEF', prefix: 'token_', mask: 'token_…CDEF' },
  { key: 'unknown_0123456789', prefix: undefined, mask: '…6789' },
  { key: 'PK_PROD_0123456789', prefix: undefined, mask: '…6789' },
  { key: 'pk_test_01234567', prefix: 'pk_test_', mask: 'pk_test_…4567' },
  { key: 'pk_test_0123456', prefix: 'pk_test_', mask: '…' },
  { key: 'short', prefix: undefined, mask: '…' },
  { key: '', prefix: undefined, mask: '…' },
])('$key is shown as $mask', ({ key: given, prefix, mask }) => {
  expect([knownPrefix(given), maskKey(given)]).toEqual([prefix, mask]);
});
