import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Misbehaviour, json, sign, text, workspace } from '../support/courier-server.js';
import { fixLinesOf, hostileTexts, hostileWords, liveIn, liveOf, paste } from '../support/e2e-hostile.js';
import { type ErrorDocument, documentOf, keyed, withCourier } from '../support/e2e-world.js';
import { configFolder, courierJwt } from '../support/run.js';

interface FindingShape {
  code: string;
  subject?: string;
  facts: Record<string, unknown>;
  fix?: string[];
}

const printable = hostileTexts.filter((word) => /^[\x20-\x7e]*$/.test(word));
/** Those that may be a user id: no white space, no control characters. */
const hostileUsers = [
  '::error::planted',
  'a::b:::c',
  ':',
  '##[error]planted',
  'a##[b]##[c',
  "o'brien",
  "'';touch${IFS}INJECTED;''",
  'x$(touch${IFS}INJECTED)',
  'x`touch${IFS}INJECTED`',
  '"&&touch${IFS}INJECTED&&"',
  '|touch${IFS}INJECTED',
  '~',
  '*',
  '?[a-z]',
  '!!',
  '\\',
  "\\'",
  '-rf',
  '--help',
  '#comment',
  'x{a,b}',
  '日本語ü€',
  'a=b',
  '&',
];
const invisibleUsers = ['a\u202eb\u202cc', 'a\u200bb', '\ufeffa', 'a\u2066b\u2069', 'a\u00adb'];

it('this file would see what is live', () => {
  expect(hostileTexts.filter((hostile) => liveIn(hostile).length > 0).length).toBeGreaterThan(12);
  expect(liveIn('a\u001bb\u202ec\n::error::x\n  ::y\n##[z]').length).toBe(5);
  expect(liveIn('::add-mask::eyJ\nfine :: fine\n')).toEqual([]);
});

it('and what a pasted line runs', async () => {
  expect(await paste("courier-jwt issue --user 'a b'; touch INJECTED")).toEqual({
    syntax: 0,
    argv: [['courier-jwt', 'issue', '--user', 'a b']],
    injected: true,
    said: '',
  });
});

describe.concurrent('claims', () => {
  const now = Math.floor(Date.now() / 1000);
  const claimsWith = (hostile: string) => ({
    scope: `user_id:${hostile} ${hostile} user_id:alice tenant:${hostile}:read`,
    tenant_scope: hostile,
    tenant_id: hostile,
    jti: hostile,
    [hostile]: { [hostile]: [hostile, hostile] },
    iat: now,
    exp: now + 3600,
  });

  it.each(hostileTexts)('decode %j', async (hostile) => {
    const claims = claimsWith(hostile);
    const header = { alg: hostile, typ: hostile, kid: hostile };
    for (const token of [sign(claims), sign(claims, header)]) {
      const ran = await courierJwt(['decode', '--json'], { stdin: token });
      expect({ code: ran.code, live: liveOf(ran) }).toEqual({ code: 0, live: [] });
      const view = documentOf<{ header: unknown; payload: unknown; workspace: unknown; scopes: string[] }>(ran);
      // A half of a surrogate pair has no UTF-8: it was lost before it came here.
      const readable = (value: unknown) =>
        JSON.parse(JSON.stringify(value).replaceAll('\\ud800', '\\ud800')) as unknown;
      expect(view.payload).toEqual(readable(claims));
      expect(view.workspace).toEqual({ tenantId: hostile, tenantScope: hostile });
      expect(view.scopes).toEqual(claims.scope.split(' ').filter(Boolean));
      if (token === sign(claims, header)) expect(view.header).toEqual(header);
      const asText = await courierJwt(['decode'], { stdin: token });
      expect({ code: asText.code, live: liveOf(asText) }).toEqual({ code: 0, live: [] });
    }
  });

  it.each(hostileTexts)('check-scopes %j', async (hostile) => {
    const token = sign(claimsWith(hostile));
    for (const argv of [
      ['--for', 'create'],
      ['--user', 'alice', '--tenant-scope', 'test', '--strict', '--env', 'local'],
    ]) {
      const ran = await courierJwt(['check-scopes', '--json', ...argv], { stdin: token });
      expect({ code: ran.code, live: liveOf(ran) }).toEqual({ code: 1, live: [] });
      const { findings } = documentOf<{ findings: FindingShape[] }>(ran);
      const scopes = hostile.split(' ').filter(Boolean);
      for (const scope of scopes.filter((one) => !one.startsWith('user_id:')))
        expect(findings.some(({ subject }) => subject === scope)).toBe(true);
      const asText = await courierJwt(['check-scopes', ...argv], { stdin: token });
      expect({ code: asText.code, live: liveOf(asText) }).toEqual({ code: 1, live: [] });
    }
  });

  it('two tokens of hostile users', async () => {
    const tokens = hostileTexts.map((hostile) => sign({ scope: `user_id:${hostile} read:brands` }));
    for (const flags of [[], ['--json']]) {
      const ran = await courierJwt(['decode', ...flags], { stdin: tokens.join('\n') });
      expect({ code: ran.code, live: liveOf(ran) }).toEqual({ code: 2, live: [] });
    }
  });
});

describe.concurrent('what Courier says', () => {
  /** Node's own server would refuse to write such a header. */
  const rawRedirect: Misbehaviour = (_, response) => {
    response.socket?.end('HTTP/1.1 303 x\r\nlocation: a\u001b[31m::b ##[c]\r\ncontent-length: 0\r\n\r\n');
  };

  it.each(hostileWords)('a message of %j', { timeout: 120_000 }, async (hostile) =>
    withCourier(async (courier) => {
      for (const answer of [
        json(400, { message: hostile, type: hostile }),
        json(404, { message: hostile }),
        text(302, hostile, { location: encodeURI(hostile.replace(/[\ud800-\udfff]/g, '')) }),
        rawRedirect,
      ]) {
        courier.misbehave(answer);
        const ran = await courierJwt(['issue', '-u', 'alice', '--debug'], { variables: keyed(courier) });
        expect({ exit: ran.code === 2 || ran.code === 4, live: liveOf(ran) }).toEqual({ exit: true, live: [] });
        const asJson = await courierJwt(['issue', '-u', 'alice', '--json'], { variables: keyed(courier) });
        expect({ code: asJson.code, live: liveOf(asJson) }).toEqual({ code: ran.code, live: [] });
        documentOf(asJson);
      }
    }),
  );

  it.each([...hostileWords, '\ud800'])('claims of %j in what was minted', async (hostile) =>
    withCourier(async (courier) => {
      courier.claims((claims) => ({
        ...claims,
        tenant_scope: hostile,
        tenant_id: hostile,
        scope: `user_id:${hostile} ${hostile}`,
      }));
      const ran = await courierJwt(['issue', '-u', 'alice', '--debug'], { variables: keyed(courier) });
      expect({ code: ran.code, live: liveOf(ran) }).toEqual({ code: 1, live: [] });
      const asJson = await courierJwt(['issue', '-u', 'alice', '--json'], { variables: keyed(courier) });
      expect({ code: asJson.code, live: liveOf(asJson) }).toEqual({ code: 1, live: [] });
      expect(documentOf<{ granted: string[] }>(asJson).granted).toEqual(
        `user_id:${hostile} ${hostile}`.split(' ').filter(Boolean),
      );
    }),
  );

  it.each(hostileWords)('a workspace called %j is kept, listed and compared', { timeout: 120_000 }, async (hostile) =>
    withCourier(async (courier) => {
      const variables = { COURIER_JWT_CONFIG_DIR: join(configFolder(), 'config') };
      const withKey = { ...variables, ...keyed(courier) };
      courier.claims((claims) => ({ ...claims, tenant_scope: hostile, tenant_id: hostile }));
      const add = ['env', 'add', 'test', '--from-env', '--storage', 'file'];
      const run = async (argv: string[], code: number) => {
        const ran = await courierJwt(argv, { variables: argv.includes('add') ? withKey : variables });
        expect({ argv, code: ran.code, live: liveOf(ran) }).toEqual({ argv, code, live: [] });
        return ran;
      };
      await run(add, 0);
      await run(['env', 'list'], 0);
      const { environments } = documentOf<{ environments: { workspace: unknown }[] }>(
        await run(['env', 'list', '--json'], 0),
      );
      expect(environments[0]?.workspace).toEqual({ tenantId: hostile, tenantScope: hostile });
      courier.claims((claims) => claims);
      await run(['env', 'check', 'test'], 1);
      await run(['env', 'check', 'test', '--json'], 1);
      const different = await run([...add, '--replace'], 3);
      expect(different.stderr).toContain('--yes');
      await run([...add, '--replace', '--json'], 3);
    }),
  );
});

describe.concurrent('words of the command line', () => {
  const commandsWith = (hostile: string): string[][] => [
    [hostile],
    ['issue', hostile],
    ['issue', '-u', hostile, '--env', 'local', '-q'],
    ['issue', '-u', 'alice', '--for', hostile],
    ['issue', '-u', 'alice', '--for', 'create', '--tenant', hostile, '--dry-run'],
    ['issue', '-u', 'alice', '--tenant', hostile],
    ['issue', '-u', 'alice', '--env', 'local', '--scope', hostile],
    ['issue', '-u', 'alice', `--expires-in=${hostile}`],
    ['issue', '-u', 'alice', '--output', hostile],
    ['issue', '-u', 'alice', '--env', hostile],
    ['issue', '-u', 'alice', '--region', hostile],
    ['issue', '-u', 'alice', '--api-key-file', hostile],
    ['issue', '-u', 'alice', `--timeout=${hostile}`],
    ['decode', hostile],
    ['decode', 'a', hostile],
    ['decode', '--token-file', hostile],
    [`--${hostile}`],
    [`--${hostile}=${hostile}`],
    ['decode', `--bogus${hostile}`, 'x'],
    ['check-scopes', '--user', hostile, 'x'],
    ['check-scopes', '--tenant-scope', hostile, sign({ scope: 'user_id:alice' })],
    ['check-scopes', '--require', hostile, sign({ scope: 'user_id:alice' })],
    ['env', hostile],
    ['env', 'add', hostile],
    ['env', 'use', hostile],
    ['env', 'remove', hostile],
    ['env', 'check', hostile],
    ['scopes', hostile],
    ['completion', hostile],
  ];
  it.each(hostileWords)('%j', { timeout: 240_000 }, async (hostile) => {
    for (const argv of commandsWith(hostile)) {
      const ran = await courierJwt(argv, { stdin: '' });
      expect({ argv, live: liveOf(ran) }).toEqual({ argv, live: [] });
    }
    for (const argv of commandsWith(hostile).filter((_, at) => at % 3 === 0)) {
      const asJson = await courierJwt(['--json', ...argv], { stdin: '' });
      expect({ argv, live: liveOf(asJson) }).toEqual({ argv, live: [] });
      documentOf(asJson);
    }
  });
});

describe.concurrent('variables, and names of files and folders', () => {
  it.each(hostileWords)('%j', { timeout: 240_000 }, async (hostile) => {
    const root = configFolder();
    const folder = join(root, hostile.replaceAll('/', '-'));
    const file = join(root, `f${hostile.replaceAll('/', '-')}`);
    mkdirSync(join(folder, 'environments'), { recursive: true });
    writeFileSync(file, '');
    writeFileSync(join(folder, 'environments/test.json'), '{');
    // Not the name of any environment.
    writeFileSync(join(folder, 'environments', `${hostile.replaceAll('/', '-')}.json`), '{}');
    const kept = { COURIER_JWT_CONFIG_DIR: folder };
    const asFile = { COURIER_JWT_CONFIG_DIR: file };
    const cases: { argv: string[]; variables: Record<string, string>; exit: number }[] = [
      { argv: ['issue', '-u', 'alice', '-e', 'test'], variables: kept, exit: 3 },
      { argv: ['env', 'list'], variables: kept, exit: 0 },
      { argv: ['env', 'check', '--all'], variables: kept, exit: 3 },
      { argv: ['env', 'remove', 'test', '--yes'], variables: kept, exit: 0 },
      {
        argv: ['env', 'add', 'new', '--from-env', '--no-check', '--storage', 'file'],
        variables: { ...kept, COURIER_API_KEY: 'pk_test_Zq7Rk2Vx9Lm4Tn8W' },
        exit: 0,
      },
      { argv: ['issue', '-u', 'alice', '-e', 'test'], variables: asFile, exit: 3 },
      { argv: ['env', 'list'], variables: asFile, exit: 3 },
      {
        argv: ['env', 'add', 'new', '--from-env', '--no-check', '--storage', 'file'],
        variables: { ...asFile, COURIER_API_KEY: 'pk_test_Zq7Rk2Vx9Lm4Tn8W' },
        exit: 3,
      },
      { argv: ['decode', '--token-file', file], variables: {}, exit: 2 },
      { argv: ['decode', '--token-file', folder], variables: {}, exit: 2 },
      { argv: ['issue', '-u', 'alice', '--api-key-file', file], variables: {}, exit: 3 },
      { argv: ['issue', '-u', 'alice'], variables: { COURIER_JWT_ENV: hostile }, exit: 3 },
      {
        argv: ['issue', '-u', 'alice'],
        variables: { COURIER_API_KEY: 'pk_test_Zq7Rk2Vx9Lm4Tn8W', COURIER_BASE_URL: hostile },
        exit: 2,
      },
      { argv: ['issue', '-u', 'alice'], variables: { COURIER_API_KEY: hostile }, exit: 3 },
      {
        argv: ['issue', '-u', 'alice'],
        variables: {
          COURIER_API_KEY: 'pk_test_Zq7Rk2Vx9Lm4Tn8W',
          COURIER_BASE_URL: 'http://127.0.0.1:9',
          NODE_DEBUG: `http,${hostile}`,
        },
        exit: 2,
      },
    ];
    for (const { argv, variables, exit } of cases)
      for (const flags of exit === 0 && !argv.includes('list') ? [[]] : [[], ['--json']]) {
        const ran = await courierJwt([...argv, ...flags], { variables });
        // A key of printable characters without white space is a key.
        const expected = variables.COURIER_API_KEY === hostile ? [3, 4] : [exit];
        expect({ argv, exit: expected.includes(ran.code ?? -1) ? 'as expected' : ran.code, live: liveOf(ran) }).toEqual(
          {
            argv,
            exit: 'as expected',
            live: [],
          },
        );
      }
  });
});

describe.concurrent('what stands in the store', () => {
  it.each([...hostileWords, '\ud800'])('%j', { timeout: 120_000 }, async (hostile) => {
    const config = join(configFolder(), 'config');
    mkdirSync(join(config, 'environments'), { recursive: true, mode: 0o700 });
    const record = {
      version: 1,
      storage: 'file',
      key: 'pk_test_Zq7Rk2Vx9Lm4Tn8Wb3Hc6',
      account: null,
      keyHint: hostile,
      region: 'us',
      baseUrl: null as string | null,
      tenantId: hostile,
      tenantScope: hostile,
      production: false,
      addedAt: hostile,
    };
    const write = (name: string, value: object) =>
      writeFileSync(join(config, `environments/${name}.json`), JSON.stringify(value));
    write('test', record);
    write('url', { ...record, baseUrl: hostile });
    writeFileSync(join(config, 'config.json'), JSON.stringify({ default: hostile }));
    for (const argv of [
      ['env', 'list'],
      ['issue', '-u', 'alice'],
      ['issue', '-u', 'alice', '-e', 'url'],
      ['issue', '-u', 'alice', '-e', 'url', '--region', 'eu'],
      ['check-scopes', sign({ scope: 'user_id:alice', tenant_id: workspace }), '--env', 'test'],
      ['env', 'use', 'test'],
      ['env', 'remove', 'test', '--yes'],
    ])
      for (const flags of [[], ['--json']]) {
        if (flags.length > 0 && argv.includes('remove')) continue;
        const ran = await courierJwt([...argv, ...flags], { variables: { COURIER_JWT_CONFIG_DIR: config } });
        expect({ argv, live: liveOf(ran) }).toEqual({ argv, live: [] });
        if (flags.length > 0) documentOf(ran);
      }
  });
});

describe.concurrent('what is printed to be pasted', () => {
  /** Runs it twice: the fix lines of the text, run by sh, are the argv of the JSON. */
  async function expectPasteable(
    argv: string[],
    variables: Record<string, string> = {},
    stdin = '',
  ): Promise<string[][]> {
    const asText = await courierJwt(argv, { variables, stdin });
    const asJson = await courierJwt(['--json', ...argv], { variables, stdin });
    expect(liveOf(asText)).toEqual([]);
    const document = documentOf<Partial<ErrorDocument> & { findings?: FindingShape[] }>(asJson);
    const all = [document.error?.fix, ...(document.findings ?? []).map(({ fix }) => fix)].filter(
      (fix) => fix !== undefined,
    );
    const fixes = [...new Set(all.filter((fix) => fix.length > 0).map((fix) => JSON.stringify(fix)))].map(
      (fix) => JSON.parse(fix) as string[],
    );
    const lines = fixLinesOf(asText);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const { syntax, argv: ran, injected, said } = await paste(line);
      expect({
        line,
        syntax,
        injected,
        said,
        known: fixes.some((fix) => JSON.stringify(ran) === JSON.stringify([fix])) ? 'in the JSON' : ran,
      }).toEqual({
        line,
        syntax: 0,
        injected: false,
        said: '',
        known: 'in the JSON',
      });
    }
    return fixes;
  }

  it.each([...hostileUsers, ...printable])('issue %s', async (word) => {
    await expectPasteable(['issue', ...(word.startsWith('-') ? ['--', word] : [word])]);
  });

  it.each(hostileUsers.filter((word) => word !== '--help'))(
    'a command that is called otherwise, and its words: %s',
    async (word) => {
      const fixes = await expectPasteable(['mint', word]);
      expect(fixes).toEqual([['courier-jwt', 'issue', word]]);
    },
  );

  it.each(hostileUsers)('a token of the user %s', async (user) => {
    const fixes = await expectPasteable(['check-scopes', '--for', 'inbox'], {}, sign({ scope: `user_id:${user}` }));
    expect(fixes).toEqual([
      ['courier-jwt', 'issue', ...(user.startsWith('-') ? [`--user=${user}`] : ['--user', user]), '--for', 'inbox'],
    ]);
  });

  it.each(hostileUsers)('--user %s', async (user) => {
    await expectPasteable(['check-scopes', `--user=${user}`], {}, sign({ scope: 'user_id:alice' }));
  });

  it.each(hostileUsers.filter((user) => !user.includes(':')))('--tenant %s', async (tenant) => {
    await expectPasteable(['issue', '-u', 'alice', `--tenant=${tenant}`]);
  });

  it.each(hostileUsers)('--require %s', async (scope) => {
    await expectPasteable(['check-scopes', `--require=${scope}`], {}, sign({ scope: 'user_id:alice' }));
  });

  it.each([
    "a'b.example",
    'x$(touch${IFS}INJECTED).example',
    'x`touch${IFS}INJECTED`.example',
    'a;b&c.example',
    '[::1]:9',
    '[::ffff:7f00:1]:9',
  ])('a host called %s', async (host) => {
    await expectPasteable(['issue', '-u', 'alice', '--timeout', '5s'], keyed({ url: `https://${host}` }));
  });

  it.each(printable)('a folder called %s', async (word) => {
    const file = join(configFolder(), word.replaceAll('/', '-'));
    writeFileSync(file, '');
    await expectPasteable(['issue', '-u', 'alice', '-e', 'test'], { COURIER_JWT_CONFIG_DIR: file });
  });

  it.each(invisibleUsers)('what nobody sees is kept, or not offered: %j', async (user) => {
    await expectPasteable(['check-scopes'], {}, sign({ scope: `user_id:${user}` }));
  });

  it.each(['one\ntwo', '\u001b[31mred', 'tab\there'])(
    'control characters are kept, or not offered: %j',
    async (word) => {
      await expectPasteable(['check-scopes', '--require', word], {}, sign({ scope: 'user_id:alice' }));
      await expectPasteable(['issue', word]);
    },
  );
});
