import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CourierServer, type Misbehaviour, drop, sign, startCourier, text } from '../support/courier-server.js';
import { leakingFiles, leaksIn, leaksOf } from '../support/e2e-secrets.js';
import { documentOf, fileWith, keyed, withCourier } from '../support/e2e-world.js';
import { type Ran, type RunOptions, configFolder, courierJwt } from '../support/run.js';

const key = 'pk_test_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1Yf5Gs0';
const newKey = 'token_8Fh2Kq5Wz9Xc4Vb7Nm1Ls6Pd3Gj0Rt';
const productionKey = 'dk_prod_Uy3Bv6Ng9Qa2Es5Hd8Lk1Jw4Ct7Mx0';
/** Of no shape that is known: it can be told by its value alone. */
const shapelessKey = 'Xr4Tm7Wq1Zc9Bn2Vd6Hs8Kf3Lp5Jg0Ay';
const token = sign({
  scope: 'user_id:alice read:brands',
  tenant_scope: 'published/test',
  iat: 1_700_000_000,
  exp: 4_000_000_000,
});
const signature = token.split('.')[2]!;
const secrets = [key, newKey, productionKey, shapelessKey, signature];

it('this file would see a leak', () => {
  expect(leaksIn(`x${key.slice(10, 22)}y`, secrets)).toEqual([key.slice(10, 22)]);
  expect(leaksIn(`x${key.slice(10, 21)}y`, secrets)).toEqual([]);
  expect(leaksOf({ stdout: `${token}\n`, stderr: '' }, secrets)).toEqual([signature.slice(0, 12)]);
  expect(leaksOf({ stdout: '', stderr: signature.slice(-12) }, secrets)).toEqual([signature.slice(-12)]);
  expect(leaksOf({ stdout: `${token}\n`, stderr: `::add-mask::${token}\n` }, secrets, token)).toEqual([]);
  const folder = configFolder();
  mkdirSync(join(folder, 'config/environments'), { recursive: true });
  writeFileSync(join(folder, 'config/environments/test.json'), key);
  writeFileSync(join(folder, 'config/environments/test.json.tmp-1'), key);
  expect(leakingFiles(folder, secrets)).toEqual([join(folder, 'config/environments/test.json.tmp-1')]);
});

/** A home of its own, of which every file is looked at afterwards. */
function makeHome() {
  const home = configFolder();
  for (const name of ['config', 'work', 'tmp']) mkdirSync(join(home, name), { mode: 0o700 });
  const variables = { HOME: home, COURIER_JWT_CONFIG_DIR: join(home, 'config'), TMPDIR: join(home, 'tmp') };
  return {
    home,
    async run(argv: string[], options: RunOptions = {}): Promise<Ran> {
      return courierJwt(argv, {
        cwd: join(home, 'work'),
        ...options,
        variables: { ...variables, ...options.variables },
      });
    },
  };
}

describe.concurrent('what is mistaken for an argument', () => {
  const mistakes: string[][] = [
    ['--api-key', key],
    [`--api-key=${key}`],
    [`--apikey=${newKey}`],
    ['--key', productionKey],
    ['issue', '-u', 'alice', '--api-key', key],
    ['issue', '-u', 'alice', `--api-key=${newKey}`],
    ['env', 'add', 'test', '--api-key', key],
    ['issue', '-u', 'alice', '--api-key-stdin', key],
    ['issue', '-u', 'alice', `--api-key-stdin=${key}`],
    ['issue', '-u', 'alice', '--api-key-file', key],
    [key],
    [newKey],
    [productionKey, 'issue', '-u', 'alice'],
    [token],
    [`Bearer ${token}`],
    ['--json', token],
    ['issue', key],
    ['issue', token],
    ['issue', 'alice', token],
    ['mint', key],
    ['check', token],
    ['verify', `Bearer ${token}`],
    ['login', key],
    ['decode', key],
    ['decode', token, token],
    ['decode', token, '--token-file', token],
    ['decode', `--token-file=${token}`],
    ['check-scopes', key],
    ['check-scopes', newKey, '--json'],
    ['check-scopes', token, key],
    ['check-scopes', token, '--bogus', key],
    ['check-scopes', token, '--user', 'bob'],
    ['check-scopes', token, '--require', key],
    ['check-scopes', token, '--tenant-scope', newKey],
    ['check-scopes', token, '--env', key],
    ['check-scopes', token, '--for', key],
    ['check-scopes', '--user', token, token],
    ['env', key],
    ['env', 'add', key],
    ['env', 'add', 'test', key],
    ['env', 'use', newKey],
    ['env', 'check', newKey],
    ['env', 'remove', productionKey],
    ['env', 'remove', productionKey, '--yes'],
    ['issue', '-u', 'alice', '-e', key],
    ['issue', '-u', 'alice', '--env', token],
    ['issue', '-u', 'alice', '--region', key],
    ['issue', '-u', 'alice', '--for', newKey],
    ['issue', '-u', 'alice', '--expires-in', key],
    ['issue', '-u', 'alice', '--timeout', key],
    ['issue', '-u', 'alice', '--output', key],
    ['issue', '-u', 'alice', '--env-file', key],
    ['issue', '-u', 'alice', '--tenant', key],
    ['issue', '-u', `alice ${key}`],
    ['issue', '-u', 'alice', '--env', 'local', '--dry-run', '--scope', key],
    ['issue', '-u', 'alice', '--scope', `user_id:${key}`],
    [`--${key}`],
    ['-k', key],
    ['issue', `-u${key} x`],
    ['--bogus', key],
    [`--bogus=${key}`],
    ['help', key],
    ['completion', key],
    ['scopes', key],
    ['scopes', '--for', key],
  ];

  const shown = (argv: string[]) =>
    argv.map((word) =>
      word.replace(token, 'TOKEN').replace(key, 'KEY').replace(newKey, 'NEWKEY').replace(productionKey, 'PRODUCTION'),
    );
  it.each(mistakes.map((argv) => [shown(argv).join(' '), argv] as const))('%s', async (_, argv) => {
    const { home, run } = makeHome();
    for (const flags of [['--json'], ['--debug']]) {
      const ran = await run([...argv, ...flags], { stdin: '' });
      expect({ flags, leaks: leaksOf(ran, secrets) }).toEqual({ flags, leaks: [] });
      // A failure, told in a sentence; `help` and `completion` may just answer.
      expect(ran.stdout + ran.stderr).not.toBe('');
    }
    expect(leakingFiles(home, secrets)).toEqual([]);
  });
});

describe.concurrent('what is put in the wrong variable or file', () => {
  const cases: {
    name: string;
    variables?: Record<string, string>;
    envFile?: string;
    argv?: string[];
    stdin?: string;
    also?: string[];
  }[] = [
    { name: 'COURIER_JWT_ENV', variables: { COURIER_JWT_ENV: key } },
    { name: 'COURIER_BASE_URL', variables: { COURIER_BASE_URL: key, COURIER_API_KEY: newKey } },
    {
      name: 'COURIER_BASE_URL, of another key',
      variables: { COURIER_BASE_URL: `https://${productionKey}@courier.example`, COURIER_API_KEY: key },
    },
    {
      name: 'a query of COURIER_BASE_URL',
      variables: { COURIER_BASE_URL: `http://courier.example/?key=${key}`, COURIER_API_KEY: key },
    },
    { name: 'COURIER_JWT_ENV in an env file', envFile: `COURIER_JWT_ENV=${newKey}\n` },
    { name: 'COURIER_BASE_URL in an env file', envFile: `COURIER_API_KEY=${newKey}\nCOURIER_BASE_URL=${newKey}\n` },
    { name: 'an env file that is no env file', envFile: `${key}\n` },
    { name: 'a key with a space', variables: { COURIER_API_KEY: `${key} ${newKey}` } },
    { name: 'a key with a space after it', variables: { COURIER_API_KEY: `${key} ` } },
    { name: 'a key with a line break', variables: { COURIER_API_KEY: `${key}\n` } },
    { name: 'two keys with a line break between', variables: { COURIER_API_KEY: `${key}\n${newKey}` } },
    { name: 'a key in quotes', variables: { COURIER_API_KEY: `"${key}"` } },
    { name: 'a key with a character that none has', variables: { COURIER_API_KEY: `${key}\u200b` } },
    { name: 'a key with an escape in it', variables: { COURIER_API_KEY: `\u001b[31m${key}` } },
    { name: 'a token where a key belongs', variables: { COURIER_API_KEY: token } },
    { name: 'Bearer and a key', variables: { COURIER_API_KEY: `Bearer ${key}` } },
    { name: 'a malformed key of a name', argv: ['-e', 'ci'], variables: { COURIER_API_KEY_CI: `${key} x` } },
    { name: 'a malformed key on stdin', argv: ['--api-key-stdin'], stdin: `API key: ${key}\n` },
    { name: 'two lines on stdin', argv: ['--api-key-stdin'], stdin: `${key}\n${newKey}\n` },
    { name: 'a token on stdin', argv: ['--api-key-stdin'], stdin: token },
    { name: 'a key file with two lines', argv: ['--api-key-file', 'KEYFILE'] },
    { name: 'a malformed key in an env file', envFile: `COURIER_API_KEY="${key} ${newKey}"\n` },
    {
      name: 'a client key',
      variables: { COURIER_API_KEY: 'ck_Hs8Jf2Ld5Gk9Qw3Er6Ty' },
      also: ['ck_Hs8Jf2Ld5Gk9Qw3Er6Ty'],
    },
  ];
  it.each(cases)('$name', async ({ variables = {}, envFile, argv = [], stdin = '', also = [] }) => {
    const { home, run } = makeHome();
    const file = envFile === undefined ? [] : ['--env-file', fileWith(envFile, '.env')];
    const words = argv.map((word) => (word === 'KEYFILE' ? fileWith(`${key}\n${newKey}\n`) : word));
    for (const command of [
      ['issue', '-u', 'alice'],
      ['env', 'check'],
    ])
      for (const flags of [['--debug'], ['--json', '--debug']]) {
        const ran = await run([...command, ...words, ...file, ...flags], { variables, stdin });
        expect({ command, flags, leaks: leaksOf(ran, [...secrets, ...also]) }).toEqual({ command, flags, leaks: [] });
        expect([2, 3]).toContain(ran.code);
      }
    expect(leakingFiles(home, secrets)).toEqual([]);
  });

  it('a broken file of the store is not quoted', async () => {
    const { home, run } = makeHome();
    mkdirSync(join(home, 'config/environments'));
    writeFileSync(join(home, 'config/environments/test.json'), `{"version":1,"key":"${key}"`);
    writeFileSync(join(home, 'config/config.json'), `{"default":"test","x":${key}`);
    for (const argv of [
      ['issue', '-u', 'alice', '-e', 'test'],
      ['issue', '-u', 'alice'],
      ['env', 'check', '--all'],
      ['env', 'list'],
      ['env', 'use', 'test'],
      ['env', 'remove', 'test'],
      ['check-scopes', token, '--env', 'test'],
    ])
      for (const flags of [['--debug'], ['--json', '--debug']])
        expect({ argv, leaks: leaksOf(await run([...argv, ...flags]), secrets) }).toEqual({ argv, leaks: [] });
  });
});

describe.concurrent('a server that echoes what it was sent, and more', () => {
  /** Answers with the key, the whole header and a token in the body, in headers and in the reason phrase. */
  const echo =
    (status: number, headers: Record<string, string> = {}): Misbehaviour =>
    (request, response) => {
      const authorization = request.headers.authorization ?? '';
      const sent = authorization.replace('Bearer ', '');
      response.writeHead(status, `refused ${sent}`, {
        'content-type': 'application/json',
        'retry-after': '0',
        'x-token': token,
        'www-authenticate': `Bearer realm="${sent}"`,
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replaceAll('KEY', sent)])),
      });
      const message = `${authorization} is wrong; ${sent.slice(0, 20)}…; ${sent.slice(5)}; use ${token}`;
      response.end(JSON.stringify({ message, type: sent, error: { key: sent } }));
    };
  const answers: [string, Misbehaviour][] = [
    ['400', echo(400)],
    ['401', echo(401)],
    ['403', echo(403)],
    ['404', echo(404)],
    ['409', echo(409)],
    ['418', echo(418)],
    ['429', echo(429)],
    ['429 with an hour to wait', echo(429, { 'retry-after': '3600' })],
    ['500', echo(500)],
    ['408', echo(408)],
    ['302', echo(302, { location: `https://elsewhere.example/KEY?token=${token}` })],
    ['307 to the key', echo(307, { location: 'KEY' })],
    ['200 with no token', echo(200)],
    [
      '200 with HTML',
      (request, response) => text(200, `<h1>${request.headers.authorization} ${token}</h1>`)(request, response),
    ],
    [
      'a token that is the key',
      (request, response) =>
        text(200, JSON.stringify({ token: request.headers.authorization?.slice(7) }))(request, response),
    ],
    [
      'a token that is no JWT',
      (request, response) => text(200, JSON.stringify({ token: `${token}.x` }))(request, response),
    ],
    ['no answer, but a dropped connection', drop],
    [
      'a message that is cut in the middle of the key',
      (request, response) =>
        text(418, JSON.stringify({ message: 'x'.repeat(470) + String(request.headers.authorization) }))(
          request,
          response,
        ),
    ],
  ];
  const commands = [
    ['issue', '-u', 'alice'],
    ['issue', '-u', 'alice', '--json'],
    ['issue', '-u', 'alice', '--output', 'env'],
    ['env', 'add', 'test', '--from-env', '--storage', 'file'],
    ['env', 'check', '--json'],
    ['env', 'check', 'kept'],
    ['env', 'check', '--all', '--json'],
    ['env', 'add', 'kept', '--from-env', '--replace'],
  ];

  it.each(answers)('%s', { timeout: 120_000 }, async (_, answer) =>
    withCourier(async (courier) => {
      const { home, run } = makeHome();
      const kept = ['env', 'add', 'kept', '--api-key-stdin', '--storage', 'file'];
      const added = await run(kept, { variables: { COURIER_BASE_URL: courier.url }, stdin: productionKey });
      expect([added.code, leaksOf(added, secrets)]).toEqual([0, []]);
      courier.misbehave(answer);
      for (const argv of commands) {
        const ran = await run([...argv, '--debug'], { variables: keyed(courier, key) });
        expect({ argv, leaks: leaksOf(ran, secrets) }).toEqual({ argv, leaks: [] });
        expect(ran.code).not.toBe(0);
      }
      const environment = fileWith(`COURIER_API_KEY=${shapelessKey}\nCOURIER_BASE_URL=${courier.url}\n`, '.env');
      const sources: { flags: string[]; options: RunOptions }[] = [
        { flags: [], options: { variables: keyed(courier, shapelessKey) } },
        {
          flags: ['--api-key-stdin'],
          options: { variables: { COURIER_BASE_URL: courier.url }, stdin: `${shapelessKey}\n` },
        },
        { flags: ['--env-file', environment, '--json'], options: {} },
      ];
      for (const { flags, options } of sources) {
        const ran = await run(['issue', '-u', 'alice', '--debug', ...flags], options);
        expect({ flags, leaks: leaksOf(ran, secrets) }).toEqual({ flags, leaks: [] });
        expect(ran.code).not.toBe(0);
      }
      expect(leakingFiles(home, secrets)).toEqual([]);
    }),
  );

  it.each([key, shapelessKey])('claims that hold the key and the signature of another token: %s', async (sent) =>
    withCourier(async (courier) => {
      const { home, run } = makeHome();
      courier.claims((claims) => ({
        ...claims,
        scope: `${String(claims.scope)} ${sent} ${signature}`,
        tenant_scope: `published/${sent}`,
        tenant_id: sent,
      }));
      const variables = keyed(courier, sent);
      const issued = await run(['issue', '-u', 'alice', '--debug'], { variables });
      expect([issued.code, leaksOf(issued, [sent], issued.stdout.trim())]).toEqual([0, []]);
      const asJson = await run(['issue', '-u', 'alice', '--debug', '--json'], { variables });
      const minted = documentOf<{ token: string }>(asJson).token;
      expect(leaksOf(asJson, [sent, minted.split('.')[2]!], minted)).toEqual([]);
      const added = await run(['env', 'add', 'test', '--from-env', '--storage', 'file'], { variables });
      expect([added.code, leaksOf(added, [sent])]).toEqual([0, []]);
      for (const argv of [
        ['env', 'check', 'test'],
        ['env', 'list'],
        ['env', 'list', '--json'],
        ['env', 'check', '--all', '--json'],
      ])
        expect({ argv, leaks: leaksOf(await run(argv), [sent]) }).toEqual({ argv, leaks: [] });
      expect(leakingFiles(home, [sent])).toEqual([]);
    }),
  );
});

describe('when all goes well', () => {
  let courier: CourierServer;
  const { home, run } = makeHome();
  beforeAll(async () => {
    courier = await startCourier();
  });
  afterAll(async () => courier.close());

  /** In order: later commands use what earlier ones keep. `minted`: the artifact is a token. */
  const commands: {
    argv: string[];
    stdin?: string;
    variables?: Record<string, string>;
    minted?: boolean;
    exit?: number;
  }[] = [
    { argv: ['env', 'add', 'test', '--api-key-stdin', '--storage', 'file'], stdin: `${key}\n` },
    { argv: ['env', 'add', 'fresh', '--from-env'], variables: { COURIER_API_KEY: newKey } },
    {
      argv: ['env', 'add', 'live', '--from-env', '--storage', 'file', '--json'],
      variables: { COURIER_API_KEY: productionKey },
    },
    { argv: ['env', 'add', 'test', '--from-env', '--replace', '--json'], variables: { COURIER_API_KEY: newKey } },
    { argv: ['env', 'add', 'test', '--api-key-stdin', '--replace'], stdin: key },
    { argv: ['env', 'list'] },
    { argv: ['env', 'list', '--json'] },
    { argv: ['env', 'use', 'test', '--json'] },
    { argv: ['env', 'check'] },
    { argv: ['env', 'check', '--all', '--json'] },
    { argv: ['env', 'check', 'live', '--allow-production'] },
    { argv: ['issue', '-u', 'alice'], minted: true },
    { argv: ['issue', '-u', 'alice', '--json'], minted: true },
    { argv: ['issue', '-u', 'alice', '--output', 'env'], minted: true },
    { argv: ['issue', '-u', 'alice', '-e', 'live', '--allow-production'], minted: true },
    { argv: ['issue', '-u', 'alice', '-e', 'live'], exit: 2 },
    { argv: ['issue', '-u', 'alice', '--api-key-stdin'], stdin: newKey, minted: true },
    { argv: ['issue', '-u', 'alice', '--dry-run'], variables: { COURIER_API_KEY: key } },
    { argv: ['issue', '-u', 'alice', '--dry-run', '--json', '-e', 'test'] },
    { argv: ['issue', '-u', 'alice', '--env', 'local'], minted: true },
    { argv: ['decode'], stdin: token },
    { argv: ['decode', '--json'], stdin: `curl -H 'Authorization: Bearer ${token}' -H 'x-key: ${key}'` },
    { argv: ['check-scopes', '--for', 'brands'], stdin: token },
    { argv: ['check-scopes', '--json'], stdin: token, exit: 1 },
    { argv: ['check-scopes', '--env', 'test', '--for', 'brands'], stdin: token, exit: 1 },
    { argv: ['scopes', '--user', 'alice'] },
    { argv: ['env', 'remove', 'test', '--yes'] },
    { argv: ['env', 'remove', 'fresh', '--yes', '--json'] },
  ];

  it.each(commands)('$argv', async ({ argv, stdin = '', variables = {}, minted = false, exit = 0 }) => {
    const ran = await run([...argv, '--debug'], {
      stdin,
      variables: { GITHUB_ACTIONS: 'true', COURIER_BASE_URL: courier.url, ...variables },
    });
    const artifact = minted ? (/eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(ran.stdout)?.[0] ?? 'no token') : '';
    const all = [...secrets, ...(minted ? [artifact.split('.')[2] ?? ''] : [])];
    expect({ exit: ran.code, leaks: leaksOf(ran, all, artifact) }).toEqual({ exit, leaks: [] });
    if (!minted) expect(ran.stdout).not.toMatch(/eyJ/);
    expect(leakingFiles(home, all)).toEqual([]);
  });

  it('a key is shown as its prefix and its last four characters', async () => {
    const shown = makeHome();
    const stored: [string, string][] = [
      ['pk', key],
      ['new', newKey],
      ['other', 'Wq8Rk2Vx9Lm4Tn8Wb3'],
      ['short', 'pk_test_1234567'],
    ];
    for (const [name, stdin] of stored)
      await shown.run(['env', 'add', name, '--api-key-stdin', '--storage', 'file', '--no-check'], { stdin });
    const ran = await shown.run(['env', 'list', '--json']);
    const { environments } = documentOf<{ environments: { name: string; key: string }[] }>(ran);
    expect(Object.fromEntries(environments.map((one) => [one.name, one.key]))).toEqual({
      pk: 'pk_test_…5Gs0',
      new: 'token_…0Rt'.replace('…0Rt', `…${newKey.slice(-4)}`),
      other: '…8Wb3',
      short: '…',
    });
  });

  it('NODE_DEBUG that shows child processes shows no key', async () => {
    const { run: runIn } = makeHome();
    const variables = { ...keyed(courier, key), NODE_DEBUG: 'child_process,timer,fs' };
    // The keychain is asked in a process of its own.
    const ran = await runIn(['env', 'add', 'test', '--from-env'], { variables });
    expect({ exit: ran.code, leaks: leaksOf(ran, secrets) }).toEqual({ exit: 0, leaks: [] });
  });

  it('NODE_DEBUG that shows what streams carry is refused before the keychain is asked', async () => {
    const { run: runIn } = makeHome();
    const variables = { ...keyed(courier, key), NODE_DEBUG: 'stream' };
    const ran = await runIn(['env', 'add', 'test', '--from-env', '--json'], { variables });
    const { error } = JSON.parse(ran.stdout) as { error: { code: string } };
    expect([ran.code, error.code, leaksOf(ran, secrets)]).toEqual([2, 'usage.node-debug', []]);
  });

  it('the key is in no argument and no variable of a child process', async () => {
    const { run: runIn } = makeHome();
    const watcher = fileWith(
      `const { spawn } = require('node:child_process');
       const childProcess = require('node:child_process');
       const { appendFileSync } = require('node:fs');
       childProcess.spawn = (...args) => {
         appendFileSync(process.env.SPAWNED, JSON.stringify(args.slice(0, 2)) + JSON.stringify(args[2]?.env ?? process.env) + '\\n');
         return spawn(...args);
       };`,
      'watch.cjs',
    );
    const spawned = fileWith('', 'spawned');
    const variables = {
      ...keyed(courier, key),
      COURIER_API_KEY_CI: newKey,
      SPAWNED: spawned,
      NODE_OPTIONS: `--require=${watcher}`,
    };
    const ran = await runIn(['env', 'add', 'test', '--from-env'], { variables });
    const seen = readFileSync(spawned, 'utf8');
    expect(ran.code).toBe(0);
    expect(seen).toContain('keychain.cjs');
    expect(leaksIn(seen, secrets)).toEqual([]);
  });
});
