import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localWorkspace, signLocally } from '../../src/token/local.js';
import { type CourierServer, at, drop, hang, json, sign, text, workspace } from '../support/courier-server.js';
import { withEmulator } from '../support/e2e-emulator.js';
import { withProxy } from '../support/e2e-network.js';
import { withRegions } from '../support/e2e-regions.js';
import { apiKey, documentOf, keyed, withCourier } from '../support/e2e-world.js';
import { type RunOptions, configFolder, courierJwt } from '../support/run.js';

interface Diagnosis {
  ok: boolean;
  cause: { code: string; fix: string[] } | null;
  findings: { code: string; status: string; subject?: string; facts: Record<string, unknown> }[];
}

type Claims = Record<string, unknown>;

const now = () => Math.floor(Date.now() / 1000);
const howTo = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';
const scopes = howTo.split(' ');

/** The claims of a sound token of the how-to's, changed; an undefined one is left out. */
function claimsOf(changes: Claims = {}): Claims {
  return {
    scope: `user_id:alice ${howTo}`,
    tenant_scope: 'published/test',
    tenant_id: `${workspace}/test`,
    iat: now(),
    exp: now() + 86_400,
    ...changes,
  };
}

const scopeOf = (user: string, list = howTo) => ({ scope: `user_id:${user} ${list}` });
const without = (scope: string) => scopeOf('alice', scopes.filter((one) => one !== scope).join(' '));

/** A token as `courier-jwt emulator` signs it. */
function localToken(changes: Claims = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claimsOf({ tenant_id: localWorkspace.tenantId, ...changes }))}`;
  return `${input}.${signLocally(input)}`;
}

async function diagnose(token: string, argv: string[], options: RunOptions = {}) {
  const ran = await courierJwt(['doctor', '--json', ...argv], { stdin: token, ...options });
  const { cause, findings } = documentOf<Diagnosis>(ran);
  const found = findings.find(({ code }) => code === cause?.code);
  return { exit: ran.code, cause: cause?.code ?? null, fix: cause?.fix, found, findings, ran };
}

interface Row {
  name: string;
  token: string | (() => string);
  argv?: string[];
  variables?: Record<string, string>;
  /** How the server misbehaves; the emulator's control requests. */
  server?: (courier: CourierServer) => void;
  cause: string | null;
  subject?: string;
  exit: number;
  /** Of the cause. */
  fix?: string[];
  /** A fact of the cause. */
  reason?: string;
}

const issue = (user: string, ...more: string[]) => ['courier-jwt', 'issue', '--user', user, ...more];
const tokenOf = ({ token }: Row) => (typeof token === 'string' ? token : token());

const dated = (seconds: number) => (courier: CourierServer) =>
  courier.misbehave((_, response) => {
    response.setHeader('date', new Date(Date.now() + seconds * 1000).toUTCString());
    return false;
  });
const misbehaving = (path: RegExp, how: Parameters<typeof at>[1]) => (courier: CourierServer) =>
  courier.misbehave(at(path, how));
const anyRead = /^(?!\/auth)/;
const unauthorized = json(401, { message: 'Unauthorized', type: 'authentication_error' });
const forbidden = json(403, { message: 'Forbidden', type: 'authorization_error' });
const noMessages = misbehaving(/\/q$/, json(200, { data: { count: 0 } }));

describe.concurrent('doctor names the fault first, of a server that misbehaves', () => {
  const rows: Row[] = [
    {
      name: 'expired',
      token: () => sign(claimsOf({ iat: now() - 7200, exp: now() - 3600 })),
      cause: 'expiry.expired',
      exit: 1,
      fix: issue('alice'),
    },
    {
      name: 'expired, and refused for it',
      token: () => sign(claimsOf({ iat: now() - 7200, exp: now() - 3600 })),
      server: misbehaving(anyRead, unauthorized),
      cause: 'expiry.expired',
      exit: 1,
    },
    {
      name: 'expired by the clock here only',
      token: () => sign(claimsOf({ iat: now() - 7200, exp: now() - 3600 })),
      server: dated(-5400),
      cause: 'clock.off',
      exit: 0,
      fix: [],
    },
    {
      name: "expired by Courier's clock only",
      token: () => sign(claimsOf({ exp: now() + 3600 })),
      server: dated(5400),
      cause: 'expiry.expired',
      exit: 1,
    },
    {
      name: 'not valid yet',
      token: () => sign(claimsOf({ iat: now() + 3600, exp: now() + 7200 })),
      cause: 'clock.not-yet-valid',
      exit: 1,
    },
    {
      name: 'not valid yet by the clock here only',
      token: () => sign(claimsOf({ iat: now() + 3600, exp: now() + 7200 })),
      server: dated(3600),
      cause: 'clock.off',
      exit: 0,
    },
    {
      name: 'no exp',
      token: () => sign(claimsOf({ exp: undefined })),
      cause: 'expiry.never',
      exit: 0,
      fix: issue('alice'),
    },
    { name: 'exp that is a text', token: () => sign(claimsOf({ exp: 'soon' })), cause: 'claim.type', exit: 1 },
    ...scopes.map((scope): Row => ({
      name: `without ${scope}`,
      token: () => sign(claimsOf(without(scope))),
      cause: 'scope.missing',
      subject: scope,
      exit: 1,
      fix: issue('alice'),
    })),
    {
      name: 'without what push needs',
      token: () => sign(claimsOf()),
      argv: ['--for', 'push'],
      cause: 'scope.missing',
      subject: 'write:user-tokens',
      exit: 1,
      fix: issue('alice', '--for', 'push'),
    },
    {
      name: 'a missing scope that Courier answers with 200 and nothing',
      token: () => sign(claimsOf(without('inbox:read:messages'))),
      server: noMessages,
      cause: 'scope.missing',
      subject: 'inbox:read:messages',
      exit: 1,
    },
    {
      name: 'a misspelt scope',
      token: () => sign(claimsOf(scopeOf('alice', howTo.replace('read:messages', 'read:message')))),
      cause: 'scope.missing',
      exit: 1,
    },
    ...['$YOUR_USER_ID', '{{userId}}', 'undefined', 'null', '%USER%'].map((user): Row => ({
      name: `a placeholder for the user: ${user}`,
      token: () => sign(claimsOf(scopeOf(user))),
      cause: 'user.placeholder',
      subject: user,
      exit: 1,
    })),
    {
      name: 'a placeholder for a brand',
      token: () => sign(claimsOf(scopeOf('alice', howTo.replace('read:brands', 'read:brands:{{brandId}}')))),
      cause: 'scope.missing',
      exit: 1,
    },
    {
      name: 'a user that is none',
      token: () => sign(claimsOf({ scope: howTo })),
      cause: 'user.missing',
      exit: 1,
      fix: issue('USER_ID'),
    },
    {
      name: "another user than signIn's",
      token: () => sign(claimsOf()),
      argv: ['-u', 'bob'],
      cause: 'user.mismatch',
      subject: 'alice',
      exit: 1,
      fix: issue('bob'),
    },
    {
      name: 'two users',
      token: () => sign(claimsOf(scopeOf('alice', `user_id:bob ${howTo}`))),
      cause: 'user.several',
      exit: 0,
    },
    {
      name: 'two users, one of whom is meant',
      token: () => sign(claimsOf(scopeOf('alice', `user_id:bob ${howTo}`))),
      argv: ['-u', 'alice'],
      cause: 'user.mismatch',
      subject: 'bob',
      exit: 1,
    },
    {
      name: 'a test token, where the key is production',
      token: () => sign(claimsOf()),
      variables: { COURIER_API_KEY: 'pk_prod_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1' },
      cause: 'tenant-scope.mismatch',
      subject: 'published/test',
      exit: 1,
    },
    {
      name: 'a production token, where the key is test',
      token: () => sign(claimsOf({ tenant_id: workspace, tenant_scope: 'published/production' })),
      cause: 'tenant-scope.mismatch',
      subject: 'published/production',
      exit: 1,
      fix: issue('alice'),
    },
    {
      name: 'the key is of another workspace',
      token: () => sign(claimsOf()),
      server: ({ claims }) => claims((own) => ({ ...own, tenant_id: 'ffffffff-0000-4000-8000-000000000000/test' })),
      cause: 'workspace.mismatch',
      subject: 'COURIER_API_KEY',
      exit: 1,
    },
    { name: 'an API key', token: apiKey, cause: 'token.api-key', exit: 1, fix: issue('USER_ID') },
    { name: 'a client key', token: 'ck_test_Zq7Rk2Vx9Lm4Tn8Wb3Hc', cause: 'token.client-key', exit: 1 },
    {
      name: 'no token at all',
      token: 'Unauthorized',
      cause: 'token.none',
      exit: 1,
      fix: ['courier-jwt', 'doctor', '--help'],
    },
    {
      name: 'Bearer twice',
      token: () => `Authorization: Bearer Bearer ${sign(claimsOf())}`,
      cause: 'header.doubled-bearer',
      exit: 1,
      fix: [],
    },
    { name: 'cut in its payload', token: () => sign(claimsOf()).slice(0, 120), cause: 'token.cut-short', exit: 1 },
    { name: 'cut in its signature', token: () => sign(claimsOf()).slice(0, -9), cause: 'signature.cut-short', exit: 1 },
    { name: 'not signed', token: () => sign(claimsOf(), { alg: 'none' }), cause: 'signature.none', exit: 1 },
    {
      name: "another service's",
      token: () => sign({ sub: 'alice', iat: now(), exp: now() + 60 }),
      cause: 'claim.no-scope',
      exit: 1,
    },
    {
      name: '200, and nothing',
      token: () => sign(claimsOf()),
      server: noMessages,
      cause: 'access.empty',
      subject: 'inbox:read:messages',
      exit: 4,
      fix: ['courier-jwt', 'doctor', '-', '--user', 'USER_ID'],
    },
    {
      name: '200, and nothing, for the user of signIn',
      token: () => sign(claimsOf()),
      argv: ['-u', 'alice'],
      server: noMessages,
      cause: 'access.empty',
      exit: 4,
      fix: ['courier-jwt', 'check-scopes', '-', '--online', '--controls', '--user', 'alice'],
    },
    {
      name: 'a new token sees more',
      token: () => sign(claimsOf({ jti: 'given' })),
      server: (courier) =>
        courier.misbehave(
          at(/\/q$/, (request, response) => {
            const [, payload = ''] = (request.headers.authorization ?? '').split('.');
            const given = Buffer.from(payload, 'base64url').toString().includes('"given"');
            return given ? json(200, { data: { count: 0 } })(request, response) : false;
          }),
        ),
      cause: 'fresh.sees-more',
      exit: 1,
      fix: issue('alice'),
    },
    {
      name: 'refused, though nothing is wrong with its claims',
      token: () => sign(claimsOf({ jti: 'given' })),
      server: (courier) => {
        courier.misbehave((request, response) => {
          const [, payload = ''] = (request.headers.authorization ?? '').split('.');
          const given = Buffer.from(payload, 'base64url').toString().includes('"given"');
          return given ? unauthorized(request, response) : false;
        });
      },
      cause: 'fresh.sees-more',
      subject: 'inbox:read:messages',
      exit: 1,
      fix: issue('alice'),
    },
    {
      name: 'refused within a 200 by GraphQL',
      token: () => sign(claimsOf()),
      server: misbehaving(
        /\/q$/,
        json(200, { data: null, errors: [{ message: 'Not Authorized to access count on type Query' }] }),
      ),
      cause: 'fresh.refused',
      exit: 1,
    },
    {
      name: 'every token is refused, a new one too',
      token: () => sign(claimsOf()),
      server: misbehaving(anyRead, forbidden),
      cause: 'fresh.refused',
      subject: 'inbox:read:messages',
      exit: 1,
      fix: ['courier-jwt', 'env', 'check'],
    },
    {
      name: 'the key is revoked',
      token: () => sign(claimsOf()),
      server: misbehaving(/auth/, unauthorized),
      cause: 'key.refused',
      exit: 3,
      fix: ['unset', 'COURIER_API_KEY'],
    },
    {
      name: 'the key may not mint',
      token: () => sign(claimsOf()),
      server: misbehaving(/auth/, forbidden),
      cause: 'key.refused',
      exit: 3,
    },
    {
      name: 'the key is none',
      token: () => sign(claimsOf()),
      variables: { COURIER_API_KEY: 'ck_1234567890' },
      cause: 'key.malformed',
      exit: 3,
    },
    {
      name: 'the key grants less',
      token: () => sign(claimsOf()),
      server: ({ claims }) => claims((own) => ({ ...own, scope: String(own.scope).replace(' read:brands', '') })),
      cause: 'grant.scope-missing',
      exit: 1,
    },
    {
      name: 'Courier answers 500',
      token: () => sign(claimsOf()),
      server: misbehaving(/./, text(500, '<html>')),
      cause: 'courier.unavailable',
      exit: 4,
    },
    {
      name: 'Courier hangs',
      token: () => sign(claimsOf()),
      argv: ['--timeout', '300ms'],
      server: misbehaving(/./, hang),
      cause: 'courier.timeout',
      exit: 4,
    },
    {
      name: 'Courier drops the connection',
      token: () => sign(claimsOf()),
      server: misbehaving(/./, drop),
      cause: 'courier.unreachable',
      exit: 4,
      reason: 'dropped',
    },
    {
      name: 'Courier asks to slow down',
      token: () => sign(claimsOf()),
      server: misbehaving(/./, json(429, {}, { 'retry-after': '60' })),
      cause: 'courier.rate-limited',
      exit: 4,
    },
    {
      name: 'Courier redirects',
      token: () => sign(claimsOf()),
      server: misbehaving(/./, text(302, '', { location: 'https://example.com' })),
      cause: 'courier.redirect',
      exit: 4,
    },
    {
      name: 'it is no Courier',
      token: () => sign(claimsOf()),
      server: misbehaving(/./, text(200, '<html>')),
      cause: 'courier.nonsense',
      exit: 4,
    },
    {
      name: 'it is another API',
      token: () => sign(claimsOf()),
      server: misbehaving(/./, json(200, { hello: 'there' })),
      cause: 'courier.nonsense',
      exit: 4,
    },
    {
      name: 'there is no such path',
      token: () => sign(claimsOf()),
      server: misbehaving(anyRead, text(404, 'nothing here')),
      cause: 'courier.status',
      exit: 4,
    },
    {
      name: 'the socket alone is refused',
      token: () => sign(claimsOf()),
      server: ({ socket }) => socket(() => 401),
      cause: 'fresh.refused',
      subject: 'socket',
      exit: 1,
    },
    {
      name: 'the socket alone fails',
      token: () => sign(claimsOf()),
      server: ({ socket }) => socket(() => 502),
      cause: 'courier.unavailable',
      exit: 4,
    },
    {
      name: 'its host has no address',
      token: () => sign(claimsOf()),
      variables: { COURIER_BASE_URL: 'https://courier.invalid' },
      cause: 'courier.unreachable',
      exit: 4,
      reason: 'dns',
    },
    {
      name: 'nothing listens there',
      token: () => sign(claimsOf()),
      variables: { COURIER_BASE_URL: 'http://127.0.0.1:9' },
      cause: 'courier.unreachable',
      exit: 4,
      reason: 'refused',
    },
    {
      name: 'no such environment',
      token: () => sign(claimsOf()),
      argv: ['-e', 'staging'],
      cause: 'environment.unknown',
      exit: 3,
    },
  ];
  it.each(rows)('$name', async (row) =>
    withCourier(async (courier) => {
      row.server?.(courier);
      const variables = { ...keyed(courier), ...row.variables };
      const { exit, cause, fix, found, ran } = await diagnose(tokenOf(row), row.argv ?? [], { variables });
      const { subject, reason } = row;
      expect({
        exit,
        cause,
        ...(subject !== undefined && { subject: found?.subject }),
        ...(reason !== undefined && { reason: found?.facts.reason }),
        ...(row.fix && { fix }),
      }).toEqual({
        exit: row.exit,
        cause: row.cause,
        ...(subject !== undefined && { subject }),
        ...(reason !== undefined && { reason }),
        ...(row.fix && { fix: row.fix }),
      });
      expect(ran.stderr.replace(/^.*: trying again in .*\n/gm, '')).toBe('');
      const [, , signature = 'none'] = tokenOf(row).split('.');
      expect(ran.stdout).not.toContain(apiKey.slice(8));
      if (signature.length > 20) expect(ran.stdout).not.toContain(signature.slice(0, 20));
    }),
  );
});

describe.concurrent('doctor at the emulator', () => {
  const rows: (Row & { emulator?: string[]; control?: [path: string, body: object] })[] = [
    { name: 'sound', token: () => localToken(), cause: null, exit: 0 },
    { name: 'expired', token: () => localToken({ exp: now() - 60 }), cause: 'expiry.expired', exit: 1 },
    {
      name: "another user than signIn's",
      token: () => localToken(),
      argv: ['-u', 'bob'],
      cause: 'user.mismatch',
      exit: 1,
    },
    {
      name: 'signed by somebody else',
      token: () => `${localToken().slice(0, -43)}${'A'.repeat(43)}`,
      cause: 'fresh.sees-more',
      exit: 1,
    },
    ...scopes.map((scope): Row => ({
      name: `without ${scope}`,
      token: () => localToken(without(scope)),
      cause: 'scope.missing',
      subject: scope,
      exit: 1,
    })),
    {
      name: 'a missing scope that is answered with 200 and nothing',
      token: () => localToken(without('inbox:read:messages')),
      control: ['settings', { missingScope: 'empty' }],
      cause: 'scope.missing',
      exit: 1,
    },
    { name: 'a user whose inbox is empty', token: () => localToken(scopeOf('nobody')), cause: 'access.empty', exit: 4 },
    {
      name: 'the key is another one',
      emulator: ['--api-key-file', 'key'],
      token: () => localToken(),
      cause: 'key.refused',
      exit: 3,
    },
    {
      name: 'a production key',
      variables: { COURIER_API_KEY: 'pk_prod_Zq7Rk2Vx9Lm4Tn8Wb' },
      token: () => localToken(),
      cause: 'tenant-scope.mismatch',
      exit: 1,
    },
    {
      name: 'in trouble',
      control: ['fail', { status: 503 }],
      token: () => localToken(),
      cause: 'courier.unavailable',
      exit: 4,
    },
    {
      name: 'it hangs',
      control: ['fail', { how: 'hang' }],
      argv: ['--timeout', '300ms'],
      token: () => localToken(),
      cause: 'courier.timeout',
      exit: 4,
    },
  ];
  it.each(rows)('$name', async (row) => {
    const folder = configFolder();
    writeFileSync(join(folder, 'key'), 'pk_test_another_one_12345');
    const emulator = (row.emulator ?? []).map((word) => (word === 'key' ? join(folder, 'key') : word));
    await withEmulator(emulator, async ({ url, control }) => {
      if (row.control) await control('POST', ...row.control);
      const variables = { COURIER_BASE_URL: url, COURIER_API_KEY: 'token_emulated', ...row.variables };
      const { exit, cause, found } = await diagnose(tokenOf(row), row.argv ?? [], { variables });
      expect([exit, cause, row.subject && found?.subject]).toEqual([row.exit, row.cause, row.subject]);
    });
  });
});

describe.concurrent("doctor at Courier's own hosts", () => {
  const onlyIn = (region: 'us' | 'eu') => (courier: CourierServer) => {
    const isThere = (host = '') => host.includes('.eu.') === (region === 'eu');
    courier.socket((host) => (isThere(host) ? 101 : 401));
    courier.misbehave((request, response) => {
      const isRead = request.path !== '/auth/issue-token';
      return isRead && !isThere(request.headers.host) ? unauthorized(request, response) : false;
    });
  };
  const rows: Row[] = [
    {
      name: 'an EU token, where the US is configured',
      server: onlyIn('eu'),
      token: () => sign(claimsOf()),
      cause: 'region.mismatch',
      subject: 'eu',
      exit: 1,
    },
    {
      name: 'a US token, where the EU is configured',
      server: onlyIn('us'),
      argv: ['--region', 'eu'],
      token: () => sign(claimsOf()),
      cause: 'region.mismatch',
      subject: 'us',
      exit: 1,
    },
    {
      name: 'refused by both',
      server: misbehaving(anyRead, unauthorized),
      token: () => sign(claimsOf()),
      cause: 'fresh.refused',
      exit: 1,
    },
    { name: 'of the US', token: () => sign(claimsOf()), cause: null, exit: 0 },
    { name: 'of the EU', argv: ['--region', 'eu'], token: () => sign(claimsOf()), cause: null, exit: 0 },
    {
      name: 'of the embedded Courier',
      server: misbehaving(anyRead, unauthorized),
      token: () => localToken(),
      cause: 'signature.local',
      exit: 1,
    },
    {
      name: 'a proxy that is not there',
      variables: { HTTPS_PROXY: 'http://127.0.0.1:9' },
      token: () => sign(claimsOf()),
      cause: 'courier.unreachable',
      reason: 'proxy',
      exit: 4,
    },
    {
      name: 'a certificate that is not trusted',
      variables: { NODE_EXTRA_CA_CERTS: '' },
      token: () => sign(claimsOf()),
      cause: 'courier.unreachable',
      reason: 'certificate',
      exit: 4,
    },
  ];
  it.each(rows)('$name', async (row) =>
    withRegions(async (courier, variables) => {
      row.server?.(courier);
      const { exit, cause, found } = await diagnose(tokenOf(row), row.argv ?? [], {
        variables: { ...variables, ...row.variables },
      });
      expect([exit, cause, row.subject && found?.subject, row.reason && found?.facts.reason]).toEqual([
        row.exit,
        row.cause,
        row.subject,
        row.reason,
      ]);
    }),
  );

  it("a socket that answers 403 keeps nobody from the other region, nor does a gateway's", async () =>
    withRegions(async (courier, variables) => {
      onlyIn('eu')(courier);
      courier.socket((host) => (host.includes('.eu.') ? 101 : 403));
      const { exit, cause } = await diagnose(sign(claimsOf()), [], { variables });
      expect([exit, cause]).toEqual([1, 'region.mismatch']);
    }));

  it('COURIER_BASE_URL that is a region is no region to be left', async () =>
    withRegions(async (courier, { COURIER_API_KEY: _, ...variables }) => {
      courier.misbehave(at(anyRead, unauthorized));
      courier.socket(() => 401);
      const own = { ...variables, COURIER_BASE_URL: 'https://api.eu.courier.com' };
      await courierJwt(['check-scopes', '--online'], { stdin: sign(claimsOf()), variables: own });
      expect([...new Set(courier.requests.map(({ headers }) => headers.host ?? ''))].toSorted()).toEqual([
        'api.eu.courier.com',
        'inbox.eu.courier.io',
      ]);
    }));

  it('a proxy that refuses', async () =>
    withProxy('407 Proxy Authentication Required', async ({ url }) => {
      const variables = { HTTPS_PROXY: url.replace('//', '//me:Pr0xyPassw0rd@'), COURIER_API_KEY: apiKey };
      const { exit, cause, found, findings, ran } = await diagnose(sign(claimsOf()), [], { variables });
      expect([exit, cause, found?.facts.reason]).toEqual([4, 'courier.unreachable', 'proxy']);
      expect(findings).toContainEqual({
        code: 'config.proxy',
        status: 'pass',
        subject: new URL(url).host,
        facts: { host: 'api.courier.com' },
      });
      expect(ran.stdout + ran.stderr).not.toContain('Pr0xyPassw0rd');
    }));

  it('without a region or a key, a token of the other region is found there', async () =>
    withRegions(async (courier, { COURIER_API_KEY: _, ...variables }) => {
      onlyIn('eu')(courier);
      const { exit, cause, findings } = await diagnose(sign(claimsOf()), [], { variables });
      expect([exit, cause]).toEqual([0, null]);
      expect(findings.filter(({ code }) => code === 'region.found')).toEqual([
        { code: 'region.found', status: 'pass', subject: 'eu', facts: { asked: 'us' } },
      ]);
    }));
});

describe.concurrent('doctor and what is around the token', () => {
  /** A config folder with an environment `test` of the workspace that the test server mints for. */
  async function kept(courier: CourierServer, changes: Record<string, unknown> = {}) {
    const folder = configFolder();
    const record = {
      version: 1,
      storage: 'file',
      key: apiKey,
      account: null,
      keyHint: 'pk_test_…',
      region: 'us',
      baseUrl: courier.url,
      tenantId: `${workspace}/test`,
      tenantScope: 'published/test',
      production: false,
      addedAt: '2026-01-01T00:00:00Z',
      ...changes,
    };
    mkdirSync(join(folder, 'environments'), { mode: 0o700 });
    writeFileSync(join(folder, 'environments/test.json'), JSON.stringify(record), { mode: 0o600 });
    return { folder, file: join(folder, 'environments/test.json'), variables: { COURIER_JWT_CONFIG_DIR: folder } };
  }
  const judged = ({ findings }: Pick<Diagnosis, 'findings'>, family: RegExp) =>
    findings.filter(({ code }) => family.test(code)).map(({ code, status, subject }) => [status, code, subject]);
  const sound = () => sign(claimsOf());

  it('an environment that is sound', async () =>
    withCourier(async (courier) => {
      const { variables, folder } = await kept(courier);
      const { exit, cause, findings } = await diagnose(sound(), ['-e', 'test', '-u', 'alice'], { variables });
      expect([exit, cause]).toEqual([0, null]);
      expect(findings).toContainEqual({ code: 'config.file', status: 'pass', subject: 'test', facts: { folder } });
      expect(judged({ findings }, /^(?:key|workspace|tenant-scope|user)\./)).toEqual([
        ['pass', 'user.match', 'alice'],
        ['pass', 'workspace.match', 'test'],
        ['pass', 'tenant-scope.match', 'published/test'],
        ['pass', 'key.accepted', 'test'],
      ]);
    }));

  it('its key is of another workspace than when it was added', async () =>
    withCourier(async (courier) => {
      const { variables } = await kept(courier, { tenantId: 'another/test' });
      const { exit, cause, fix } = await diagnose(sound(), ['-e', 'test'], { variables });
      expect([exit, cause, fix]).toEqual([1, 'workspace.changed', ['courier-jwt', 'env', 'add', 'test', '--replace']]);
    }));

  it('nothing is written to the store, where nothing was recorded', async () =>
    withCourier(async (courier) => {
      const { variables, file } = await kept(courier, { tenantId: null, tenantScope: null });
      const before = readFileSync(file, 'utf8');
      const { exit, cause } = await diagnose(sound(), [], { variables: { ...variables, COURIER_JWT_ENV: 'test' } });
      expect([exit, cause, readFileSync(file, 'utf8')]).toEqual([0, null, before]);
    }));

  it.each([
    { name: 'broken', break: (file: string) => writeFileSync(file, '{'), cause: 'environment.broken' },
    {
      name: 'unreadable',
      break: (file: string) => {
        rmSync(file);
        mkdirSync(file);
      },
      cause: 'environment.unreadable',
    },
  ])('its file is $name: Courier is not asked, for which one is not known', async (row) =>
    withCourier(async (courier) => {
      const { variables, file } = await kept(courier);
      row.break(file);
      const { exit, cause } = await diagnose(sound(), ['-e', 'test'], { variables });
      expect([exit, cause, courier.requests.length]).toEqual([3, row.cause, 0]);
    }),
  );

  it('the folder of all cannot be read, where the key is from a variable', async () =>
    withCourier(async (courier) => {
      const folder = configFolder();
      writeFileSync(join(folder, 'environments'), 'no folder');
      const variables = { ...keyed(courier), COURIER_JWT_CONFIG_DIR: folder };
      const { exit, cause } = await diagnose(sound(), [], { variables });
      expect([exit, cause]).toEqual([3, 'environment.unreadable']);
    }));

  it('others may read its file', async () =>
    withCourier(async (courier) => {
      const { variables, file, folder } = await kept(courier);
      chmodSync(file, 0o644);
      const { exit, cause, findings } = await diagnose(sound(), ['-e', 'test'], { variables });
      const exposed = findings.find(({ code }) => code === 'environment.exposed');
      expect([exit, cause, exposed]).toEqual([
        0,
        null,
        {
          code: 'environment.exposed',
          status: 'warn',
          subject: 'test',
          facts: {},
          fix: ['chmod', '-R', 'go-rwx', folder],
        },
      ]);
    }));

  it('an old .courier file, certificates that cannot be read, and verification that is switched off', async () =>
    withCourier(async (courier) => {
      const cwd = configFolder();
      writeFileSync(join(cwd, '.courier'), 'COURIER_AUTH_TOKEN=OLDKEYOLDKEYOLDKEYOLDKEY1');
      const extra = { NODE_EXTRA_CA_CERTS: join(cwd, 'gone.pem'), NODE_TLS_REJECT_UNAUTHORIZED: '0' };
      const { findings, cause, ran } = await diagnose(sound(), [], { cwd, variables: { ...keyed(courier), ...extra } });
      expect(judged({ findings }, /^(?:config|certificates|tls)\./)).toEqual([
        ['warn', 'tls.not-verified', undefined],
        ['warn', 'certificates.unreadable', extra.NODE_EXTRA_CA_CERTS],
        ['warn', 'config.old-file', '.courier'],
      ]);
      expect([cause, ran.code]).toEqual([null, 0]);
      expect(ran.stdout + ran.stderr).not.toContain('OLDKEY');
    }));

  it('a production key mints nothing but the probe, unless it may', async () =>
    withCourier(async (courier) => {
      const variables = keyed(courier, 'pk_prod_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1');
      const token = sign(claimsOf({ tenant_id: workspace, tenant_scope: 'published/production' }));
      const minted = () =>
        courier.requests
          .filter(({ path }) => path.startsWith('/auth'))
          .map(({ body }) => (JSON.parse(body) as Claims).expires_in);
      const first = await diagnose(token, [], { variables });
      expect([first.exit, first.cause, minted(), judged(first, /^fresh/)]).toEqual([
        0,
        null,
        ['5s'],
        [['skip', 'fresh.not-tried', 'COURIER_API_KEY']],
      ]);
      const second = await diagnose(token, ['--allow-production'], { variables });
      expect([second.exit, minted()]).toEqual([0, ['5s', '5s', '120s']]);
    }));

  it('a key that shows only in what it mints that it is production mints nothing but the probe', async () =>
    withCourier(async (courier) => {
      courier.claims((own) => ({ ...own, tenant_scope: 'published/production', tenant_id: workspace }));
      const variables = keyed(courier, 'token_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1');
      const token = sign(claimsOf({ tenant_id: workspace, tenant_scope: 'published/production' }));
      const { exit, findings } = await diagnose(token, [], { variables });
      const minted = courier.requests.filter(({ path }) => path.startsWith('/auth'));
      expect([exit, minted.length, judged({ findings }, /^fresh/)]).toEqual([
        0,
        1,
        [['skip', 'fresh.not-tried', 'COURIER_API_KEY']],
      ]);
    }));

  it('which Courier it is is not known: what the token claims is judged all the same', async () =>
    withCourier(async (courier) => {
      const expired = sign(claimsOf({ iat: now() - 7200, exp: now() - 3600 }));
      const { exit, cause, findings } = await diagnose(expired, ['-e', 'tset'], { variables: keyed(courier) });
      expect([exit, cause, courier.requests, judged({ findings }, /^environment/)]).toEqual([
        1,
        'expiry.expired',
        [],
        [['fail', 'environment.unknown', 'tset']],
      ]);
    }));

  it('fixes ask for all that was asked for', async () =>
    withCourier(async (courier) => {
      const { variables } = await kept(courier);
      noMessages(courier);
      const flags = ['-e', 'test', '--for', 'inbox', '-u', 'alice'];
      const path = join(configFolder(), 'token.txt');
      writeFileSync(path, sound());
      const inFile = await diagnose('', [...flags, '--token-file', path], { variables });
      expect(inFile.fix).toEqual(
        ['courier-jwt', 'check-scopes', '--token-file', path, '--online', '--controls', '--user', 'alice'].concat(
          '--for',
          'inbox',
          '--env',
          'test',
        ),
      );
      const key = await diagnose(apiKey, flags, { variables });
      expect(key.fix).toEqual(['courier-jwt', 'issue', '--user', 'alice', '--for', 'inbox', '--env', 'test']);
      const cut = await diagnose(sound().slice(0, 120), flags, { variables });
      expect(cut.fix).toEqual(['courier-jwt', 'doctor', '-', '--user', 'alice', '--for', 'inbox', '--env', 'test']);
      const misspelt = await diagnose(sound(), ['-e', 'tset'], { variables });
      expect(misspelt.fix).toEqual(['courier-jwt', 'doctor', '-', '--env', 'test']);
    }));

  it("a gateway's refusal says nothing of the signature", async () =>
    withCourier(async (courier) => {
      courier.misbehave(at(anyRead, text(403, '<html>blocked</html>')));
      const { findings } = await diagnose(sound(), [], { variables: { COURIER_BASE_URL: courier.url } });
      expect(judged({ findings }, /^signature/)).toEqual([['skip', 'signature.not-verified', undefined]]);
    }));

  it('what a new token gets no answer for is told', async () =>
    withCourier(async (courier) => {
      const fresh = (authorization = '') =>
        Buffer.from(authorization.split('.')[1] ?? '', 'base64url')
          .toString()
          .includes('"jti"');
      courier.misbehave((request, response) =>
        request.path !== '/auth/issue-token' && fresh(request.headers.authorization)
          ? text(500, '')(request, response)
          : false,
      );
      const { exit, cause, found } = await diagnose(sound(), [], { variables: keyed(courier) });
      expect([exit, cause, found?.subject]).toEqual([
        4,
        'courier.unavailable',
        'a token minted just now, inbox:read:messages, read:preferences, read:brands',
      ]);
    }));

  it('without a key the token is tried all the same', async () =>
    withCourier(async (courier) => {
      const { exit, cause, findings } = await diagnose(sound(), [], { variables: { COURIER_BASE_URL: courier.url } });
      expect([exit, cause, judged({ findings }, /^key/)]).toEqual([0, null, [['skip', 'key.not-given', undefined]]]);
    }));

  it('only reads, but for minting', async () =>
    withCourier(async (courier) => {
      await diagnose(sign(claimsOf(scopeOf('alice', `${howTo} read:messages read:user-tokens write:brands`))), [], {
        variables: keyed(courier),
      });
      const calls = courier.requests.map(({ method, path, body }) =>
        `${method} ${path} ${path.endsWith('/q') ? body : ''}`.trim(),
      );
      expect([...new Set(calls)].toSorted()).toEqual([
        'GET /brands',
        'GET /users/alice/preferences',
        'GET /users/alice/tokens',
        'POST /auth/issue-token',
        'POST /client/q {"query":"query { messages(limit: 1) { totalCount } }"}',
        'POST /q {"query":"query { count(params: {}) }"}',
      ]);
    }));

  it('an empty stdin, and two tokens, are usage', async () => {
    const empty = await courierJwt(['doctor', '--json'], { stdin: '' });
    const two = await courierJwt(['doctor', '--json'], { stdin: `${sound()} ${sign(claimsOf(scopeOf('bob')))}` });
    expect([empty, two].map((ran) => [ran.code, documentOf<{ error: { code: string } }>(ran).error.code])).toEqual([
      [2, 'token.empty'],
      [2, 'token.ambiguous'],
    ]);
  });

  it('a report that can be shown: claims, and no key, no signature, and nothing that counts as Markdown', async () =>
    withCourier(async (courier) => {
      const path = join(configFolder(), 'report.md');
      const hostile = '```\n# mine\n<img src=x onerror=alert(1)> @everyone ::error::x \u001b[2J';
      const token = sign(claimsOf({ account_id: hostile, note: apiKey }));
      const ran = await courierJwt(['doctor', '--report', path], { stdin: token, variables: keyed(courier) });
      expect([ran.code, ran.stderr]).toEqual([0, `the report is in ${path}.\n`]);
      const report = readFileSync(path, 'utf8');
      const outside = report.replace(/^(`{3,})\w+\n[^]*?^\1$/gm, '[fenced]');
      expect(outside.replace(/\d{4}-\S+Z/, 'TIME')).toBe(
        '# courier-jwt doctor\n\ncourier-jwt 0.1.0, TIME\n\n## Conclusion\n\n[fenced]\n\n## Findings\n\n[fenced]\n\n' +
          '## Claims\n\nThe signature is left out.\n\n[fenced]\n',
      );
      expect(report).toContain('"scope": "user_id:alice');
      expect(report).not.toContain('\u001b');
      expect(report).not.toContain('::error::');
      expect(report).not.toContain(token.split('.')[2]);
      expect(report).not.toContain(apiKey);
      expect(statSync(path).mode & 0o777).toBe(0o644);
    }));

  it('a file that is there is not replaced, unless it may be; nor is anything sent', async () =>
    withCourier(async (courier) => {
      const path = join(configFolder(), 'token.txt');
      writeFileSync(path, sound());
      const options = { variables: keyed(courier) };
      const ran = await courierJwt(['doctor', '--json', '--token-file', path, '--report', path], options);
      expect([ran.code, documentOf<{ error: { code: string } }>(ran).error.code, courier.requests]).toEqual([
        2,
        'usage.file-exists',
        [],
      ]);
      expect((await courierJwt(['doctor', '--token-file', path, '--report', path, '--yes'], options)).code).toBe(0);
      expect(readFileSync(path, 'utf8')).toMatch(/^# courier-jwt doctor/);
    }));

  it.each([
    {
      name: 'a pipe that nobody reads',
      path: (folder: string) => {
        execFileSync('mkfifo', [join(folder, 'pipe')]);
        return join(folder, 'pipe');
      },
      code: 'usage.unwritable',
    },
    { name: 'stdout', path: () => '-', code: 'usage.value' },
  ])('a report does not go to $name', async ({ path, code }) =>
    withCourier(async (courier) => {
      const argv = ['doctor', '--json', '--yes', '--report', path(configFolder())];
      const ran = await courierJwt(argv, { stdin: sound(), variables: keyed(courier) });
      expect([ran.code, documentOf<{ error: { code: string } }>(ran).error.code]).toEqual([2, code]);
    }),
  );

  it('a report that cannot be written loses nobody what was found', async () =>
    withCourier(async (courier) => {
      const ran = await courierJwt(['doctor', '--report', 'gone/report.md'], {
        stdin: sound(),
        variables: keyed(courier),
      });
      expect([ran.code, ran.stdout.startsWith('yes  the token of alice')]).toEqual([2, true]);
    }));

  it('a report that cannot be written', async () =>
    withCourier(async (courier) => {
      const path = join(configFolder(), 'gone/report.md');
      const ran = await courierJwt(['doctor', '--json', '--report', path], {
        stdin: sound(),
        variables: keyed(courier),
      });
      expect([ran.code, documentOf<{ error: { code: string } }>(ran).error.code]).toEqual([2, 'usage.unwritable']);
    }));
});
