import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CourierServer,
  type Misbehaviour,
  drop,
  hang,
  json,
  sign,
  stall,
  startCourier,
  text,
  workspace,
} from '../support/courier-server.js';
import { type Ran, type RunOptions, configFolder, courierJwt } from '../support/run.js';

const testKey = 'pk_test_FIRSTKEY1234567890AAAA';
const newKey = 'pk_test_SECONDKEY123456789BBBB';
const prodKey = 'pk_prod_PRODUCTION123456789CCCC';
const tokenKey = 'token_NEWSTYLE1234567890DDDD';
const strangeKey = 'zz_UNKNOWNPREFIX1234567890EEEE';
const keys = [testKey, newKey, prodKey, tokenKey, strangeKey];

const probeBody = { scope: 'user_id:courier-jwt-check read:brands', expires_in: '5s' };
const howToScopes = [
  'inbox:read:messages',
  'inbox:write:events',
  'read:preferences',
  'write:preferences',
  'read:brands',
];
const surfacesBody = (user: string, scopes: string[]) => ({
  scope: [`user_id:${user}`, ...scopes].join(' '),
  expires_in: '5s',
});

let courier: CourierServer;
let refusing: CourierServer;
/** Where nothing listens. */
let nowhere: string;

beforeAll(async () => {
  courier = await startCourier();
  refusing = await startCourier();
  refusing.misbehave(json(401, { message: 'Unauthorized', type: 'authentication_error' }));
  nowhere = await closedPort();
});
afterAll(() => Promise.all([courier.close(), refusing.close()]));
beforeEach(() => {
  courier.misbehave(undefined);
  courier.claims((claims) => claims);
  courier.requests.length = 0;
  refusing.requests.length = 0;
});

async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** A config folder, commands that run in it, and what they leave there. No command may ever say a key. */
function house() {
  const folder = configFolder();
  const config = join(folder, 'config');
  const path = (name: string) => join(config, 'environments', `${name}.json`);
  const run = async (argv: string[], options: RunOptions = {}) => {
    const variables = {
      HOME: folder,
      COURIER_JWT_CONFIG_DIR: config,
      COURIER_BASE_URL: courier.url,
      ...options.variables,
    };
    const ran = await courierJwt(argv, { ...options, variables });
    for (const key of keys) expect(ran.stdout + ran.stderr).not.toContain(key);
    return ran;
  };
  return {
    folder,
    path,
    run,
    /** The exit code and the one JSON document. */
    async json(argv: string[], options: RunOptions = {}) {
      const { code, stdout } = await run([...argv, '--json'], options);
      return { code, document: JSON.parse(stdout) as Document };
    },
    /** The exit code, and the code and the command of the failure. */
    async failure(argv: string[], options: RunOptions = {}) {
      const { code, stdout } = await run([...argv, '--json'], options);
      const { error } = JSON.parse(stdout) as Document;
      return { exit: code, code: error?.code, fix: error?.fix.join(' ') };
    },
    async add(name: string, key: string, ...more: string[]) {
      const ran = await run(['env', 'add', name, '--api-key-stdin', '--storage', 'file', ...more], { stdin: key });
      expect([ran.code, ran.stdout]).toEqual([0, '']);
      courier.requests.length = 0;
    },
    file: (name: string) => readFileSync(path(name), 'utf8'),
    record: (name: string) => JSON.parse(readFileSync(path(name), 'utf8')) as Record<string, unknown>,
    kept: () => (existsSync(join(config, 'environments')) ? readdirSync(join(config, 'environments')).toSorted() : []),
    default: () => {
      const file = join(config, 'config.json');
      return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { default?: string }).default : undefined;
    },
    write(name: string, content: string) {
      const file = join(folder, name);
      writeFileSync(file, content);
      return file;
    },
  };
}

/** Only what never ends is not waited for: a slow machine must not look like it. */
function patience(how: Misbehaviour | undefined): string {
  return how === hang || how === stall ? '400ms' : '10s';
}

interface Document {
  error?: { code: string; message: string; fix: string[] };
  findings?: { code: string; status: string; subject?: string; facts: Record<string, unknown> }[];
  [name: string]: unknown;
}

/** What the server saw, as key and body. */
function sent(server = courier) {
  return server.requests.map(({ method, path, headers, body }) => ({
    to: `${method} ${path}`,
    key: headers.authorization,
    body: JSON.parse(body) as unknown,
  }));
}

function request(key: string, body: object = probeBody) {
  return { to: 'POST /auth/issue-token', key: `Bearer ${key}`, body };
}

function findings({ findings: list = [] }: Document) {
  return list.map(({ code, status, subject }) => [status, code, subject].join(' '));
}

const proved = { tenantId: `${workspace}/test`, tenantScope: 'published/test' };
const provedProduction = { tenantId: workspace, tenantScope: 'published/production' };
const aTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

describe('env add', () => {
  describe('takes the key', () => {
    const rows: { from: string; argv: string[]; options: RunOptions }[] = [
      { from: '--api-key-stdin', argv: ['--api-key-stdin'], options: { stdin: testKey } },
      { from: '--api-key-stdin, a line', argv: ['--api-key-stdin'], options: { stdin: `${testKey}\n` } },
      { from: '--api-key-stdin, a line of Windows', argv: ['--api-key-stdin'], options: { stdin: `${testKey}\r\n` } },
      { from: '--api-key-stdin, a BOM', argv: ['--api-key-stdin'], options: { stdin: `\uFEFF${testKey}\n` } },
      {
        from: '--api-key-stdin, UTF-16 of PowerShell',
        argv: ['--api-key-stdin'],
        options: { stdin: Buffer.from(`\uFEFF${testKey}\r\n`, 'utf16le') },
      },
      {
        from: '--from-env, COURIER_API_KEY',
        argv: ['--from-env'],
        options: { variables: { COURIER_API_KEY: testKey } },
      },
      {
        from: '--from-env, COURIER_API_KEY where the one of its name is empty',
        argv: ['--from-env'],
        options: { variables: { COURIER_API_KEY: testKey, COURIER_API_KEY_TEST: '' } },
      },
    ];
    it.each(rows)('of $from, proves it and records it', async ({ argv, options }) => {
      const home = house();
      const { code, document } = await home.json(['env', 'add', 'test', '--storage', 'file', ...argv], options);
      expect({ code, document, record: home.record('test'), default: home.default(), sent: sent() }).toEqual({
        code: 0,
        document: {
          environment: {
            name: 'test',
            default: true,
            storage: 'file',
            key: 'pk_test_…AAAA',
            region: 'us',
            baseUrl: courier.url,
            workspace: proved,
            production: false,
            addedAt: aTime,
            problem: null,
          },
        },
        record: {
          version: 1,
          storage: 'file',
          key: testKey,
          account: null,
          keyHint: 'pk_test_…AAAA',
          region: 'us',
          baseUrl: courier.url,
          ...proved,
          production: false,
          addedAt: aTime,
        },
        default: 'test',
        sent: [request(testKey)],
      });
    });

    it('of --api-key-file', async () => {
      const home = house();
      const file = home.write('key', `${testKey}\n`);
      const { code } = await home.run(['env', 'add', 'test', '--api-key-file', file]);
      expect([code, home.record('test').key, sent()]).toEqual([0, testKey, [request(testKey)]]);
    });

    it('of --env-file, with the URL beside it', async () => {
      const home = house();
      const file = home.write('.env', `\uFEFFCOURIER_API_KEY=${testKey}\nCOURIER_BASE_URL=${courier.url}\n`);
      const options = { variables: { COURIER_BASE_URL: '' } };
      const { code } = await home.run(['env', 'add', 'test', '--from-env', '--env-file', file], options);
      expect([code, home.record('test').key, sent()]).toEqual([0, testKey, [request(testKey)]]);
    });

    it('of --from-env: the variable of its name before the general one', async () => {
      const home = house();
      await home.add('my-test', testKey);
      const variables = { COURIER_API_KEY: tokenKey, COURIER_API_KEY_MY_TEST: newKey };
      const { code } = await home.run(['env', 'add', 'my-test', '--from-env', '--replace'], { variables });
      expect([code, home.record('my-test').key, sent()]).toEqual([0, newKey, [request(newKey)]]);
    });

    it('of a production key, and records that it is', async () => {
      const home = house();
      await home.add('prod', prodKey);
      expect(home.record('prod')).toMatchObject({ ...provedProduction, production: true });
    });

    it('of a token_ key, and records what its token says', async () => {
      const home = house();
      courier.claims((claims) => ({ ...claims, tenant_scope: 'draft/production', tenant_id: 'w' }));
      await home.add('live', tokenKey);
      expect(home.record('live')).toMatchObject({ tenantId: 'w', tenantScope: 'draft/production', production: true });
    });

    it('for the region that is said', async () => {
      const home = house();
      await home.add('eu', testKey, '--region', 'eu', '--no-check');
      expect(home.record('eu')).toMatchObject({ region: 'eu', baseUrl: null });
    });
  });

  it('says on stderr what it kept, where, and that there is no keychain', async () => {
    const home = house();
    const { code, stdout, stderr } = await home.run(['env', 'add', 'test', '--api-key-stdin'], { stdin: testKey });
    expect({ code, stdout, stderr: stderr.split('\n') }).toEqual({
      code: 0,
      stdout: '',
      stderr: [
        'there is no keychain here: the key is in a file that only you can read.',
        `kept test (published/test of workspace ${workspace}/test) in ${home.path('test')}; it is the default.`,
        '',
      ],
    });
  });

  it('makes the first one the default, and leaves it so', async () => {
    const home = house();
    await home.add('one', testKey);
    await home.add('two', newKey);
    expect(home.default()).toBe('one');
  });

  it('warns of a prefix that it does not know, and takes the key', async () => {
    const home = house();
    const { code, stderr } = await home.run(['env', 'add', 'x', '--api-key-stdin', '--storage', 'file'], {
      stdin: strangeKey,
    });
    expect([code, stderr.split('\n')[0], home.record('x').keyHint]).toEqual([
      0,
      "warning: that key has no prefix of Courier's that is known here. It is used all the same.",
      '…EEEE',
    ]);
  });

  it('shows nothing of a key of under 16 characters', async () => {
    const home = house();
    await home.add('short', 'pk_test_abcdefg');
    expect(home.record('short').keyHint).toBe('…');
  });

  it('with --no-check sends nothing and records no workspace', async () => {
    const home = house();
    const argv = ['env', 'add', 'test', '--api-key-stdin', '--storage', 'file', '--no-check'];
    const { code } = await home.run(argv, { stdin: testKey, variables: { COURIER_BASE_URL: nowhere } });
    expect([code, home.record('test').tenantId, home.record('test').tenantScope, sent()]).toEqual([0, null, null, []]);
  });

  describe('keeps nothing when Courier', () => {
    const now = { 'retry-after': '0' };
    const rows: { does: string; how: Misbehaviour; exit: number; code: string; requests: number }[] = [
      { does: 'answers 401', how: json(401, { message: 'Unauthorized' }), exit: 3, code: 'key.refused', requests: 1 },
      { does: 'answers 403', how: json(403, { message: 'Forbidden' }), exit: 3, code: 'key.refused', requests: 1 },
      {
        does: 'answers 500',
        how: json(500, { message: 'no' }, now),
        exit: 4,
        code: 'courier.unavailable',
        requests: 3,
      },
      {
        does: 'answers 429',
        how: json(429, {}, { 'retry-after': '60' }),
        exit: 4,
        code: 'courier.rate-limited',
        requests: 1,
      },
      {
        does: 'redirects',
        how: text(302, '', { location: 'https://example.com' }),
        exit: 4,
        code: 'courier.redirect',
        requests: 1,
      },
      { does: 'answers 404', how: text(404, '<h1>'), exit: 4, code: 'courier.status', requests: 1 },
      { does: 'answers nonsense', how: text(200, '<h1>'), exit: 4, code: 'courier.nonsense', requests: 1 },
      { does: 'answers no JWT', how: json(200, { token: 'x' }), exit: 4, code: 'courier.nonsense', requests: 1 },
      { does: 'hangs', how: hang, exit: 4, code: 'courier.timeout', requests: 1 },
      { does: 'stalls', how: stall, exit: 4, code: 'courier.timeout', requests: 1 },
      { does: 'drops the connection', how: drop, exit: 4, code: 'courier.unreachable', requests: 3 },
    ];
    it.each(rows)('$does: exit $exit', async ({ how, exit, code, requests }) => {
      const home = house();
      courier.misbehave(how);
      const argv = ['env', 'add', 'test', '--api-key-stdin', '--timeout', patience(how)];
      const failed = await home.failure(argv, { stdin: testKey });
      expect({ ...failed, fix: undefined, kept: home.kept(), default: home.default(), sent: sent() }).toEqual({
        exit,
        code,
        fix: undefined,
        kept: [],
        default: undefined,
        sent: Array.from({ length: requests }, () => request(testKey)),
      });
    });

    it('is not there: exit 4', async () => {
      const home = house();
      const options = { stdin: testKey, variables: { COURIER_BASE_URL: nowhere } };
      const { exit, code } = await home.failure(['env', 'add', 'test', '--api-key-stdin'], options);
      expect([exit, code, home.kept()]).toEqual([4, 'courier.unreachable', []]);
    });

    it('takes long and is interrupted: exit 130', async () => {
      const home = house();
      courier.misbehave(hang);
      const onStart: RunOptions['onStart'] = (child) =>
        void until(() => courier.requests.length > 0).then(() => child.kill('SIGINT'));
      const ran = await home.run(['env', 'add', 'test', '--api-key-stdin'], { stdin: testKey, onStart });
      expect([exitOf(ran), home.kept()]).toEqual([130, []]);
    });
  });

  describe('judges the name', () => {
    const good = ['a', '0', 'a-', 'a--b', 'my-test', '9lives', 'a'.repeat(32)];
    it.each(good)('takes %s', async (name) => {
      const home = house();
      await home.add(name, testKey, '--no-check');
      expect(home.kept()).toEqual([`${name}.json`]);
    });

    const bad = ['', 'A', 'Test', '-a', 'a_b', 'a.b', 'a b', ' a', 'ä', '../a', 'a/b', 'a\n', 'a'.repeat(33)];
    it.each(bad)('refuses %j: exit 2, nothing sent', async (name) => {
      const home = house();
      const { code } = await home.run(['env', 'add', '--api-key-stdin', '--', name], { stdin: testKey });
      expect([code, home.kept(), sent()]).toEqual([2, [], []]);
    });

    it.each(['add', 'remove'])('keeps local for itself: env %s', async (command) => {
      const home = house();
      expect(await home.failure(['env', command, 'local', '--yes'])).toEqual({
        exit: 2,
        code: 'usage.reserved-name',
        fix: 'courier-jwt env list',
      });
    });

    it('needs one', async () => {
      const { code } = await house().run(['env', 'add', '--api-key-stdin'], { stdin: testKey });
      expect(code).toBe(2);
    });
  });

  describe('takes one source', () => {
    const rows: { argv: string[]; named: string }[] = [
      { argv: ['--api-key-stdin', '--api-key-file', 'key'], named: '--api-key-stdin and --api-key-file' },
      { argv: ['--api-key-stdin', '--from-env'], named: '--api-key-stdin and --from-env' },
      { argv: ['--api-key-file', 'key', '--from-env'], named: '--api-key-file and --from-env' },
    ];
    it.each(rows)('not $named: exit 2', async ({ argv, named }) => {
      const home = house();
      const { code, document } = await home.json(['env', 'add', 'test', ...argv], { stdin: testKey });
      expect([code, document.error?.code, document.error?.message]).toEqual([
        2,
        'usage.conflict',
        `${named} do not go together.`,
      ]);
    });

    it('and not none, without a terminal: exit 2, the flags named', async () => {
      const { code, stdout, stderr } = await house().run(['env', 'add', 'test']);
      expect([code, stdout, stderr.split('\n')[0]]).toEqual([
        2,
        '',
        'error: env add needs --api-key-stdin, --api-key-file or --from-env.',
      ]);
    });

    it('and not a pipe that no flag speaks of', async () => {
      const home = house();
      const failed = await home.failure(['env', 'add', 'test'], { stdin: testKey });
      expect([failed.exit, failed.code, home.kept()]).toEqual([2, 'usage.missing', []]);
    });

    it('--from-env with nothing there: exit 3', async () => {
      expect(await house().failure(['env', 'add', 'test', '--from-env'])).toMatchObject({
        exit: 3,
        code: 'key.missing',
      });
    });

    it('--api-key-file with no such file: exit 2', async () => {
      const argv = ['env', 'add', 'test', '--api-key-file', '/nonexistent/key'];
      expect(await house().failure(argv)).toMatchObject({ exit: 2, code: 'usage.file' });
    });

    it('--replace with --no-check: exit 2', async () => {
      const argv = ['env', 'add', 'test', '--api-key-stdin', '--replace', '--no-check'];
      expect(await house().failure(argv, { stdin: testKey })).toMatchObject({ exit: 2, code: 'usage.conflict' });
    });
  });

  it('judges usage before any store is read: a broken config.json does not hide that a source is missing', async () => {
    const home = house();
    await home.add('other', testKey);
    home.write('config/config.json', '{');
    expect(await home.failure(['env', 'add', 'test'])).toMatchObject({ exit: 2, code: 'usage.missing' });
  });

  describe('names what is no API key', () => {
    const jwt = sign({ scope: 'user_id:alice' });
    const rows: { given: string; key: string; problem: string }[] = [
      { given: 'nothing', key: '', problem: 'it is empty.' },
      { given: 'a line break', key: '\n', problem: 'it is empty.' },
      {
        given: 'a space inside',
        key: 'pk_test_ABC DEFGHIJKL',
        problem: 'it has white space in it: something else was pasted with it.',
      },
      {
        given: 'a space at the end',
        key: 'pk_test_ABCDEFGHIJKL ',
        problem: 'it has white space in it: something else was pasted with it.',
      },
      {
        given: 'a line break inside',
        key: 'pk_test_ABCDEF\nGHIJKL',
        problem: 'it has a line break in it: print it with printf, or cut the line break off.',
      },
      {
        given: 'two line breaks at the end',
        key: 'pk_test_ABCDEFGHIJKL\n\n',
        problem: 'it has a line break in it: print it with printf, or cut the line break off.',
      },
      { given: 'quotes', key: '"pk_test_ABCDEFGHIJKL"', problem: 'it still has its quotes.' },
      {
        given: 'a letter that no key has',
        key: 'pk_test_ABCDEFGHIJKLé',
        problem: 'it has characters in it that no key has.',
      },
      {
        given: 'a client key',
        key: 'ck_test_ABCDEFGHIJKL',
        problem: 'that is a client key (ck_…), which is public and cannot mint tokens.',
      },
      {
        given: 'a user token',
        key: jwt,
        problem: 'that is a user token (a JWT), not an API key: try courier-jwt decode.',
      },
      { given: 'two characters', key: 'zq', problem: 'it is too short to be a key.' },
      { given: 'two characters that the message has, too', key: 'ke', problem: 'it is too short to be a key.' },
      { given: 'one character', key: 'e', problem: 'it is too short to be a key.' },
    ];
    it.each(rows)('$given: exit 3, nothing sent or kept', async ({ key, problem }) => {
      const home = house();
      const { code, document } = await home.json(['env', 'add', 'test', '--api-key-stdin'], { stdin: key });
      expect({ code, document, kept: home.kept(), sent: sent() }).toEqual({
        code: 3,
        document: {
          error: {
            code: 'key.malformed',
            message: `the key from --api-key-stdin is not an API key: ${problem} Keys are at https://app.courier.com/settings/api-keys.`,
            fix: ['courier-jwt', 'env', 'add', '--help'],
          },
        },
        kept: [],
        sent: [],
      });
    });

    it.each(['"', ':', ','])('%j of JSON itself: still one document', async (key) => {
      const { code, stdout } = await house().run(['env', 'add', 'test', '--api-key-stdin', '--json'], { stdin: key });
      expect([code, (JSON.parse(stdout) as Document).error?.code]).toEqual([3, 'key.malformed']);
    });

    it.each(['"', 'e', 'key'])('%j in a variable: still one document', async (key) => {
      const options = { variables: { COURIER_API_KEY: key } };
      const { code, stdout } = await house().run(['env', 'add', 'test', '--from-env', '--json'], options);
      expect([code, (JSON.parse(stdout) as Document).error?.code]).toEqual([3, 'key.malformed']);
    });

    it('and never says what was given', async () => {
      const secret = 'pk_test_ABCDEFGHIJKL MNOPQRSTUV';
      const { stdout, stderr } = await house().run(['env', 'add', 'test', '--api-key-stdin', '--debug'], {
        stdin: secret,
      });
      expect(stdout + stderr).not.toMatch(/ABCDEFGHIJKL|MNOPQRSTUV/);
    });
  });

  describe('where the key is sent', () => {
    it('not to the URL of an env file with a key from elsewhere: exit 2', async () => {
      const home = house();
      const file = home.write('.env', `COURIER_BASE_URL=${courier.url}\n`);
      const options = { stdin: testKey, variables: { COURIER_BASE_URL: '' } };
      const failed = await home.failure(['env', 'add', 'test', '--api-key-stdin', '--env-file', file], options);
      expect([failed.exit, failed.code, sent()]).toEqual([2, 'usage.mixed-sources', []]);
    });

    it("not to the shell's URL with a key of an env file: exit 2", async () => {
      const home = house();
      const file = home.write('.env', `COURIER_API_KEY=${testKey}\n`);
      const failed = await home.failure(['env', 'add', 'test', '--from-env', '--env-file', file]);
      expect([failed.exit, failed.code, sent()]).toEqual([2, 'usage.mixed-sources', []]);
    });

    it('not over plain http to another machine: exit 2', async () => {
      const options = { stdin: testKey, variables: { COURIER_BASE_URL: 'http://courier.example' } };
      const failed = await house().failure(['env', 'add', 'test', '--api-key-stdin'], options);
      expect(failed).toMatchObject({ exit: 2, code: 'usage.base-url' });
    });

    it('nowhere while Node would print it: exit 2', async () => {
      const options = { stdin: testKey, variables: { NODE_DEBUG: 'http' } };
      const failed = await house().failure(['env', 'add', 'test', '--api-key-stdin'], options);
      expect([failed.exit, failed.code, sent()]).toEqual([2, 'usage.node-debug', []]);
    });

    it('to the region that is said, and COURIER_BASE_URL is said not to count', async () => {
      const home = house();
      const argv = ['env', 'add', 'eu', '--api-key-stdin', '--storage', 'file', '--no-check', '--region', 'eu'];
      const { code, stderr } = await home.run(argv, { stdin: testKey });
      expect([code, stderr]).toEqual([0, expect.stringContaining('COURIER_BASE_URL is not used')]);
    });

    it('not to COURIER_BASE_URL with the variable of its name, and says so', async () => {
      const home = house();
      const argv = ['env', 'add', 'test', '--from-env', '--storage', 'file', '--no-check'];
      const { code, stderr } = await home.run(argv, { variables: { COURIER_API_KEY_TEST: testKey } });
      expect([code, home.record('test').baseUrl, stderr]).toEqual([
        0,
        null,
        expect.stringContaining('COURIER_BASE_URL is not used'),
      ]);
    });
  });
});

describe('env add --replace', () => {
  it('is needed for a name that is there: exit 2, nothing sent', async () => {
    const home = house();
    await home.add('test', testKey);
    const before = home.file('test');
    const failed = await home.failure(['env', 'add', 'test', '--api-key-stdin'], { stdin: newKey });
    expect({ ...failed, same: home.file('test') === before, sent: sent() }).toEqual({
      exit: 2,
      code: 'usage.exists',
      fix: 'courier-jwt env add test --api-key-stdin --replace',
      same: true,
      sent: [],
    });
  });

  it('adds what is not there yet', async () => {
    const home = house();
    await home.add('test', testKey, '--replace');
    expect(home.record('test').key).toBe(testKey);
  });

  it('rotates: the new key is proved, kept, and used', async () => {
    const home = house();
    await home.add('test', testKey);
    const before = home.record('test');
    const argv = ['env', 'add', 'test', '--replace', '--api-key-stdin'];
    const { code, stderr } = await home.run(argv, { stdin: newKey, variables: { COURIER_BASE_URL: '' } });
    await home.run(['issue', '--user', 'alice', '--scope', 'read:brands'], { variables: { COURIER_BASE_URL: '' } });
    expect({ code, stderr, record: home.record('test'), kept: home.kept(), sent: sent() }).toEqual({
      code: 0,
      stderr: `kept test (published/test of workspace ${workspace}/test) in ${home.path('test')}.\n`,
      record: { ...before, key: newKey, keyHint: 'pk_test_…BBBB', addedAt: aTime },
      kept: ['test.json'],
      sent: [request(newKey), request(newKey, { scope: 'user_id:alice read:brands', expires_in: '1d' })],
    });
  });

  it('leaves the default where it is', async () => {
    const home = house();
    await home.add('one', testKey);
    await home.add('two', testKey);
    await home.add('two', newKey, '--replace');
    expect(home.default()).toBe('one');
  });

  describe('leaves the old key', () => {
    const other = { token: sign({ scope: 'read:brands', tenant_id: 'another', tenant_scope: 'published/test' }) };
    const otherEnvironment = {
      token: sign({ scope: 'x', tenant_id: `${workspace}/test`, tenant_scope: 'draft/test' }),
    };
    const rows: { on: string; how: Misbehaviour; key?: string; exit: number; code: string }[] = [
      { on: '401', how: json(401, { message: 'no' }), exit: 3, code: 'key.refused' },
      { on: '403', how: json(403, { message: 'no' }), exit: 3, code: 'key.refused' },
      { on: '400', how: json(400, { message: 'no' }), exit: 2, code: 'request.rejected' },
      { on: '500', how: json(500, {}, { 'retry-after': '0' }), exit: 4, code: 'courier.unavailable' },
      { on: 'a hang', how: hang, exit: 4, code: 'courier.timeout' },
      { on: 'a dropped connection', how: drop, exit: 4, code: 'courier.unreachable' },
      { on: 'nonsense', how: text(200, 'OK'), exit: 4, code: 'courier.nonsense' },
      { on: 'another workspace', how: json(200, other), exit: 3, code: 'environment.different' },
      { on: 'another environment', how: json(200, otherEnvironment), exit: 3, code: 'environment.different' },
      { on: 'a malformed key', how: hang, key: 'ck_client_key', exit: 3, code: 'key.malformed' },
    ];
    it.each(rows)('on $on: exit $exit', async ({ how, key = newKey, exit, code }) => {
      const home = house();
      await home.add('test', testKey);
      const before = home.file('test');
      courier.misbehave(how);
      const argv = ['env', 'add', 'test', '--replace', '--api-key-stdin', '--timeout', patience(how)];
      const failed = await home.failure(argv, { stdin: key });
      courier.misbehave(undefined);
      courier.requests.length = 0;
      await home.run(['issue', '--user', 'alice', '--scope', 'read:brands']);
      expect({
        ...failed,
        fix: undefined,
        same: home.file('test') === before,
        kept: home.kept(),
        sent: sent(),
      }).toEqual({
        exit,
        code,
        fix: undefined,
        same: true,
        kept: ['test.json'],
        sent: [request(testKey, { scope: 'user_id:alice read:brands', expires_in: '1d' })],
      });
    });

    it('where nothing answers: exit 4', async () => {
      const home = house();
      await home.add('test', testKey);
      const before = home.file('test');
      const options = { stdin: newKey, variables: { COURIER_BASE_URL: nowhere } };
      const failed = await home.failure(['env', 'add', 'test', '--replace', '--api-key-stdin'], options);
      expect([failed.exit, failed.code, home.file('test') === before]).toEqual([4, 'courier.unreachable', true]);
    });
  });

  it('says which workspaces differ, and takes the other one with --yes', async () => {
    const home = house();
    await home.add('test', testKey);
    const refused = await home.json(['env', 'add', 'test', '--replace', '--api-key-stdin'], { stdin: prodKey });
    expect(refused).toEqual({
      code: 3,
      document: {
        error: {
          code: 'environment.different',
          message: `the new key is of published/production of workspace ${workspace}, and test is of published/test of workspace ${workspace}/test. Nothing was changed; if that is what you want, add --yes.`,
          fix: ['courier-jwt', 'env', 'add', 'test', '--replace', '--api-key-stdin', '--yes'],
        },
      },
    });
    await home.add('test', prodKey, '--replace', '--yes');
    expect(home.record('test')).toMatchObject({ key: prodKey, ...provedProduction, production: true });
  });

  it('has nothing to compare with where the old key was never proved', async () => {
    const home = house();
    await home.add('test', testKey, '--no-check');
    await home.add('test', prodKey, '--replace');
    expect(home.record('test')).toMatchObject({ key: prodKey, ...provedProduction });
  });
});

describe('env list', () => {
  async function three() {
    const home = house();
    await home.add('test', testKey);
    await home.add('prod', prodKey);
    await home.add('eu', tokenKey, '--region', 'eu', '--no-check');
    return home;
  }

  it('shows where every key is, and never a key', async () => {
    const home = await three();
    const { code, stdout, stderr } = await home.run(['env', 'list']);
    const url = courier.url.padEnd('https://api.eu.courier.com'.length);
    expect({ code, stderr, stdout: stdout.split('\n') }).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        '  NAME  KEY            STORED IN  COURIER                     TOKENS FOR            WORKSPACE',
        '  eu    token_…DDDD    file       https://api.eu.courier.com  not proved',
        `  prod  pk_prod_…CCCC  file       ${url}  published/production  ${workspace}`,
        `* test  pk_test_…AAAA  file       ${url}  published/test        ${workspace}/test`,
        '',
      ],
    });
  });

  it('is one document with --json', async () => {
    const home = await three();
    const view = (name: string, key: string, more: object) => ({
      name,
      default: false,
      storage: 'file',
      key,
      region: 'us',
      baseUrl: courier.url,
      production: false,
      addedAt: aTime,
      problem: null,
      ...more,
    });
    const nothing = { tenantId: null, tenantScope: null };
    expect(await home.json(['env', 'list'])).toEqual({
      code: 0,
      document: {
        environments: [
          view('eu', 'token_…DDDD', { region: 'eu', baseUrl: 'https://api.eu.courier.com', workspace: nothing }),
          view('prod', 'pk_prod_…CCCC', { workspace: provedProduction, production: true }),
          view('test', 'pk_test_…AAAA', { workspace: proved, default: true }),
        ],
      },
    });
  });

  it('of nothing is nothing on stdout, or an empty list', async () => {
    const home = house();
    const { code, stdout, stderr } = await home.run(['env', 'list']);
    expect({ code, stdout, stderr, json: await home.json(['env', 'list']) }).toEqual({
      code: 0,
      stdout: '',
      stderr: 'no environment is kept yet: courier-jwt env add <name>. local is built in.\n',
      json: { code: 0, document: { environments: [] } },
    });
  });

  it('escapes what a file or a server put there', async () => {
    const home = house();
    courier.claims((claims) => ({
      ...claims,
      tenant_id: 'w\u001b[31m\n::error::x',
      tenant_scope: 'a\u001b]0;t\u0007/b',
    }));
    await home.add('test', testKey);
    const record = { ...home.record('test'), keyHint: 'h\u001b[2J\n::error::x' };
    home.write('config/environments/test.json', JSON.stringify(record));
    const { stdout } = await home.run(['env', 'list']);
    expect([stdout.split('\n').length, stdout.replaceAll(/[ -~…\n]/g, ''), stdout.includes('::')]).toEqual([
      3,
      '',
      false,
    ]);
  });

  it('takes no further word: exit 2', async () => {
    expect((await house().run(['env', 'list', 'x'])).code).toBe(2);
  });
});

describe('env use', () => {
  it('makes it the default that issue uses', async () => {
    const home = house();
    await home.add('one', testKey);
    await home.add('two', newKey);
    const used = await home.run(['env', 'use', 'two']);
    const issued = await home.json(['issue', '--user', 'alice', '--scope', 'read:brands']);
    expect({ used, environment: issued.document.environment, sent: sent() }).toEqual({
      used: { code: 0, signal: null, stdout: '', stderr: 'two is the default now.\n' },
      environment: { name: 'two', source: 'default', baseUrl: courier.url },
      sent: [request(newKey, { scope: 'user_id:alice read:brands', expires_in: '1d' })],
    });
  });

  it('is one document with --json', async () => {
    const home = house();
    await home.add('one', testKey);
    expect(await home.json(['env', 'use', 'one'])).toEqual({ code: 0, document: { default: 'one' } });
  });

  it('takes local', async () => {
    const home = house();
    await home.run(['env', 'use', 'local']);
    const { code, document } = await home.json(['issue', '--user', 'alice']);
    expect([code, document.environment]).toEqual([0, { name: 'local', source: 'default', baseUrl: 'local:' }]);
  });

  const rows: { name: string; exit: number; code: string; fix: string }[] = [
    { name: 'tset', exit: 3, code: 'environment.unknown', fix: 'courier-jwt env use test' },
    { name: 'Nope!', exit: 3, code: 'environment.unknown', fix: 'courier-jwt env add test' },
  ];
  it.each(rows)('refuses $name: exit $exit, the default stays', async ({ name, exit, code, fix }) => {
    const home = house();
    await home.add('test', testKey);
    expect({ ...(await home.failure(['env', 'use', name])), default: home.default() }).toEqual({
      exit,
      code,
      fix,
      default: 'test',
    });
  });

  it('suggests the name that was meant', async () => {
    const home = house();
    await home.add('test', testKey);
    const { document } = await home.json(['env', 'use', 'tset']);
    expect(document.error?.message).toBe(
      'there is no environment tset (env use). There are: test, local. Did you mean test?',
    );
  });
});

describe('env remove', () => {
  it('needs a yes: without a terminal exit 2, --yes named, everything as it was', async () => {
    const home = house();
    await home.add('test', testKey);
    expect({ ...(await home.failure(['env', 'remove', 'test'])), kept: home.kept(), default: home.default() }).toEqual({
      exit: 2,
      code: 'usage.needs-yes',
      fix: 'courier-jwt env remove test --yes',
      kept: ['test.json'],
      default: 'test',
    });
  });

  it('with --yes removes it, and the default with it', async () => {
    const home = house();
    await home.add('test', testKey);
    const ran = await home.run(['env', 'remove', 'test', '--yes']);
    const after = await home.failure(['issue', '--user', 'alice'], { variables: { COURIER_BASE_URL: '' } });
    expect({ ran, kept: home.kept(), default: home.default(), after }).toEqual({
      ran: { code: 0, signal: null, stdout: '', stderr: 'removed test, which was the default: there is none now.\n' },
      kept: [],
      default: undefined,
      after: { exit: 3, code: 'key.missing', fix: 'courier-jwt env add test' },
    });
  });

  it('leaves another default alone', async () => {
    const home = house();
    await home.add('one', testKey);
    await home.add('two', newKey);
    expect([await home.json(['env', 'remove', 'two', '--yes']), home.kept()]).toEqual([
      { code: 0, document: { removed: 'two', default: 'one' } },
      ['one.json'],
    ]);
  });

  it('removes it even where config.json is broken', async () => {
    const home = house();
    await home.add('one', testKey);
    await home.add('two', newKey);
    home.write('config/config.json', '{');
    const { code } = await home.run(['env', 'remove', 'two', '--yes']);
    expect([code, home.kept()]).toEqual([0, ['one.json']]);
  });

  it('of what is not there: exit 3', async () => {
    expect(await house().failure(['env', 'remove', 'nope', '--yes'])).toMatchObject({
      exit: 3,
      code: 'environment.unknown',
    });
  });
});

describe('env check', () => {
  const accepted = (name: string) => `pass key.accepted ${name}`;

  it('probes, then mints for the surfaces, and passes what was granted', async () => {
    const home = house();
    await home.add('test', testKey);
    const { code, document } = await home.json(['env', 'check', 'test']);
    expect({ code, document, sent: sent() }).toEqual({
      code: 0,
      document: {
        ok: true,
        findings: [
          {
            code: 'key.accepted',
            status: 'pass',
            subject: 'test',
            facts: { host: courier.url, tenantScope: 'published/test' },
          },
          {
            code: 'grant.all',
            status: 'pass',
            subject: 'test',
            facts: { scopes: ['user_id:courier-jwt-check', ...howToScopes] },
          },
        ],
      },
      sent: [request(testKey), request(testKey, surfacesBody('courier-jwt-check', howToScopes))],
    });
  });

  const askedRows: { argv: string[]; body: object }[] = [
    { argv: ['--for', 'brands'], body: surfacesBody('courier-jwt-check', ['read:brands']) },
    {
      argv: ['--for', 'push', '--for', 'brands', '--user', 'alice'],
      body: surfacesBody('alice', ['write:user-tokens', 'read:user-tokens', 'read:brands']),
    },
    { argv: ['-u', 'alice'], body: surfacesBody('alice', howToScopes) },
  ];
  it.each(askedRows)('$argv asks for that', async ({ argv, body }) => {
    const home = house();
    await home.add('test', testKey);
    const { code } = await home.run(['env', 'check', 'test', ...argv]);
    expect([code, sent()]).toEqual([0, [request(testKey), request(testKey, body)]]);
  });

  const usageRows: { argv: string[]; code: string }[] = [
    { argv: ['--user', 'alice user_id:bob'], code: 'user.invalid' },
    { argv: ['--user', '$YOUR_USER_ID'], code: 'user.invalid' },
    { argv: ['--for', 'nothing'], code: 'usage.value' },
    { argv: ['--all', 'test'], code: 'usage.conflict' },
    { argv: ['--all', '--env', 'test'], code: 'usage.conflict' },
    { argv: ['test', '--env', 'other'], code: 'usage.conflict' },
    { argv: ['--all', '--api-key-stdin'], code: 'usage.conflict' },
  ];
  it.each(usageRows)('$argv: exit 2, nothing sent', async ({ argv, code }) => {
    const home = house();
    await home.add('test', testKey);
    const failed = await home.failure(['env', 'check', ...argv], { stdin: testKey });
    expect([failed.exit, failed.code, sent()]).toEqual([2, code, []]);
  });

  it('of nothing: exit 3', async () => {
    const home = house();
    const options = { variables: { COURIER_BASE_URL: '' } };
    expect([
      await home.failure(['env', 'check'], options),
      await home.failure(['env', 'check', '--all'], options),
      await home.failure(['env', 'check', 'nope'], options),
      await home.failure(['env', 'check', 'NOPE'], options),
    ]).toEqual([
      { exit: 3, code: 'key.missing', fix: 'courier-jwt env add test' },
      { exit: 3, code: 'environment.none', fix: 'courier-jwt env add test' },
      { exit: 3, code: 'environment.unknown', fix: 'courier-jwt env add nope' },
      { exit: 3, code: 'environment.unknown', fix: 'courier-jwt env add test' },
    ]);
  });

  it('without a name takes what issue would use', async () => {
    const home = house();
    await home.add('test', testKey);
    const seen = async (argv: string[], options: RunOptions = {}) => {
      courier.requests.length = 0;
      const { document } = await home.json(['env', 'check', ...argv], options);
      return [sent()[0]?.key, findings(document)[0]];
    };
    expect([
      await seen([]),
      await seen([], { variables: { COURIER_API_KEY: newKey } }),
      await seen(['--env', 'test'], { variables: { COURIER_API_KEY: newKey } }),
      await seen(['--api-key-stdin'], { stdin: tokenKey }),
      await seen(['test'], { variables: { COURIER_API_KEY_TEST: newKey } }),
    ]).toEqual([
      [`Bearer ${testKey}`, accepted('test')],
      [`Bearer ${newKey}`, accepted('COURIER_API_KEY')],
      [`Bearer ${testKey}`, accepted('test')],
      [`Bearer ${tokenKey}`, accepted('--api-key-stdin')],
      [`Bearer ${newKey}`, accepted('test')],
    ]);
  });

  it('of local sends nothing', async () => {
    const { code, document } = await house().json(['env', 'check', 'local']);
    expect([code, findings(document), sent()]).toEqual([0, [accepted('local'), 'pass grant.all local'], []]);
  });

  describe('in production', () => {
    it('sends the probe alone, and says what it did not try', async () => {
      const home = house();
      await home.add('prod', prodKey);
      const { code, document } = await home.json(['env', 'check', 'prod', '--for', 'inbox', '--user', 'alice']);
      expect([code, findings(document), sent()]).toEqual([
        0,
        [accepted('prod'), 'skip grant.not-tried prod'],
        [request(prodKey)],
      ]);
    });

    it('mints with --allow-production', async () => {
      const home = house();
      await home.add('prod', prodKey);
      const argv = ['env', 'check', 'prod', '--for', 'brands', '--allow-production'];
      const { code, document } = await home.json(argv);
      expect([code, findings(document), sent()]).toEqual([
        0,
        [accepted('prod'), 'pass grant.all prod'],
        [request(prodKey), request(prodKey, surfacesBody('courier-jwt-check', ['read:brands']))],
      ]);
    });

    it('finds out from the probe, records it, and stops there', async () => {
      const home = house();
      courier.claims((claims) => ({ ...claims, ...{ tenant_id: workspace, tenant_scope: 'published/production' } }));
      await home.add('live', tokenKey, '--no-check');
      const { code, document } = await home.json(['env', 'check', 'live']);
      expect([code, findings(document), sent(), home.record('live')]).toEqual([
        0,
        [accepted('live'), 'pass environment.recorded live', 'skip grant.not-tried live'],
        [request(tokenKey)],
        expect.objectContaining({ ...provedProduction, production: true, key: tokenKey }),
      ]);
    });
  });

  describe('fails', () => {
    const changed = { tenant_id: 'another', tenant_scope: 'published/test' };
    const less = {
      scope: 'user_id:courier-jwt-check inbox:read:messages read:preferences write:preferences read:brands',
    };
    const shorter = (claims: Record<string, unknown>) => ({ ...claims, exp: Number(claims.iat) + 1 });
    const otherUser = (claims: Record<string, unknown>) => ({
      ...claims,
      scope: String(claims.scope).replace('courier-jwt-check', 'bob'),
    });
    const rows: {
      when: string;
      claims?: (claims: Record<string, unknown>) => Record<string, unknown>;
      how?: Misbehaviour;
      exit: number;
      found: string[];
    }[] = [
      {
        when: 'another workspace answers',
        claims: (claims) => ({ ...claims, ...changed }),
        exit: 1,
        found: [accepted('test'), 'fail workspace.changed test', 'pass grant.all test'],
      },
      {
        when: 'less is granted',
        claims: (claims) => ({ ...claims, ...less }),
        exit: 1,
        found: [accepted('test'), 'fail grant.scope-missing inbox:write:events'],
      },
      {
        when: 'it lives shorter',
        claims: shorter,
        exit: 1,
        found: [accepted('test'), 'fail grant.lifetime-short '],
      },
      {
        when: 'it is for another user',
        claims: otherUser,
        exit: 1,
        found: [accepted('test'), 'fail grant.user courier-jwt-check'],
      },
      {
        when: 'less is granted by another workspace',
        claims: (claims) => ({ ...claims, ...changed, ...less }),
        exit: 1,
        found: [accepted('test'), 'fail workspace.changed test', 'fail grant.scope-missing inbox:write:events'],
      },
      { when: 'the key is refused', how: json(401, {}), exit: 3, found: ['fail key.refused test'] },
      { when: 'the key is restricted', how: json(403, {}), exit: 3, found: ['fail key.refused test'] },
      {
        when: 'Courier is in trouble',
        how: json(503, {}, { 'retry-after': '0' }),
        exit: 4,
        found: ['unknown courier.unavailable test'],
      },
      { when: 'Courier hangs', how: hang, exit: 4, found: ['unknown courier.timeout test'] },
      {
        when: 'Courier asks to wait',
        how: json(429, {}, { 'retry-after': '60' }),
        exit: 4,
        found: ['unknown courier.rate-limited test'],
      },
      { when: 'Courier makes no sense', how: text(200, ''), exit: 4, found: ['unknown courier.nonsense test'] },
    ];
    it.each(rows)('when $when: exit $exit', async ({ claims, how, exit, found }) => {
      const home = house();
      await home.add('test', testKey);
      if (claims) courier.claims(claims);
      courier.misbehave(how);
      const { code, document } = await home.json(['env', 'check', 'test', '--timeout', patience(how)]);
      expect([code, document.ok, findings(document)]).toEqual([exit, false, found]);
    });

    it('when the surfaces are refused after the probe was not: exit 3', async () => {
      const home = house();
      await home.add('test', testKey);
      const mint: Misbehaviour = json(200, {
        token: sign({ scope: 'x', ...{ tenant_id: `${workspace}/test`, tenant_scope: 'published/test' } }),
      });
      courier.misbehave([mint, json(403, {})]);
      const { code, document } = await home.json(['env', 'check', 'test']);
      expect([code, document.ok, findings(document).at(-1)]).toEqual([3, false, 'fail key.refused test']);
    });

    it('as text: what was found on stdout, whole', async () => {
      const home = house();
      await home.add('test', testKey);
      courier.claims((claims) => ({ ...claims, ...less }));
      const { code, stdout, stderr } = await home.run(['env', 'check', 'test']);
      expect({ code, stderr, stdout: stdout.split('\n') }).toEqual({
        code: 1,
        stderr: expect.any(String) as string,
        stdout: [
          'no  the API key of test: 1 failed, 1 passed',
          '',
          expect.stringMatching(
            /^fail {2}test: inbox:write:events was asked for and not granted: .* \[grant\.scope-missing\]$/,
          ),
          `pass  test: ${courier.url} takes the key (published/test). [key.accepted]`,
          '',
        ],
      });
    });
  });

  it('while Node would print the key: exit 2, nothing sent', async () => {
    const home = house();
    await home.add('test', testKey);
    const { code } = await home.run(['env', 'check', 'test'], { variables: { NODE_DEBUG: 'http' } });
    expect([code, sent()]).toEqual([2, []]);
  });

  it('interrupted: exit 130', async () => {
    const home = house();
    await home.add('test', testKey);
    courier.misbehave(hang);
    const onStart: RunOptions['onStart'] = (child) =>
      void until(() => courier.requests.length > 0).then(() => child.kill('SIGINT'));
    expect(exitOf(await home.run(['env', 'check', 'test'], { onStart }))).toBe(130);
  });

  describe('--all', () => {
    /** Environments by what becomes of them. */
    const where: Record<string, () => string> = { refused: () => refusing.url, gone: () => nowhere };

    async function of(...names: ('fine' | 'refused' | 'gone' | 'less' | 'broken')[]) {
      const home = house();
      for (const name of names) {
        const url = where[name]?.() ?? courier.url;
        const argv = ['env', 'add', name, '--api-key-stdin', '--storage', 'file', '--no-check'];
        await home.run(argv, { stdin: testKey, variables: { COURIER_BASE_URL: url } });
        if (name === 'broken') home.write('config/environments/broken.json', `{"key": "${testKey}`);
      }
      if (names.includes('less')) courier.claims((claims) => ({ ...claims, scope: 'user_id:courier-jwt-check' }));
      const { code, document } = await home.json(['env', 'check', '--all', '--for', 'brands']);
      const bad = findings(document).filter((finding) => !finding.startsWith('pass'));
      return { code, ok: document.ok, bad };
    }

    const gone = 'unknown courier.unreachable gone';
    const rows: { names: Parameters<typeof of>; code: number; bad: string[] }[] = [
      { names: ['fine'], code: 0, bad: [] },
      { names: ['gone'], code: 4, bad: [gone] },
      { names: ['fine', 'gone'], code: 4, bad: [gone] },
      { names: ['gone', 'refused'], code: 3, bad: [gone, 'fail key.refused refused'] },
      { names: ['broken', 'fine'], code: 3, bad: ['fail environment.broken broken'] },
      { names: ['broken', 'gone'], code: 3, bad: ['fail environment.broken broken', gone] },
      {
        names: ['gone', 'less', 'refused'],
        code: 1,
        bad: [gone, 'fail grant.scope-missing read:brands', 'fail key.refused refused'],
      },
    ];
    it.each(rows)('of $names: exit $code, each with its finding', async ({ names, code, bad }) => {
      expect(await of(...names)).toEqual({ code, ok: code === 0, bad });
    });

    it('sends each key to its own Courier, once to prove it and once for the surfaces', async () => {
      const home = house();
      await home.add('one', testKey);
      await home.add('two', newKey);
      const { code } = await home.run(['env', 'check', '--all', '--for', 'brands']);
      const surfaces = surfacesBody('courier-jwt-check', ['read:brands']);
      const sorted = sent().toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
      const expected = [request(testKey), request(testKey, surfaces), request(newKey), request(newKey, surfaces)];
      expect([code, sorted]).toEqual([
        0,
        expected.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
      ]);
    });

    it('says when a variable takes the place of a stored key', async () => {
      const home = house();
      await home.add('test', testKey);
      const { code, stderr } = await home.run(['env', 'check', '--all'], {
        variables: { COURIER_API_KEY_TEST: newKey },
      });
      expect([code, stderr]).toEqual([0, expect.stringContaining('the stored key of test is not used')]);
    });
  });
});

/** As a shell tells it: a process that SIGINT ended has 130. */
function exitOf({ code, signal }: Ran) {
  return signal === 'SIGINT' ? 130 : code;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
