import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/report.js';
import { type CourierServer, type Misbehaviour, at, drop, json, late, text } from '../support/courier-server.js';
import { withEmulator } from '../support/e2e-emulator.js';
import { start } from '../support/e2e-running.js';
import { apiKey, documentOf, exitOf, withCourier } from '../support/e2e-world.js';
import { configFolder, courierJwt } from '../support/run.js';

/** A folder with a file in it, and a config folder whose environments have their keys, all at one server. */
function project(config: object | string, courier?: CourierServer, environments = ['test']) {
  const cwd = configFolder();
  writeFileSync(
    join(cwd, 'courier-jwt.config.json'),
    typeof config === 'string' ? config : JSON.stringify(config, null, 2),
  );
  const records = environments.map((name) => [
    name,
    {
      version: 1,
      storage: 'file',
      key: name === 'prod' ? apiKey.replace('_test_', '_prod_') : apiKey,
      account: null,
      keyHint: '…',
      region: 'us',
      baseUrl: courier?.url ?? null,
      tenantId: null,
      tenantScope: null,
      production: name === 'prod',
      addedAt: '2026-01-01T00:00:00Z',
    },
  ]);
  const store = join(cwd, 'store');
  return { cwd, store, records };
}

async function kept(...[config, courier, environments]: Parameters<typeof project>) {
  const { cwd, store, records } = project(config, courier, environments);
  const { mkdirSync } = await import('node:fs');
  mkdirSync(join(store, 'environments'), { recursive: true, mode: 0o700 });
  for (const [name, record] of records as [string, object][])
    writeFileSync(join(store, `environments/${name}.json`), JSON.stringify(record), { mode: 0o600 });
  return { cwd, variables: { COURIER_JWT_CONFIG_DIR: store } };
}

const config = (more: object = {}) => ({ environments: ['test'], users: ['alice'], ...more });
interface Report {
  ok: boolean;
  findings: Finding[];
}
const wrong = ({ findings }: Report) =>
  findings
    .filter(({ status }) => status !== 'pass' && status !== 'skip')
    .map(({ code, status, facts }) => [status, code, facts.of]);

describe.concurrent('smoke', () => {
  const unauthorized = json(401, {});
  const rows: {
    name: string;
    config?: object;
    argv?: string[];
    how?: Misbehaviour;
    variables?: Record<string, string>;
    exit: number;
    wrong: unknown[];
    stderr?: string;
  }[] = [
    { name: 'sound', exit: 0, wrong: [] },
    { name: 'sound, online', config: { online: true, surfaces: ['inbox', 'preferences'] }, exit: 0, wrong: [] },
    {
      name: 'a lifetime that is too short',
      config: { expiresIn: '2h', minTtl: '2h' },
      exit: 1,
      wrong: [['fail', 'expiry.min-ttl', 'test · alice']],
    },
    {
      name: 'a mint that is too slow',
      config: { maxLatency: '10ms' },
      how: late,
      exit: 1,
      wrong: [['fail', 'latency.slow', 'test · alice']],
    },
    {
      name: 'a refusal, online',
      config: { surfaces: ['brands'] },
      argv: ['--online'],
      how: at(/brands/, json(403, {})),
      exit: 1,
      wrong: [['fail', 'access.refused', 'test · alice · brands']],
    },
    {
      name: 'an inbox that is empty, online',
      config: { surfaces: ['inbox'] },
      argv: ['--online'],
      how: at(/\/q$/, json(200, { data: { count: 0 } })),
      exit: 4,
      wrong: [['unknown', 'access.empty', 'test · alice · inbox']],
    },
    { name: 'a key that is refused', how: unauthorized, exit: 3, wrong: [['fail', 'key.refused', 'test · alice']] },
    {
      name: 'Courier in trouble',
      how: text(500, ''),
      exit: 4,
      wrong: [['unknown', 'courier.unavailable', 'test · alice']],
    },
    { name: 'Courier that drops', how: drop, exit: 4, wrong: [['unknown', 'courier.unreachable', 'test · alice']] },
    {
      name: 'an environment that is not there',
      config: { environments: ['test', 'staging'] },
      exit: 3,
      wrong: [['fail', 'environment.unknown', 'staging · alice']],
    },
    {
      name: 'the embedded Courier',
      config: { environments: ['local'], surfaces: ['inbox'], online: true },
      how: drop,
      exit: 0,
      wrong: [['warn', 'signature.local', 'local · alice · inbox']].slice(1),
    },
    {
      name: 'a variable in the place of a stored key',
      config: { environments: ['test'] },
      variables: { COURIER_API_KEY_TEST: 'pk_test_Abcdefgh12345678' },
      exit: 0,
      wrong: [],
      stderr:
        'note: the stored key of test is not used: courier-jwt.config.json:3, key from COURIER_API_KEY_TEST wins.\n',
    },
  ];
  it.each(rows)('$name', async (row) =>
    withCourier(async (courier) => {
      courier.misbehave(row.how);
      const { cwd, variables } = await kept(config(row.config), courier);
      const ran = await courierJwt(['smoke', '--json', ...(row.argv ?? [])], {
        cwd,
        variables: { ...variables, ...row.variables },
      });
      expect(ran.stderr).toBe(row.stderr ?? '');
      const report = documentOf<Report & Record<string, unknown>>(ran);
      expect([ran.code, report.ok, wrong(report)]).toEqual([row.exit, row.exit === 0, row.wrong]);
      expect(ran.stdout).not.toContain(apiKey.slice(8));
    }),
  );

  it('every environment, user and surface has a check of its own, in that order', async () =>
    withCourier(async (courier) => {
      const { cwd, variables } = await kept(
        config({ environments: ['test', 'eu'], users: ['u1', 'u2'], surfaces: ['inbox', 'push'] }),
        courier,
        ['test', 'eu'],
      );
      const ran = await courierJwt(['smoke'], { cwd, variables });
      expect(ran.stdout.replace(/\d+ ms/g, 'N ms').split('\n')).toEqual([
        'yes  courier-jwt.config.json, 8 checks: 8 passed',
        '',
        ...['test', 'eu'].flatMap((environment) =>
          ['u1', 'u2'].flatMap((user) =>
            ['inbox', 'push'].map((surface) => `pass  ${environment} · ${user} · ${surface}  N ms`),
          ),
        ),
        '',
      ]);
      expect(courier.requests.map(({ body }) => (JSON.parse(body) as { expires_in: string }).expires_in)).toEqual([
        // First each key is asked whose it is.
        ...Array.from({ length: 2 }, () => '5s'),
        ...Array.from({ length: 8 }, () => '1d'),
      ]);
    }));

  it('a key that is refused is not tried for every check, and told once', async () =>
    withCourier(async (courier) => {
      courier.misbehave(unauthorized);
      const users = Array.from({ length: 50 }, (_, i) => `u${i}`);
      const { cwd, variables } = await kept(config({ users }), courier);
      const ran = await courierJwt(['smoke', '--json', '--concurrency', '4'], { cwd, variables });
      const { findings } = documentOf<Report & Record<string, unknown>>(ran);
      expect([ran.code, courier.requests.length, findings.length]).toEqual([3, 1, 50]);
      expect(findings.filter(({ code }) => code === 'key.refused')).toHaveLength(1);
      expect(findings.filter(({ code }) => code === 'smoke.not-made')).toHaveLength(49);
    }));

  it('what Courier will not mint for one user fails that check alone', async () =>
    withCourier(async (courier) => {
      courier.misbehave((request, response) =>
        request.body.includes('user_id:u1 ') ? json(400, { message: 'no u1' })(request, response) : false,
      );
      const { cwd, variables } = await kept(config({ users: ['u1', 'u2'] }), courier);
      const ran = await courierJwt(['smoke', '--json', '--concurrency', '1'], { cwd, variables });
      const told = wrong(documentOf<Report & Record<string, unknown>>(ran));
      expect([ran.code, told, courier.requests.length]).toEqual([1, [['fail', 'request.rejected', 'test · u1']], 3]);
    }));

  it.each([
    { name: 'recorded as production', environments: ['test', 'prod'], variables: {} },
    {
      name: 'of a production key',
      environments: ['test'],
      variables: { COURIER_API_KEY_TEST: 'pk_prod_Abcdefgh12345678' },
    },
  ])(
    'an environment that is $name is refused before anything is sent, and may on the command line only',
    async ({ environments, variables: own }) =>
      withCourier(async (courier) => {
        const { cwd, variables } = await kept(config({ environments }), courier, environments);
        const options = { cwd, variables: { ...variables, ...own } };
        const ran = await courierJwt(['smoke', '--json'], options);
        const { error } = documentOf<{ error: { code: string; fix: string[] } }>(ran);
        expect([ran.code, error.code, error.fix, courier.requests]).toEqual([
          2,
          'production.unconfirmed',
          ['courier-jwt', 'smoke', '--allow-production'],
          [],
        ]);
        expect((await courierJwt(['smoke', '--allow-production'], options)).code).toBe(0);
      }),
  );

  it('a key that shows only in what it mints that it is production mints no token of a user: exit 2', async () =>
    withCourier(async (courier) => {
      courier.claims((own) => ({ ...own, tenant_scope: 'published/production' }));
      const { cwd, variables } = await kept(config({ users: ['u1', 'u2'] }), courier);
      const ran = await courierJwt(['smoke', '--json'], { cwd, variables });
      const { error } = documentOf<{ error: { code: string } }>(ran);
      expect([ran.code, error.code, courier.requests.length]).toEqual([2, 'production.unconfirmed', 1]);
      expect((await courierJwt(['smoke', '--allow-production'], { cwd, variables })).code).toBe(0);
    }));

  it('200 checks keep as many requests under way as they may, and no more: the time of their batches', async () =>
    withCourier(async (courier) => {
      const atOnce: number[] = [];
      let waiting: (() => void)[] = [];
      // Nobody is answered until all that may come have come: were one missing, it would never end.
      courier.misbehave((request, response) => {
        if (request.body.includes('courier-jwt-check')) return false;
        waiting.push(() => json(200, { token: tokenFor() })(request, response));
        if (waiting.length < 25) return undefined;
        atOnce.push(waiting.length);
        const batch = waiting;
        waiting = [];
        setTimeout(() => batch.forEach((answer) => answer()), 20);
        return undefined;
      });
      const users = Array.from({ length: 100 }, (_, i) => `u${i}`);
      const { cwd, variables } = await kept(config({ users, surfaces: ['inbox', 'push'] }), courier);
      const ran = await courierJwt(['smoke', '--json', '--concurrency', '25'], { cwd, variables });
      expect([ran.code, courier.requests.length, atOnce]).toEqual([1, 201, Array.from({ length: 8 }, () => 25)]);
    }));

  it('Ctrl-C ends it: 130, and nothing more is sent', async () =>
    withCourier(async (courier) => {
      courier.misbehave((request) => (request.body.includes('courier-jwt-check') ? false : undefined));
      const users = Array.from({ length: 50 }, (_, i) => `u${i}`);
      const { cwd, variables } = await kept(config({ users }), courier);
      const running = start(['smoke', join(cwd, 'courier-jwt.config.json'), '--concurrency', '3'], variables);
      await running.until(() => courier.requests.length === 4);
      const ended = await running.endBy('SIGINT');
      expect([exitOf(ended), ended.stdout, courier.requests.length]).toEqual([130, '', 4]);
    }));

  it('Ctrl-C is heard while the embedded Courier works, which waits for nothing', async () => {
    const users = Array.from({ length: 5000 }, (_, i) => `u${i}`);
    const { cwd } = project(config({ environments: ['local'], users }));
    const running = start(['smoke', join(cwd, 'courier-jwt.config.json'), '--debug']);
    await running.until(() => running.output.stderr.includes('debug: POST local:/auth/issue-token'));
    const ended = await running.endBy('SIGINT');
    expect([exitOf(ended), ended.stdout]).toEqual([130, '']);
  });

  it('JUnit, as a parser reads it', async () =>
    withCourier(async (courier) => {
      courier.misbehave(at(/brands/, json(403, {})));
      const { cwd, variables } = await kept(
        config({ users: ['u1', 'u2'], surfaces: ['inbox', 'preferences', 'brands'], online: true }),
        courier,
      );
      const ran = await courierJwt(['smoke', '--reporter', 'junit'], { cwd, variables });
      const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' });
      const { testsuites } = parser.parse(ran.stdout) as {
        testsuites: Record<string, string> & { testsuite: { testcase: { failure?: object }[] } };
      };
      const cases = testsuites.testsuite.testcase;
      expect([ran.code, testsuites.tests, testsuites.failures, testsuites.errors, testsuites.skipped]).toEqual([
        1,
        '6',
        '6',
        '0',
        '0',
      ]);
      expect([cases.length, cases.filter(({ failure }) => failure).length]).toEqual([6, 6]);
    }));

  it("GitHub's annotations and the summary of the step, as Actions runs it", async () =>
    withCourier(async (courier) => {
      courier.misbehave(late);
      const { cwd, variables } = await kept(config({ maxLatency: '10ms' }), courier);
      const summary = join(cwd, 'summary.md');
      writeFileSync(summary, '# before\n');
      const actions = { CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
      const ran = await courierJwt(['smoke', '--reporter', 'github'], { cwd, variables: { ...variables, ...actions } });
      expect([ran.code, ran.stderr, ran.stdout.split('\n')]).toEqual([
        1,
        '',
        [
          expect.stringMatching(
            /^::error file=courier-jwt\.config\.json,line=3,title=smoke%3A test · alice::minting took .* \[latency\.slow\]$/,
          ),
          'smoke: 1 check: 1 failed',
          '',
        ],
      ]);
      expect(readFileSync(summary, 'utf8')).toMatch(
        /^# before\n### courier-jwt smoke: 1 check: 1 failed\n[^]*\| ❌ \| test \| alice \|/,
      );
    }));

  it('a summary that cannot be written is told, after the annotations', async () =>
    withCourier(async (courier) => {
      const { cwd, variables } = await kept(config(), courier);
      const ran = await courierJwt(['smoke', '--reporter', 'github'], {
        cwd,
        variables: { ...variables, GITHUB_STEP_SUMMARY: cwd },
      });
      expect([ran.code, ran.stdout, ran.stderr]).toEqual([
        0,
        'smoke: 1 check: 1 passed\n',
        `warning: GITHUB_STEP_SUMMARY ${cwd} cannot be written: EISDIR.\n`,
      ]);
    }));

  it('in a fork, whose secrets are empty, the reason is told', async () => {
    const { cwd } = project(config());
    const variables = { CI: 'true', GITHUB_ACTIONS: 'true', COURIER_API_KEY_TEST: '' };
    const ran = await courierJwt(['smoke'], { cwd, variables });
    expect([ran.code, ran.stdout.split('\n')[3]]).toEqual([
      3,
      '      fail  test: there is no environment test (courier-jwt.config.json:3). There is: local. COURIER_API_KEY_TEST is set, and empty: in CI, does this run have the secret? Those of forks have none. [environment.unknown]',
    ]);
  });

  it.each([
    { name: 'no file', argv: ['smoke'], code: 'usage.no-config', fix: ['courier-jwt', 'smoke', 'init'] },
    {
      name: 'no such file',
      argv: ['smoke', 'x.json'],
      code: 'usage.no-config',
      fix: ['courier-jwt', 'smoke', 'init', 'x.json'],
    },
    { name: 'a folder', argv: ['smoke', '.'], code: 'usage.file', fix: ['courier-jwt', 'smoke', '--help'] },
    {
      name: 'two reporters',
      argv: ['smoke', '--json', '--reporter', 'junit'],
      code: 'usage.conflict',
      fix: ['courier-jwt', 'smoke', '--help'],
    },
    {
      name: 'an environment by flag',
      argv: ['smoke', '-e', 'test'],
      code: 'usage.conflict',
      fix: ['courier-jwt', 'smoke', '--help'],
    },
    {
      name: 'no such reporter',
      argv: ['smoke', '--reporter', 'tap'],
      code: 'usage.value',
      fix: ['courier-jwt', 'smoke', '--help'],
    },
    {
      name: 'none at once',
      argv: ['smoke', '--concurrency', '0'],
      code: 'usage.value',
      fix: ['courier-jwt', 'smoke', '--help'],
    },
    {
      name: 'too many at once',
      argv: ['smoke', '--concurrency', '101'],
      code: 'usage.value',
      fix: ['courier-jwt', 'smoke', '--help'],
    },
  ])('$name: $code', async ({ argv, code, fix }) => {
    const ran = await courierJwt(argv.includes('--json') ? argv : [...argv, '--json']);
    const { error } = documentOf<{ error: { code: string; fix: string[] } }>(ran);
    expect([ran.code, error.code, error.fix]).toEqual([2, code, fix]);
  });

  it('a file with mistakes, for those who read no stderr', async () => {
    const { cwd } = project('{\n  "environments": ["local"],\n  "user": ["alice"]\n}');
    const github = await courierJwt(['smoke', '--reporter', 'github'], { cwd });
    expect([github.code, github.stdout.split('\n')]).toEqual([
      2,
      [
        '::error file=courier-jwt.config.json,line=1,col=1::users is missing.',
        '::error file=courier-jwt.config.json,line=3,col=3::there is no user. Did you mean users?',
        '',
      ],
    ]);
    const junit = await courierJwt(['smoke', '--reporter', 'junit'], { cwd });
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' });
    const { testsuites } = parser.parse(junit.stdout) as { testsuites: Record<string, string> };
    expect([junit.code, testsuites.tests, testsuites.errors]).toEqual([2, '2', '2']);
    const asJson = await courierJwt(['smoke', '--reporter', 'json'], { cwd });
    expect(documentOf<{ error: { code: string } }>(asJson).error.code).toBe('usage.config');
  });

  it('what is set in vain is told once', async () =>
    withCourier(async (courier) => {
      const { cwd, variables } = await kept(config({ users: ['u1', 'u2'] }), courier);
      const ran = await courierJwt(['smoke'], { cwd, variables: { ...variables, COURIER_BASE_URL: courier.url } });
      const note =
        'note: COURIER_BASE_URL is not used: an environment goes where it was added for, else to its region.\n';
      expect([ran.code, ran.stderr]).toEqual([0, note]);
    }));

  it('a key that a server repeats is in no report and no summary', async () =>
    withCourier(async (courier) => {
      courier.misbehave((request, response) =>
        request.body.includes('courier-jwt-check')
          ? false
          : json(418, { message: `not with ${apiKey}` })(request, response),
      );
      const { cwd, variables } = await kept(config(), courier);
      const summary = join(cwd, 'summary.md');
      for (const reporter of ['human', 'json', 'junit', 'github']) {
        const ran = await courierJwt(['smoke', '--reporter', reporter], {
          cwd,
          variables: { ...variables, GITHUB_STEP_SUMMARY: summary },
        });
        expect([ran.code, (ran.stdout + ran.stderr).includes(apiKey.slice(8, 24))]).toEqual([4, false]);
      }
      const rendered = readFileSync(summary, 'utf8').replace(/&#(\d+);/g, (_, code) =>
        String.fromCodePoint(Number(code)),
      );
      expect([rendered.includes('not with [redacted]'), rendered.includes(apiKey.slice(8, 24))]).toEqual([true, false]);
    }));

  it('a file with mistakes: each with its line and column, and nothing is sent', async () =>
    withCourier(async (courier) => {
      const { cwd, variables } = await kept(
        `{\n  "environments": ["test"],\n  "users": ["alice"],\n  "apiKey": "${apiKey}",\n  "surface": []\n}\n`,
        courier,
      );
      const ran = await courierJwt(['smoke'], { cwd, variables });
      expect([ran.code, ran.stdout, courier.requests]).toEqual([2, '', []]);
      expect(ran.stderr).toBe(
        'error: courier-jwt.config.json:4:3: apiKey: the file names environments, never keys or URLs. env add keeps the key and where it goes; in CI it is in COURIER_API_KEY_<NAME>.\n' +
          'courier-jwt.config.json:5:3: there is no surface. Did you mean surfaces?\n' +
          '  try: courier-jwt smoke --help\n',
      );
    }));

  it('at the emulator, online, for users whose inboxes have something in them', async () =>
    withEmulator([], async ({ url, requests }) => {
      const { cwd } = project(
        config({
          environments: ['ci'],
          users: ['alice', 'bob'],
          surfaces: ['inbox', 'preferences', 'push', 'brands'],
          online: true,
          maxLatency: '10s',
        }),
      );
      const env = join(cwd, '.env');
      writeFileSync(env, `COURIER_API_KEY_CI=token_emulated\n`);
      const added = await courierJwt(['env', 'add', 'ci', '--api-key-stdin'], {
        cwd,
        stdin: 'token_emulated',
        variables: { COURIER_BASE_URL: url, COURIER_JWT_CONFIG_DIR: join(cwd, 'store') },
      });
      expect(added.code).toBe(0);
      const ran = await courierJwt(['smoke'], { cwd, variables: { COURIER_JWT_CONFIG_DIR: join(cwd, 'store') } });
      expect([ran.code, ran.stdout.split('\n')[0]]).toEqual([0, 'yes  courier-jwt.config.json, 8 checks: 8 passed']);
      expect(requests().filter(({ status }) => status !== 200 && status !== 101)).toEqual([]);
    }));
});

describe.concurrent('smoke init', () => {
  it.each([
    { name: 'nothing kept', environments: [], named: ['local'], left: '' },
    { name: 'what is kept', environments: ['eu', 'test'], named: ['eu', 'test'], left: '' },
    {
      name: 'not production',
      environments: ['prod', 'test'],
      named: ['test'],
      left: 'left out, for they are production: prod. In the file, they need --allow-production.\n',
    },
  ])('$name', async ({ environments, named, left }) => {
    const { variables } = await kept({}, undefined, environments);
    const cwd = configFolder();
    const ran = await courierJwt(['smoke', 'init'], { cwd, variables });
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([
      0,
      '',
      `wrote courier-jwt.config.json, for ${named.join(', ')}. Put users of your own in alice's place, then: courier-jwt smoke\n${left}`,
    ]);
    expect(JSON.parse(readFileSync(join(cwd, 'courier-jwt.config.json'), 'utf8'))).toEqual({
      $schema: './node_modules/courier-jwt/dist/config.schema.json',
      environments: named,
      users: ['alice'],
      surfaces: ['inbox'],
      minTtl: '1h',
      online: false,
    });
  });

  it('what has a key in a variable, as in CI, is named, too; and another file in what is said to come next', async () => {
    const cwd = configFolder();
    const variables = {
      COURIER_API_KEY_MY_TEST: 'pk_test_abcdefgh',
      COURIER_API_KEY_LIVE: 'pk_prod_abcdefgh',
      COURIER_API_KEY_NONE: '',
    };
    const ran = await courierJwt(['smoke', 'init', 'my smoke.json'], { cwd, variables });
    expect([ran.code, ran.stderr]).toEqual([
      0,
      "wrote my smoke.json, for my-test. Put users of your own in alice's place, then: courier-jwt smoke 'my smoke.json'\n" +
        'left out, for they are production: live. In the file, they need --allow-production.\n',
    ]);
  });

  it('what is there stays, without --yes; and smoke takes what was written', async () => {
    const { cwd } = project('mine');
    const refused = await courierJwt(['smoke', 'init', '--json'], { cwd });
    const { error } = documentOf<{ error: { code: string; fix: string[] } }>(refused);
    expect([refused.code, error.code, error.fix]).toEqual([
      2,
      'usage.file-exists',
      ['courier-jwt', 'smoke', 'init', '--yes'],
    ]);
    expect(readFileSync(join(cwd, 'courier-jwt.config.json'), 'utf8')).toBe('mine');
    const written = await courierJwt(['smoke', 'init', '--yes', '--json'], { cwd });
    expect(documentOf(written)).toEqual({
      file: 'courier-jwt.config.json',
      config: JSON.parse(readFileSync(join(cwd, 'courier-jwt.config.json'), 'utf8')),
    });
    expect((await courierJwt(['smoke'], { cwd })).code).toBe(0);
  });

  it('a folder that is not there', async () => {
    const ran = await courierJwt(['smoke', 'init', 'gone/smoke.json', '--json']);
    expect([ran.code, documentOf<{ error: { code: string } }>(ran).error.code]).toEqual([2, 'usage.unwritable']);
  });
});

/** Any token: what is counted is how many are asked for at once. */
function tokenFor(): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ scope: 'user_id:nobody' })}.${'s'.repeat(43)}`;
}
