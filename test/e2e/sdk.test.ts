import { createRequire } from 'node:module';
import Courier from '@trycourier/courier';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CourierServer, type SeenRequest, json, startCourier } from '../support/courier-server.js';
import { apiKey, claimsOf, keyed } from '../support/e2e-world.js';
import { courierJwt } from '../support/run.js';

type Library = typeof import('../../src/index.js');

/** The libraries that are published; the paths are no literals, so that the types need no build. */
const builds: Record<string, () => Promise<Library>> = {
  'our library': async () => (await import([`../../dist/library`, 'index.js'].join('/'))) as Library,
  'our library, by require': async () => createRequire(import.meta.url)('../../dist/library-cjs/index.js') as Library,
};

let courier: CourierServer;
beforeEach(async () => {
  courier = await startCourier();
});
afterEach(async () => courier.close());

interface Mint {
  user: string;
  for?: string[];
  scopes?: string[];
  expiresIn: string;
  /** The same, as Courier writes it. */
  scope: string;
}

const rows: Mint[] = [
  {
    user: 'alice',
    expiresIn: '1d',
    scope: 'user_id:alice inbox:read:messages inbox:write:events read:preferences write:preferences read:brands',
  },
  {
    user: 'auth0|1:2',
    for: ['push'],
    expiresIn: '2 hours',
    scope: 'user_id:auth0|1:2 write:user-tokens read:user-tokens',
  },
  { user: 'ü-日本', scopes: ['read:brands:b1'], expiresIn: '2.5 hrs', scope: 'user_id:ü-日本 read:brands:b1' },
  { user: 'a"b\\c', for: ['brands'], expiresIn: '5s', scope: 'user_id:a"b\\c read:brands' },
];

/** What makes two requests the same to Courier. */
function essence({ method, path, headers, body }: SeenRequest) {
  const {
    authorization,
    accept,
    'content-type': type,
    'transfer-encoding': encoding,
    'content-length': length,
  } = headers;
  return {
    method,
    path,
    authorization,
    accept,
    type,
    encoding,
    length,
    body: JSON.parse(body) as unknown,
    keys: Object.keys(JSON.parse(body) as object).toSorted(),
  };
}

async function bySdk({ scope, expiresIn }: Mint): Promise<string> {
  const client = new Courier({ apiKey, baseURL: courier.url });
  return (await client.auth.issueToken({ scope, expires_in: expiresIn })).token;
}

async function byCommandLine({ user, for: surfaces = [], scopes = [], expiresIn }: Mint): Promise<string> {
  const flags = [...surfaces.flatMap((id) => ['--for', id]), ...scopes.flatMap((scope) => ['--scope', scope])];
  const argv = ['issue', `--user=${user}`, ...flags, '--expires-in', expiresIn, '-q'];
  const ran = await courierJwt(argv, { variables: keyed(courier) });
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  return ran.stdout.trim();
}

describe('the official SDK and we send the same request', () => {
  it.each(rows)('for $user', async (mint) => {
    const tokens = [await bySdk(mint), await byCommandLine(mint)];
    const { user, for: surfaces, scopes, expiresIn } = mint;
    for (const load of Object.values(builds)) {
      const { issueToken } = await load();
      const issued = await issueToken({
        apiKey,
        baseUrl: courier.url,
        user,
        expiresIn,
        ...(surfaces ? { for: surfaces } : {}),
        ...(scopes ? { scopes } : {}),
      });
      expect(issued.warnings).toEqual([]);
      tokens.push(issued.token);
    }
    const [sdk, ...own] = courier.requests.map(essence);
    expect(sdk).toEqual({
      method: 'POST',
      path: '/auth/issue-token',
      authorization: `Bearer ${apiKey}`,
      accept: 'application/json',
      type: 'application/json',
      encoding: undefined,
      length: expect.any(String),
      body: { scope: mint.scope, expires_in: mint.expiresIn },
      keys: ['expires_in', 'scope'],
    });
    expect(own).toEqual([sdk, sdk, sdk]);
    for (const token of tokens) expect(claimsOf(token).scope).toBe(mint.scope);
  });

  it('with a path in the base URL', async () => {
    const [mint] = rows as [Mint];
    const url = `${courier.url}/a/b`;
    await new Courier({ apiKey, baseURL: url }).auth.issueToken({ scope: mint.scope, expires_in: mint.expiresIn });
    await courierJwt(['issue', '-u', mint.user, '-q'], { variables: keyed({ url }) });
    expect(courier.requests.map(({ path }) => path)).toEqual(['/a/b/auth/issue-token', '/a/b/auth/issue-token']);
  });
});

describe('the official SDK and we give up after as many tries', () => {
  it.each([
    { status: 400, tries: 1 },
    { status: 401, tries: 1 },
    { status: 403, tries: 1 },
    { status: 404, tries: 1 },
    { status: 408, tries: 3 },
    { status: 429, tries: 3 },
    { status: 500, tries: 3 },
    { status: 503, tries: 3 },
  ])('$status', async ({ status, tries }) => {
    const [mint] = rows as [Mint];
    courier.misbehave(json(status, { message: 'no' }, { 'retry-after': '0' }));
    await expect(bySdk(mint)).rejects.toMatchObject({ status });
    const sdk = courier.requests.length;
    const ran = await courierJwt(['issue', '-u', mint.user], { variables: keyed(courier) });
    expect(ran.code).toBeGreaterThan(1);
    expect([sdk, courier.requests.length - sdk]).toEqual([tries, tries]);
  });
});

it.each(Object.entries(builds))('%s fails with a code and a sentence', async (_, load) => {
  const { issueToken, Failure } = await load();
  courier.misbehave(json(401, { message: 'Unauthorized' }));
  const failure: unknown = await issueToken({ apiKey, baseUrl: courier.url, user: 'alice' }).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({ code: 'key.refused', message: expect.stringContaining('refused the API key') });
  expect(JSON.stringify(failure) + String(failure)).not.toContain(apiKey.slice(8, 20));
});
