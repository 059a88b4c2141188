import { Failure, type KeyProblem } from '../errors.js';

/** Source: Courier's API keys. `token_` says nothing of the environment behind it. */
const knownPrefixes = ['pk_prod_', 'dk_prod_', 'pk_test_', 'dk_test_', 'token_'];

/** Nothing shorter is a key, and redacting it would redact ordinary words. */
const minLength = 6;

/**
 * An API key as it can be sent. From a file or stdin one line break at the end is no part of it; anywhere else white
 * space means that something else was pasted.
 * @throws {Failure} `key.malformed`, without the text
 */
export function checkKey(text: string, source: string, { fromFile = false } = {}): string {
  const key = fromFile ? text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '') : text;
  const problem = problemOf(key);
  if (problem) throw new Failure('key.malformed', { source, problem });
  return key;
}

function problemOf(key: string): KeyProblem | undefined {
  if (key.trim() === '') return 'empty';
  if (/[\r\n]/.test(key)) return 'newline';
  if (/\s/.test(key)) return 'whitespace';
  if (/^["'`]|["'`]$/.test(key)) return 'quoted';
  if (!/^[\x21-\x7e]+$/.test(key)) return 'not-ascii';
  if (key.startsWith('ck_')) return 'client-key';
  if (/^eyJ[\w-]*\./.test(key)) return 'jwt';
  return key.length < minLength ? 'too-short' : undefined;
}

export function knownPrefix(key: string): string | undefined {
  return knownPrefixes.find((prefix) => key.startsWith(prefix));
}

/** How a key may be shown: known prefix, `…`, last four; under 16 characters not at all. */
export function maskKey(key: string): string {
  return key.length < 16 ? '…' : `${knownPrefix(key) ?? ''}…${key.slice(-4)}`;
}
