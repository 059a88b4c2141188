import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CourierServer, startCourier, workspace } from '../support/courier-server.js';
import {
  type ErrorDocument,
  apiKey,
  claimsOf,
  documentOf,
  exitOf,
  hostOf,
  keyed,
  shell,
  told,
} from '../support/e2e-world.js';
import { type Ran, type RunOptions, configFolder, courierJwt } from '../support/run.js';

let courier: CourierServer;
beforeEach(async () => {
  courier = await startCourier();
});
afterEach(async () => courier.close());

/** `issue` with a key and the test server. */
async function issue(argv: string[], options: RunOptions = {}): Promise<Ran> {
  return courierJwt(['issue', ...argv], { ...options, variables: { ...keyed(courier), ...options.variables } });
}

const bareToken = /^eyJ[\w-]+\.[\w-]+\.[\w-]{43}\n$/;
const howTo = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';
const summary = (user: string, scopes: number, expiry = 'expires in 1 day', source = 'COURIER_API_KEY') =>
  `minted for ${user}: published/test, ${scopes} scopes, ${expiry}; key: ${source}, ${courier.url}\n`;

describe('what is asked of Courier', () => {
  it.each([
    { argv: [], scope: `user_id:alice ${howTo}` },
    { argv: ['--for', 'inbox'], scope: `user_id:alice ${howTo}` },
    { argv: ['--for', 'toast'], scope: `user_id:alice ${howTo}` },
    { argv: ['--for', 'preferences'], scope: 'user_id:alice read:preferences write:preferences read:brands' },
    { argv: ['--for', 'push'], scope: 'user_id:alice write:user-tokens read:user-tokens' },
    { argv: ['--for', 'brands'], scope: 'user_id:alice read:brands' },
    { argv: ['--for', 'inbox-legacy'], scope: 'user_id:alice inbox:read:messages inbox:write:events read:messages' },
    {
      argv: ['--for', 'create'],
      scope: 'user_id:alice tenants:read tenants:notifications:read tenants:notifications:write tenants:brand:read',
    },
    {
      argv: ['--for', 'create', '--tenant', 'acme'],
      scope:
        'user_id:alice tenant:acme:read tenant:acme:notification:read tenant:acme:notification:write tenant:acme:brand:read',
    },
    { argv: ['--scope', 'tenants:read', '--tenant', 'acme'], scope: 'user_id:alice tenant:acme:read' },
    { argv: ['--for', 'inbox,push'], scope: `user_id:alice ${howTo} write:user-tokens read:user-tokens` },
    { argv: ['--for', 'inbox', '--for', 'push'], scope: `user_id:alice ${howTo} write:user-tokens read:user-tokens` },
    { argv: ['--for', 'brands,inbox,brands'], scope: `user_id:alice read:brands ${howTo.replace(' read:brands', '')}` },
    { argv: ['--scope', 'read:brands'], scope: 'user_id:alice read:brands' },
    { argv: ['--scope', 'read:brands:b1,read:messages'], scope: 'user_id:alice read:brands:b1 read:messages' },
    { argv: ['--scope', 'read:messages read:brands'], scope: 'user_id:alice read:messages read:brands' },
    { argv: ['--scope', 'read:messages', '--scope', 'read:brands'], scope: 'user_id:alice read:messages read:brands' },
    { argv: ['--for', 'brands', '--scope', 'read:messages'], scope: 'user_id:alice read:brands read:messages' },
    { argv: ['--for', 'brands', '--expires-in', '2 hours'], scope: 'user_id:alice read:brands', expiresIn: '2 hours' },
    { argv: ['--for', 'brands', '--expires-in', '2.5 hrs'], scope: 'user_id:alice read:brands', expiresIn: '2.5 hrs' },
    { argv: ['--for', 'brands', '--expires-in=30d'], scope: 'user_id:alice read:brands', expiresIn: '30d' },
  ])('issue -u alice $argv', async ({ argv, scope, expiresIn = '1d' }) => {
    const ran = await issue(['-u', 'alice', '-q', ...argv]);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toMatch(bareToken);
    expect(claimsOf(ran.stdout).scope).toBe(scope);
    expect(courier.requests.map(({ method, path, body }) => [method, path, JSON.parse(body) as unknown])).toEqual([
      ['POST', '/auth/issue-token', { scope, expires_in: expiresIn }],
    ]);
  });

  it.each([
    'auth0|123',
    'auth0:123',
    'a@b.example',
    'a,b',
    'ünï-日本',
    "o'brien",
    '$5',
    '--',
    '{',
    'null2',
    'A'.repeat(300),
  ])('a user id is sent as it is: %s', async (user) => {
    const ran = await issue([`--user=${user}`, '--for', 'brands', '--json']);
    expect(ran.code).toBe(0);
    expect(documentOf(ran).user).toBe(user);
    expect(JSON.parse(courier.requests[0]!.body)).toEqual({ scope: `user_id:${user} read:brands`, expires_in: '1d' });
  });

  it('the headers', async () => {
    await issue(['-u', 'alice']);
    const { accept, authorization, 'content-type': type, 'user-agent': agent, host } = courier.requests[0]!.headers;
    expect({ accept, authorization, type, agent, host }).toEqual({
      accept: 'application/json',
      authorization: `Bearer ${apiKey}`,
      type: 'application/json',
      agent: expect.stringMatching(/^courier-jwt\/\d+\.\d+\.\d+$/),
      host: hostOf(courier),
    });
  });

  it('a base URL with a path, and slashes at its end', async () => {
    const ran = await issue(['-u', 'alice', '-q'], {
      variables: { COURIER_BASE_URL: `${courier.url}/through/here//` },
    });
    expect([ran.code, courier.requests[0]?.path]).toEqual([0, '/through/here/auth/issue-token']);
  });
});

describe('what comes out', () => {
  it('the token and one newline; the rest on stderr', async () => {
    const ran = await issue(['-u', 'alice']);
    expect(ran).toEqual({
      code: 0,
      signal: null,
      stdout: expect.stringMatching(bareToken),
      stderr: summary('alice', 6),
    });
  });

  it.each([{ FORCE_COLOR: '1' }, { FORCE_COLOR: '3', CI: 'true' }])(
    'the token alone, whatever the colours: %o',
    async (variables) => {
      const ran = await issue(['-u', 'alice', '--color'], { variables });
      expect([ran.code, bareToken.test(ran.stdout)]).toEqual([0, true]);
    },
  );

  it('--json: the whole document', async () => {
    const ran = await issue(['-u', 'alice', '--for', 'push', '--expires-in', '2h', '--json']);
    const scopes = ['user_id:alice', 'write:user-tokens', 'read:user-tokens'];
    const document = documentOf<{ token: string }>(ran);
    const { exp, iat } = claimsOf(document.token) as { exp: number; iat: number };
    expect(document).toEqual({
      token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]{43}$/),
      user: 'alice',
      scopes,
      granted: scopes,
      expiresAt: new Date(exp * 1000).toISOString().replace('.000', ''),
      environment: { name: null, source: 'COURIER_API_KEY', baseUrl: courier.url },
      warnings: [],
    });
    expect(Object.keys(document)).toEqual([
      'token',
      'user',
      'scopes',
      'granted',
      'expiresAt',
      'environment',
      'warnings',
    ]);
    expect([ran.code, ran.stderr, exp - iat]).toEqual([0, '', 7200]);
  });

  it('--output env', async () => {
    const ran = await issue(["--user=o'brien", '--output', 'env', '-q']);
    const [token, user, expires, ...rest] = ran.stdout.split('\n');
    expect(ran.code).toBe(0);
    expect(token).toMatch(/^COURIER_JWT=eyJ[\w-]+\.[\w-]+\.[\w-]{43}$/);
    expect(user).toBe(String.raw`COURIER_JWT_USER='o'\''brien'`);
    const { exp } = claimsOf(token!) as { exp: number };
    expect(expires).toBe(`COURIER_JWT_EXPIRES_AT=${new Date(exp * 1000).toISOString().replace('.000', '')}`);
    expect(rest).toEqual(['']);
  });

  it.each([
    'alice',
    'a@b.example',
    "o'brien",
    'x$(touch${IFS}INJECTED)',
    '`touch${IFS}INJECTED`',
    'a;touch${IFS}INJECTED',
    'a::b',
    '"',
    '\\',
    '日本',
    '#x',
  ])('sh takes --output env and gives the user back: %s', async (user) => {
    const cwd = configFolder();
    const variables = { ...keyed(courier), WHO: user };
    const script =
      'eval "$(courier-jwt issue --user="$WHO" --output env -q)"; printf %s "$COURIER_JWT_USER"; test -n "$COURIER_JWT"';
    const ran = await shell(script, { variables, cwd });
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([0, user, '']);
    expect(existsSync(join(cwd, 'INJECTED'))).toBe(false);
  });

  it.each(['alice', 'a@b.example', 'a$HOME', 'a#b', 'a=b'])(
    'a .env reader gives the user of --output env back: %s',
    async (user) => {
      const ran = await issue([`--user=${user}`, '--output', 'env', '-q']);
      expect(parseEnv(ran.stdout).COURIER_JWT_USER).toBe(user);
    },
  );

  it('a token without expiry has no COURIER_JWT_EXPIRES_AT', async () => {
    courier.claims(({ exp: _, ...claims }) => claims);
    const ran = await issue(['-u', 'alice', '--output', 'env', '-q']);
    expect(ran.stdout).toMatch(/^COURIER_JWT=\S+\nCOURIER_JWT_USER=alice\n$/);
  });

  it.each(['', '--json', '--output env', '--dry-run'])(
    'a token that cannot be written is not exit 0: %s',
    async (flags) => {
      const ran = await shell(`courier-jwt issue -u alice --env local -q ${flags} > /dev/full`);
      expect([exitOf(ran), ran.stdout]).toEqual([4, '']);
      expect(ran.stderr).toBe(told('the output could not be written: ENOSPC.', 'df -h'));
    },
  );

  it.each([
    { words: '--version', exit: 4 },
    { words: '--help', exit: 4 },
    { words: 'issue --help', exit: 4 },
    { words: 'scopes', exit: 4 },
    { words: 'env list --json', exit: 4 },
    { words: 'isue --json', exit: 2 },
  ])('nor is any other output that cannot be written: $words', async ({ words, exit }) => {
    const ran = await shell(`courier-jwt ${words} > /dev/full`);
    expect([exitOf(ran), ran.stdout]).toEqual([exit, '']);
    expect(ran.stderr).not.toMatch(/^\s+at /m);
  });

  it('a stderr that cannot be written to loses no token, and prints no stack', async () => {
    const ran = await shell('courier-jwt issue -u alice --env local 2> /dev/full');
    expect(ran.stderr).toBe('');
    expect({ exit: ran.code, printed: ran.stdout !== '' }).toEqual(
      ran.code === 0 ? { exit: 0, printed: true } : { exit: 4, printed: false },
    );
  });
});

describe('GITHUB_ACTIONS', () => {
  const actions = { variables: { GITHUB_ACTIONS: 'true' } };
  const maskOf = (token: string) => `::add-mask::${token}`;

  it.each([{ argv: [] as string[] }, { argv: ['-q'] }, { argv: ['--debug'] }, { argv: ['--color'] }])(
    'the mask is on stderr before all else that may show the token: $argv',
    async ({ argv }) => {
      const ran = await issue(['-u', 'alice', ...argv], actions);
      expect(ran.code).toBe(0);
      const first = ran.stderr.split('\n').find((line) => !line.includes('debug:'));
      expect(first).toBe(maskOf(ran.stdout.trim()));
      expect(ran.stderr.split('::add-mask::').length).toBe(2);
    },
  );

  it('also before the warnings that come with the token', async () => {
    courier.claims((claims) => ({ ...claims, scope: 'user_id:alice' }));
    const ran = await issue(['-u', 'alice', '--for', 'brands'], actions);
    expect(ran.code).toBe(1);
    expect(ran.stderr.split('\n')[0]).toBe(maskOf(ran.stdout.trim()));
  });

  it('with --json', async () => {
    const ran = await issue(['-u', 'alice', '--json', '-q'], actions);
    expect(ran.stderr).toBe(`${maskOf(documentOf<{ token: string }>(ran).token)}\n`);
  });

  it('with --output env', async () => {
    const ran = await issue(['-u', 'alice', '--output', 'env', '-q'], actions);
    expect(ran.stderr).toBe(`${maskOf(/^COURIER_JWT=(.*)$/m.exec(ran.stdout)![1]!)}\n`);
  });

  it.each(['', '1', 'false'])('is not on unless it is "true": "%s"', async (value) => {
    const ran = await issue(['-u', 'alice', '-q'], { variables: { GITHUB_ACTIONS: value } });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
  });

  it('a token that is thrown away is not printed in a mask either', async () => {
    courier.claims((claims) => ({ ...claims, tenant_scope: 'published/production' }));
    const ran = await issue(['-u', 'alice'], actions);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).not.toContain('eyJ');
  });
});

describe('what is refused, and nothing sent', () => {
  const whiteSpace = 'it has white space in it, and a space in a user id adds scopes to the token';
  const placeholder =
    'it is a placeholder that nothing was put in for: a variable in single quotes, or one that is not set';
  const user = (shown: string, problem: string) => ({
    code: 'user.invalid',
    message: `--user ${shown || '""'} cannot be a user id: ${problem}.`,
    fix: ['courier-jwt', 'issue', '--help'],
  });
  const tenant = (shown: string, problem: string) => ({
    code: 'tenant.invalid',
    message: `--tenant ${shown || '""'} cannot be a tenant id: ${problem}.`,
    fix: ['courier-jwt', 'issue', '--help'],
  });
  const namedUser = (shown: string) => ({
    code: 'scope.user-id',
    message: `${shown} is not a scope to ask for: the user is named with --user, and only there.`,
    fix: ['courier-jwt', 'issue', '--help'],
  });
  const noScope = (shown: string) => ({
    code: 'scope.invalid',
    message: `"${shown}" is not a scope: a scope is words with colons between them, such as inbox:read:messages.`,
    fix: ['courier-jwt', 'scopes'],
  });
  const duration = (value: string, problem: string) => ({
    code: 'duration.invalid',
    message: `--expires-in ${value}: ${problem}.`,
    fix: ['courier-jwt', 'issue', '--help'],
  });
  const surfaces = 'inbox, toast, preferences, push, brands, create, inbox-legacy';
  const help = ['courier-jwt', 'issue', '--help'];
  const create = ['--for', 'create'];

  const rows: { argv: string[]; code: string; message: string; fix: string[] }[] = [
    { argv: ['-u', 'alice user_id:bob tenants:read'], ...user('alice user_id:bob tenants:read', whiteSpace) },
    { argv: ['-u', 'alice\tuser_id:bob'], ...user('alice\\tuser_id:bob', whiteSpace) },
    { argv: ['-u', 'alice\nuser_id:bob'], ...user('alice\\nuser_id:bob', whiteSpace) },
    { argv: ['-u', 'alice\u00a0x'], ...user('alice\u00a0x', whiteSpace) },
    { argv: ['-u', 'alice\u2028x'], ...user('alice\\u{2028}x', whiteSpace) },
    { argv: ['-u', 'alice\u0085x'], ...user('alice\\u{85}x', whiteSpace) },
    { argv: ['-u', 'alice\u0007'], ...user('alice\\u{7}', 'it has characters in it that nobody sees') },
    { argv: ['-u', 'alice\u009b31m'], ...user('alice\\u{9b}31m', 'it has characters in it that nobody sees') },
    { argv: ['--user='], ...user('', 'it is empty') },
    ...[
      '$YOUR_USER_ID',
      '${USER_ID}',
      '$(whoami)',
      '{{userId}}',
      '{userId}',
      '#{user.id}',
      '<user-id>',
      '%USER_ID%',
      'undefined',
      'null',
      'NaN',
      'None',
      '[object Object]',
      'YOUR_USER_ID',
    ].map((id) => ({ argv: ['-u', id], ...user(id, placeholder) })),
    { argv: [], code: 'usage.missing', message: 'issue needs --user <id>, or --users <file> for many.', fix: help },
    {
      argv: ['-u', 'alice', '-u', 'bob'],
      code: 'usage.repeated',
      message: '--user is given twice, and takes one value: one user a token, and for many --users names a file.',
      fix: help,
    },
    {
      argv: ['alice'],
      code: 'usage.excess',
      message: 'issue takes no such word. Did you mean:',
      fix: ['courier-jwt', 'issue', '--user', 'alice'],
    },
    { argv: ['-u', 'alice', '--scope', 'user_id:bob'], ...namedUser('user_id:bob') },
    { argv: ['-u', 'alice', '--scope', 'read:brands user_id:bob'], ...namedUser('user_id:bob') },
    { argv: ['-u', 'alice', '--scope', 'read:brands,USER_ID:bob'], ...namedUser('USER_ID:bob') },
    { argv: ['-u', 'alice', '--scope', 'read:brands\nuser_id:bob'], ...noScope('read:brands\\nuser_id:bob') },
    { argv: ['-u', 'alice', '--scope', 'read:brands\u00a0x'], ...noScope('read:brands\u00a0x') },
    { argv: ['-u', 'alice', '--scope', '$SCOPES'], ...noScope('$SCOPES') },
    {
      argv: ['-u', 'alice', '--scope', ''],
      code: 'usage.value',
      message: '--scope "": it is empty.',
      fix: help,
    },
    {
      argv: ['-u', 'alice', '--for', 'ibox'],
      code: 'usage.value',
      message: `--for ibox: there is no such surface: ${surfaces}. Did you mean inbox?`,
      fix: ['courier-jwt', 'issue', '-u', 'alice', '--for', 'inbox'],
    },
    {
      argv: ['-u', 'alice', '--for', 'inbox,nowhere'],
      code: 'usage.value',
      message: `--for nowhere: there is no such surface: ${surfaces}.`,
      fix: ['courier-jwt', 'scopes'],
    },
    {
      argv: ['-u', 'alice', '--for', ' , '],
      code: 'usage.value',
      message: '--for  , : it is empty.',
      fix: ['courier-jwt', 'scopes'],
    },
    { argv: ['-u', 'alice', ...create, '--tenant', 'a b'], ...tenant('a b', whiteSpace) },
    { argv: ['-u', 'alice', ...create, '--tenant', 'a:read tenant:b'], ...tenant('a:read tenant:b', whiteSpace) },
    { argv: ['-u', 'alice', ...create, '--tenant', 'a:b'], ...tenant('a:b', 'a colon in it would make another scope') },
    { argv: ['-u', 'alice', ...create, '--tenant='], ...tenant('', 'it is empty') },
    { argv: ['-u', 'alice', ...create, '--tenant', '$TENANT'], ...tenant('$TENANT', placeholder) },
    {
      argv: ['-u', 'alice', '--tenant', 'acme'],
      code: 'tenant.unused',
      message: "--tenant acme changes only Courier Create's scopes, and none of them is asked for: add --for create.",
      fix: ['courier-jwt', 'issue', '-u', 'alice', '--tenant', 'acme', '--for', 'create'],
    },
    ...['3600', '0', '1.5', '-3600'].map((value) => ({
      argv: ['-u', 'alice', `--expires-in=${value}`],
      ...duration(value, 'it has no unit: write 30s or 1h (to Courier a bare number is milliseconds)'),
    })),
    ...['0s', '-1d', '-2 hours'].map((value) => ({
      argv: ['-u', 'alice', `--expires-in=${value}`],
      ...duration(value, 'it is not more than nothing'),
    })),
    ...['', 'soon', 'd', '1 fortnight', '1h30m', 'Infinity', 'NaN'].map((value) => ({
      argv: ['-u', 'alice', `--expires-in=${value}`],
      ...duration(value, 'a duration is a number and a unit: 30m, 12h, 1d, "2 hours"'),
    })),
    {
      argv: ['-u', 'alice', '--expires-in', '1M'],
      ...duration('1M', 'M means minutes to Courier, not months: write 1m or 30d'),
    },
    { argv: ['-u', 'alice', '--expires-in', '500ms'], ...duration('500ms', 'it is under a second') },
    { argv: ['-u', 'alice', '--expires-in', '999999999y'], ...duration('999999999y', 'no date is that far away') },
    {
      argv: ['-u', 'alice', '--output', 'xml'],
      code: 'usage.value',
      message: '--output xml: it takes token or env.',
      fix: help,
    },
    {
      argv: ['-u', 'alice', '--region', 'asia'],
      code: 'usage.value',
      message: '--region asia: it takes us or eu.',
      fix: help,
    },
    {
      argv: ['-u', 'alice', '--timeout', '10'],
      code: 'duration.invalid',
      message: '--timeout 10: it has no unit: write 30s or 1h (to Courier a bare number is milliseconds).',
      fix: help,
    },
  ];

  it.each(rows)('issue $argv', async ({ argv, code, message, fix }) => {
    const ran = await issue([...argv, '--json']);
    expect([ran.code, ran.stderr, documentOf(ran)]).toEqual([2, '', { error: { code, message, fix } }]);
    const asText = await issue(argv);
    expect(asText.stderr.startsWith(`error: ${message}\n  try: `)).toBe(true);
    expect([asText.code, asText.stdout, courier.requests]).toEqual([2, '', []]);
  });

  it('--json and --output do not go together', async () => {
    const ran = await issue(['-u', 'alice', '--json', '--output', 'token']);
    expect(ran.code).toBe(2);
    expect(documentOf<ErrorDocument>(ran).error.message).toBe('--json and --output do not go together.');
    expect(courier.requests).toEqual([]);
  });
});

describe('what is warned of, and sent all the same', () => {
  it('an unknown scope, with what was probably meant', async () => {
    const ran = await issue(['-u', 'alice', '--scope', 'inbox:read:mesages,inbox:read:write']);
    expect(ran).toEqual({
      code: 0,
      signal: null,
      stdout: expect.stringMatching(bareToken),
      stderr:
        'warning: inbox:read:mesages is no scope that Courier documents. Did you mean inbox:read:messages?\n' +
        'warning: inbox:read:write is no scope that Courier documents; it may grant nothing.\n' +
        summary('alice', 3),
    });
    expect(JSON.parse(courier.requests[0]!.body)).toMatchObject({
      scope: 'user_id:alice inbox:read:mesages inbox:read:write',
    });
  });

  it('a life of more than 30 days', async () => {
    const ran = await issue(['-u', 'alice', '--expires-in', '31d']);
    expect([ran.code, ran.stderr]).toEqual([
      0,
      'warning: lives for more than 30 days (31 days). Tokens cannot be revoked: mint a shorter one, 1d for a usual session.\n' +
        summary('alice', 6, 'expires in 31 days'),
    ]);
  });

  it('a key with a prefix that is not known', async () => {
    const ran = await issue(['-u', 'alice', '--json'], { variables: { COURIER_API_KEY: 'Xq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1' } });
    expect(ran.code).toBe(0);
    expect(documentOf(ran).warnings).toEqual([
      { code: 'key.unknown-prefix', status: 'warn', subject: 'the key from COURIER_API_KEY', facts: {} },
    ]);
  });
});

describe('what was granted', () => {
  const never =
    'never expires: it was minted without expires_in. Tokens cannot be revoked: mint a shorter one, 1d for a usual session.';
  it.each([
    {
      name: 'a scope less',
      change: { scope: 'user_id:alice' },
      exit: 1,
      warnings: [{ code: 'grant.scope-missing', status: 'fail', subject: 'read:brands', facts: {} }],
      says: "read:brands was asked for and not granted: the Inbox and the preference center show without the brand's colours and logo.",
      scopes: 1,
    },
    {
      name: 'no scope claim at all',
      change: { scope: undefined },
      exit: 1,
      warnings: [
        { code: 'grant.scope-missing', status: 'fail', subject: 'read:brands', facts: {} },
        { code: 'grant.user', status: 'fail', subject: 'alice', facts: { users: [] } },
      ],
      says: 'the token is for nobody, and was asked for alice.',
      scopes: 0,
    },
    {
      name: 'a scope more',
      change: { scope: 'user_id:alice read:brands write:brands' },
      exit: 0,
      warnings: [{ code: 'grant.scope-extra', status: 'warn', subject: 'write:brands', facts: {} }],
      says: 'write:brands was granted and not asked for.',
      scopes: 3,
    },
    {
      name: 'another user',
      change: { scope: 'user_id:bob read:brands' },
      exit: 1,
      warnings: [{ code: 'grant.user', status: 'fail', subject: 'alice', facts: { users: ['bob'] } }],
      says: 'the token is for bob, and was asked for alice.',
      scopes: 2,
    },
    {
      name: 'another user besides',
      change: { scope: 'user_id:alice user_id:bob read:brands' },
      exit: 1,
      warnings: [{ code: 'grant.user', status: 'fail', subject: 'alice', facts: { users: ['alice', 'bob'] } }],
      says: 'the token is for alice, bob, and was asked for alice.',
      scopes: 3,
    },
    {
      name: 'no end',
      change: { exp: undefined },
      exit: 0,
      warnings: [{ code: 'expiry.never', status: 'warn', facts: {} }],
      says: never,
      scopes: 2,
    },
  ])('$name', async ({ change, exit, warnings, says, scopes }) => {
    courier.claims((claims) => ({ ...claims, ...change }));
    const ran = await issue(['-u', 'alice', '--for', 'brands', '--json']);
    const document = documentOf<{ token: string; warnings: unknown; granted: string[] }>(ran);
    expect([ran.code, document.warnings, document.granted.length]).toEqual([exit, warnings, scopes]);
    expect(ran.stderr).toContain(`warning: ${says}\n`);
    const asText = await issue(['-u', 'alice', '--for', 'brands', '-q']);
    // Less than asked is exit 1, and the token is printed.
    expect([asText.code, asText.stderr]).toEqual([exit, '']);
    expect(asText.stdout).toMatch(bareToken);
  });

  it.each([
    { lifetime: 3600, exit: 1, warnings: ['grant.lifetime-short'] },
    { lifetime: 86_397, exit: 1, warnings: ['grant.lifetime-short'] },
    { lifetime: 86_399, exit: 0, warnings: [] },
    { lifetime: 86_401, exit: 0, warnings: [] },
    { lifetime: 90_000, exit: 0, warnings: ['grant.lifetime-long'] },
  ])('a life of $lifetime seconds where a day was asked', async ({ lifetime, exit, warnings }) => {
    courier.claims((claims) => ({ ...claims, exp: (claims.iat as number) + lifetime }));
    const ran = await issue(['-u', 'alice', '--json']);
    const codes = documentOf<{ warnings: { code: string }[] }>(ran).warnings.map(({ code }) => code);
    expect([ran.code, codes]).toEqual([exit, warnings]);
  });

  it('a whole covers its part', async () => {
    courier.claims((claims) => ({ ...claims, scope: 'user_id:alice read:brands' }));
    const ran = await issue(['-u', 'alice', '--scope', 'read:brands:b1', '-q']);
    expect(ran.code).toBe(0);
  });

  it('and not the other way round', async () => {
    courier.claims((claims) => ({ ...claims, scope: 'user_id:alice read:brands:b1' }));
    const ran = await issue(['-u', 'alice', '--scope', 'read:brands', '-q']);
    expect(ran.code).toBe(1);
  });
});

describe('production', () => {
  const refusal = (environment: string, how: string, argv: string[]) => ({
    error: {
      code: 'production.unconfirmed',
      message: `${environment} mints production tokens (${how}), and a token opens a real user's inbox until it expires. If that is what you want, add --allow-production.`,
      fix: ['courier-jwt', 'issue', ...argv.filter((word) => word !== '--json'), '--allow-production'],
    },
  });
  const production = { COURIER_API_KEY: 'pk_prod_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1Yf5Gs0' };
  const draft = { COURIER_API_KEY: 'dk_prod_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1Yf5Gs0' };
  const newKey = { COURIER_API_KEY: 'token_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1Yf5Gs0' };

  it.each([
    { variables: production, argv: [] as string[] },
    { variables: draft, argv: [] },
    { variables: production, argv: ['--yes'] },
    { variables: production, argv: ['-y', '--no-input', '-q'] },
  ])('a key whose prefix says so: $variables $argv', async ({ variables, argv }) => {
    const words = ['-u', 'alice', ...argv, '--json'];
    const ran = await issue(words, { variables });
    expect([ran.code, documentOf(ran)]).toEqual([2, refusal('COURIER_API_KEY', 'its key says so', words)]);
    const asText = await issue(['-u', 'alice', ...argv], { variables });
    expect([asText.code, asText.stdout, courier.requests]).toEqual([2, '', []]);
  });

  it.each([
    { tenantScope: 'published/production', variables: newKey },
    { tenantScope: 'draft/production', variables: newKey },
    { tenantScope: 'published/production', variables: {} },
  ])('a key that does not say so, and mints $tenantScope: thrown away', async ({ tenantScope, variables }) => {
    let token = '';
    courier.claims((claims) => ({ ...claims, tenant_scope: tenantScope }));
    const words = ['-u', 'alice', '--json', '--yes'];
    const ran = await issue(words, { variables });
    expect([ran.code, ran.stderr, documentOf(ran)]).toEqual([
      2,
      '',
      refusal('COURIER_API_KEY', 'the token says so; it was thrown away unseen', words),
    ]);
    for (const argv of [[], ['--debug'], ['-q'], ['--output', 'env']]) {
      const asText = await issue(['-u', 'alice', ...argv], { variables });
      expect([asText.code, asText.stdout]).toEqual([2, '']);
      token += asText.stderr;
    }
    expect(token).not.toMatch(/eyJ|\.[\w-]{43}/);
    expect(courier.requests.length).toBe(5);
  });

  it.each([production, draft, newKey])('--allow-production mints: %o', async (variables) => {
    courier.claims((claims) => ({ ...claims, tenant_scope: 'published/production' }));
    const ran = await issue(['-u', 'alice', '--allow-production', '-q'], { variables });
    expect([ran.code, ran.stderr, courier.requests.length]).toEqual([0, '', 1]);
    expect(ran.stdout).toMatch(bareToken);
  });

  it('what env add recorded counts, before anything is sent', async () => {
    const home = configFolder();
    const variables = { ...keyed(courier, newKey.COURIER_API_KEY), COURIER_JWT_CONFIG_DIR: join(home, 'config') };
    courier.claims((claims) => ({ ...claims, tenant_scope: 'published/production' }));
    const added = await courierJwt(['env', 'add', 'live', '--from-env', '--storage', 'file'], { variables });
    expect([added.code, courier.requests.length]).toEqual([0, 1]);
    const kept = { COURIER_JWT_CONFIG_DIR: variables.COURIER_JWT_CONFIG_DIR };
    const words = ['-u', 'alice', '-e', 'live', '--json', '-y'];
    const ran = await courierJwt(['issue', ...words], { variables: kept });
    expect([ran.code, documentOf(ran)]).toEqual([2, refusal('live', 'as env add recorded', words)]);
    expect(courier.requests.length).toBe(1);
    const allowed = await courierJwt(['issue', '-u', 'alice', '-e', 'live', '--allow-production', '-q'], {
      variables: kept,
    });
    expect([allowed.code, courier.requests.length]).toEqual([0, 2]);
  });
});

describe('--dry-run', () => {
  it('prints curl, and sends nothing', async () => {
    const ran = await issue(['-u', 'alice', '--for', 'brands', '--dry-run']);
    expect([ran.code, ran.stderr]).toEqual([0, `nothing was sent; key: COURIER_API_KEY, ${courier.url}\n`]);
    expect(ran.stdout.replace(/courier-jwt\/\d+\.\d+\.\d+/, 'courier-jwt/VERSION')).toBe(
      [
        `curl -X POST ${courier.url}/auth/issue-token \\`,
        '  -H "Accept: application/json" \\',
        '  -H "Authorization: Bearer $COURIER_API_KEY" \\',
        '  -H "Content-Type: application/json" \\',
        '  -H "User-Agent: courier-jwt/VERSION" \\',
        `  -d '{"scope":"user_id:alice read:brands","expires_in":"1d"}'\n`,
      ].join('\n'),
    );
    expect(courier.requests).toEqual([]);
  });

  it.each([
    { argv: ['-u', 'alice'] },
    { argv: ['-u', 'alice', '--for', 'create', '--tenant', 'acme', '--expires-in', '2 hours'] },
    { argv: ['-u', "o'brien"] },
    { argv: ['--user=a"b`touch${IFS}INJECTED`$(touch${IFS}INJECTED)\\'] },
    { argv: ['--user=a::b##[c]:::d'] },
    { argv: ['--user=日本-ü'] },
    { argv: ['--user=@/etc/passwd'] },
    { argv: ['-u', 'alice', '--scope', "a'b:$(touch${IFS}INJECTED)"] },
  ])('pasted into bash it is the same request: $argv', async ({ argv }) => {
    const real = await issue([...argv, '-q']);
    expect([real.code, courier.requests.length]).toEqual([0, 1]);
    const printed = await issue([...argv, '--dry-run', '-q']);
    expect([printed.code, printed.stderr, courier.requests.length]).toEqual([0, '', 1]);
    expect(printed.stdout).not.toContain(apiKey);
    const cwd = configFolder();
    const pasted = await shell(printed.stdout, { cwd, variables: { COURIER_API_KEY: apiKey } });
    expect(pasted.code).toBe(0);
    expect(existsSync(join(cwd, 'INJECTED'))).toBe(false);
    const [own, curl] = courier.requests.map(({ method, path, body, headers }) => {
      const { accept, authorization, 'content-type': type, 'user-agent': agent, 'content-length': length } = headers;
      return {
        method,
        path,
        body: JSON.parse(body) as unknown,
        accept,
        authorization,
        type,
        agent,
        sized: length !== undefined,
      };
    });
    expect(curl).toEqual(own);
  });

  it('--json', async () => {
    const ran = await issue(['-u', 'alice', '--for', 'brands', '--dry-run', '--json']);
    expect([ran.code, ran.stderr, documentOf(ran)]).toEqual([
      0,
      `nothing was sent; key: COURIER_API_KEY, ${courier.url}\n`,
      {
        environment: { name: null, source: 'COURIER_API_KEY', baseUrl: courier.url },
        request: {
          method: 'POST',
          url: `${courier.url}/auth/issue-token`,
          headers: {
            Accept: 'application/json',
            Authorization: 'Bearer $COURIER_API_KEY',
            'Content-Type': 'application/json',
            'User-Agent': expect.stringMatching(/^courier-jwt\/\d+\.\d+\.\d+$/),
          },
          body: { scope: 'user_id:alice read:brands', expires_in: '1d' },
        },
      },
    ]);
    expect(courier.requests).toEqual([]);
  });

  it.each([
    { argv: [] as string[], url: 'https://api.courier.com' },
    { argv: ['--region', 'eu'], url: 'https://api.eu.courier.com' },
    { argv: ['--env', 'local'], url: 'https://api.courier.com' },
  ])('needs no key: $argv', async ({ argv, url }) => {
    const ran = await courierJwt(['issue', '-u', 'alice', '--dry-run', '-q', '--json', ...argv]);
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(documentOf<{ request: { url: string } }>(ran).request.url).toBe(`${url}/auth/issue-token`);
  });

  it.each([
    { argv: [] as string[], said: ['nothing was sent; key: there is none yet'], environment: null },
    {
      argv: ['--env', 'local', '--region', 'eu'],
      said: [
        'note: --region is not used: --env wins.',
        'nothing was sent; key: local (--env), the embedded Courier',
        'local sends nothing anyway: this is what Courier would be sent.',
      ],
      environment: { name: 'local', source: '--env', baseUrl: 'local:' },
    },
  ])('says whose key it would be: $argv', async ({ argv, said, environment }) => {
    const ran = await courierJwt(['issue', '-u', 'alice', '--dry-run', '--json', ...argv]);
    expect([ran.stderr.trim().split('\n'), documentOf<{ environment: unknown }>(ran).environment]).toEqual([
      said,
      environment,
    ]);
  });

  it.each(['token', 'env'])('has no output of a token: --output %s', async (output) => {
    const ran = await issue(['-u', 'alice', '--dry-run', '--output', output]);
    expect([ran.code, ran.stdout, ran.stderr.split('\n')[0]]).toEqual([
      2,
      '',
      'error: --dry-run and --output do not go together: no token is minted.',
    ]);
  });

  it('judges usage, and wants no yes for production', async () => {
    const variables = { COURIER_API_KEY: 'pk_prod_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1Yf5Gs0' };
    expect((await issue(['-u', 'a b', '--dry-run'], { variables })).code).toBe(2);
    const ran = await issue(['-u', 'alice', '--dry-run'], { variables });
    expect([ran.code, courier.requests]).toEqual([0, []]);
    expect(ran.stdout + ran.stderr).not.toContain('Zq7Rk2Vx9Lm4');
  });
});

describe('--env local', () => {
  it('mints with no key and no network', async () => {
    const ran = await courierJwt(['issue', '-u', 'alice', '--env', 'local']);
    expect(ran).toEqual({
      code: 0,
      signal: null,
      stdout: expect.stringMatching(bareToken),
      stderr:
        'warning: signed by the embedded Courier: Courier itself will refuse it; courier-jwt emulator takes it.\n' +
        'minted for alice: published/test, 6 scopes, expires in 1 day; key: local (--env), the embedded Courier\n',
    });
    const now = Date.now() / 1000;
    const claims = claimsOf(ran.stdout) as { iat: number; exp: number };
    expect(claims).toEqual({
      scope: `user_id:alice ${howTo}`,
      tenant_scope: 'published/test',
      tenant_id: expect.stringMatching(/^[0-9a-f-]{36}\/test$/),
      iat: expect.any(Number),
      exp: claims.iat + 86_400,
      jti: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    });
    expect(Math.abs(now - claims.iat)).toBeLessThan(20);
  });

  it('--json', async () => {
    const ran = await courierJwt(['issue', '-u', 'alice', '--env', 'local', '--for', 'brands', '--json', '-q']);
    expect([ran.code, ran.stderr, documentOf(ran)]).toEqual([
      0,
      '',
      {
        token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]{43}$/),
        user: 'alice',
        scopes: ['user_id:alice', 'read:brands'],
        granted: ['user_id:alice', 'read:brands'],
        expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        environment: { name: 'local', source: '--env', baseUrl: 'local:' },
        warnings: [{ code: 'signature.local', status: 'warn', facts: {} }],
      },
    ]);
  });

  it('sends nothing to COURIER_BASE_URL, and needs no yes', async () => {
    const variables = { COURIER_API_KEY: 'pk_prod_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1Yf5Gs0' };
    const ran = await issue(['-u', 'alice', '--env', 'local', '-q'], { variables });
    expect([ran.code, ran.stderr, courier.requests]).toEqual([0, '', []]);
    expect(claimsOf(ran.stdout).tenant_id).not.toContain(workspace);
  });
});
