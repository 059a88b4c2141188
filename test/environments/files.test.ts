import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { fileStore } from '../../src/environments/files.js';
import type { EnvironmentStore } from '../../src/environments/store.js';
import { failureOf, rejectionOf } from '../token/failure-of.js';
import { someRecord } from './memory.js';

let directory: string;
let store: EnvironmentStore;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'courier-jwt-test-')), 'deep', 'config');
  store = fileStore(directory);
});

const pathOf = (name: string) => join(directory, 'environments', `${name}.json`);
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
function put(name: string, text: string): string {
  mkdirSync(join(directory, 'environments'), { recursive: true });
  writeFileSync(pathOf(name), text);
  return pathOf(name);
}

describe('a new store', () => {
  it('is empty, and reading makes no folder', () => {
    expect([store.names(), store.read('test'), store.readDefault(), store.isExposed('test')]).toEqual([
      [],
      undefined,
      undefined,
      false,
    ]);
    store.remove('test');
    expect(existsSync(directory)).toBe(false);
  });
});

describe('what is written', () => {
  it('is read again, one file each, for its owner alone', async () => {
    const [one, two] = [
      someRecord(),
      someRecord({ storage: 'keychain', key: null, account: 'b-1', baseUrl: 'http://localhost:1' }),
    ];
    await store.write('b', two);
    await store.write('a', one);
    await store.writeDefault('b');
    const other = fileStore(directory);
    expect([other.names(), other.read('a'), other.read('b'), other.readDefault()]).toEqual([['a', 'b'], one, two, 'b']);
    expect([
      mode(directory),
      mode(join(directory, 'environments')),
      mode(pathOf('a')),
      mode(join(directory, 'config.json')),
    ]).toEqual(['700', '700', '600', '600']);
    expect(JSON.parse(readFileSync(pathOf('a'), 'utf8'))).toEqual(one);
  });

  it('takes the place of what stood there, whole', async () => {
    put('test', 'broken {');
    await store.write('test', someRecord({ key: 'first-key' }));
    await store.write('test', someRecord({ key: 'second-key' }));
    expect(store.read('test')).toEqual(someRecord({ key: 'second-key' }));
    expect(readdirSync(join(directory, 'environments'))).toEqual(['test.json']);
  });

  it('is not there where something stands already, and only a new one is wanted', async () => {
    await store.write('test', someRecord({ key: 'first-key' }), { isNew: true });
    expect(await rejectionOf(store.write('test', someRecord(), { isNew: true }))).toEqual({
      code: 'usage.exists',
      facts: { name: 'test' },
    });
    expect(store.read('test')).toEqual(someRecord({ key: 'first-key' }));
    expect(readdirSync(join(directory, 'environments'))).toEqual(['test.json']);
  });

  it('is there once, of several that write it at once', async () => {
    const keys = ['a', 'b', 'c', 'd'];
    const records = keys.map((key) => someRecord({ key: `key-${key}` }));
    const outcomes = await Promise.all(records.map((one) => rejectionOf(store.write('test', one, { isNew: true }))));
    const kept = records.filter((_, i) => 'returned' in Object(outcomes[i]));
    expect(kept).toEqual([store.read('test')]);
  });

  it('goes where a link points, and is removed from there', async () => {
    put('other', 'old');
    const elsewhere = join(directory, 'elsewhere.json');
    renameSync(pathOf('other'), elsewhere);
    symlinkSync(elsewhere, pathOf('test'));
    await store.write('test', someRecord());
    expect([lstatSync(pathOf('test')).isSymbolicLink(), JSON.parse(readFileSync(elsewhere, 'utf8'))]).toEqual([
      true,
      someRecord(),
    ]);
    store.remove('test');
    expect([existsSync(elsewhere), store.names()]).toEqual([false, []]);
  });

  it('is gone when it is removed', async () => {
    await store.write('test', someRecord());
    await store.writeDefault('test');
    store.remove('test');
    await store.writeDefault(undefined);
    expect([store.names(), store.read('test'), store.readDefault()]).toEqual([[], undefined, undefined]);
  });
});

describe('what is broken', () => {
  it.each([
    { name: 'an empty file', text: '', problem: 'empty' },
    { name: 'white space', text: ' \n', problem: 'empty' },
    { name: 'half a file', text: '{"version":1,"key":"pk_test_secret', problem: 'not-json' },
    { name: 'another JSON', text: '{"key":"pk_test_secret"}', problem: 'not-ours' },
    { name: 'null', text: 'null', problem: 'not-ours' },
  ])('$name is told without what stands in it', ({ text, problem }) => {
    const path = put('test', text);
    expect(failureOf(() => store.read('test'))).toEqual({
      code: 'environment.broken',
      facts: { name: 'test', path, problem },
    });
    expect(store.names()).toEqual(['test']);
  });

  it('a folder in its place cannot be read', () => {
    mkdirSync(pathOf('test'), { recursive: true });
    expect(failureOf(() => store.read('test'))).toEqual({
      code: 'environment.unreadable',
      facts: { path: pathOf('test'), reason: 'EISDIR' },
    });
  });

  it('a pipe in its place is not waited for', () => {
    mkdirSync(join(directory, 'environments'), { recursive: true });
    execFileSync('mkfifo', [pathOf('test')]);
    expect(failureOf(() => store.read('test'))).toEqual({
      code: 'environment.unreadable',
      facts: { path: pathOf('test'), reason: 'it is no file' },
    });
  });

  it('a link to nowhere cannot be read, and can be removed', () => {
    mkdirSync(join(directory, 'environments'), { recursive: true });
    symlinkSync('/nowhere/x.json', pathOf('test'));
    expect([store.names(), failureOf(() => store.read('test'))]).toEqual([
      ['test'],
      { code: 'environment.unreadable', facts: { path: pathOf('test'), reason: 'ENOENT' } },
    ]);
    store.remove('test');
    expect(store.names()).toEqual([]);
  });

  it('a file in the place of the folder cannot be listed or written', async () => {
    mkdirSync(directory, { recursive: true });
    const folder = join(directory, 'environments');
    writeFileSync(folder, '');
    expect(failureOf(() => store.names())).toEqual({
      code: 'environment.unreadable',
      facts: { path: folder, reason: 'ENOTDIR' },
    });
    expect(await rejectionOf(store.write('test', someRecord()))).toMatchObject({
      code: 'environment.unwritable',
      facts: { path: pathOf('test') },
    });
  });

  it.each([
    { text: '{}', expected: { returned: undefined } },
    { text: '{"default":1}', expected: { returned: undefined } },
    { text: 'null', expected: { returned: undefined } },
    { text: '{"default":"test"}', expected: { returned: 'test' } },
  ])('a default of $text', ({ text, expected }) => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'config.json'), text);
    expect(failureOf(() => store.readDefault())).toEqual(expected);
  });

  it('a default that is no JSON', () => {
    mkdirSync(directory, { recursive: true });
    const path = join(directory, 'config.json');
    writeFileSync(path, '{');
    expect(failureOf(() => store.readDefault())).toEqual({
      code: 'environment.default-broken',
      facts: { path, problem: 'not-json', known: [] },
    });
  });
});

it('lists only what can be an environment', () => {
  ['b', 'a-1', 'Upper', 'x'.repeat(33), '-x', 'a.b'].forEach((name) => put(name, '{}'));
  writeFileSync(join(directory, 'environments', 'notes.txt'), '');
  expect(store.names()).toEqual(['a-1', 'b']);
});

it.each([
  { bits: 0o600, expected: false },
  { bits: 0o400, expected: false },
  { bits: 0o640, expected: true },
  { bits: 0o604, expected: true },
  { bits: 0o644, expected: true },
])('a file of $bits is exposed: $expected', ({ bits, expected }) => {
  chmodSync(put('test', '{}'), bits);
  expect(store.isExposed('test')).toBe(expected);
});

it('is exposed where others may put another file in its place', () => {
  chmodSync(put('test', '{}'), 0o600);
  const folder = join(directory, 'environments');
  chmodSync(folder, 0o770);
  const inFolder = store.isExposed('test');
  chmodSync(folder, 0o700);
  chmodSync(directory, 0o777);
  const above = store.isExposed('test');
  chmodSync(directory, 0o1777);
  expect([inFolder, above, store.isExposed('test')]).toEqual([true, true, false]);
});

it('sweeps what a killed writer left, once it is old', () => {
  put('test', '{}');
  const folder = join(directory, 'environments');
  const [old, young] = ['.staged-1.json', '.staged-2.json.tmp-1'].map((file) => join(folder, file)) as [string, string];
  [old, young].forEach((path) => writeFileSync(path, 'pk_test_secret'));
  utimesSync(old, new Date(), new Date(Date.now() - 5000));
  store.names();
  expect(readdirSync(folder).toSorted()).toEqual(['.staged-2.json.tmp-1', 'test.json']);
});
