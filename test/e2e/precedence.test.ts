import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CourierServer, startCourier } from '../support/courier-server.js';
import { type ErrorDocument, documentOf, fileWith, shell, told } from '../support/e2e-world.js';
import { type RunOptions, configFolder, courierJwt } from '../support/run.js';

/** Every key that may win, so that the one that was sent names its source. */
const keys = {
  stored: 'pk_test_stored0of0test00000000001',
  other: 'pk_test_stored0of0other0000000002',
  dashed: 'pk_test_stored0of0my0test00000003',
  shell: 'pk_test_from0the0shell00000000004',
  named: 'pk_test_from0a0named0variable0005',
  hand: 'pk_test_given0by0hand000000000006',
  file: 'pk_test_from0the0env0file00000007',
};

let courier: CourierServer;
/** Where COURIER_BASE_URL leads where it must not be followed. */
let elsewhere: CourierServer;
let home: string;
const config = () => ({ COURIER_JWT_CONFIG_DIR: join(home, 'config') });

beforeAll(async () => {
  courier = await startCourier();
  elsewhere = await startCourier();
  home = configFolder();
  const stored: [string, string][] = [
    ['test', keys.stored],
    ['other', keys.other],
    ['my-test', keys.dashed],
  ];
  for (const [name, key] of stored) {
    const variables = { ...config(), COURIER_BASE_URL: courier.url };
    const argv = ['env', 'add', name, '--api-key-stdin', '--storage', 'file'];
    expect((await courierJwt(argv, { variables, stdin: key })).code).toBe(0);
  }
  const argv = ['env', 'add', 'europe', '--api-key-stdin', '--storage', 'file', '--region', 'eu', '--no-check'];
  expect((await courierJwt(argv, { variables: config(), stdin: keys.other })).code).toBe(0);
});
afterAll(async () => Promise.all([courier.close(), elsewhere.close()]));
beforeEach(() => {
  courier.requests.length = 0;
  elsewhere.requests.length = 0;
});

async function issue(argv: string[], options: RunOptions = {}) {
  return courierJwt(['issue', '-u', 'alice', ...argv], {
    ...options,
    variables: { ...config(), ...options.variables },
  });
}

interface Row {
  name: string;
  argv?: string[];
  variables?: Record<string, string>;
  stdin?: string;
  /** The content of the file that `--env-file` names. */
  envFile?: string | Buffer;
  wins: { name: string | null; source: string; key: string };
  unused?: string[];
}

const shellKey = { COURIER_API_KEY: keys.shell };

/** `URL` stands for the server's, `ELSEWHERE` for that of the other one. */
const rows: Row[] = [
  { name: 'the default alone', wins: { name: 'test', source: 'default', key: keys.stored } },
  {
    name: 'COURIER_API_KEY before the default',
    variables: { ...shellKey, COURIER_BASE_URL: 'URL' },
    wins: { name: null, source: 'COURIER_API_KEY', key: keys.shell },
    unused: ['the default environment test'],
  },
  {
    name: 'COURIER_JWT_ENV before COURIER_API_KEY',
    variables: { ...shellKey, COURIER_JWT_ENV: 'other' },
    wins: { name: 'other', source: 'COURIER_JWT_ENV', key: keys.other },
    unused: ['COURIER_API_KEY'],
  },
  {
    name: 'a stored key is not sent to COURIER_BASE_URL',
    variables: { ...shellKey, COURIER_JWT_ENV: 'other', COURIER_BASE_URL: 'ELSEWHERE' },
    wins: { name: 'other', source: 'COURIER_JWT_ENV', key: keys.other },
    unused: ['COURIER_API_KEY', 'COURIER_BASE_URL'],
  },
  {
    name: "nor is the default's",
    variables: { COURIER_BASE_URL: 'ELSEWHERE' },
    wins: { name: 'test', source: 'default', key: keys.stored },
    unused: ['COURIER_BASE_URL'],
  },
  {
    name: '--env before COURIER_JWT_ENV',
    argv: ['--env', 'other'],
    variables: { COURIER_JWT_ENV: 'test' },
    wins: { name: 'other', source: '--env', key: keys.other },
    unused: ['COURIER_JWT_ENV'],
  },
  {
    name: '--env before all variables',
    argv: ['-e', 'test'],
    variables: { ...shellKey, COURIER_JWT_ENV: 'other', COURIER_BASE_URL: 'ELSEWHERE' },
    wins: { name: 'test', source: '--env', key: keys.stored },
    unused: ['COURIER_JWT_ENV', 'COURIER_API_KEY', 'COURIER_BASE_URL'],
  },
  {
    name: 'what says the same has not lost',
    argv: ['--env', 'test'],
    variables: { COURIER_JWT_ENV: 'test' },
    wins: { name: 'test', source: '--env', key: keys.stored },
  },
  {
    name: '--api-key-stdin before everything',
    argv: ['--api-key-stdin', '--env', 'test'],
    stdin: `${keys.hand}\n`,
    variables: { ...shellKey, COURIER_JWT_ENV: 'other', COURIER_BASE_URL: 'URL' },
    wins: { name: null, source: '--api-key-stdin', key: keys.hand },
    unused: ['--env', 'COURIER_JWT_ENV', 'COURIER_API_KEY'],
  },
  {
    name: '--api-key-stdin, CRLF and BOM',
    argv: ['--api-key-stdin'],
    stdin: `\ufeff${keys.hand}\r\n`,
    variables: { COURIER_BASE_URL: 'URL' },
    wins: { name: null, source: '--api-key-stdin', key: keys.hand },
  },
  {
    name: '--api-key-file before everything',
    argv: ['--api-key-file', 'KEYFILE', '--env', 'test'],
    variables: { ...shellKey, COURIER_BASE_URL: 'URL' },
    wins: { name: null, source: '--api-key-file', key: keys.hand },
    unused: ['--env', 'COURIER_API_KEY'],
  },
  {
    name: 'an empty variable counts as unset',
    variables: { COURIER_API_KEY: '', COURIER_JWT_ENV: '', COURIER_BASE_URL: '', COURIER_API_KEY_TEST: '' },
    wins: { name: 'test', source: 'default', key: keys.stored },
  },
  {
    name: 'COURIER_API_KEY_<NAME> before the stored key',
    argv: ['--env', 'test'],
    variables: { COURIER_API_KEY_TEST: keys.named },
    wins: { name: 'test', source: '--env, key from COURIER_API_KEY_TEST', key: keys.named },
    unused: ['the stored key of test'],
  },
  {
    name: 'COURIER_API_KEY_<NAME> of the default',
    variables: { COURIER_API_KEY_TEST: keys.named, COURIER_BASE_URL: 'ELSEWHERE' },
    wins: { name: 'test', source: 'default, key from COURIER_API_KEY_TEST', key: keys.named },
    unused: ['the stored key of test', 'COURIER_BASE_URL'],
  },
  {
    name: 'COURIER_API_KEY_<NAME> of COURIER_JWT_ENV, - as _',
    variables: { COURIER_JWT_ENV: 'my-test', COURIER_API_KEY_MY_TEST: keys.named },
    wins: { name: 'my-test', source: 'COURIER_JWT_ENV, key from COURIER_API_KEY_MY_TEST', key: keys.named },
    unused: ['the stored key of my-test'],
  },
  {
    name: 'COURIER_API_KEY_<NAME> of another environment',
    argv: ['--env', 'test'],
    variables: { COURIER_API_KEY_OTHER: keys.named, COURIER_API_KEY_test: keys.named },
    wins: { name: 'test', source: '--env', key: keys.stored },
  },
  {
    name: '--env-file: key and URL',
    envFile: `COURIER_API_KEY=${keys.file}\nCOURIER_BASE_URL=URL\n`,
    wins: { name: null, source: 'COURIER_API_KEY', key: keys.file },
    unused: ['the default environment test'],
  },
  {
    name: '--env-file: with a BOM',
    envFile: `\ufeffCOURIER_API_KEY=${keys.file}\nCOURIER_BASE_URL=URL\n`,
    wins: { name: null, source: 'COURIER_API_KEY', key: keys.file },
    unused: ['the default environment test'],
  },
  {
    name: '--env-file: quotes, comments, export, CRLF',
    envFile: `# keys\r\nexport COURIER_API_KEY="${keys.file}" # mine\r\nCOURIER_BASE_URL='URL'\r\n`,
    wins: { name: null, source: 'COURIER_API_KEY', key: keys.file },
    unused: ['the default environment test'],
  },
  {
    name: '--env-file: real variables win',
    envFile: `COURIER_API_KEY=${keys.file}\nCOURIER_BASE_URL=ELSEWHERE\n`,
    variables: { ...shellKey, COURIER_BASE_URL: 'URL' },
    wins: { name: null, source: 'COURIER_API_KEY', key: keys.shell },
    unused: ['the default environment test'],
  },
  {
    name: '--env-file: an empty real variable is none',
    envFile: `COURIER_API_KEY=${keys.file}\nCOURIER_BASE_URL=URL\n`,
    variables: { COURIER_API_KEY: '', COURIER_BASE_URL: '' },
    wins: { name: null, source: 'COURIER_API_KEY', key: keys.file },
    unused: ['the default environment test'],
  },
  {
    name: '--env-file: COURIER_JWT_ENV',
    envFile: 'COURIER_JWT_ENV=other\n',
    wins: { name: 'other', source: 'COURIER_JWT_ENV', key: keys.other },
  },
  {
    name: '--env-file: the real COURIER_JWT_ENV wins',
    envFile: 'COURIER_JWT_ENV=other\n',
    variables: { COURIER_JWT_ENV: 'my-test' },
    wins: { name: 'my-test', source: 'COURIER_JWT_ENV', key: keys.dashed },
  },
  {
    name: "--env-file: COURIER_API_KEY_<NAME>, sent to the environment's own server",
    argv: ['--env', 'test'],
    envFile: `COURIER_API_KEY_TEST=${keys.file}\nCOURIER_BASE_URL=ELSEWHERE\n`,
    wins: { name: 'test', source: '--env, key from COURIER_API_KEY_TEST', key: keys.file },
    unused: ['the stored key of test', 'COURIER_BASE_URL'],
  },
  {
    name: '--env-file: nothing but COURIER_ variables is taken from it',
    envFile: `HTTPS_PROXY=ELSEWHERE\nNODE_DEBUG=http\nCOURIER_JWT_CONFIG_DIR=/nowhere\nCI=true\nGITHUB_ACTIONS=true\n`,
    wins: { name: 'test', source: 'default', key: keys.stored },
  },
];

describe('which key is sent', () => {
  it.each(rows)('$name', async ({ argv = [], variables = {}, stdin, envFile, wins, unused = [] }) => {
    const real = (text: string) => text.replaceAll('URL', courier.url).replaceAll('ELSEWHERE', elsewhere.url);
    const realFile = (text: string) =>
      text.replace(/(=['"]?)URL/g, (_, before: string) => before + courier.url).replaceAll('ELSEWHERE', elsewhere.url);
    const given = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, real(value)]));
    const words = argv.map((word) => (word === 'KEYFILE' ? fileWith(`${keys.hand}\n`) : word));
    const file = envFile === undefined ? [] : ['--env-file', fileWith(realFile(String(envFile)), '.env')];
    const options = { variables: given, ...(stdin === undefined ? {} : { stdin }) };

    const ran = await issue([...words, ...file, '--json'], options);
    const winner = wins.source.replace(/^default/, 'the default environment');
    const notes = unused.map((one) => `note: ${one} is not used: ${winner} wins.\n`).join('');
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: notes });
    expect(documentOf(ran).environment).toEqual({ name: wins.name, source: wins.source, baseUrl: courier.url });
    expect(courier.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${wins.key}`]);
    expect(elsewhere.requests).toEqual([]);

    const asText = await issue([...words, ...file], options);
    const label = wins.name === null ? wins.source : `${wins.name} (${wins.source})`;
    expect(asText.stderr).toBe(
      `${notes}minted for alice: published/test, 6 scopes, expires in 1 day; key: ${label}, ${courier.url}\n`,
    );
    const quiet = await issue([...words, ...file, '-q'], options);
    expect([quiet.code, quiet.stderr]).toEqual([0, '']);
  });

  it.each([(path: string) => ['--env-file', path], (path: string) => [`--env-file=${path}`]])(
    'NODE_OPTIONS of an env file runs nothing: %s',
    async (flags) => {
      const folder = configFolder();
      const ran = join(folder, 'RAN');
      writeFileSync(join(folder, 'code.cjs'), `require('node:fs').writeFileSync(${JSON.stringify(ran)}, '')`);
      writeFileSync(
        join(folder, '.env'),
        `COURIER_JWT_ENV=other\nNODE_OPTIONS=--require=${join(folder, 'code.cjs')}\n`,
      );
      const { code } = await issue(flags(join(folder, '.env')));
      expect({ code, ranCode: existsSync(ran) }).toEqual({ code: 0, ranCode: false });
    },
  );

  it.each(['--env-file .env', '--env-file=.env'])('nor as it is installed, by its first line: %s', async (flags) => {
    const cwd = configFolder();
    writeFileSync(join(cwd, 'code.cjs'), `require('node:fs').writeFileSync('RAN', '')`);
    writeFileSync(join(cwd, '.env'), `COURIER_JWT_ENV=other\nNODE_OPTIONS=--require=${join(cwd, 'code.cjs')}\n`);
    const ran = await shell(`courier-jwt issue -u alice --json ${flags}`, { cwd, variables: config() });
    expect({ code: ran.code, ranCode: existsSync(join(cwd, 'RAN')) }).toEqual({ code: 0, ranCode: false });
    expect(documentOf(ran).environment).toEqual({ name: 'other', source: 'COURIER_JWT_ENV', baseUrl: courier.url });
    const missing = await shell(`courier-jwt issue -u alice --json ${flags.replace('.env', 'gone')}`, {
      variables: config(),
    });
    expect([missing.code, documentOf<ErrorDocument>(missing).error.code]).toEqual([2, 'usage.file']);
  });

  it('a .env that nobody named is not read', async () => {
    const cwd = configFolder();
    writeFileSync(
      join(cwd, '.env'),
      `COURIER_API_KEY=${keys.file}\nCOURIER_BASE_URL=${elsewhere.url}\nCOURIER_JWT_ENV=other\n`,
    );
    const ran = await issue(['--json'], { cwd });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(documentOf(ran).environment).toEqual({ name: 'test', source: 'default', baseUrl: courier.url });
    expect(elsewhere.requests).toEqual([]);
  });

  it.each(['--env', 'COURIER_JWT_ENV'])('local by %s needs neither key nor store', async (source) => {
    const variables: Record<string, string> = {
      ...shellKey,
      COURIER_BASE_URL: elsewhere.url,
      COURIER_JWT_CONFIG_DIR: '/nowhere',
    };
    if (source !== '--env') variables[source] = 'local';
    const ran = await issue([...(source === '--env' ? ['--env', 'local'] : []), '--json'], { variables });
    expect(ran.code).toBe(0);
    expect(documentOf(ran).environment).toEqual({ name: 'local', source, baseUrl: 'local:' });
    for (const loser of ['COURIER_API_KEY', 'COURIER_BASE_URL'])
      expect(ran.stderr.split(`note: ${loser} is not used: ${source} wins.\n`).length).toBe(2);
    expect([courier.requests, elsewhere.requests]).toEqual([[], []]);
  });

  it('local as the default', async () => {
    const folder = join(configFolder(), 'config');
    const variables = { COURIER_JWT_CONFIG_DIR: folder };
    expect((await courierJwt(['env', 'use', 'local'], { variables })).code).toBe(0);
    const ran = await courierJwt(['issue', '-u', 'alice', '--json', '-q'], { variables });
    expect([ran.code, documentOf(ran).environment]).toEqual([
      0,
      { name: 'local', source: 'default', baseUrl: 'local:' },
    ]);
  });
});

describe('where it is sent, as --dry-run says', () => {
  it.each([
    {
      name: 'nothing',
      argv: [],
      variables: { COURIER_JWT_CONFIG_DIR: '/nowhere' },
      url: 'https://api.courier.com',
      notes: [],
    },
    {
      name: 'COURIER_API_KEY',
      argv: [],
      variables: shellKey,
      url: 'https://api.courier.com',
      notes: ['the default environment test is not used: COURIER_API_KEY wins.'],
    },
    {
      name: 'COURIER_API_KEY and --region',
      argv: ['--region', 'eu'],
      variables: shellKey,
      url: 'https://api.eu.courier.com',
      notes: ['the default environment test is not used: COURIER_API_KEY wins.'],
    },
    {
      name: 'COURIER_API_KEY, --region and COURIER_BASE_URL',
      argv: ['--region', 'eu'],
      variables: { ...shellKey, COURIER_BASE_URL: 'https://elsewhere.example' },
      url: 'https://api.eu.courier.com',
      notes: [
        'the default environment test is not used: COURIER_API_KEY wins.',
        'COURIER_BASE_URL is not used: --region wins.',
      ],
    },
    { name: 'a stored region', argv: ['-e', 'europe'], variables: {}, url: 'https://api.eu.courier.com', notes: [] },
    {
      name: 'a stored region and --region',
      argv: ['-e', 'europe', '--region', 'us'],
      variables: {},
      url: 'https://api.courier.com',
      notes: [],
    },
    {
      name: 'a stored region and COURIER_BASE_URL',
      argv: ['-e', 'europe'],
      variables: { COURIER_BASE_URL: 'https://elsewhere.example' },
      url: 'https://api.eu.courier.com',
      notes: ['COURIER_BASE_URL is not used: --env wins.'],
    },
    {
      name: 'COURIER_API_KEY_<NAME> with nothing stored',
      argv: ['-e', 'ci'],
      variables: { COURIER_API_KEY_CI: keys.named },
      url: 'https://api.courier.com',
      notes: [],
    },
  ])('$name', async ({ argv, variables, url, notes }) => {
    const ran = await issue(['--dry-run', '--json', ...argv], { variables });
    expect(ran.code).toBe(0);
    expect(documentOf<{ request: { url: string } }>(ran).request.url).toBe(`${url}/auth/issue-token`);
    expect(ran.stderr.match(/(?<=^note: ).*$/gm) ?? []).toEqual(notes);
  });
});

describe('what is refused', () => {
  const mixed = (key: string, url: string) => ({
    exit: 2,
    code: 'usage.mixed-sources',
    message: `the key is from ${key}, and ${url} would receive it: both must come from the same place. Nothing was sent.`,
    fix: ['unset', 'COURIER_BASE_URL'],
  });
  const shellUrl = 'COURIER_BASE_URL (the shell)';
  const fileUrl = 'COURIER_BASE_URL (the env file)';

  it.each([
    {
      name: "the shell's key and the file's URL",
      variables: shellKey,
      envFile: 'COURIER_BASE_URL=ELSEWHERE\n',
      ...mixed('COURIER_API_KEY (the shell)', fileUrl),
    },
    {
      name: "the file's key and the shell's URL",
      variables: { COURIER_BASE_URL: 'ELSEWHERE' },
      envFile: `COURIER_API_KEY=${keys.file}\n`,
      ...mixed('COURIER_API_KEY (the env file)', shellUrl),
    },
    {
      name: "both in the file, and the shell's key wins",
      variables: shellKey,
      envFile: `COURIER_API_KEY=${keys.file}\nCOURIER_BASE_URL=ELSEWHERE\n`,
      ...mixed('COURIER_API_KEY (the shell)', fileUrl),
    },
    {
      name: "a key by hand and the file's URL",
      argv: ['--api-key-stdin'],
      stdin: keys.hand,
      envFile: 'COURIER_BASE_URL=ELSEWHERE\n',
      ...mixed('--api-key-stdin (the shell)', fileUrl),
    },
    {
      name: 'two keys by hand',
      argv: ['--api-key-stdin', '--api-key-file', '/dev/null'],
      stdin: keys.hand,
      exit: 2,
      code: 'usage.conflict',
      message: '--api-key-stdin and --api-key-file do not go together.',
      fix: ['courier-jwt', 'issue', '--help'],
    },
    {
      name: 'an environment for another server, and a region',
      argv: ['-e', 'test', '--region', 'eu'],
      exit: 2,
      code: 'usage.region-with-base-url',
      message: 'test is kept for URL: its key is not sent to a region. Leave --region out.',
      fix: ['courier-jwt', 'env', 'list'],
    },
    {
      name: 'an environment that is not there',
      argv: ['-e', 'tset'],
      exit: 3,
      code: 'environment.unknown',
      message:
        'there is no environment tset (--env). There are: europe, my-test, other, test, local. Did you mean test?',
      fix: ['courier-jwt', 'issue', '-u', 'alice', '-e', 'test'],
    },
    {
      name: 'COURIER_JWT_ENV that is not there, though COURIER_API_KEY is set',
      variables: { ...shellKey, COURIER_JWT_ENV: 'nowhere' },
      exit: 3,
      code: 'environment.unknown',
      message: 'there is no environment nowhere (COURIER_JWT_ENV). There are: europe, my-test, other, test, local.',
      fix: ['courier-jwt', 'env', 'add', 'nowhere'],
    },
    {
      name: 'a name that cannot be one',
      argv: ['-e', '../test'],
      exit: 3,
      code: 'environment.unknown',
      message: 'there is no environment ../test (--env). There are: europe, my-test, other, test, local.',
      fix: ['courier-jwt', 'env', 'add', 'test'],
    },
    {
      name: 'an empty --env',
      argv: ['--env='],
      exit: 3,
      code: 'environment.unknown',
      message: 'there is no environment "" (--env). There are: europe, my-test, other, test, local.',
      fix: ['courier-jwt', 'env', 'add', 'test'],
    },
    {
      name: 'nothing at all',
      variables: { COURIER_JWT_CONFIG_DIR: '/nowhere' },
      exit: 3,
      code: 'key.missing',
      message:
        'there is no API key. Keep one with env add, set COURIER_API_KEY, or pipe one in with --api-key-stdin. Without a key, --env local mints from the embedded Courier.',
      fix: ['courier-jwt', 'env', 'add', 'test'],
    },
    {
      name: 'an env file that is not there',
      argv: ['--env-file', '/nowhere/.env'],
      exit: 2,
      code: 'usage.file',
      message: '--env-file /nowhere/.env cannot be read: ENOENT.',
      fix: ['courier-jwt', 'issue', '--help'],
    },
    {
      name: 'an env file that is a folder',
      argv: ['--env-file', '/'],
      exit: 2,
      code: 'usage.file',
      message: '--env-file / cannot be read: EISDIR.',
      fix: ['courier-jwt', 'issue', '--help'],
    },
    {
      name: 'a key file that is not there',
      argv: ['--api-key-file', '/nowhere/key'],
      exit: 2,
      code: 'usage.file',
      message: '--api-key-file /nowhere/key cannot be read: ENOENT.',
      fix: ['courier-jwt', 'issue', '--help'],
    },
    {
      name: 'usage before the store: an unknown environment and a bad user',
      argv: ['-e', 'nowhere', '--scope', 'user_id:bob'],
      exit: 2,
      code: 'scope.user-id',
      message: 'user_id:bob is not a scope to ask for: the user is named with --user, and only there.',
      fix: ['courier-jwt', 'issue', '--help'],
    },
  ] as (Pick<Row, 'name' | 'argv' | 'variables' | 'stdin' | 'envFile'> & {
    exit: number;
    code: string;
    message: string;
    fix: string[];
  })[])('$name', async ({ argv = [], variables = {}, stdin, envFile, exit, code, message, fix }) => {
    const real = (text: string) =>
      text.replaceAll('ELSEWHERE', elsewhere.url).replace('for URL:', `for ${courier.url}:`);
    const given = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, real(value)]));
    const file = envFile === undefined ? [] : ['--env-file', fileWith(real(String(envFile)), '.env')];
    const options = { variables: given, ...(stdin === undefined ? {} : { stdin }) };
    const ran = await issue([...argv, ...file, '--json'], options);
    expect([ran.code, ran.stderr, documentOf(ran)]).toEqual([
      exit,
      '',
      { error: { code, message: real(message), fix } },
    ]);
    const asText = await issue([...argv, ...file], options);
    expect(asText).toEqual({ code: exit, signal: null, stdout: '', stderr: told(real(message), fix.join(' ')) });
    expect([courier.requests, elsewhere.requests]).toEqual([[], []]);
  });

  const problems = [
    { key: '', problem: 'it is empty' },
    { key: ' \n', problem: 'it is empty' },
    { key: 'pk_test_aaaa bbbb', problem: 'it has white space in it: something else was pasted with it' },
    {
      key: 'pk_test_aaaa\nbbbb',
      problem: 'it has a line break in it: print it with printf, or cut the line break off',
    },
    {
      key: 'pk_test_aaaabbbb\n\n',
      problem: 'it has a line break in it: print it with printf, or cut the line break off',
    },
    { key: '"pk_test_aaaabbbb"', problem: 'it still has its quotes' },
    { key: 'pk_test_aaaa€bbbb', problem: 'it has characters in it that no key has' },
    { key: 'pk_test_aaaa\u0007bbbb', problem: 'it has characters in it that no key has' },
    { key: 'abc', problem: 'it is too short to be a key' },
    { key: 'ck_aaaabbbbcccc', problem: 'that is a client key (ck_…), which is public and cannot mint tokens' },
    {
      key: 'eyJhbGciOiJIUzI1NiJ9.e30.aaaa',
      problem: 'that is a user token (a JWT), not an API key: try courier-jwt decode',
    },
  ];
  const malformed = (source: string, problem: string) => ({
    error: {
      code: 'key.malformed',
      message: `the key from ${source} is not an API key: ${problem}. Keys are at https://app.courier.com/settings/api-keys.`,
      fix: ['courier-jwt', 'env', 'add', '--help'],
    },
  });

  it.each(problems)('a malformed key on stdin: $key', async ({ key, problem }) => {
    const ran = await issue(['--api-key-stdin', '--json'], {
      stdin: key,
      variables: { COURIER_BASE_URL: elsewhere.url },
    });
    expect([ran.code, ran.stderr, documentOf(ran)]).toEqual([3, '', malformed('--api-key-stdin', problem)]);
    expect(elsewhere.requests).toEqual([]);
  });

  it.each(problems.filter(({ key }) => key !== ''))('a malformed key in a variable: $key', async ({ key, problem }) => {
    const variables = { COURIER_API_KEY: key, COURIER_BASE_URL: elsewhere.url, COURIER_JWT_CONFIG_DIR: '/nowhere' };
    const ran = await issue(['--json'], { variables });
    expect([ran.code, ran.stderr, documentOf(ran)]).toEqual([3, '', malformed('COURIER_API_KEY', problem)]);
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('a broken store', () => {
  const folder = () => {
    const path = join(configFolder(), 'config');
    mkdirSync(join(path, 'environments'), { recursive: true });
    return path;
  };
  const brokenness = [
    { content: '', problem: 'it is empty' },
    { content: '{"version":1,"storage":"file","key":"pk_test_', problem: 'it is not JSON' },
    { content: '{"version":2}', problem: 'it is not ours' },
    { content: 'null', problem: 'it is not ours' },
    { content: '[]', problem: 'it is not ours' },
  ];

  it.each(brokenness)('an environment whose file holds $content', async ({ content, problem }) => {
    const path = folder();
    const file = join(path, 'environments/test.json');
    writeFileSync(file, content);
    const variables = { COURIER_JWT_CONFIG_DIR: path };
    const ran = await issue(['-e', 'test', '--json'], { variables });
    const message = `the file of test is broken (${problem}): ${file}. Add the environment again.`;
    const fix = ['courier-jwt', 'env', 'add', 'test', '--replace'];
    expect([ran.code, documentOf(ran)]).toEqual([3, { error: { code: 'environment.broken', message, fix } }]);
    // And for that environment alone.
    const other = await issue(['-q'], { variables: { ...variables, ...shellKey, COURIER_BASE_URL: courier.url } });
    expect([other.code, other.stderr]).toEqual([0, '']);
  });

  it('a default that cannot be read is no matter where it is not asked', async () => {
    const path = folder();
    writeFileSync(join(path, 'config.json'), '{');
    const variables = { COURIER_JWT_CONFIG_DIR: path };
    const withKey = await issue(['-q'], { variables: { ...variables, ...shellKey, COURIER_BASE_URL: courier.url } });
    expect([withKey.code, withKey.stderr]).toEqual([0, '']);
    const ran = await issue(['--json'], { variables });
    expect([ran.code, documentOf<ErrorDocument>(ran).error.code]).toEqual([3, 'environment.default-broken']);
  });

  it('a default that is not kept any more', async () => {
    const path = folder();
    writeFileSync(join(path, 'config.json'), '{"default":"gone"}');
    const ran = await issue(['--json'], { variables: { COURIER_JWT_CONFIG_DIR: path } });
    expect([ran.code, documentOf(ran)]).toEqual([
      3,
      {
        error: {
          code: 'environment.unknown',
          message: 'there is no environment gone (default). There is: local.',
          fix: ['courier-jwt', 'env', 'add', 'gone'],
        },
      },
    ]);
  });
});

describe('where environments are kept', () => {
  it.each([
    {
      name: 'COURIER_JWT_CONFIG_DIR',
      variables: (root: string) => ({ COURIER_JWT_CONFIG_DIR: join(root, 'own'), XDG_CONFIG_HOME: join(root, 'xdg') }),
      place: 'own',
    },
    {
      name: 'XDG_CONFIG_HOME',
      variables: (root: string) => ({ COURIER_JWT_CONFIG_DIR: '', XDG_CONFIG_HOME: join(root, 'xdg') }),
      place: 'xdg/courier-jwt',
    },
    {
      name: 'the home',
      variables: (root: string) => ({ COURIER_JWT_CONFIG_DIR: '', XDG_CONFIG_HOME: '', HOME: root }),
      place: '.config/courier-jwt',
    },
  ])('$name', async ({ variables, place }) => {
    const root = configFolder();
    const given = { ...variables(root), COURIER_BASE_URL: courier.url };
    const argv = ['env', 'add', 'test', '--api-key-stdin', '--storage', 'file'];
    const added = await courierJwt(argv, { variables: given, stdin: keys.hand });
    expect([added.code, added.stderr]).toEqual([
      0,
      `kept test (published/test of workspace 4d4b2e5e-7d1c-4a3a-9b63-0f6a1d2c3b4a/test) in ${join(root, place)}/environments/test.json; it is the default.\n`,
    ]);
    const ran = await courierJwt(['issue', '-u', 'alice', '-q', '--json'], { variables: given });
    expect(documentOf(ran).environment).toEqual({ name: 'test', source: 'default', baseUrl: courier.url });
  });
});
