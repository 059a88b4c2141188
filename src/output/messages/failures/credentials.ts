import { isName } from '../../../environments/name.js';
import type { KeyProblem } from '../../../errors.js';
import { say, short } from '../../escape.js';
import {
  type Again,
  type SentencesOf,
  command,
  didYouMean,
  help,
  isHere,
  keysPage,
  replacing,
  shown,
} from './sentences.js';

const keyProblems: Record<KeyProblem, string> = {
  empty: 'it is empty',
  whitespace: 'it has white space in it: something else was pasted with it',
  newline: 'it has a line break in it: print it with printf, or cut the line break off',
  quoted: 'it still has its quotes',
  'too-short': 'it is too short to be a key',
  'not-ascii': 'it has characters in it that no key has',
  jwt: 'that is a user token (a JWT), not an API key: try courier-jwt decode',
  'client-key': 'that is a client key (ck_…), which is public and cannot mint tokens',
};

const inFile: Again = { commands: ['env add'], without: ['--storage'], add: ['--storage', 'file'] };

const fileProblems = { empty: 'it is empty', 'not-json': 'it is not JSON', 'not-ours': 'it is not ours' };

/** In CI a secret that a run may not have is an empty variable. */
const isEmpty = (variable: string | undefined) =>
  variable === undefined
    ? ''
    : say` ${variable} is set, and empty: in CI, does this run have the secret? Those of forks have none.`;

export const credentialsSentences: SentencesOf<'key' | 'environment' | 'keychain'> = {
  'key.missing': ({ variables, kept = [], empty }) => {
    if (variables)
      return {
        message: say`there is no API key: ${variables.join(' and ')} are not set. Set one of them, or let the key be asked for:`,
        fix: command('env', 'add', 'test'),
        again: { without: ['--from-env', '--no-input'] },
      };
    const [first] = kept;
    return first === undefined
      ? {
          message:
            'there is no API key. Keep one with env add, set COURIER_API_KEY, or pipe one in with --api-key-stdin. Without a key, --env local mints from the embedded Courier.' +
            isEmpty(empty),
          fix: command('env', 'add', 'test'),
        }
      : {
          message:
            say`no environment is the default, and none is named.` +
            isEmpty(empty) +
            say` Kept are: ${kept.join(', ')}. Choose one:`,
          fix: command('env', 'use', first),
        };
  },
  'key.malformed': ({ source, problem }) => ({
    message: say`the key from ${source} is not an API key: ${keyProblems[problem]}. Keys are at ${keysPage}.`,
    fix: help('env', 'add'),
  }),
  'key.refused': ({ status, environment, host }) => ({
    message: isHere(host)
      ? say`${host} refused the API key of ${environment} (${status}). It is the local server: an emulator takes any key, or with --api-key-file that one alone.`
      : status === 401
        ? say`${host} refused the API key of ${environment} (401): it is wrong, was rotated, or is of another region. Keys are at ${keysPage}.`
        : say`${host} does not let the API key of ${environment} mint tokens (403): its permissions are restricted. See ${keysPage}.`,
    // A name of ours is in lower case; flags and variables, which also give keys, are not.
    fix: isName(environment)
      ? command('env', 'add', environment, '--replace')
      : environment.startsWith('COURIER_')
        ? ['unset', environment]
        : help(),
    ...(isName(environment) ? { again: { commands: ['env add'] } } : environment.startsWith('--') && { again: {} }),
  }),
  'environment.unknown': ({ name, known, suggestion, source, empty }) => ({
    message:
      say`there is no environment ${shown(name)} (${source}). There ${known.length === 0 ? 'is' : 'are'}: ${[...known, 'local'].join(', ')}.` +
      didYouMean(suggestion) +
      (name.includes('.env') ? ' A file of variables is named with --env-file.' : '') +
      isEmpty(empty),
    ...replacing(name, suggestion),
    fix:
      suggestion || source === 'env remove'
        ? command('env', 'list')
        : command('env', 'add', isName(name) ? name : 'test'),
  }),
  'environment.none': () => ({
    message: 'no environment is kept yet.',
    fix: command('env', 'add', 'test'),
  }),
  'environment.broken': ({ name, path, problem }) => ({
    message: say`the file of ${name} is broken (${fileProblems[problem]}): ${path}. Add the environment again.`,
    fix: command('env', 'add', name, '--replace'),
  }),
  'environment.default-broken': ({ path, problem, known }) => ({
    message: say`the file that says which environment is the default is broken (${fileProblems[problem]}): ${path}. Choose it again.`,
    fix: command('env', 'use', known[0] ?? 'local'),
  }),
  'environment.unreadable': ({ path, reason }) => ({
    message: say`${path} cannot be read: ${reason}.`,
    fix: ['ls', '-ld', path],
  }),
  'environment.unwritable': ({ path, reason }) => ({
    message: say`${path} cannot be written: ${reason}. COURIER_JWT_CONFIG_DIR names another folder. What it holds is as it was.`,
    fix: ['ls', '-ld', path],
  }),
  'environment.different': ({ name, before, after }) => ({
    message: say`the new key is of ${after}, and ${name} is of ${before}. Nothing was changed; if that is what you want, add --yes.`,
    fix: command('env', 'add', name, '--replace', '--yes'),
    again: { add: ['--yes'] },
  }),
  'keychain.unavailable': ({ name }) => ({
    message: say`there is no keychain here, and the key of ${name} cannot be kept in one. --storage file keeps it in a file that only you can read.`,
    fix: command('env', 'add', name, '--replace', '--storage', 'file'),
    again: inFile,
  }),
  'keychain.timeout': ({ name, seconds }) => ({
    message: say`the keychain did not answer for ${name} in ${seconds} seconds: it may be locked. Unlock it, or keep the key with --storage file.`,
    fix: command('env', 'add', name, '--replace', '--storage', 'file'),
    again: inFile,
  }),
  'keychain.refused': ({ name, reason }) => ({
    message: say`the keychain refused for ${name}: ${short(reason, 200)}. Unlock it, or keep the key with --storage file.`,
    fix: command('env', 'add', name, '--replace', '--storage', 'file'),
    again: inFile,
  }),
  'keychain.missing': ({ name }) => ({
    message: say`the keychain has no key for ${name}: it was removed there, or this is another login. Add it again.`,
    fix: command('env', 'add', name, '--replace'),
  }),
};
