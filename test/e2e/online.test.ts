import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/report.js';
import { localWorkspace, signLocally } from '../../src/token/local.js';
import { type Misbehaviour, at, json, sign, text, workspace } from '../support/courier-server.js';
import { withEmulator } from '../support/e2e-emulator.js';
import { apiKey, documentOf, fileWith, keyed, withCourier } from '../support/e2e-world.js';
import { courierJwt } from '../support/run.js';

interface Report {
  ok: boolean;
  findings: { code: string; status: string; subject?: string; facts: Facts }[];
}

const howTo = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';
const now = () => Math.floor(Date.now() / 1000);

function claims(scope: string, more: Record<string, unknown> = {}) {
  const where = { tenant_scope: 'published/test', tenant_id: `${workspace}/test` };
  return { scope, ...where, iat: now(), exp: now() + 86_400, ...more };
}

/** A token as `courier-jwt emulator` signs it. */
function localToken(scope: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims(scope, { tenant_id: localWorkspace.tenantId }))}`;
  return `${input}.${signLocally(input)}`;
}

async function check(token: string, argv: string[], variables: Record<string, string>) {
  const ran = await courierJwt(['check-scopes', '--online', '--json', ...argv], { stdin: token, variables });
  const { ok, findings } = documentOf<Report>(ran);
  const told = (family: RegExp) =>
    findings
      .filter(({ code }) => family.test(code))
      .map(({ code, status, subject, facts }) =>
        [status, code, subject, facts.status, facts.control]
          .filter((word) => word !== undefined)
          .map(String)
          .join(' '),
      );
  return { ...ran, ok, findings, told };
}

describe.concurrent('check-scopes --online', () => {
  it('at the emulator, with its controls', async () =>
    withEmulator([], async ({ url, requests }) => {
      const variables = { COURIER_BASE_URL: url, COURIER_API_KEY: 'token_emulated' };
      const all = `user_id:alice ${howTo} read:messages read:user-tokens read:brands:default tenants:read`;
      const { code, ok, told } = await check(localToken(all), ['--controls'], variables);
      expect([code, ok]).toEqual([0, true]);
      expect(told(/^(?:access|signature|courier|control)/)).toEqual([
        'pass signature.local',
        'pass signature.accepted',
        'pass access.accepted inbox:read:messages 200',
        'pass access.accepted read:messages 200',
        'pass access.accepted read:preferences 200',
        'pass access.empty read:user-tokens 200',
        'pass access.accepted read:brands 200',
        'pass access.accepted read:brands:default 200',
        'pass access.accepted socket 101',
        'pass control.refused inbox:read:messages 401 other-user',
        'pass control.refused read:messages 403 other-user',
        'pass control.refused read:preferences 403 other-user',
        'pass control.refused read:user-tokens 403 other-user',
        'pass control.refused socket 401 other-user',
        'pass control.refused inbox:read:messages 401 without-scope',
        'pass control.refused socket 401 without-scope',
        'pass control.refused read:messages 403 without-scope',
        'pass control.refused read:preferences 403 without-scope',
        'pass control.refused read:user-tokens 403 without-scope',
        'pass control.refused read:brands 403 without-scope',
        'pass control.refused read:brands:default 403 without-scope',
        'skip access.not-tried inbox:write:events',
        'skip access.not-tried write:preferences',
        'skip access.not-tried tenants:read',
      ]);
      const operations = requests().map(({ method, path, operation }) => `${method} ${path} ${operation ?? ''}`.trim());
      expect([...new Set(operations)].toSorted()).toEqual([
        'GET /brands',
        'GET /brands/default',
        'GET /users/alice/preferences',
        'GET /users/alice/tokens',
        'POST /auth/issue-token',
        'POST /client/q messages',
        'POST /q count',
        'SOCKET /',
      ]);
    }));

  it('an empty inbox tells nothing, until the same call is refused without its scope', async () =>
    withEmulator([], async ({ url, control }) => {
      const variables = { COURIER_BASE_URL: url, COURIER_API_KEY: 'token_emulated' };
      const token = localToken(`user_id:nobody ${howTo}`);
      const alone = await check(token, [], variables);
      expect([alone.code, alone.told(/^access.empty/)]).toEqual([4, ['unknown access.empty inbox:read:messages 200']]);
      const proved = await check(token, ['--controls'], variables);
      expect([proved.code, proved.told(/^access.empty/)]).toEqual([0, ['pass access.empty inbox:read:messages 200']]);
      await control('POST', 'settings', { missingScope: 'empty' });
      const soft = await check(token, ['--controls'], variables);
      expect([soft.code, soft.told(/^access.empty|control.accepted/)]).toEqual([
        4,
        [
          'unknown access.empty inbox:read:messages 200',
          'unknown control.accepted inbox:read:messages 200 without-scope',
        ],
      ]);
      const full = await check(localToken(`user_id:alice ${howTo}`), ['--controls'], variables);
      expect(full.code).toBe(0);
      expect(full.told(/^control/)).toContain('pass control.refused inbox:read:messages 200 without-scope');
    }));

  it('--env local asks the embedded Courier, with no network', async () => {
    const { code, told } = await check(localToken(`user_id:alice ${howTo}`), ['-e', 'local', '--controls'], {});
    expect([code, told(/^(?:access|signature)/)]).toEqual([
      0,
      [
        'pass signature.local',
        'pass signature.accepted',
        'pass access.accepted inbox:read:messages 200',
        'pass access.accepted read:preferences 200',
        'pass access.accepted read:brands 200',
        'pass access.accepted socket 101',
        'skip access.not-tried inbox:write:events',
        'skip access.not-tried write:preferences',
      ],
    ]);
    expect(told(/^control/)).toHaveLength(7);
  });

  const token = () => sign(claims(`user_id:alice ${howTo}`));
  const anyRead = /^(?!\/auth)/;
  const refusing = (status: number) => at(anyRead, json(status, {}));
  const rows: { name: string; how?: Misbehaviour; argv?: string[]; exit: number; told: string[] }[] = [
    {
      name: '200',
      exit: 0,
      told: [
        'pass access.accepted inbox:read:messages 200',
        'pass access.accepted read:preferences 200',
        'pass access.accepted read:brands 200',
        'pass access.accepted socket 101',
      ],
    },
    {
      name: '401',
      how: refusing(401),
      exit: 1,
      told: [
        'fail access.refused inbox:read:messages 401',
        'fail access.refused read:preferences 401',
        'fail access.refused read:brands 401',
        'pass access.accepted socket 101',
      ],
    },
    {
      name: '403',
      how: refusing(403),
      exit: 1,
      told: [
        'fail access.refused inbox:read:messages 403',
        'fail access.refused read:preferences 403',
        'fail access.refused read:brands 403',
        'pass access.accepted socket 101',
      ],
    },
    {
      name: '200, but empty',
      how: at(/\/q$/, json(200, { data: { count: 0 } })),
      exit: 4,
      told: [
        'unknown access.empty inbox:read:messages 200',
        'pass access.accepted read:preferences 200',
        'pass access.accepted read:brands 200',
        'pass access.accepted socket 101',
      ],
    },
    {
      name: '500',
      how: at(anyRead, text(500, '')),
      exit: 4,
      told: [
        'pass access.accepted socket 101',
        'unknown courier.unavailable inbox:read:messages, read:preferences, read:brands 500',
      ],
    },
    {
      name: 'one is refused, others fail',
      how: (request, response) => (request.path === '/q' ? json(401, {}) : text(500, ''))(request, response),
      exit: 1,
      told: [
        'fail access.refused inbox:read:messages 401',
        'pass access.accepted socket 101',
        'unknown courier.unavailable read:preferences, read:brands 500',
      ],
    },
    {
      name: 'another user is asked for',
      how: refusing(401),
      argv: ['-u', 'bob'],
      exit: 1,
      told: [
        'fail access.refused inbox:read:messages 401',
        'fail access.refused read:preferences 401',
        'fail access.refused read:brands 401',
        'warn access.unpromised socket 101',
      ],
    },
  ];
  it.each(rows)('tells $name apart', async ({ how, argv = [], exit, told }) =>
    withCourier(async (courier) => {
      courier.misbehave(how);
      const ran = await check(token(), argv, { COURIER_BASE_URL: courier.url });
      const answers = ran.told(/^(?:access|courier)/).filter((line) => !line.startsWith('skip'));
      expect([ran.code, answers.toSorted()]).toEqual([exit, told.toSorted()]);
    }),
  );

  it('controls: accepted where it should be refused proves nothing', async () =>
    withCourier(async (courier) => {
      const { code, told } = await check(token(), ['--controls'], keyed(courier));
      expect([code, told(/^control/)]).toEqual([
        4,
        [
          'unknown control.accepted inbox:read:messages 200 other-user',
          'unknown control.accepted read:preferences 200 other-user',
          'unknown control.accepted socket 101 other-user',
          'unknown control.accepted inbox:read:messages 200 without-scope',
          'unknown control.accepted socket 101 without-scope',
          'unknown control.accepted read:preferences 200 without-scope',
          'unknown control.accepted read:brands 200 without-scope',
        ],
      ]);
      const minted = courier.requests
        .filter(({ path }) => path === '/auth/issue-token')
        .map(({ body }) => JSON.parse(body) as unknown);
      expect(minted).toEqual([
        { scope: 'user_id:courier-jwt-check read:brands', expires_in: '5s' },
        { scope: `user_id:courier-jwt-control ${howTo}`, expires_in: '120s' },
        { scope: `user_id:alice ${howTo.replace('inbox:read:messages ', '')}`, expires_in: '120s' },
        { scope: `user_id:alice ${howTo.replace('read:preferences ', '')}`, expires_in: '120s' },
        { scope: `user_id:alice ${howTo.replace(' read:brands', '')}`, expires_in: '120s' },
      ]);
    }));

  it.each([
    { name: 'a production key', key: 'pk_prod_Zq7Rk2Vx9Lm4Tn8Wb3Hc6', minted: [] },
    {
      name: 'a key that shows only in what it mints that it is production',
      key: 'token_Zq7Rk2Vx9Lm4Tn8Wb3Hc6',
      minted: ['5s'],
    },
  ])('$name makes no controls, unless it may: exit 2', async ({ key, minted }) =>
    withCourier(async (courier) => {
      courier.claims((own) => ({ ...own, tenant_scope: 'published/production', tenant_id: workspace }));
      const lifetimes = () =>
        courier.requests
          .filter(({ path }) => path.startsWith('/auth'))
          .map(({ body }) => (JSON.parse(body) as { expires_in: string }).expires_in);
      const given = sign(
        claims(`user_id:alice ${howTo}`, { tenant_scope: 'published/production', tenant_id: workspace }),
      );
      const ran = await courierJwt(['check-scopes', '--online', '--controls', '--json'], {
        stdin: given,
        variables: keyed(courier, key),
      });
      const { error } = documentOf<{ error: { code: string } }>(ran);
      expect([ran.code, error.code, lifetimes()]).toEqual([2, 'production.unconfirmed', minted]);
      courier.requests.length = 0;
      const { code, told } = await check(given, ['--controls', '--allow-production'], keyed(courier, key));
      expect([code, lifetimes(), told(/^control/).length]).toEqual([4, ['120s', '120s', '120s', '120s'], 7]);
    }),
  );

  it('a control that Courier cannot mint leaves the others', async () =>
    withCourier(async (courier) => {
      courier.misbehave((request, response) =>
        request.body.includes('courier-jwt-control') ? json(400, { message: 'no' })(request, response) : false,
      );
      const { code, told } = await check(token(), ['--controls'], keyed(courier));
      expect([code, told(/^control/).length, told(/^control.not-tested/)]).toEqual([
        4,
        7,
        ['inbox:read:messages', 'read:preferences', 'socket'].map(
          (scope) => `skip control.not-tested ${scope} other-user`,
        ),
      ]);
    }));

  it('the socket is tried again, as all else is, and is told who asks', async () =>
    withCourier(async (courier) => {
      const answers = [503, 503, 101];
      courier.socket(() => answers.shift() ?? 500);
      const { code, told } = await check(token(), [], { COURIER_BASE_URL: courier.url });
      expect([code, told(/socket/), told(/access/).at(3)]).toEqual([0, [], 'pass access.accepted socket 101']);
    }));

  it('controls of another workspace prove nothing: exit 4', async () =>
    withCourier(async (courier) => {
      courier.claims((own) => ({ ...own, tenant_id: 'another/test' }));
      const { code, findings } = await check(token(), ['--controls'], keyed(courier));
      const controls = findings.filter((finding) => finding.code === 'control.not-tested');
      expect([code, [...new Set(controls.map(({ status, facts }) => `${status} ${String(facts.reason)}`))]]).toEqual([
        4,
        ['unknown other-workspace'],
      ]);
    }));

  it('a token for whose scopes no call is known: nothing was proved, exit 4', async () =>
    withCourier(async (courier) => {
      const { code, told } = await check(
        sign(claims('user_id:alice inbox:write:events')),
        ['--require', 'inbox:write:events'],
        { COURIER_BASE_URL: courier.url },
      );
      expect([code, told(/^courier|^access/), courier.requests]).toEqual([
        4,
        ['unknown courier.not-asked', 'skip access.not-tried inbox:write:events'],
        [],
      ]);
    }));

  it('ids that cannot be asked for are not, and of many brands some', async () =>
    withCourier(async (courier) => {
      const brands = ['..', '.', '{{brandId}}', ...Array.from({ length: 20 }, (_, i) => `b${i}`)].map(
        (id) => `read:brands:${id}`,
      );
      await check(
        sign(claims(['user_id:..', 'read:preferences', ...brands].join(' '))),
        ['--require', 'read:preferences'],
        { COURIER_BASE_URL: courier.url },
      );
      expect(courier.requests.map(({ path }) => path).toSorted()).toEqual([
        '/brands/b0',
        '/brands/b1',
        '/brands/b2',
        '/brands/b3',
        '/brands/b4',
      ]);
    }));

  it('controls whose key is refused: exit 3, and the token is tried all the same', async () =>
    withCourier(async (courier) => {
      courier.misbehave(at(/auth/, json(401, {})));
      const { code, told } = await check(token(), ['--controls'], keyed(courier));
      expect([code, told(/^key|access.accepted/)]).toEqual([
        3,
        [
          'pass access.accepted inbox:read:messages 200',
          'pass access.accepted read:preferences 200',
          'pass access.accepted read:brands 200',
          'pass access.accepted socket 101',
          'fail key.refused COURIER_API_KEY 401',
        ],
      ]);
    }));

  it.each([
    { name: 'controls without --online', argv: ['check-scopes', '--controls'], code: 'usage.needs', exit: 2 },
    { name: 'production without controls', argv: ['check-scopes', '--allow-production'], code: 'usage.needs', exit: 2 },
    { name: 'controls without a key', argv: ['check-scopes', '--online', '--controls'], code: 'key.missing', exit: 3 },
    {
      name: 'an environment that is not there',
      argv: ['check-scopes', '--online', '-e', 'nope'],
      code: 'environment.unknown',
      exit: 3,
    },
  ])('$name: $code', async ({ argv, code, exit }) => {
    const ran = await courierJwt([...argv, '--json'], { stdin: token() });
    expect([ran.code, documentOf<{ error: { code: string } }>(ran).error.code]).toEqual([exit, code]);
  });

  it("a token goes to no server that an env file names, where it is not the file's key", async () =>
    withCourier(async (courier) => {
      const path = fileWith(`COURIER_BASE_URL=${courier.url}\n`, '.env');
      const ran = await courierJwt(['check-scopes', '--online', '--json', '--env-file', path], { stdin: token() });
      expect([ran.code, documentOf<{ error: { code: string } }>(ran).error.code, courier.requests]).toEqual([
        2,
        'usage.mixed-sources',
        [],
      ]);
    }));

  it('neither the token nor a key is told, with --debug either', async () =>
    withCourier(async (courier) => {
      const given = token();
      const ran = await courierJwt(['check-scopes', '--online', '--controls', '--debug'], {
        stdin: given,
        variables: keyed(courier),
      });
      const said = ran.stdout + ran.stderr;
      expect(said).toContain(`debug: WebSocket ${courier.url.replace('http', 'ws')} → 101`);
      expect([given.split('.')[2]!, apiKey, apiKey.slice(8)].filter((secret) => said.includes(secret))).toEqual([]);
      expect(said).not.toMatch(/eyJ[\w-]+\.eyJ/);
    }));
});
