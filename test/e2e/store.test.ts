import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CourierServer, sign, startCourier } from '../support/courier-server.js';
import { shell } from '../support/e2e-world.js';
import { type Ran, configFolder, courierJwt, executable } from '../support/run.js';

const goodKey = 'pk_test_GOODKEY1234567890AAAA';
const newKey = 'pk_test_NEWKEY12345678901BBBB';
/** Stands in broken files: no output may have it, nor any part that tells. */
const secret = 'pk_test_SECRETINABROKENFILE99';

let courier: CourierServer;
beforeAll(async () => void (courier = await startCourier()));
afterAll(() => courier.close());
beforeEach(() => void (courier.requests.length = 0));

const record = (key: string, more: object = {}) => ({
  version: 1,
  storage: 'file',
  key,
  account: null,
  keyHint: `pk_test_…${key.slice(-4)}`,
  region: 'us',
  baseUrl: courier.url,
  tenantId: null,
  tenantScope: null,
  production: false,
  addedAt: '2026-01-01T00:00:00.000Z',
  ...more,
});

/** A config folder, and commands that run in it. */
function house(folder = configFolder()) {
  const config = join(folder, 'config');
  const environments = join(config, 'environments');
  const path = (name: string) => join(environments, `${name}.json`);
  const variables = { HOME: folder, COURIER_JWT_CONFIG_DIR: config, COURIER_BASE_URL: courier.url };
  const run = async (
    argv: string[],
    { stdin = '', more = {} }: { stdin?: string; more?: Record<string, string> } = {},
  ) => {
    const ran = await courierJwt(argv, { stdin, variables: { ...variables, ...more } });
    expect(ran.stdout + ran.stderr).not.toMatch(/SECRET|INABROKEN|FILE99/);
    return ran;
  };
  return {
    folder,
    config,
    environments,
    variables,
    path,
    run,
    put(name: string, content: string | object) {
      mkdirSync(environments, { recursive: true, mode: 0o700 });
      writeFileSync(path(name), typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 });
    },
    async failure(argv: string[], options: Parameters<typeof run>[1] = {}) {
      return failureOf(await run([...argv, '--json'], options));
    },
    /** The key that `issue` sends, and how it ended. */
    async used(...argv: string[]) {
      courier.requests.length = 0;
      const { code } = await run(['issue', '--user', 'alice', '--scope', 'read:brands', ...argv]);
      return [code, ...courier.requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''))];
    },
    async listed() {
      const { code, stdout } = await run(['env', 'list', '--json']);
      const { environments: list } = JSON.parse(stdout) as {
        environments: { name: string; problem: string | null; default: boolean }[];
      };
      return [
        code,
        ...list.map(({ name, problem, default: first }) => `${first ? '*' : ''}${name} ${problem ?? 'ok'}`),
      ];
    },
  };
}

function failureOf({ code, stdout }: Pick<Ran, 'code' | 'stdout'>) {
  return [code, (JSON.parse(stdout) as { error?: { code: string } }).error?.code];
}

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('a broken file', () => {
  const whole = JSON.stringify({ version: 1, storage: 'file', key: secret, account: null }, null, 2);
  const rows: { is: string; content: () => string | object; problem: string }[] = [
    { is: 'cut short', content: () => whole.slice(0, -20), problem: 'it is not JSON' },
    { is: 'empty', content: () => '', problem: 'it is empty' },
    { is: 'blank', content: () => '\n \n', problem: 'it is empty' },
    { is: 'a bare key', content: () => `${secret}\n`, problem: 'it is not JSON' },
    { is: 'an .env file', content: () => `COURIER_API_KEY=${secret}\n`, problem: 'it is not JSON' },
    { is: 'binary', content: () => `\0\u0001${secret}\0`, problem: 'it is not JSON' },
    { is: 'null', content: () => 'null', problem: 'it is not ours' },
    { is: 'a list', content: () => `["${secret}"]`, problem: 'it is not ours' },
    { is: 'a string', content: () => `"${secret}"`, problem: 'it is not ours' },
    { is: 'an object without fields', content: () => ({}), problem: 'it is not ours' },
    { is: "somebody else's", content: () => ({ key: secret, apiKey: secret }), problem: 'it is not ours' },
    { is: 'of a later version', content: () => record(secret, { version: 2 }), problem: 'it is not ours' },
    { is: 'without its key', content: () => record(secret, { key: null }), problem: 'it is not ours' },
    { is: 'with a number for a key', content: () => record(secret, { key: 7 }), problem: 'it is not ours' },
    { is: 'of no region', content: () => record(secret, { region: 'mars' }), problem: 'it is not ours' },
    { is: 'of no storage', content: () => record(secret, { storage: 'cloud' }), problem: 'it is not ours' },
    {
      is: 'of a keychain without an account',
      content: () => record(secret, { storage: 'keychain' }),
      problem: 'it is not ours',
    },
    { is: 'with a list for a URL', content: () => record(secret, { baseUrl: [] }), problem: 'it is not ours' },
  ];

  it.each(rows)(
    'that is $is: exit 3 for that environment alone, and its content is never said',
    async ({ content, problem }) => {
      const home = house();
      home.put('broken', content());
      home.put('good', record(goodKey));
      const { code, stdout, stderr } = await home.run(['issue', '--user', 'alice', '--env', 'broken', '--debug']);
      expect({
        issue: [code, stdout, stderr.split('\n')[0]],
        sent: [...courier.requests],
        others: await home.used('--env', 'good'),
        list: await home.listed(),
      }).toEqual({
        issue: [
          3,
          '',
          `error: the file of broken is broken (${problem}): ${home.path('broken')}. Add the environment again.`,
        ],
        sent: [],
        others: [0, goodKey],
        list: [0, 'broken environment.broken', 'good ok'],
      });
    },
  );

  it('is exit 3 for every command that needs it', async () => {
    const home = house();
    home.put('broken', `{"key":"${secret}"`);
    home.put('good', record(goodKey));
    const broken = [3, 'environment.broken'];
    expect([
      await home.failure(['issue', '-u', 'alice', '--env', 'broken']),
      await home.failure(['env', 'use', 'broken']),
      await home.failure(['env', 'add', 'broken', '--api-key-stdin'], { stdin: goodKey }),
      await home.failure(['env', 'check', 'broken']),
      await home.failure(['check-scopes', '--env', 'broken', sign({ scope: 'user_id:alice' })]),
    ]).toEqual([broken, broken, broken, broken, broken]);
  });

  it('is put in order by env add --replace, once the new key is proved', async () => {
    const home = house();
    home.put('broken', `{"key":"${secret}"`);
    const argv = ['env', 'add', 'broken', '--replace', '--api-key-stdin', '--storage', 'file'];
    expect([(await home.run(argv, { stdin: newKey })).code, await home.used('--env', 'broken')]).toEqual([
      0,
      [0, newKey],
    ]);
  });

  it('is removed by env remove', async () => {
    const home = house();
    home.put('broken', `{"key":"${secret}"`);
    home.put('good', record(goodKey));
    expect([(await home.run(['env', 'remove', 'broken', '--yes'])).code, await home.listed()]).toEqual([
      0,
      [0, 'good ok'],
    ]);
  });

  it('with a key that is none: exit 3, and the key is not said', async () => {
    const home = house();
    home.put('odd', record(`${secret}\nX-Header: 1`));
    expect(await home.failure(['issue', '-u', 'alice', '--env', 'odd', '--debug'])).toEqual([3, 'key.malformed']);
  });
});

describe('in the place of a file', () => {
  const rows: {
    stands: string;
    make: (path: string) => void;
    removed: [number, string | undefined];
    listed: string[];
  }[] = [
    {
      stands: 'a directory',
      make: (path) => mkdirSync(path),
      removed: [3, 'environment.unwritable'],
      listed: ['good ok', 'odd environment.unreadable'],
    },
    {
      stands: 'a link to itself',
      make: (path) => symlinkSync(path, path),
      removed: [0, undefined],
      listed: ['good ok'],
    },
  ];
  it.each(rows)('$stands: exit 3 for that environment alone', async ({ make, removed, listed }) => {
    const home = house();
    home.put('good', record(goodKey));
    make(home.path('odd'));
    expect([
      await home.failure(['issue', '-u', 'alice', '--env', 'odd']),
      await home.failure(['env', 'add', 'odd', '--replace', '--api-key-stdin'], { stdin: newKey }),
      await home.failure(['env', 'remove', 'odd', '--yes']),
      await home.used('--env', 'good'),
      await home.listed(),
    ]).toEqual([[3, 'environment.unreadable'], [3, 'environment.unreadable'], removed, [0, goodKey], [0, ...listed]]);
  });
});

describe('the default', () => {
  const rows: { is: string; content: string; failure: [number, string] }[] = [
    { is: 'broken', content: `{"default": "${secret}`, failure: [3, 'environment.default-broken'] },
    { is: 'empty', content: '', failure: [3, 'environment.default-broken'] },
    { is: 'gone', content: '{"default": "gone"}', failure: [3, 'environment.unknown'] },
    { is: 'no name', content: '{"default": "../../etc/passwd"}', failure: [3, 'environment.unknown'] },
    { is: 'a number', content: '{"default": 7}', failure: [3, 'key.missing'] },
    { is: 'null', content: 'null', failure: [3, 'key.missing'] },
    { is: 'a list', content: '[]', failure: [3, 'key.missing'] },
  ];
  it.each(rows)('that is $is fails what needs it, and env use mends it', async ({ content, failure }) => {
    const home = house();
    home.put('good', record(goodKey));
    writeFileSync(join(home.config, 'config.json'), content);
    expect([
      await home.failure(['issue', '-u', 'alice'], { more: { COURIER_BASE_URL: '' } }),
      await home.used('--env', 'good'),
      (await home.listed())[0],
      (await home.run(['env', 'use', 'good'])).code,
      await home.used(),
    ]).toEqual([failure, [0, goodKey], 0, 0, [0, goodKey]]);
  });
});

describe('as a user who may not', () => {
  const isRoot = process.getuid?.() === 0;
  const nobody = 65_534;
  let program: string;
  /** What is needed, where anybody can read it: a checkout may stand in a home that is closed. */
  beforeAll(() => {
    const copy = mkdtempSync(join(tmpdir(), 'courier-jwt-test-'));
    for (const part of ['bin', 'dist/cli', 'package.json'])
      cpSync(resolve(dirname(executable), '..', part), join(copy, part), { recursive: true });
    chmodSync(copy, 0o755);
    program = join(copy, 'bin/courier-jwt.cjs');
  });

  /** A house of nobody's, if root runs the tests; else of the user's own. */
  function theirs() {
    const home = house();
    mkdirSync(home.environments, { recursive: true, mode: 0o700 });
    return home;
  }

  async function run({ variables, folder }: ReturnType<typeof house>, argv: string[], stdin = '', more = {}) {
    const own = ['chown', '-R', String(nobody), folder];
    if (isRoot) await ended(spawn(own[0]!, own.slice(1)));
    const command = [process.execPath, program, ...argv, '--json'];
    const dropped = isRoot
      ? ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', ...command]
      : command;
    const child = spawn(dropped[0]!, dropped.slice(1), {
      cwd: folder,
      env: { PATH: process.env.PATH, ...variables, ...more },
    });
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
    const ran = await ended(child);
    expect(ran.stdout + ran.stderr).not.toMatch(/SECRET|GOODKEY|NEWKEY/);
    return failureOf(ran);
  }

  // Only root can become a user that the system does not know.
  it.skipIf(!isRoot)('have a home: nothing is kept there, and what needs none works', async () => {
    const stranger = async (argv: string[]) => {
      const words = ['--reuid=54321', '--regid=54321', '--clear-groups', process.execPath, program, ...argv, '--json'];
      const child = spawn('setpriv', words, { cwd: '/', env: { PATH: process.env.PATH } });
      child.stdin.end(newKey);
      return failureOf(await ended(child));
    };
    expect([
      await stranger(['scopes']),
      await stranger(['issue', '-u', 'alice', '--env', 'local']),
      await stranger(['env', 'list']),
      await stranger(['env', 'add', 'test', '--api-key-stdin', '--no-check', '--storage', 'file']),
    ]).toEqual([
      [0, undefined],
      [0, undefined],
      [0, undefined],
      [3, 'environment.unwritable'],
    ]);
  });

  it('read it: exit 3 for that environment alone', async () => {
    const home = theirs();
    home.put('closed', record(secret));
    home.put('good', record(goodKey));
    chmodSync(home.path('closed'), 0);
    const add = ['env', 'add', 'closed', '--replace', '--api-key-stdin', '--storage', 'file'];
    expect([
      await run(home, ['issue', '-u', 'alice', '--env', 'closed']),
      await run(home, ['issue', '-u', 'alice', '--env', 'good']),
      await run(home, ['env', 'list']),
      await run(home, add, newKey),
      courier.requests.map(({ headers }) => headers.authorization),
    ]).toEqual([
      [3, 'environment.unreadable'],
      [0, undefined],
      [0, undefined],
      [3, 'environment.unreadable'],
      [`Bearer ${goodKey}`],
    ]);
  });

  it('look into the folder: exit 3, and a key from elsewhere is used all the same', async () => {
    const home = theirs();
    home.put('good', record(goodKey));
    chmodSync(home.environments, 0);
    expect([
      await run(home, ['issue', '-u', 'alice', '--env', 'good']),
      await run(home, ['env', 'list']),
      await run(home, ['issue', '-u', 'alice', '--env', 'local']),
      await run(home, ['issue', '-u', 'alice'], '', { COURIER_API_KEY: newKey }),
    ]).toEqual([
      [3, 'environment.unreadable'],
      [3, 'environment.unreadable'],
      [0, undefined],
      [0, undefined],
    ]);
  });

  it('write in a home: env add exits 3 and leaves nothing', async () => {
    const home = house();
    chmodSync(home.folder, 0o555);
    const failed = await run(home, ['env', 'add', 'test', '--api-key-stdin'], goodKey);
    expect([failed, readdirSync(home.folder)]).toEqual([[3, 'environment.unwritable'], []]);
  });

  it('write in the folder: every change exits 3 and leaves all as it was', async () => {
    const home = theirs();
    home.put('good', record(goodKey));
    const before = readFileSync(home.path('good'), 'utf8');
    chmodSync(home.environments, 0o500);
    chmodSync(home.config, 0o500);
    const unwritable = [3, 'environment.unwritable'];
    expect([
      await run(home, ['env', 'add', 'good', '--replace', '--api-key-stdin'], newKey),
      await run(home, ['env', 'add', 'new', '--api-key-stdin', '--no-check'], newKey),
      await run(home, ['env', 'remove', 'good', '--yes']),
      await run(home, ['env', 'use', 'good']),
      readFileSync(home.path('good'), 'utf8') === before,
      readdirSync(home.environments),
      await run(home, ['issue', '-u', 'alice', '--env', 'good']),
    ]).toEqual([unwritable, unwritable, unwritable, unwritable, true, ['good.json'], [0, undefined]]);
  });
});

describe('a config folder that is a file', () => {
  it('is exit 3 for what needs the store, and nothing to what does not', async () => {
    const home = house();
    writeFileSync(home.config, secret);
    expect([
      await home.failure(['env', 'add', 'test', '--api-key-stdin'], { stdin: goodKey }),
      await home.failure(['env', 'list']),
      await home.failure(['env', 'use', 'local']),
      await home.failure(['issue', '-u', 'alice', '--env', 'test']),
      await home.failure(['issue', '-u', 'alice'], { more: { COURIER_BASE_URL: '' } }),
      await home.failure(['issue', '-u', 'alice', '--env', 'local']),
      await home.failure(['issue', '-u', 'alice'], { more: { COURIER_API_KEY: goodKey } }),
      readFileSync(home.config, 'utf8') === secret,
    ]).toEqual([
      [3, 'environment.unreadable'],
      [3, 'environment.unreadable'],
      [3, 'environment.unwritable'],
      [3, 'environment.unreadable'],
      [3, 'environment.unreadable'],
      [0, undefined],
      [0, undefined],
      true,
    ]);
  });
});

describe('modes', () => {
  it.each(['000', '022', '077'])('are 0700 and 0600 under umask %s', async (umask) => {
    const home = house();
    const add = ['env', 'add', 'test', '--api-key-stdin', '--storage', 'file', '--no-check'];
    const child = spawn('sh', ['-c', `umask ${umask}; exec "$@"`, 'sh', process.execPath, executable, ...add], {
      env: { PATH: process.env.PATH, ...home.variables, COURIER_JWT_CONFIG_DIR: join(home.folder, 'a/b') },
    });
    child.stdin.end(goodKey);
    const { code } = await ended(child);
    const modes = ['a', 'a/b', 'a/b/environments', 'a/b/environments/test.json', 'a/b/config.json'];
    expect([code, modes.map((path) => mode(join(home.folder, path)))]).toEqual([
      0,
      ['700', '700', '700', '600', '600'],
    ]);
  });

  it('of a file that others could read are put right by env add --replace', async () => {
    const home = house();
    home.put('test', record(goodKey));
    chmodSync(home.path('test'), 0o644);
    const { code } = await home.run(['env', 'add', 'test', '--replace', '--api-key-stdin'], { stdin: newKey });
    expect([code, mode(home.path('test'))]).toEqual([0, '600']);
  });

  const rows: { bits: number; warnings: string[] }[] = [
    { bits: 0o600, warnings: [] },
    { bits: 0o400, warnings: [] },
    { bits: 0o644, warnings: ['environment.exposed test'] },
    { bits: 0o640, warnings: ['environment.exposed test'] },
    { bits: 0o604, warnings: ['environment.exposed test'] },
    { bits: 0o620, warnings: ['environment.exposed test'] },
  ];
  it.each(rows)('$bits: issue warns $warnings, and mints', async ({ bits, warnings }) => {
    const home = house();
    home.put('test', record(goodKey));
    chmodSync(home.path('test'), bits);
    const { code, stdout } = await home.run(['issue', '-u', 'alice', '--env', 'test', '--json']);
    const { warnings: found } = JSON.parse(stdout) as { warnings: { code: string; subject: string }[] };
    expect([code, found.map(({ code: what, subject }) => `${what} ${subject}`)]).toEqual([0, warnings]);
  });

  it('are told of in words', async () => {
    const home = house();
    home.put('test', record(goodKey));
    chmodSync(home.path('test'), 0o644);
    const { stderr } = await home.run(['issue', '-u', 'alice', '--env', 'test'], { more: { COURIER_BASE_URL: '' } });
    expect(stderr.split('\n')[0]).toBe(
      'warning: test: others on this machine can read its file, or put another in its place. chmod 600 the file and 700 its folder.',
    );
  });
});

describe('what a killed writer left', () => {
  const commands: { command: string; argv: string[]; stdin?: string }[] = [
    { command: 'env list', argv: ['env', 'list'] },
    {
      command: 'env add',
      argv: ['env', 'add', 'new', '--api-key-stdin', '--storage', 'file', '--no-check'],
      stdin: newKey,
    },
    { command: 'env remove', argv: ['env', 'remove', 'test', '--yes'] },
    { command: 'env check --all', argv: ['env', 'check', '--all'] },
  ];
  it.each(commands)('is swept by $command once it is older than a second', async ({ argv, stdin = '' }) => {
    const home = house();
    home.put('test', record(goodKey));
    const leave = (name: string, ageSeconds: number) => {
      const path = join(home.environments, name);
      writeFileSync(path, secret, { mode: 0o600 });
      const at = Date.now() / 1000 - ageSeconds;
      utimesSync(path, at, at);
    };
    leave('test.json.tmp-1767225600000abcdef', 2);
    leave('gone.json.tmp-1', 100_000);
    // Young: a writer may be at work.
    leave('test.json.tmp-2', -30);
    await home.run(argv, { stdin });
    const left = readdirSync(home.environments).filter((file) => file.includes('tmp'));
    expect(left).toEqual(['test.json.tmp-2']);
  });
});

describe('several at once', () => {
  const names = Array.from({ length: 20 }, (_, i) => `env-${i}`);

  it('20 env add of different names all land', async () => {
    const home = house();
    const add = (name: string) => ['env', 'add', name, '--api-key-stdin', '--storage', 'file'];
    const ran = await Promise.all(names.map((name, i) => home.run(add(name), { stdin: `${goodKey}${i}` })));
    const keys = names.map((name) => (JSON.parse(readFileSync(home.path(name), 'utf8')) as { key: string }).key);
    const [code, ...listed] = await home.listed();
    const firsts = listed.filter((line) => String(line).startsWith('*'));
    expect({
      codes: ran.map((one) => one.code),
      keys,
      files: readdirSync(home.environments).length,
      listed: [code, listed.map((line) => String(line).replace('*', '')), firsts.length],
    }).toEqual({
      codes: names.map(() => 0),
      keys: names.map((_, i) => `${goodKey}${i}`),
      files: 20,
      listed: [0, names.toSorted().map((name) => `${name} ok`), 1],
    });
  }, 60_000);

  it('10 env add --replace of one name leave one of their keys', async () => {
    const home = house();
    home.put('test', record(goodKey));
    const keys = names.slice(0, 10).map((name) => `${newKey}${name}`);
    const argv = ['env', 'add', 'test', '--replace', '--api-key-stdin', '--storage', 'file'];
    const ran = await Promise.all(keys.map((key) => home.run(argv, { stdin: key })));
    const [code, used] = await home.used('--env', 'test');
    expect([ran.map((one) => one.code), code, keys.includes(String(used)), readdirSync(home.environments)]).toEqual([
      keys.map(() => 0),
      0,
      true,
      ['test.json'],
    ]);
  }, 60_000);

  it('10 env add of one new name: one of them keeps its key, and the others say that it is there', async () => {
    const home = house();
    const keys = names.slice(0, 10).map((name) => `${newKey}${name}`);
    const argv = ['env', 'add', 'test', '--api-key-stdin', '--storage', 'file', '--json'];
    const ran = await Promise.all(keys.map((key) => home.run(argv, { stdin: key })));
    const [code, used] = await home.used('--env', 'test');
    const kept = keys.filter((_, i) => ran[i]!.code === 0);
    expect([code, kept, ran.filter((one) => one.code !== 0).map(failureOf)]).toEqual([
      0,
      [used],
      Array.from({ length: 9 }, () => [2, 'usage.exists']),
    ]);
  }, 60_000);
});

describe('a disk that takes only a part', () => {
  const rows: { how: string; more: Record<string, string> }[] = [
    { how: 'whole', more: {} },
    { how: 'whole, under snap, where conf writes in place', more: { SNAP: '/snap/node/1' } },
  ];
  it.each(rows)('leaves the old key $how', async ({ more }) => {
    const home = house();
    home.put('test', record(goodKey));
    const argv = ['env', 'add', 'test', '--replace', '--api-key-stdin', '--storage', 'file', '--json'];
    const limit = `prlimit --fsize=200 '${process.execPath}' -- '${executable}' ${argv.join(' ')}`;
    const ran = await shell(`printf %s '${newKey}' | ${limit}`, { variables: { ...home.variables, ...more } });
    expect([failureOf(ran), await home.used('--env', 'test'), readdirSync(home.environments)]).toEqual([
      [3, 'environment.unwritable'],
      [0, goodKey],
      ['test.json'],
    ]);
  });
});

describe('kill -9', () => {
  it('at any instant of env add --replace leaves the old key or the new one, never neither', async () => {
    const home = house();
    home.put('test', record(goodKey));
    const argv = ['env', 'add', 'test', '--replace', '--api-key-stdin', '--storage', 'file'];
    const wholeMs = await timed(() => home.run(argv, { stdin: goodKey }));
    const seen = [];
    let old = goodKey;
    for (let i = 0; i < 20; i += 1) {
      const next = `${newKey}${i}`;
      const ran = await courierJwt(argv, {
        stdin: next,
        variables: home.variables,
        // The writing is at the end.
        onStart: (child) => void setTimeout(() => child.kill('SIGKILL'), wholeMs * (0.4 + 0.7 * Math.random())),
      });
      const [code, used] = await home.used('--env', 'test');
      const after = used === old ? 'old' : used === next ? 'new' : 'neither';
      seen.push({
        code,
        after: ran.code === 0 && after === 'old' ? 'lost' : after === 'neither' ? 'neither' : 'old or new',
      });
      old = String(used);
    }
    const aged = Date.now() / 1000 - 5;
    for (const file of readdirSync(home.environments)) utimesSync(join(home.environments, file), aged, aged);
    await home.run(['env', 'list']);
    expect([seen, readdirSync(home.environments)]).toEqual([
      Array.from({ length: 20 }, () => ({ code: 0, after: 'old or new' })),
      ['test.json'],
    ]);
  }, 90_000);
});

describe('the config folder', () => {
  const rows: { of: string; variables: (root: string) => Record<string, string>; expected: string }[] = [
    {
      of: 'COURIER_JWT_CONFIG_DIR before all',
      variables: (root) => ({
        COURIER_JWT_CONFIG_DIR: `${root}/own`,
        XDG_CONFIG_HOME: `${root}/xdg`,
        HOME: `${root}/home`,
      }),
      expected: 'own',
    },
    {
      of: 'XDG_CONFIG_HOME before HOME',
      variables: (root) => ({ COURIER_JWT_CONFIG_DIR: '', XDG_CONFIG_HOME: `${root}/xdg`, HOME: `${root}/home` }),
      expected: 'xdg/courier-jwt',
    },
    {
      of: 'HOME',
      variables: (root) => ({ COURIER_JWT_CONFIG_DIR: '', XDG_CONFIG_HOME: '', HOME: `${root}/home` }),
      expected: 'home/.config/courier-jwt',
    },
    {
      of: 'COURIER_JWT_CONFIG_DIR with a space and an accent',
      variables: (root) => ({ COURIER_JWT_CONFIG_DIR: `${root}/ö w n` }),
      expected: 'ö w n',
    },
  ];
  it.each(rows)('is that of $of', async ({ variables, expected }) => {
    const root = configFolder();
    const argv = ['env', 'add', 'test', '--api-key-stdin', '--storage', 'file', '--no-check'];
    const { code } = await courierJwt(argv, { stdin: goodKey, variables: variables(root) });
    const list = await courierJwt(['env', 'list'], { variables: variables(root) });
    const files = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
    expect([code, files.toSorted(), list.stdout.split('\n')[1]?.slice(0, 6)]).toEqual([
      0,
      [`${expected}/config.json`, `${expected}/environments/test.json`],
      '* test',
    ]);
  });

  it('is not in the current folder where HOME is empty: an empty variable counts as unset', async () => {
    const cwd = configFolder();
    const folder = join(cwd, '.config/courier-jwt/environments');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'of-this-repository.json'), JSON.stringify(record(goodKey)));
    const variables = { HOME: '', COURIER_JWT_CONFIG_DIR: '', XDG_CONFIG_HOME: '' };
    const { stdout } = await courierJwt(['env', 'list'], { cwd, variables });
    expect(stdout).not.toContain('of-this-repository');
  });

  it('is not made by reading', async () => {
    const home = house();
    await home.run(['env', 'list']);
    await home.run(['issue', '-u', 'alice', '--env', 'test']);
    expect(existsSync(home.config)).toBe(false);
  });
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function ended(child: ReturnType<typeof spawn>): Promise<Pick<Ran, 'code' | 'stdout' | 'stderr'>> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const code = await new Promise<number | null>((done) => child.on('close', (exit) => done(exit)));
  return { code, ...output };
}
