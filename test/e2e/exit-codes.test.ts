import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Misbehaviour, drop, hang, json, sign, text } from '../support/courier-server.js';
import { start } from '../support/e2e-running.js';
import { type ErrorDocument, documentOf, exitOf, keyed, shell, told, withCourier } from '../support/e2e-world.js';
import { type Ran, configFolder, courierJwt } from '../support/run.js';

const seconds = Math.floor(Date.now() / 1000);
const howTo = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';
const token = (change: Record<string, unknown> = {}) =>
  sign({
    scope: `user_id:alice ${howTo}`,
    tenant_scope: 'published/test',
    tenant_id: 'w/test',
    iat: seconds - 60,
    exp: seconds + 86_400,
    ...change,
  });

/** A store with an environment `test`, of no server, and one that is broken. */
let store: string;
beforeAll(() => {
  store = join(configFolder(), 'config');
  mkdirSync(join(store, 'environments'), { recursive: true, mode: 0o700 });
  const record = {
    version: 1,
    storage: 'file',
    key: 'pk_test_Zq7Rk2Vx9Lm4Tn8Wb3Hc6',
    account: null,
    keyHint: 'pk_test_…3Hc6',
    region: 'us',
    baseUrl: null,
    tenantId: 'w/test',
    tenantScope: 'published/test',
    production: false,
    addedAt: '2026-01-01T00:00:00.000Z',
  };
  writeFileSync(join(store, 'environments/test.json'), JSON.stringify(record), { mode: 0o600 });
  writeFileSync(join(store, 'environments/broken.json'), '{', { mode: 0o600 });
});

interface Row {
  argv: string[];
  stdin?: string;
  variables?: Record<string, string>;
  /** With a server, a key for it, and this answer to everything. */
  answer?: Misbehaviour | 'mints';
  claims?: Record<string, unknown>;
  /** Of the error document; none with exit 0 and 1. */
  code?: string;
}

/** Runs a row; the store is there unless the row says otherwise. */
async function run({ argv, stdin = '', variables = {}, answer, claims }: Row): Promise<Ran> {
  const given = { COURIER_JWT_CONFIG_DIR: store, ...variables };
  if (answer === undefined) return courierJwt(argv, { variables: given, stdin });
  return withCourier(async (courier) => {
    courier.misbehave(answer === 'mints' ? undefined : answer);
    courier.claims((own) => ({ ...own, ...claims }));
    return courierJwt(argv, { variables: { ...given, ...keyed(courier), ...variables }, stdin });
  });
}

const noStore = { COURIER_JWT_CONFIG_DIR: '/nowhere' };
const rows: Record<0 | 1 | 2 | 3 | 4, Row[]> = {
  0: [
    { argv: ['--version'] },
    { argv: ['--help'] },
    { argv: [] },
    { argv: ['help'] },
    { argv: ['help', 'issue'] },
    { argv: ['issue', '--help'] },
    { argv: ['env'] },
    { argv: ['env', '--help'] },
    { argv: ['env', 'list'] },
    { argv: ['scopes'] },
    { argv: ['scopes', '--for', 'inbox', '--user', 'alice'] },
    { argv: ['snippet', '--lang', 'express'], variables: noStore },
    { argv: ['issue', '-u', 'alice', '--env', 'local'] },
    { argv: ['issue', '-u', 'alice'], answer: 'mints' },
    { argv: ['issue', '-u', 'alice', '--dry-run'], variables: noStore },
    { argv: ['decode', token()] },
    { argv: ['decode', token({ exp: seconds - 10 })] },
    { argv: ['check-scopes', token()] },
    { argv: ['check-scopes', '--env', 'test'], stdin: token() },
    { argv: ['check-scopes', token({ exp: undefined })] },
    { argv: ['env', 'check'], answer: 'mints', variables: noStore },
  ],
  1: [
    { argv: ['check-scopes', token({ exp: seconds - 10 })] },
    { argv: ['check-scopes', token({ scope: 'user_id:alice' })] },
    { argv: ['check-scopes', '-u', 'bob', token()] },
    { argv: ['check-scopes', '--tenant-scope', 'production', token()] },
    { argv: ['check-scopes', '--env', 'test', token({ tenant_id: 'other' })] },
    { argv: ['check-scopes', '--strict', token({ exp: undefined })] },
    { argv: ['issue', '-u', 'alice'], answer: 'mints', claims: { scope: 'user_id:alice' } },
    { argv: ['issue', '-u', 'alice'], answer: 'mints', claims: { scope: `user_id:bob ${howTo}` } },
    { argv: ['env', 'check', '--for', 'inbox'], answer: 'mints', claims: { scope: 'read:brands' }, variables: noStore },
  ],
  2: [
    { argv: ['isue'], code: 'usage.unknown-command' },
    { argv: ['env', 'ad'], code: 'usage.unknown-command' },
    { argv: ['issue', '--bogus'], code: 'usage.unknown-option' },
    { argv: ['--bogus'], code: 'usage.unknown-option' },
    { argv: ['issue', '-u'], code: 'usage.parser' },
    { argv: ['issue', '--env'], code: 'usage.parser' },
    { argv: ['env', 'add'], code: 'usage.parser' },
    { argv: ['env', 'use'], code: 'usage.parser' },
    { argv: ['env', 'remove'], code: 'usage.parser' },
    { argv: ['issue'], code: 'usage.missing' },
    { argv: ['snippet'], code: 'usage.missing' },
    { argv: ['snippet', '--lang', 'cobol'], code: 'usage.value' },
    { argv: ['snippet', 'flask'], code: 'usage.excess' },
    { argv: ['snippet', '--lang', 'flask', '--env', 'test'], code: 'usage.conflict' },
    { argv: ['issue', 'alice'], code: 'usage.excess' },
    { argv: ['decode', 'a', 'b'], code: 'usage.excess' },
    { argv: ['env', 'add', 'a', 'b'], code: 'usage.excess' },
    { argv: ['env', 'list', 'a'], code: 'usage.excess' },
    { argv: ['issue', '-u', 'a', '-u', 'b'], code: 'usage.repeated' },
    { argv: ['issue', '-u', 'alice', '--for', 'nowhere'], code: 'usage.value' },
    { argv: ['issue', '-u', 'alice', '--expires-in', '3600'], code: 'duration.invalid' },
    { argv: ['issue', '-u', 'alice', '--timeout', 'soon'], code: 'duration.invalid' },
    { argv: ['issue', '-u', 'a b'], code: 'user.invalid' },
    { argv: ['issue', '-u', 'alice', '--scope', 'user_id:bob'], code: 'scope.user-id' },
    { argv: ['issue', '-u', 'alice', '--tenant', 'x'], code: 'tenant.unused' },
    { argv: ['issue', '-u', 'alice', '--json', '--output', 'env'], code: 'usage.conflict' },
    { argv: ['env', 'add', 'x', '--from-env', '--api-key-stdin'], code: 'usage.conflict' },
    { argv: ['env', 'add', 'test', '--from-env', '--replace', '--no-check'], code: 'usage.conflict' },
    { argv: ['env', 'check', 'test', '--all'], code: 'usage.conflict' },
    { argv: ['env', 'add', 'BAD', '--from-env'], code: 'usage.value' },
    { argv: ['env', 'add', 'local', '--from-env'], code: 'usage.reserved-name' },
    { argv: ['env', 'remove', 'local', '--yes'], code: 'usage.reserved-name' },
    { argv: ['env', 'add', 'test', '--from-env'], code: 'usage.exists' },
    { argv: ['env', 'add', 'new'], code: 'usage.missing' },
    { argv: ['env', 'remove', 'test'], code: 'usage.needs-yes' },
    { argv: ['decode'], code: 'token.empty' },
    { argv: ['decode', 'hello'], code: 'token.none' },
    { argv: ['check-scopes', 'hello'], code: 'token.none' },
    { argv: ['decode', token().slice(0, 60)], code: 'token.cut-short' },
    { argv: ['decode', '-', '--token-file', '/dev/null'], code: 'token.two-sources' },
    { argv: ['decode', '--token-file', '/nowhere'], code: 'usage.file' },
    {
      argv: ['issue', '-u', 'alice'],
      variables: { COURIER_API_KEY: 'pk_prod_Zq7Rk2Vx9Lm4Tn8Wb3' },
      code: 'production.unconfirmed',
    },
    {
      argv: ['issue', '-u', 'alice'],
      answer: 'mints',
      claims: { tenant_scope: 'published/production' },
      code: 'production.unconfirmed',
    },
    { argv: ['issue', '-u', 'alice'], answer: json(400, { message: 'no' }), code: 'request.rejected' },
    { argv: ['issue', '-u', 'alice'], answer: 'mints', variables: { NODE_DEBUG: 'http' }, code: 'usage.node-debug' },
    {
      argv: ['issue', '-u', 'alice'],
      variables: { COURIER_API_KEY: 'pk_test_Zq7Rk2Vx9', COURIER_BASE_URL: 'http://x.example' },
      code: 'usage.base-url',
    },
    { argv: [token()], code: 'usage.token-first' },
    { argv: ['--api-key', 'x'], code: 'usage.key-in-argv' },
    { argv: ['env', 'add', 'test', 'pk_test_Zq7Rk2Vx9Lm4Tn8W'], code: 'usage.key-in-argv' },
    { argv: ['issue', '-u', 'alice', 'dk_prod_Zq7Rk2Vx9Lm4Tn8W'], code: 'usage.key-in-argv' },
  ],
  3: [
    { argv: ['issue', '-u', 'alice'], variables: noStore, code: 'key.missing' },
    { argv: ['env', 'check'], variables: noStore, code: 'key.missing' },
    { argv: ['env', 'add', 'x', '--from-env'], variables: noStore, code: 'key.missing' },
    { argv: ['issue', '-u', 'alice', '-e', 'nowhere'], code: 'environment.unknown' },
    { argv: ['issue', '-u', 'alice'], variables: { COURIER_JWT_ENV: 'nowhere' }, code: 'environment.unknown' },
    { argv: ['check-scopes', '--env', 'nowhere', token()], code: 'environment.unknown' },
    { argv: ['env', 'use', 'nowhere'], code: 'environment.unknown' },
    { argv: ['env', 'remove', 'nowhere', '--yes'], code: 'environment.unknown' },
    { argv: ['env', 'check', 'nowhere'], code: 'environment.unknown' },
    { argv: ['env', 'check', '--all'], variables: noStore, code: 'environment.none' },
    { argv: ['issue', '-u', 'alice', '-e', 'broken'], code: 'environment.broken' },
    {
      argv: ['issue', '-u', 'alice', '-e', 'test'],
      variables: { COURIER_JWT_CONFIG_DIR: '/dev/null' },
      code: 'environment.unreadable',
    },
    { argv: ['issue', '-u', 'alice'], variables: { COURIER_API_KEY: 'two words of it' }, code: 'key.malformed' },
    { argv: ['issue', '-u', 'alice', '--api-key-stdin'], code: 'key.malformed' },
    { argv: ['issue', '-u', 'alice'], answer: json(401, {}), code: 'key.refused' },
    { argv: ['issue', '-u', 'alice'], answer: json(403, {}), code: 'key.refused' },
    { argv: ['env', 'add', 'x', '--from-env'], answer: json(401, {}), code: 'key.refused' },
    {
      argv: ['env', 'add', 'x', '--from-env', '--storage', 'keychain'],
      answer: 'mints',
      variables: noStore,
      code: 'keychain.unavailable',
    },
  ],
  4: [
    { argv: ['issue', '-u', 'alice'], answer: json(404, {}), code: 'courier.status' },
    { argv: ['issue', '-u', 'alice'], answer: text(200, '<p>'), code: 'courier.nonsense' },
    {
      argv: ['issue', '-u', 'alice'],
      answer: text(302, '', { location: 'https://x.example' }),
      code: 'courier.redirect',
    },
    { argv: ['issue', '-u', 'alice'], answer: json(429, {}, { 'retry-after': '0' }), code: 'courier.rate-limited' },
    { argv: ['issue', '-u', 'alice'], answer: json(500, {}, { 'retry-after': '0' }), code: 'courier.unavailable' },
    { argv: ['issue', '-u', 'alice', '--timeout', '200ms'], answer: hang, code: 'courier.timeout' },
    { argv: ['issue', '-u', 'alice'], answer: drop, code: 'courier.unreachable' },
    {
      argv: ['env', 'add', 'x', '--from-env'],
      answer: json(500, {}, { 'retry-after': '0' }),
      code: 'courier.unavailable',
    },
    { argv: ['env', 'add', 'x', '--from-env', '--timeout', '200ms'], answer: hang, code: 'courier.timeout' },
  ],
};

for (const exit of [0, 1, 2, 3, 4] as const)
  describe.concurrent(`exit ${exit}`, () => {
    it.each(
      rows[exit].map(
        (row) => [row.argv.map((word) => (word.startsWith('eyJ') ? 'TOKEN' : word)).join(' '), row] as const,
      ),
    )('courier-jwt %s', async (_, row) => {
      const asText = await run(row);
      expect({ exit: asText.code, signal: asText.signal }).toEqual({ exit, signal: null });
      if (row.argv.includes('--help') || row.argv[0] === 'help' || row.argv.length < 2) return;
      const ran = row.argv.includes('--json') ? asText : await run({ ...row, argv: ['--json', ...row.argv] });
      expect(ran.code).toBe(exit);
      const document = documentOf<Partial<ErrorDocument>>(ran);
      expect(document.error?.code).toBe(row.code);
      if (!document.error) return;
      expect(Object.keys(document)).toEqual(['error']);
      expect(Object.keys(document.error)).toEqual(['code', 'message', 'fix']);
      expect(document.error.message).toMatch(/[.:?]$/);
      expect(document.error.fix.length).toBeGreaterThan(0);
      expect(ran.stderr).not.toContain('error:');
      if (row.argv.includes('--json')) return;
      expect(asText.stdout).toBe('');
      // Each run has a server of its own.
      const anyPort = (said: string) => said.replace(/127\.0\.0\.1:\d+/g, 'HOST');
      expect(anyPort(asText.stderr)).toContain(anyPort(`error: ${document.error.message}\n  try: `));
    });
  });

describe.concurrent('exit 130', () => {
  it.each([
    { argv: ['issue', '-u', 'alice'] },
    { argv: ['env', 'add', 'x', '--from-env'] },
    { argv: ['env', 'check'] },
  ])('courier-jwt $argv, and Ctrl-C', async ({ argv }) =>
    withCourier(async (courier) => {
      courier.misbehave(hang);
      const running = start(argv, keyed(courier));
      await running.until(() => courier.requests.length === 1);
      expect(exitOf(await running.endBy('SIGINT'))).toBe(130);
    }),
  );
});

describe.concurrent('several at once', () => {
  it.each([
    { name: '1 before 4', answers: { one: 'less', two: 500 }, exit: 1 },
    { name: '1 before 3', answers: { one: 'less', two: 401 }, exit: 1 },
    { name: '3 before 4', answers: { one: 401, two: 500 }, exit: 3 },
    { name: '4 alone', answers: { one: 'mints', two: 500 }, exit: 4 },
    { name: '3 alone', answers: { one: 'mints', two: 403 }, exit: 3 },
    { name: 'none', answers: { one: 'mints', two: 'mints' }, exit: 0 },
  ])('env check --all: $name', async ({ answers, exit }) =>
    withCourier(async (courier) => {
      const variables = { COURIER_JWT_CONFIG_DIR: join(configFolder(), 'config'), COURIER_BASE_URL: courier.url };
      const keys = { one: 'pk_test_one00000000000000', two: 'pk_test_two00000000000000' };
      for (const name of ['one', 'two'] as const) {
        const argv = ['env', 'add', name, '--api-key-stdin', '--storage', 'file'];
        expect((await courierJwt(argv, { variables, stdin: keys[name] })).code).toBe(0);
      }
      courier.misbehave((request, response) => {
        const name = request.headers.authorization?.includes('one') ? 'one' : 'two';
        const answer = answers[name];
        if (typeof answer === 'number')
          return json(answer, { message: 'no' }, { 'retry-after': '0' })(request, response);
        const { scope } = JSON.parse(request.body) as { scope: string };
        const granted = answer === 'less' ? scope.split(' ').slice(0, 2).join(' ') : scope;
        const claims = { tenant_scope: 'published/test', tenant_id: '4d4b2e5e-7d1c-4a3a-9b63-0f6a1d2c3b4a/test' };
        const iat = Math.floor(Date.now() / 1000);
        return json(200, { token: sign({ ...claims, scope: granted, iat, exp: iat + 5 }) })(request, response);
      });
      const ran = await courierJwt(['env', 'check', '--all', '--json'], { variables });
      const report = documentOf<{ ok: boolean; findings: { subject: string }[] }>(ran);
      expect([ran.code, report.ok]).toEqual([exit, exit === 0]);
      // All findings at once, never only the first failure.
      expect(new Set(JSON.stringify(report.findings).match(/one|two/g))).toEqual(new Set(['one', 'two']));
    }),
  );
});

describe.concurrent('did you mean', () => {
  const unknown = (word: string) => `there is no command ${word}.`;
  const keyPage = 'https://app.courier.com/settings/api-keys';
  const inArgv = (option: string) =>
    `${option} is not an option: other users of this machine can see what stands on a command line. Pipe the key in, name a file, or set COURIER_API_KEY. If the key is real, rotate it (${keyPage}).`;
  const issueByStdin = 'courier-jwt issue --user USER_ID --api-key-stdin';
  const tokenFirst = 'a token needs a command before it. Run this, paste the token, and press Enter and Ctrl-D:';
  it.each([
    ['isue', unknown('isue'), 'courier-jwt issue'],
    ['ISSUE', unknown('ISSUE'), 'courier-jwt issue'],
    ['isue -u alice', unknown('isue'), 'courier-jwt issue -u alice'],
    ['mint', unknown('mint'), 'courier-jwt issue'],
    ['mint --user alice', unknown('mint'), 'courier-jwt issue --user alice'],
    ['decoed', unknown('decoed'), 'courier-jwt decode'],
    ['inspect', unknown('inspect'), 'courier-jwt decode'],
    ['check', unknown('check'), 'courier-jwt check-scopes'],
    ['verify', unknown('verify'), 'courier-jwt check-scopes'],
    ['check-scope', unknown('check-scope'), 'courier-jwt check-scopes'],
    [`check ${token()}`, unknown('check'), 'courier-jwt check-scopes'],
    [`verify ${token()}`, unknown('verify'), 'courier-jwt check-scopes'],
    ['login', unknown('login'), 'courier-jwt env add test'],
    ['login test', unknown('login'), 'courier-jwt env add test'],
    ['logout test', unknown('logout'), 'courier-jwt env remove test'],
    ['whoami', unknown('whoami'), 'courier-jwt env check'],
    ['xyzzy', unknown('xyzzy'), 'courier-jwt --help'],
    ['env login', unknown('env login'), 'courier-jwt env add test'],
    [token(), tokenFirst, 'courier-jwt decode -'],
    [`--json-no ${token()}`, tokenFirst, 'courier-jwt decode -'],
    ['--api-key secret', inArgv('--api-key'), issueByStdin],
    ['--api-key=secret', inArgv('--api-key'), issueByStdin],
    ['issue -u alice --api-key secret', inArgv('--api-key'), 'courier-jwt issue -u alice --api-key-stdin'],
    ['issue -u alice --apikey=secret', inArgv('--apikey'), 'courier-jwt issue -u alice --api-key-stdin'],
    ['issue --userid alice', 'issue has no option --userid. Did you mean --user?', 'courier-jwt issue --user alice'],
    ['issue --usr alice', 'issue has no option --usr. Did you mean --user?', 'courier-jwt issue --user alice'],
    [
      'issue -u alice --ttl 1h',
      'issue has no option --ttl. Did you mean --expires-in?',
      'courier-jwt issue -u alice --expires-in 1h',
    ],
    [
      'issue -u alice --scopes x',
      'issue has no option --scopes. Did you mean --scope?',
      'courier-jwt issue -u alice --scope x',
    ],
    ['decode --file x', 'decode has no option --file. Did you mean --token-file?', 'courier-jwt decode --token-file x'],
    ['env add test --force', 'env add has no option --force. Did you mean --yes?', 'courier-jwt env add test --yes'],
    ['issue -u alice --xyzzy', 'issue has no option --xyzzy.', 'courier-jwt issue --help'],
    ['--vresion', 'there is no option --vresion. Did you mean --version?', 'courier-jwt --version'],
    ['issue alice', 'issue takes no such word. Did you mean:', 'courier-jwt issue --user alice'],
    [`issue ${token()}`, 'issue takes no such word: see its help.', 'courier-jwt issue --help'],
  ])('%s', async (words, message, fix) => {
    const argv = words.split(' ');
    const ran = await courierJwt(argv);
    expect(ran).toEqual({ code: 2, signal: null, stdout: '', stderr: told(message, fix) });
    const asJson = await courierJwt(['--json', ...argv]);
    expect([asJson.code, asJson.stderr, documentOf<ErrorDocument>(asJson).error.message]).toEqual([2, '', message]);
  });

  it.each(['check', 'login test', 'isue -u alice --env local', 'issue alice', 'whoami'])(
    'what is meant by %s can be pasted, and runs',
    async (words) => {
      const first = await courierJwt(words.split(' '));
      const line = /^ {2}try: (.*)$/m.exec(first.stderr)?.[1] ?? '';
      expect(line).toMatch(/^courier-jwt \w/);
      const ran = await shell(`${line} < /dev/null`);
      expect(ran.stderr).not.toMatch(/there is no (?:command|option)|has no option|takes no such word/);
    },
  );
});

describe.concurrent('--help', () => {
  it('says what the exit codes mean', async () => {
    const { stdout } = await courierJwt(['--help']);
    const table = /\nExit codes:\n([^]*)$/.exec(stdout)?.[1] ?? '';
    expect(table.match(/^ {2}(\d+)/gm)?.map(Number)).toEqual([0, 1, 2, 3, 4, 130]);
  });

  it.each(['issue', 'decode', 'check-scopes', 'scopes', 'env', 'env add', 'env check'])(
    'of %s has examples that parse',
    async (command) => {
      const { code, stdout, stderr } = await courierJwt([...command.split(' '), '--help']);
      expect([code, stderr]).toEqual([0, '']);
      const examples = [...stdout.matchAll(/^ {2}(?:\S.*\| )?(courier-jwt .*?)(?: {2,}|$| [<|])/gm)].map(
        ([, words = '']) => words,
      );
      expect(examples.length).toBeGreaterThan(1);
      for (const words of examples) {
        const ran = await shell(`${words.replace('eyJ…', token())} < /dev/null`);
        expect({
          words,
          parsed: /has no option|there is no (?:command|option)|takes no such word|argument missing/.test(ran.stderr),
        }).toEqual({ words, parsed: false });
      }
    },
  );
});
