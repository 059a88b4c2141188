import { execFile } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CourierServer, sign, startCourier } from '../support/courier-server.js';
import { type RunOptions, configFolder, courierJwt } from '../support/run.js';

/** Packages that stand in a file of `dist/cli`, by a word that only they hold. */
const packageMarks = {
  chalk: 'ansi256',
  commander: 'passThroughOptions',
  conf: 'clearInvalidConfig',
  'https-proxy-agent': 'Proxy-Connection',
  prompts: 'AbortPromptError',
};

/** Modules of Node's that cost start-up time. */
const slowModules = ['child_process', 'crypto', 'http', 'https', 'net', 'readline', 'tls', 'tty'];

const dist = resolve(import.meta.dirname, '../../dist/cli');
const folder = configFolder();
const hook = join(folder, 'hook.cjs');
const record = join(folder, 'loaded.json');
const config = { COURIER_JWT_CONFIG_DIR: join(folder, 'config') };
const scope = 'user_id:alice inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';
const token = sign({ scope, iat: 1_767_225_600, exp: 4_102_444_800 });

let courier: CourierServer;

beforeAll(async () => {
  // Node's own list names what `import` and Node itself load, too; our files are those that bin makes scripts of.
  writeFileSync(
    hook,
    `const vm = require('node:vm');
    const files = [];
    const refused = [];
    const { Script } = vm;
    vm.Script = class extends Script {
      constructor(source, options) {
        super(source, options);
        files.push(options.filename);
        if (this.cachedDataRejected !== false) refused.push(options.filename);
      }
    };
    process.on('exit', () => require('node:fs').writeFileSync(process.env.LOADED, JSON.stringify({
      modules: process.moduleLoadList.map((entry) => entry.replace('NativeModule ', '')),
      files: [...files, ...Object.keys(require.cache)].map((file) => require('node:path').resolve(file)),
      refused,
    })));`,
  );
  courier = await startCourier();
  const variables = { ...config, COURIER_BASE_URL: courier.url };
  const added = await courierJwt(['env', 'add', 'stored', '--api-key-stdin', '--storage', 'file'], {
    variables,
    stdin: 'pk_test_LOADS00000000000000000000',
  });
  expect(added.code).toBe(0);
});
afterAll(() => courier.close());

const issue = ['issue', '--user', 'alice', '--env'];

it.each<[string[], string[], RunOptions?]>([
  [['--version'], []],
  [['--help'], ['commander']],
  [['decode', token], ['commander']],
  [['decode'], ['commander'], { stdin: token }],
  [['check-scopes', token], ['commander']],
  [['check-scopes', '--json'], ['commander'], { stdin: token }],
  [['scopes'], ['commander']],
  [['scopes', '--for', 'inbox', '--user', 'alice'], ['commander']],
  [['snippet', '--lang', 'express'], ['commander']],
  [[...issue, 'local'], ['commander']],
  [
    [...issue, 'stored'],
    ['commander', 'node:http', 'node:net'],
  ],
  [
    ['scopes', '--color'],
    ['chalk', 'commander', 'node:net', 'node:tty'],
  ],
])('courier-jwt %j loads %j', async (argv, expected, options) => {
  expect(await namesLoaded(argv, options)).toEqual(expected);
});

it('courier-jwt --version reads one small file', async () => {
  const { files } = await loads(['--version']);
  const read = files.filter((file) => file.startsWith(dist)).map((file) => relative(dist, file));
  expect(read.toSorted()).toEqual(['chunks/main.cjs']);
});

it.each([{ argv: ['--version'] }, { argv: ['--help'] }, { argv: ['decode', token] }, { argv: [...issue, 'stored'] }])(
  'courier-jwt $argv starts with what was compiled at build time',
  async ({ argv }) => {
    expect((await loads(argv)).refused).toEqual([]);
  },
);

it.each([
  { name: "another Node's", damage: (bytes: Buffer) => Buffer.concat([Buffer.alloc(16, 7), bytes.subarray(16)]) },
  { name: 'cut short', damage: (bytes: Buffer) => bytes.subarray(0, 1000) },
  { name: 'empty', damage: () => Buffer.alloc(0) },
  { name: 'gone', damage: () => undefined },
])('what was compiled at build time and is $name is done without', async ({ damage }) => {
  const copy = configFolder();
  const root = resolve(dist, '../..');
  for (const part of ['bin', 'dist/cli']) cpSync(join(root, part), join(copy, part), { recursive: true });
  const chunks = join(copy, 'dist/cli/chunks');
  const caches = readdirSync(chunks).filter((file) => file.endsWith('.cache'));
  expect(caches).toContain('core.cjs.cache');
  for (const file of caches) {
    const bytes = damage(readFileSync(join(chunks, file)));
    if (bytes) writeFileSync(join(chunks, file), bytes);
    else rmSync(join(chunks, file));
  }
  const argv = ['--', join(copy, 'bin/courier-jwt.cjs'), 'decode', '--json', token];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  expect((JSON.parse(stdout) as { users: string[] }).users).toEqual(['alice']);
});

it('what was compiled of an older file is not run', async () => {
  const copy = configFolder();
  const root = resolve(dist, '../..');
  for (const part of ['bin', 'dist/cli']) cpSync(join(root, part), join(copy, part), { recursive: true });
  const file = join(copy, 'dist/cli/chunks/core.cjs');
  // V8 compares no more than the lengths.
  const patched = readFileSync(file, 'utf8').replace('not verified: these', 'NOT VERIFIED: these');
  writeFileSync(file, patched);
  utimesSync(`${file}.cache`, 1, 1);
  const argv = ['--', join(copy, 'bin/courier-jwt.cjs'), 'decode', token];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  expect(stdout).toContain('NOT VERIFIED: these');
});

it('knows each package by one file or more', () => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.cjs'));
  expect(packagesIn(files.map((file) => join(dist, file)))).toEqual(Object.keys(packageMarks));
});

/** The packages, and the slow modules of Node's as `node:…`, that a command line loads. */
async function namesLoaded(argv: string[], options?: RunOptions): Promise<string[]> {
  const { modules, files } = await loads(argv, options);
  const slow = slowModules.filter((name) => modules.includes(name));
  return [...packagesIn(files), ...slow.map((name) => `node:${name}`)];
}

interface Loads {
  modules: string[];
  files: string[];
  /** Files that were compiled anew. */
  refused: string[];
}

async function loads(argv: string[], options: RunOptions = {}): Promise<Loads> {
  writeFileSync(record, '');
  const variables = { ...config, NODE_OPTIONS: `--require ${hook}`, LOADED: record };
  expect(await courierJwt(argv, { ...options, variables })).toMatchObject({ code: 0 });
  return JSON.parse(readFileSync(record, 'utf8')) as Loads;
}

function packagesIn(files: string[]): string[] {
  const code = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  return Object.entries(packageMarks)
    .filter(([, mark]) => code.includes(mark))
    .map(([name]) => name);
}
