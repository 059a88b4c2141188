import { describe, expect, it } from 'vitest';
import { isProductionKey } from '../../src/environments/production.js';
import type { EnvironmentRecord } from '../../src/environments/record.js';
import {
  type EnvironmentRequest,
  chooseEnvironment,
  labelOf,
  openEnvironment,
  ownServer,
} from '../../src/environments/resolve.js';
import { variablesOf } from '../../src/environments/variables.js';
import { Failure } from '../../src/errors.js';
import { memoryKeychain, noKeychain } from '../support/context.js';
import { failureOf, rejectionOf } from '../token/failure-of.js';
import { key, memoryStore, someRecord } from './memory.js';

const us = 'https://api.courier.com';
const eu = 'https://api.eu.courier.com';
const here = 'http://localhost:8080';

const records: Record<string, EnvironmentRecord> = {
  test: someRecord(),
  prod: someRecord({ region: 'eu', production: true, key: 'token_0123456789ABCDEF' }),
  chain: someRecord({ storage: 'keychain', key: null, account: 'chain-1' }),
  own: someRecord({ baseUrl: here }),
};

interface Situation {
  request?: EnvironmentRequest;
  shell?: Record<string, string>;
  file?: Record<string, string>;
  first?: string;
}

function chosen({ request = {}, shell = {}, file = {}, first }: Situation) {
  const store = memoryStore({ ...records }, first);
  return chooseEnvironment(request, { variables: variablesOf(shell, file), store, keychain: noKeychain });
}

const stdin = { key: 'given-by-hand', flag: '--api-key-stdin' } as const;
const file = { key: 'given-by-hand', flag: '--api-key-file' } as const;

/** A choice by name, with the stored key. */
const stored = (name: string, source: string, more: object = {}) => ({
  name,
  source,
  local: false,
  baseUrl: name === 'prod' ? eu : name === 'own' ? here : us,
  record: records[name],
  key: records[name]?.key ? { text: records[name].key, source: name, fromFile: false } : undefined,
  unused: [],
  ...more,
});
const byHand = (source: string, more: object = {}) => ({
  name: null,
  source,
  local: false,
  baseUrl: us,
  record: undefined,
  key: { text: 'given-by-hand', source, fromFile: true },
  unused: [],
  ...more,
});
const byVariable = (text: string, more: object = {}) => ({
  name: null,
  source: 'COURIER_API_KEY',
  local: false,
  baseUrl: us,
  record: undefined,
  key: { text, source: 'COURIER_API_KEY', fromFile: false },
  unused: [],
  ...more,
});
const embedded = (source: string, more: object = {}) => ({
  name: 'local',
  source,
  local: true,
  baseUrl: 'local:',
  record: undefined,
  key: undefined,
  unused: [],
  ...more,
});

describe('which environment', () => {
  it.each([
    { name: 'a key by hand', situation: { request: { byHand: stdin } }, expected: byHand('--api-key-stdin') },
    { name: 'a key from a file', situation: { request: { byHand: file } }, expected: byHand('--api-key-file') },
    {
      name: 'a key by hand, in a region',
      situation: { request: { byHand: stdin, region: 'eu' as const } },
      expected: byHand('--api-key-stdin', { baseUrl: eu }),
    },
    {
      name: 'a key by hand, for a server of its own',
      situation: { request: { byHand: stdin }, shell: { COURIER_BASE_URL: `${here}/` } },
      expected: byHand('--api-key-stdin', { baseUrl: here }),
    },
    {
      name: 'a key by hand before all the rest',
      situation: {
        request: { byHand: stdin, env: 'test' },
        shell: { COURIER_JWT_ENV: 'prod', COURIER_API_KEY: 'other-key' },
        first: 'chain',
      },
      expected: byHand('--api-key-stdin', { unused: ['--env', 'COURIER_JWT_ENV', 'COURIER_API_KEY'] }),
    },
    { name: '--env', situation: { request: { env: 'test' } }, expected: stored('test', '--env') },
    { name: '--env, of its own region', situation: { request: { env: 'prod' } }, expected: stored('prod', '--env') },
    {
      name: '--env, of another region',
      situation: { request: { env: 'prod', region: 'us' as const } },
      expected: stored('prod', '--env', { baseUrl: us }),
    },
    { name: '--env, of a server of its own', situation: { request: { env: 'own' } }, expected: stored('own', '--env') },
    { name: '--env, of the keychain', situation: { request: { env: 'chain' } }, expected: stored('chain', '--env') },
    {
      name: '--env before variables and the default',
      situation: {
        request: { env: 'test' },
        shell: { COURIER_JWT_ENV: 'prod', COURIER_API_KEY: 'other-key' },
        first: 'chain',
      },
      expected: stored('test', '--env', { unused: ['COURIER_JWT_ENV', 'COURIER_API_KEY'] }),
    },
    {
      name: 'the same twice loses nothing',
      situation: { request: { env: 'test' }, shell: { COURIER_JWT_ENV: 'test' } },
      expected: stored('test', '--env'),
    },
    {
      name: 'COURIER_BASE_URL never goes with a stored key',
      situation: { request: { env: 'test' }, shell: { COURIER_BASE_URL: here } },
      expected: stored('test', '--env', { unused: ['COURIER_BASE_URL'] }),
    },
    {
      name: 'nor does one that is no URL',
      situation: { first: 'test', shell: { COURIER_BASE_URL: 'nonsense' } },
      expected: stored('test', 'default', { unused: ['COURIER_BASE_URL'] }),
    },
    {
      name: 'COURIER_JWT_ENV',
      situation: { shell: { COURIER_JWT_ENV: 'prod' } },
      expected: stored('prod', 'COURIER_JWT_ENV'),
    },
    {
      name: 'COURIER_JWT_ENV before COURIER_API_KEY and the default',
      situation: { shell: { COURIER_JWT_ENV: 'prod', COURIER_API_KEY: 'other-key' }, first: 'test' },
      expected: stored('prod', 'COURIER_JWT_ENV', { unused: ['COURIER_API_KEY'] }),
    },
    {
      name: 'COURIER_JWT_ENV of the env file',
      situation: { file: { COURIER_JWT_ENV: 'prod' } },
      expected: stored('prod', 'COURIER_JWT_ENV'),
    },
    {
      name: "the shell's before the file's",
      situation: { shell: { COURIER_JWT_ENV: 'test' }, file: { COURIER_JWT_ENV: 'prod' } },
      expected: stored('test', 'COURIER_JWT_ENV'),
    },
    {
      name: 'an empty one counts as unset',
      situation: { shell: { COURIER_JWT_ENV: '', COURIER_API_KEY: '' }, first: 'test' },
      expected: stored('test', 'default'),
    },
    {
      name: 'COURIER_API_KEY',
      situation: { shell: { COURIER_API_KEY: 'other-key' } },
      expected: byVariable('other-key'),
    },
    {
      name: 'COURIER_API_KEY in a region',
      situation: { request: { region: 'eu' as const }, shell: { COURIER_API_KEY: 'other-key' } },
      expected: byVariable('other-key', { baseUrl: eu }),
    },
    {
      name: 'COURIER_API_KEY before the default, which is told',
      situation: { shell: { COURIER_API_KEY: 'other-key' }, first: 'test' },
      expected: byVariable('other-key', { unused: ['the default environment test'] }),
    },
    {
      name: 'COURIER_API_KEY with COURIER_BASE_URL',
      situation: { shell: { COURIER_API_KEY: 'other-key', COURIER_BASE_URL: here } },
      expected: byVariable('other-key', { baseUrl: here }),
    },
    {
      name: 'both of the env file',
      situation: { file: { COURIER_API_KEY: 'file-key', COURIER_BASE_URL: here } },
      expected: byVariable('file-key', { baseUrl: here }),
    },
    {
      name: "the shell's key before the file's",
      situation: { shell: { COURIER_API_KEY: 'other-key' }, file: { COURIER_API_KEY: 'file-key' } },
      expected: byVariable('other-key'),
    },
    {
      name: '--region before COURIER_BASE_URL, which is told',
      situation: {
        request: { region: 'eu' as const },
        shell: { COURIER_API_KEY: 'other-key', COURIER_BASE_URL: here },
      },
      expected: byVariable('other-key', { baseUrl: eu, unused: ['COURIER_BASE_URL'] }),
    },
    { name: 'the default', situation: { first: 'test' }, expected: stored('test', 'default') },
    {
      name: 'the default in another region',
      situation: { request: { region: 'eu' as const }, first: 'test' },
      expected: stored('test', 'default', { baseUrl: eu }),
    },
    { name: '--env local', situation: { request: { env: 'local' } }, expected: embedded('--env') },
    {
      name: 'local by variable',
      situation: { shell: { COURIER_JWT_ENV: 'local' } },
      expected: embedded('COURIER_JWT_ENV'),
    },
    { name: 'local by default', situation: { first: 'local' }, expected: embedded('default') },
    {
      name: 'local needs no key, and tells of those that are set',
      situation: {
        request: { env: 'local' },
        shell: { COURIER_API_KEY: 'other-key', COURIER_BASE_URL: here },
        first: 'test',
      },
      expected: embedded('--env', { unused: ['COURIER_API_KEY', 'COURIER_BASE_URL'] }),
    },
  ])('$name', ({ situation, expected }) => {
    expect(chosen(situation)).toEqual(expected);
  });

  const variable = (name: string) => ({ text: 'a-named-key', source: name, fromFile: false });
  it.each([
    {
      name: 'a variable of its own before the stored key',
      situation: { request: { env: 'test' }, shell: { COURIER_API_KEY_TEST: 'a-named-key' } },
      expected: stored('test', '--env, key from COURIER_API_KEY_TEST', {
        key: variable('COURIER_API_KEY_TEST'),
        unused: ['the stored key of test'],
      }),
    },
    {
      name: 'it goes to the server of the environment',
      situation: { first: 'own', shell: { COURIER_API_KEY_OWN: 'a-named-key', COURIER_BASE_URL: us } },
      expected: stored('own', 'default, key from COURIER_API_KEY_OWN', {
        key: variable('COURIER_API_KEY_OWN'),
        unused: ['the stored key of own', 'COURIER_BASE_URL'],
      }),
    },
    {
      name: 'an environment that is nowhere else',
      situation: { shell: { COURIER_JWT_ENV: 'ci-only', COURIER_API_KEY_CI_ONLY: 'a-named-key' } },
      expected: stored('ci-only', 'COURIER_JWT_ENV, key from COURIER_API_KEY_CI_ONLY', {
        key: variable('COURIER_API_KEY_CI_ONLY'),
      }),
    },
    {
      name: 'that too in a region',
      situation: {
        request: { env: 'ci-only', region: 'eu' as const },
        file: { COURIER_API_KEY_CI_ONLY: 'a-named-key' },
      },
      expected: stored('ci-only', '--env, key from COURIER_API_KEY_CI_ONLY', {
        baseUrl: eu,
        key: variable('COURIER_API_KEY_CI_ONLY'),
      }),
    },
    {
      name: "another environment's variable is none of its business",
      situation: { request: { env: 'test' }, shell: { COURIER_API_KEY_PROD: 'a-named-key' } },
      expected: stored('test', '--env'),
    },
    {
      name: 'an empty one counts as unset',
      situation: { request: { env: 'test' }, shell: { COURIER_API_KEY_TEST: '' } },
      expected: stored('test', '--env'),
    },
  ])('$name', ({ situation, expected }) => {
    expect(chosen(situation)).toEqual(expected);
  });

  const flags = [false, true];
  const all = flags.flatMap((hand) =>
    flags.flatMap((env) =>
      flags.flatMap((jwtEnv) =>
        flags.flatMap((apiKey) => flags.map((first) => ({ hand, env, jwtEnv, apiKey, first }))),
      ),
    ),
  );
  it.each(all)(
    'the first of: by hand $hand, --env $env, COURIER_JWT_ENV $jwtEnv, COURIER_API_KEY $apiKey, default $first',
    (set) => {
      const situation = {
        request: { byHand: set.hand ? stdin : undefined, env: set.env ? 'test' : undefined },
        shell: {
          ...(set.jwtEnv ? { COURIER_JWT_ENV: 'prod' } : {}),
          ...(set.apiKey ? { COURIER_API_KEY: 'other-key' } : {}),
        },
        ...(set.first ? { first: 'own' } : {}),
      };
      const order = [
        ...(set.hand ? [{ source: '--api-key-stdin', name: null }] : []),
        ...(set.env ? [{ source: '--env', name: 'test' }] : []),
        ...(set.jwtEnv ? [{ source: 'COURIER_JWT_ENV', name: 'prod' }] : []),
        ...(set.apiKey ? [{ source: 'COURIER_API_KEY', name: null }] : []),
        ...(set.first ? [{ source: 'default', name: 'own' }] : []),
      ];
      if (order.length === 0) {
        expect(failureOf(() => chosen(situation))).toEqual({
          code: 'key.missing',
          facts: { kept: ['chain', 'own', 'prod', 'test'] },
        });
        return;
      }
      const { name, source, unused } = chosen(situation);
      const forgotten = order[0]?.source === 'COURIER_API_KEY' && set.first ? ['the default environment own'] : [];
      const lost = order.slice(1).map((one) => one.source);
      expect({ name, source, unused }).toEqual({
        ...order[0],
        unused: [...lost.filter((one) => one !== 'default'), ...forgotten],
      });
    },
  );
});

describe('no environment', () => {
  const mixed = (keyFrom: string, urlFrom: string) => ({
    code: 'usage.mixed-sources',
    facts: { key: keyFrom, url: urlFrom },
  });
  const unknown = (name: string, source: string, suggestion?: string) => ({
    code: 'environment.unknown',
    facts: { name, known: ['chain', 'own', 'prod', 'test'], suggestion, source },
  });
  it.each([
    {
      name: 'nothing is set',
      situation: {},
      expected: { code: 'key.missing', facts: { kept: ['chain', 'own', 'prod', 'test'] } },
    },
    {
      name: 'a URL alone is no key',
      situation: { shell: { COURIER_BASE_URL: here } },
      expected: { code: 'key.missing', facts: { kept: ['chain', 'own', 'prod', 'test'] } },
    },
    { name: 'an unknown one', situation: { request: { env: 'tset' } }, expected: unknown('tset', '--env', 'test') },
    {
      name: 'an unknown one by variable',
      situation: { shell: { COURIER_JWT_ENV: 'staging' } },
      expected: unknown('staging', 'COURIER_JWT_ENV'),
    },
    { name: 'a default that was removed', situation: { first: 'gone' }, expected: unknown('gone', 'default') },
    { name: 'one nearly local', situation: { request: { env: 'locl' } }, expected: unknown('locl', '--env', 'local') },
    { name: 'what can be no name', situation: { request: { env: '../test' } }, expected: unknown('../test', '--env') },
    { name: 'an empty name', situation: { request: { env: '' } }, expected: unknown('', '--env') },
    {
      name: 'a name in upper case',
      situation: { request: { env: 'TEST' } },
      expected: unknown('TEST', '--env', 'test'),
    },
    {
      name: 'a region for the key of another server',
      situation: { request: { env: 'own', region: 'eu' as const } },
      expected: { code: 'usage.region-with-base-url', facts: { environment: 'own', baseUrl: here } },
    },
    {
      name: "the file's URL with the shell's key",
      situation: { shell: { COURIER_API_KEY: 'other-key' }, file: { COURIER_BASE_URL: here } },
      expected: mixed('COURIER_API_KEY (the shell)', 'COURIER_BASE_URL (the env file)'),
    },
    {
      name: "the shell's URL with the file's key",
      situation: { shell: { COURIER_BASE_URL: here }, file: { COURIER_API_KEY: 'file-key' } },
      expected: mixed('COURIER_API_KEY (the env file)', 'COURIER_BASE_URL (the shell)'),
    },
    {
      name: "the file's URL with a key by hand",
      situation: { request: { byHand: stdin }, file: { COURIER_BASE_URL: here } },
      expected: mixed('--api-key-stdin (the shell)', 'COURIER_BASE_URL (the env file)'),
    },
    {
      name: 'a URL that is none',
      situation: { shell: { COURIER_API_KEY: 'other-key', COURIER_BASE_URL: 'api.courier.com' } },
      expected: { code: 'usage.base-url', facts: { url: 'api.courier.com', reason: 'invalid' } },
    },
    {
      name: 'a URL in the clear',
      situation: { request: { byHand: stdin }, shell: { COURIER_BASE_URL: 'http://api.courier.com' } },
      expected: { code: 'usage.base-url', facts: { url: 'http://api.courier.com', reason: 'plain-http' } },
    },
  ])('$name', ({ situation, expected }) => {
    expect(failureOf(() => chosen(situation))).toEqual(expected);
  });

  it('a broken default does not matter where it does not count', () => {
    const broken = new Failure('environment.broken', { name: 'config', path: '/memory', problem: 'not-json' });
    const store = {
      ...memoryStore(),
      readDefault: () => {
        throw broken;
      },
    };
    const choose = (shell: Record<string, string>) =>
      failureOf(() => chooseEnvironment({}, { variables: variablesOf(shell), store, keychain: noKeychain }));
    expect(choose({ COURIER_API_KEY: 'other-key' })).toEqual({ returned: byVariable('other-key') });
    expect(choose({})).toEqual({ code: 'environment.broken', facts: broken.facts });
  });

  it('a stored server in the clear gets no key', () => {
    const store = memoryStore({ test: someRecord({ baseUrl: 'http://api.courier.com' }) }, 'test');
    expect(failureOf(() => chooseEnvironment({}, { variables: variablesOf({}), store, keychain: noKeychain }))).toEqual(
      {
        code: 'usage.base-url',
        facts: { url: 'http://api.courier.com', reason: 'plain-http' },
      },
    );
  });
});

describe('openEnvironment', () => {
  const keychain = memoryKeychain({ 'chain-1': 'pk_prod_0123456789ABCDEF' });
  const opened = async (situation: Situation) => {
    const choice = chosen(situation);
    const { apiKey, production, choice: same } = await openEnvironment(choice, keychain);
    return { apiKey, production, same: same === choice };
  };
  const production = (known: boolean, how: string) => ({ known, how });
  it.each([
    {
      name: 'a stored key',
      situation: { first: 'test' },
      expected: { apiKey: key, production: production(false, 'prefix') },
    },
    {
      name: 'production, as recorded',
      situation: { first: 'prod' },
      expected: { apiKey: 'token_0123456789ABCDEF', production: production(true, 'recorded') },
    },
    {
      name: 'production, by its prefix, from the keychain',
      situation: { first: 'chain' },
      expected: { apiKey: 'pk_prod_0123456789ABCDEF', production: production(true, 'prefix') },
    },
    {
      name: 'a key by hand',
      situation: { request: { byHand: { ...stdin, key: 'dk_prod_1\n' } } },
      expected: { apiKey: 'dk_prod_1', production: production(true, 'prefix') },
    },
    {
      name: 'COURIER_API_KEY',
      situation: { shell: { COURIER_API_KEY: 'token_x1' } },
      expected: { apiKey: 'token_x1', production: production(false, 'prefix') },
    },
    {
      name: "a variable's key for a production environment",
      situation: { first: 'prod', shell: { COURIER_API_KEY_PROD: 'token_x1' } },
      expected: { apiKey: 'token_x1', production: production(true, 'recorded') },
    },
    {
      name: 'local',
      situation: { first: 'local' },
      expected: { apiKey: '', production: production(false, 'recorded') },
    },
  ])('$name', async ({ situation, expected }) => {
    expect(await opened(situation)).toEqual({ ...expected, same: true });
  });

  it.each([
    {
      name: 'a malformed variable',
      situation: { shell: { COURIER_API_KEY: 'a key' } },
      expected: { code: 'key.malformed', facts: { source: 'COURIER_API_KEY', problem: 'whitespace' } },
    },
    {
      name: 'a line break in a variable',
      situation: { shell: { COURIER_API_KEY: 'pk_test_1\n' } },
      expected: { code: 'key.malformed', facts: { source: 'COURIER_API_KEY', problem: 'newline' } },
    },
    {
      name: 'a malformed variable of an environment',
      situation: { first: 'test', shell: { COURIER_API_KEY_TEST: 'ck_0123456' } },
      expected: { code: 'key.malformed', facts: { source: 'COURIER_API_KEY_TEST', problem: 'client-key' } },
    },
  ])('refuses $name', async ({ situation, expected }) => {
    expect(await rejectionOf(opened(situation))).toEqual(expected);
  });

  it('says what the keychain says', async () => {
    const choice = chosen({ first: 'chain' });
    expect(await rejectionOf(openEnvironment(choice, noKeychain))).toEqual({
      code: 'keychain.unavailable',
      facts: { name: 'chain' },
    });
    expect(await rejectionOf(openEnvironment(choice, memoryKeychain()))).toEqual({
      code: 'keychain.missing',
      facts: { name: 'chain' },
    });
  });

  it('takes no stored test key for production', () => {
    expect(isProductionKey(key)).toBe(false);
  });
});

it.each([
  { name: 'no URL', shell: {}, file: {}, origin: 'shell' as const, expected: { returned: undefined } },
  {
    name: 'both of the shell',
    shell: { COURIER_BASE_URL: `${here}/` },
    file: {},
    origin: 'shell' as const,
    expected: { returned: here },
  },
  {
    name: 'both of the file',
    shell: {},
    file: { COURIER_BASE_URL: here },
    origin: '--env-file' as const,
    expected: { returned: here },
  },
  {
    name: 'mixed',
    shell: { COURIER_BASE_URL: us },
    file: { COURIER_BASE_URL: here },
    origin: '--env-file' as const,
    expected: {
      code: 'usage.mixed-sources',
      facts: { key: 'the key (the env file)', url: 'COURIER_BASE_URL (the shell)' },
    },
  },
])('ownServer: $name', ({ shell, file: values, origin, expected }) => {
  expect(failureOf(() => ownServer('the key', origin, variablesOf(shell, values)))).toEqual(expected);
});

it.each([
  { situation: { first: 'test' }, expected: 'test' },
  { situation: { request: { byHand: stdin } }, expected: '--api-key-stdin' },
  { situation: { shell: { COURIER_API_KEY: 'other-key' } }, expected: 'COURIER_API_KEY' },
])('labelOf: $expected', ({ situation, expected }) => {
  expect(labelOf(chosen(situation))).toBe(expected);
});
