import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, beforeAll, describe, expect, it } from 'vitest';
import { json, sign, workspace } from '../support/courier-server.js';
import { nodeBinary } from '../support/e2e-nodes.js';
import {
  type ErrorDocument,
  apiKey,
  claimsOf,
  documentOf,
  hostOf,
  keyed,
  selfSigned,
  told,
  withCourier,
} from '../support/e2e-world.js';
import { type Ran, type RunOptions, configFolder, courierJwt } from '../support/run.js';

const majors = [22, 24];
const bareToken = /^eyJ[\w-]+\.[\w-]+\.[\w-]{43}\n$/;
const howTo = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';

describe.each(majors)('Node %i', (major) => {
  let found: Awaited<ReturnType<typeof nodeBinary>>;
  beforeAll(async () => {
    found = await nodeBinary(major);
  }, 300_000);

  /** Runs the executable with that Node; a test without it is skipped, and says why. */
  const on =
    ({ skip }: TestContext) =>
    async (argv: string[], options: RunOptions = {}): Promise<Ran> => {
      if ('missing' in found) return skip(`no Node ${major}: ${found.missing}`);
      return courierJwt(argv, { ...options, node: found.path });
    };

  it('is that Node', (context) => {
    if ('missing' in found) context.skip(found.missing);
    else expect(found.version).toMatch(new RegExp(`^v${major}\\.`));
  });

  it('--version', async (context) => {
    expect(await on(context)(['--version'])).toEqual({
      code: 0,
      signal: null,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    });
  });

  it('--help', async (context) => {
    const ran = await on(context)(['--help']);
    expect([ran.code, ran.stderr, ran.stdout.split('\n')[0]]).toEqual([
      0,
      '',
      'Usage: courier-jwt <command> [options]',
    ]);
  });

  it('issue --env local', async (context) => {
    const ran = await on(context)(['issue', '-u', 'alice', '--env', 'local']);
    expect(ran).toEqual({
      code: 0,
      signal: null,
      stdout: expect.stringMatching(bareToken),
      stderr:
        'warning: signed by the embedded Courier: Courier itself will refuse it; courier-jwt emulator takes it.\n' +
        'minted for alice: published/test, 6 scopes, expires in 1 day; key: local (--env), the embedded Courier\n',
    });
    expect(claimsOf(ran.stdout).scope).toBe(`user_id:alice ${howTo}`);
  });

  it('issue over http', async (context) =>
    withCourier(async (courier) => {
      const ran = await on(context)(['issue', '-u', 'alice'], { variables: keyed(courier) });
      expect(ran).toEqual({
        code: 0,
        signal: null,
        stdout: expect.stringMatching(bareToken),
        stderr: `minted for alice: published/test, 6 scopes, expires in 1 day; key: COURIER_API_KEY, ${courier.url}\n`,
      });
      expect(
        courier.requests.map(({ method, path, headers, body }) => [
          method,
          path,
          headers.authorization,
          JSON.parse(body) as unknown,
        ]),
      ).toEqual([
        ['POST', '/auth/issue-token', `Bearer ${apiKey}`, { scope: `user_id:alice ${howTo}`, expires_in: '1d' }],
      ]);
    }));

  it('issue over https, trusted and not', async (context) => {
    const certificate = selfSigned(['IP:127.0.0.1']);
    await withCourier(async (courier) => {
      const trusted = { ...keyed(courier), NODE_EXTRA_CA_CERTS: certificate.certPath };
      const ran = await on(context)(['issue', '-u', 'alice', '-q'], { variables: trusted });
      expect([ran.code, ran.stderr, bareToken.test(ran.stdout)]).toEqual([0, '', true]);
      const refused = await on(context)(['issue', '-u', 'alice', '--json'], { variables: keyed(courier) });
      expect([refused.code, documentOf<ErrorDocument>(refused).error.message]).toEqual([
        4,
        `${hostOf(courier)} cannot be reached: its certificate is not trusted; for a CA of your own set NODE_EXTRA_CA_CERTS (DEPTH_ZERO_SELF_SIGNED_CERT).`,
      ]);
      expect(courier.requests.length).toBe(1);
    }, certificate);
  });

  it('a proxy that is not there', async (context) => {
    const url = await withCourier(async (courier) => courier.url);
    const ran = await on(context)(['issue', '-u', 'alice'], {
      variables: { COURIER_API_KEY: apiKey, HTTPS_PROXY: url },
    });
    expect(ran).toEqual({
      code: 4,
      signal: null,
      stdout: '',
      stderr: told(
        'api.courier.com cannot be reached: the proxy of HTTPS_PROXY did not let it through; NO_PROXY exempts hosts (ECONNREFUSED).',
        'unset HTTPS_PROXY',
      ),
    });
  });

  it('issue when the key is refused', async (context) =>
    withCourier(async (courier) => {
      courier.misbehave(json(401, {}));
      const ran = await on(context)(['issue', '-u', 'alice', '--json'], { variables: keyed(courier) });
      expect([ran.code, ran.stderr, documentOf<ErrorDocument>(ran).error.code]).toEqual([3, '', 'key.refused']);
    }));

  it('NODE_DEBUG', async (context) =>
    withCourier(async (courier) => {
      const ran = await on(context)(['issue', '-u', 'alice', '--json'], {
        variables: { ...keyed(courier), NODE_DEBUG: 'http' },
      });
      expect([ran.code, documentOf<ErrorDocument>(ran).error.code, courier.requests.length]).toEqual([
        2,
        'usage.node-debug',
        0,
      ]);
    }));

  it('decode and check-scopes', async (context) => {
    const iat = Math.floor(Date.now() / 1000);
    const claims = {
      scope: `user_id:alice ${howTo}`,
      tenant_scope: 'published/test',
      tenant_id: `${workspace}/test`,
      iat,
      exp: iat + 86_400,
    };
    const decoded = await on(context)(['decode', '--json'], { stdin: `Bearer ${sign(claims)}\n` });
    expect([decoded.code, decoded.stderr, documentOf(decoded).payload]).toEqual([0, '', claims]);
    const checked = await on(context)(['check-scopes', '--json', '-u', 'alice', sign(claims)]);
    expect([checked.code, checked.stderr, documentOf(checked).ok]).toEqual([0, '', true]);
    const expired = await on(context)(['check-scopes', sign({ ...claims, iat: iat - 100, exp: iat - 50 })]);
    expect([expired.code, expired.stderr, expired.stdout.slice(0, 4)]).toEqual([1, '', 'no  ']);
  });

  it('env add, list, check and remove, in a file', async (context) =>
    withCourier(async (courier) => {
      const variables = { COURIER_JWT_CONFIG_DIR: join(configFolder(), 'config') };
      const add = ['env', 'add', 'test', '--from-env', '--storage', 'file'];
      const added = await on(context)(add, { variables: { ...variables, ...keyed(courier) } });
      expect([added.code, added.stdout, added.stderr]).toEqual([
        0,
        '',
        `kept test (published/test of workspace ${workspace}/test) in ${variables.COURIER_JWT_CONFIG_DIR}/environments/test.json; it is the default.\n`,
      ]);
      const listed = await on(context)(['env', 'list', '--json'], { variables });
      expect([listed.code, listed.stderr, documentOf(listed)]).toEqual([
        0,
        '',
        {
          environments: [
            {
              name: 'test',
              default: true,
              storage: 'file',
              key: `pk_test_…${apiKey.slice(-4)}`,
              region: 'us',
              baseUrl: courier.url,
              workspace: { tenantId: `${workspace}/test`, tenantScope: 'published/test' },
              production: false,
              addedAt: expect.any(String),
              problem: null,
            },
          ],
        },
      ]);
      expect((await on(context)(['env', 'check'], { variables })).code).toBe(0);
      expect((await on(context)(['env', 'remove', 'test', '--yes', '-q'], { variables })).code).toBe(0);
      expect(documentOf(await on(context)(['env', 'list', '--json'], { variables }))).toEqual({ environments: [] });
    }));

  it('--env-file is ours, not that of Node', async (context) => {
    const folder = configFolder();
    const file = join(folder, '.env');
    writeFileSync(file, `COURIER_JWT_ENV=local\nNODE_OPTIONS=--require=${join(folder, 'gone.cjs')}\n`);
    const ran = await on(context)(['issue', '-u', 'alice', '-q', '--env-file', file]);
    expect([ran.code, ran.stderr, bareToken.test(ran.stdout)]).toEqual([0, '', true]);
    const missing = await on(context)(['issue', '-u', 'alice', '--json', '--env-file', join(folder, 'gone')]);
    expect([missing.code, documentOf<ErrorDocument>(missing).error.code]).toEqual([2, 'usage.file']);
  });

  it('what is mistyped', async (context) => {
    expect(await on(context)(['isue'])).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: told('there is no command isue.', 'courier-jwt issue'),
    });
  });
});
