import { describe, expect, it } from 'vitest';
import type { Transport } from '../../src/courier/transport.js';
import type { Keychain } from '../../src/environments/keychain.js';
import type { EnvironmentRecord } from '../../src/environments/record.js';
import { Failure } from '../../src/errors.js';
import { version } from '../../src/version.js';
import { type Outside, memoryKeychain, noKeychain, now, runInMemory } from '../support/context.js';
import { sign } from '../support/courier-server.js';

const oldKey = 'pk_test_OLDKEY1234567890AAAA';
const newKey = 'pk_test_NEWKEY1234567890BBBB';
const prodKey = 'pk_prod_LIVEKEY123456789CCCC';

/** Mints what is asked for, from this workspace and environment. */
function minting(tenantScope: string | null = 'published/test', tenantId = 'w/test', status = 200): Transport {
  return {
    async send({ body = '' }) {
      const { scope } = JSON.parse(body) as { scope: string };
      const from = tenantScope === null ? {} : { tenant_scope: tenantScope, tenant_id: tenantId };
      const token = sign({ scope, ...from, iat: now, exp: now + 5 });
      return { status, headers: {}, body: JSON.stringify(status === 200 ? { token } : { message: 'no' }) };
    },
  };
}

const record = (more: Partial<EnvironmentRecord> = {}): EnvironmentRecord => ({
  version: 1,
  storage: 'file',
  key: oldKey,
  account: null,
  keyHint: 'pk_test_…AAAA',
  region: 'us',
  baseUrl: null,
  tenantId: 'w/test',
  tenantScope: 'published/test',
  production: false,
  addedAt: '2025-01-01T00:00:00.000Z',
  ...more,
});

const inKeychain = (account = 'test-0') => record({ storage: 'keychain', key: null, account });

const added = (more: Partial<EnvironmentRecord> = {}) =>
  record({ key: newKey, keyHint: 'pk_test_…BBBB', addedAt: '2026-01-01T00:00:00.000Z', ...more });

const terminal = { terminal: true, transport: minting() };

/** A keychain that fails so on everything but what `overrides` does. */
function failing(code: 'keychain.timeout' | 'keychain.refused', overrides: Partial<Keychain> = {}): Keychain {
  const fail = async (name: string) => {
    if (code === 'keychain.timeout') throw new Failure(code, { name, seconds: 3 });
    throw new Failure(code, { name, reason: 'locked' });
  };
  return {
    get: async (_account, name) => (await fail(name), ''),
    set: (_account, _key, name) => fail(name),
    remove: (_account, name) => fail(name),
    ...overrides,
  };
}

/** How a command ended: the exit code, what was asked, and what is kept. */
async function outcome(argv: string[], outside: Outside) {
  const { code, stdout, stderr, store, asked, requests } = await runInMemory(argv, outside);
  expect(stdout + stderr).not.toMatch(/OLDKEY|NEWKEY|LIVEKEY/);
  return {
    code,
    asked,
    kept: store.read('test'),
    default: store.readDefault(),
    sent: requests.map(({ headers }) => headers.Authorization),
  };
}

describe('env add on a terminal', () => {
  const question = 'API key of test (not shown):';

  const answerRows: { answer: string; key: string }[] = [
    { answer: newKey, key: newKey },
    { answer: ` ${newKey}\t`, key: newKey },
    { answer: `${newKey}\n`, key: newKey },
  ];
  it.each(answerRows)('takes the answer $answer', async ({ answer, key }) => {
    expect(await outcome(['env', 'add', 'test'], { ...terminal, answers: [answer] })).toEqual({
      code: 0,
      asked: [question],
      kept: added({ key }),
      default: 'test',
      sent: [`Bearer ${key}`],
    });
  });

  it.each(['', '   ', 'ck_client_key', 'two words here', 'short', '"pk_test_quoted1234"'])(
    'refuses the answer "%s": exit 3',
    async (answer) => {
      expect(await outcome(['env', 'add', 'test'], { ...terminal, answers: [answer] })).toEqual({
        code: 3,
        asked: [question],
        kept: undefined,
        default: undefined,
        sent: [],
      });
    },
  );

  const notAskedRows: { argv: string[]; outside: Outside; code: number; kept?: EnvironmentRecord }[] = [
    { argv: [], outside: { variables: { CI: 'true' } }, code: 2 },
    { argv: ['--no-input'], outside: {}, code: 2 },
    { argv: [], outside: { terminal: false }, code: 2 },
    { argv: ['--from-env'], outside: { variables: { COURIER_API_KEY: newKey } }, code: 0, kept: added() },
    { argv: ['--api-key-file', 'k'], outside: { files: { k: `${newKey}\n` } }, code: 0, kept: added() },
    { argv: ['--api-key-stdin'], outside: { stdin: `${newKey}\n` }, code: 0, kept: added() },
    { argv: ['--from-env', '--api-key-file', 'k'], outside: { files: { k: newKey } }, code: 2 },
  ];
  it.each(notAskedRows)('asks nothing with $argv and $outside: exit $code', async ({ argv, outside, code, kept }) => {
    const { asked, ...ended } = await outcome(['env', 'add', 'test', ...argv], { ...terminal, ...outside });
    expect([ended.code, asked, ended.kept]).toEqual([code, [], kept]);
  });

  const usageRows: { what: string; argv: string[]; variables: Record<string, string> }[] = [
    { what: 'a name that is there', argv: ['test'], variables: {} },
    { what: 'local', argv: ['local'], variables: {} },
    { what: 'no name', argv: ['Test!'], variables: {} },
    { what: '--replace with --no-check', argv: ['test', '--replace', '--no-check'], variables: {} },
    { what: 'no storage', argv: ['test', '--replace', '--storage', 'cloud'], variables: {} },
    { what: 'no region', argv: ['test', '--replace', '--region', 'mars'], variables: {} },
    { what: 'a URL that is none', argv: ['test', '--replace'], variables: { COURIER_BASE_URL: 'nonsense' } },
    {
      what: 'plain http to elsewhere',
      argv: ['test', '--replace'],
      variables: { COURIER_BASE_URL: 'http://courier.example' },
    },
  ];
  it.each(usageRows)('judges $what before it asks: exit 2', async ({ argv, variables }) => {
    const outside = { ...terminal, variables, records: { test: record() }, answers: [newKey] };
    expect(await outcome(['env', 'add', ...argv], outside)).toEqual({
      code: 2,
      asked: [],
      kept: record(),
      default: undefined,
      sent: [],
    });
  });
});

describe('env add --replace', () => {
  const add = ['env', 'add', 'test', '--replace', '--api-key-file', 'k'];
  const outside = { terminal: true, files: { k: newKey }, records: { test: record() }, default: 'other' };
  const question = (after: string) =>
    `The new key is of ${after}, and test is of published/test of workspace w/test. Replace it?`;
  const elsewhere = minting('published/test', 'v/test');

  const rows: {
    to: string;
    transport: Transport;
    argv?: string[];
    answers?: boolean[];
    code: number;
    asked: string[];
    kept: EnvironmentRecord;
  }[] = [
    { to: 'the same', transport: minting(), code: 0, asked: [], kept: added() },
    {
      to: 'another workspace, n',
      transport: elsewhere,
      answers: [false],
      code: 2,
      asked: [question('published/test of workspace v/test')],
      kept: record(),
    },
    {
      to: 'another workspace, y',
      transport: elsewhere,
      answers: [true],
      code: 0,
      asked: [question('published/test of workspace v/test')],
      kept: added({ tenantId: 'v/test' }),
    },
    {
      to: 'another environment, n',
      transport: minting('draft/test'),
      answers: [false],
      code: 2,
      asked: [question('draft/test of workspace w/test')],
      kept: record(),
    },
    {
      to: 'a token that says neither, y',
      transport: minting(null),
      answers: [true],
      code: 0,
      asked: [question('no environment of workspace unknown')],
      kept: added({ tenantId: null, tenantScope: null }),
    },
    {
      to: 'production, y',
      transport: minting('published/production', 'w'),
      answers: [true],
      code: 0,
      asked: [question('published/production of workspace w')],
      kept: added({ tenantId: 'w', tenantScope: 'published/production', production: true }),
    },
    {
      to: 'another workspace, --yes',
      transport: elsewhere,
      argv: ['--yes'],
      code: 0,
      asked: [],
      kept: added({ tenantId: 'v/test' }),
    },
    {
      to: 'another workspace, --no-input',
      transport: elsewhere,
      argv: ['--no-input'],
      code: 3,
      asked: [],
      kept: record(),
    },
    {
      to: 'a refused key, --yes',
      transport: minting('', '', 401),
      argv: ['--yes'],
      code: 3,
      asked: [],
      kept: record(),
    },
  ];
  it.each(rows)('to $to: exit $code', async ({ transport, argv = [], answers = [], code, asked, kept }) => {
    expect(await outcome([...add, ...argv], { ...outside, transport, answers })).toEqual({
      code,
      asked,
      kept,
      default: 'other',
      sent: [`Bearer ${newKey}`],
    });
  });

  it('asks nothing where the old key was never proved', async () => {
    const records = { test: record({ tenantId: null, tenantScope: null }) };
    const ended = await outcome(add, { ...outside, records, transport: elsewhere });
    expect([ended.code, ended.asked, ended.kept]).toEqual([0, [], added({ tenantId: 'v/test' })]);
  });

  it('keeps region and server of the old key, unless it is told others', async () => {
    const records = { test: record({ region: 'eu', baseUrl: null }) };
    const own = { test: record({ baseUrl: 'https://proxy.example' }) };
    const place = async (argv: string[], more: Outside) => {
      const { store, requests } = await runInMemory([...add, ...argv], { ...outside, transport: minting(), ...more });
      const { region, baseUrl } = store.read('test')!;
      return [region, baseUrl, new URL(requests[0]!.url).host];
    };
    expect([
      await place([], { records }),
      await place(['--region', 'us'], { records }),
      await place([], { records: own }),
      await place(['--region', 'eu'], { records: own }),
      await place([], { records: own, variables: { COURIER_BASE_URL: 'https://other.example/' } }),
    ]).toEqual([
      ['eu', null, 'api.eu.courier.com'],
      ['us', null, 'api.courier.com'],
      ['us', 'https://proxy.example', 'proxy.example'],
      ['eu', null, 'api.eu.courier.com'],
      ['us', 'https://other.example', 'other.example'],
    ]);
  });
});

describe('the keychain', () => {
  const add = (...more: string[]) => ['env', 'add', 'test', '--api-key-file', 'k', ...more];
  const outside = { files: { k: newKey }, transport: minting() };
  const newAccount = 'test-11111111';

  const rows: {
    argv: string[];
    before?: EnvironmentRecord;
    entries?: Record<string, string>;
    kept: EnvironmentRecord;
    after: Record<string, string>;
  }[] = [
    {
      argv: add(),
      kept: added({ storage: 'keychain', key: null, account: newAccount }),
      after: { [newAccount]: newKey },
    },
    {
      argv: add('--storage', 'keychain'),
      kept: added({ storage: 'keychain', key: null, account: newAccount }),
      after: { [newAccount]: newKey },
    },
    { argv: add('--storage', 'file'), kept: added(), after: {} },
    {
      argv: add('--replace'),
      before: inKeychain(),
      entries: { 'test-0': oldKey, 'other-0': oldKey },
      kept: added({ storage: 'keychain', key: null, account: newAccount }),
      after: { [newAccount]: newKey, 'other-0': oldKey },
    },
    { argv: add('--replace'), before: record(), kept: added(), after: {} },
    {
      argv: add('--replace', '--storage', 'file'),
      before: inKeychain(),
      entries: { 'test-0': oldKey },
      kept: added(),
      after: {},
    },
    {
      argv: add('--replace', '--storage', 'keychain'),
      before: record(),
      kept: added({ storage: 'keychain', key: null, account: newAccount }),
      after: { [newAccount]: newKey },
    },
  ];
  it.each(rows)('with $argv over $before.storage', async ({ argv, before, entries = {}, kept, after }) => {
    const keychain = memoryKeychain({ ...entries });
    const ended = await outcome(argv, { ...outside, keychain, ...(before && { records: { test: before } }) });
    expect([ended.code, ended.kept, keychain.entries]).toEqual([0, kept, after]);
  });

  it('where there is none: a file, said on stderr, unless the keychain was asked for', async () => {
    const stderrOf = async (...more: string[]) => {
      const { code, stderr, store } = await runInMemory(add(...more), { ...outside, keychain: noKeychain });
      return [code, stderr.split('\n')[0], store.read('test')?.storage];
    };
    expect([
      await stderrOf(),
      await stderrOf('--storage', 'file'),
      (await stderrOf('--storage', 'keychain')).filter((_, i) => i !== 1),
    ]).toEqual([
      [0, 'there is no keychain here: the key is in a file that only you can read.', 'file'],
      [
        0,
        'kept test (published/test of workspace w/test) in /memory/environments/test.json; it is the default.',
        'file',
      ],
      [3, undefined],
    ]);
  });

  it('that is gone since: a rotation is exit 3 and never a silent change to a file', async () => {
    const ended = await outcome(add('--replace'), {
      ...outside,
      keychain: noKeychain,
      records: { test: inKeychain() },
    });
    expect([ended.code, ended.kept]).toEqual([3, inKeychain()]);
  });

  it.each(['keychain.timeout', 'keychain.refused'] as const)('%s: exit 3, and nothing changes', async (code) => {
    const keychain = failing(code);
    const fails = async (argv: string[], records: Record<string, EnvironmentRecord>) => {
      const { stdout, ...ended } = await runInMemory([...argv, '--json'], { ...outside, keychain, records });
      return [ended.code, (JSON.parse(stdout) as { error: { code: string } }).error.code, ended.store.read('test')];
    };
    expect([
      await fails(add(), {}),
      await fails(add('--storage', 'keychain'), {}),
      await fails(add('--replace'), { test: inKeychain() }),
      await fails(['env', 'remove', 'test', '--yes'], { test: inKeychain() }),
      await fails(['issue', '-u', 'alice', '--env', 'test'], { test: inKeychain() }),
    ]).toEqual([
      [3, code, undefined],
      [3, code, undefined],
      [3, code, inKeychain()],
      [3, code, inKeychain()],
      [3, code, inKeychain()],
    ]);
  });

  it('that does not give up the old entry does not fail a rotation', async () => {
    const keychain = failing('keychain.refused', { set: async () => {} });
    const ended = await outcome(add('--replace'), { ...outside, keychain, records: { test: inKeychain() } });
    expect([ended.code, ended.kept?.account]).toEqual([0, newAccount]);
  });

  it('without the entry: exit 3 for issue, and env remove removes what is left', async () => {
    const records = { test: inKeychain() };
    const keychain = memoryKeychain();
    const { code, stderr } = await runInMemory(['issue', '-u', 'alice', '--env', 'test'], { records, keychain });
    const removed = await outcome(['env', 'remove', 'test', '--yes'], { records, keychain });
    expect([code, stderr.split('\n')[0], removed.code, removed.kept]).toEqual([
      3,
      'error: the keychain has no key for test: it was removed there, or this is another login. Add it again.',
      0,
      undefined,
    ]);
  });

  it('is not asked for what needs no key', async () => {
    const never = failing('keychain.timeout');
    const records = { test: inKeychain() };
    const codes = [];
    for (const argv of [
      ['env', 'list'],
      ['env', 'use', 'test'],
      ['issue', '-u', 'alice', '--env', 'test', '--dry-run'],
    ])
      codes.push((await runInMemory(argv, { records, keychain: never })).code);
    expect(codes).toEqual([0, 0, 0]);
  });
});

describe('env remove on a terminal', () => {
  const rows: {
    argv: string[];
    more?: Outside;
    asked: string[];
    code: number;
    kept: boolean;
    default: string | undefined;
  }[] = [
    {
      argv: [],
      more: { answers: [true] },
      asked: ['Remove test and its key?'],
      code: 0,
      kept: false,
      default: undefined,
    },
    { argv: [], more: { answers: [false] }, asked: ['Remove test and its key?'], code: 2, kept: true, default: 'test' },
    { argv: ['--yes'], asked: [], code: 0, kept: false, default: undefined },
    { argv: ['--no-input'], asked: [], code: 2, kept: true, default: 'test' },
    { argv: [], more: { variables: { CI: '1' } }, asked: [], code: 2, kept: true, default: 'test' },
    { argv: ['--yes'], more: { terminal: false }, asked: [], code: 0, kept: false, default: undefined },
  ];
  it.each(rows)('with $argv and $more: exit $code', async ({ argv, more = {}, asked, code, kept, default: first }) => {
    const keychain = memoryKeychain({ 'test-0': oldKey });
    const outside = { terminal: true, records: { test: inKeychain() }, default: 'test', keychain, ...more };
    expect([await outcome(['env', 'remove', 'test', ...argv], outside), Object.keys(keychain.entries)]).toEqual([
      { code, asked, kept: kept ? inKeychain() : undefined, default: first, sent: [] },
      kept ? ['test-0'] : [],
    ]);
  });
});

describe('issue in production on a terminal', () => {
  const question = (name: string) => `${name} is production. Mint a token that opens alice's real inbox?`;
  const live = minting('published/production', 'w');
  const prod = record({ key: prodKey, tenantId: 'w', tenantScope: 'published/production', production: true });
  const test = { records: { test: prod }, default: 'test', terminal: true, transport: live };
  const byVariable = { terminal: true, transport: live, variables: { COURIER_API_KEY: prodKey } };
  const unknown = { terminal: true, transport: live, variables: { COURIER_API_KEY: 'token_TELLSNOTHING12345' } };

  const rows: {
    what: string;
    argv: string[];
    outside: Outside;
    code: number;
    asked: string[];
    sent: number;
    printed: boolean;
  }[] = [
    {
      what: 'recorded, y',
      argv: [],
      outside: { ...test, answers: [true] },
      code: 0,
      asked: [question('test')],
      sent: 1,
      printed: true,
    },
    {
      what: 'recorded, n',
      argv: [],
      outside: { ...test, answers: [false] },
      code: 2,
      asked: [question('test')],
      sent: 0,
      printed: false,
    },
    {
      what: 'recorded, --yes, n',
      argv: ['--yes'],
      outside: { ...test, answers: [false] },
      code: 2,
      asked: [question('test')],
      sent: 0,
      printed: false,
    },
    {
      what: 'recorded, --allow-production',
      argv: ['--allow-production'],
      outside: test,
      code: 0,
      asked: [],
      sent: 1,
      printed: true,
    },
    { what: 'recorded, --no-input', argv: ['--no-input'], outside: test, code: 2, asked: [], sent: 0, printed: false },
    {
      what: 'recorded, no terminal',
      argv: ['--yes'],
      outside: { ...test, terminal: false, stdin: '' },
      code: 2,
      asked: [],
      sent: 0,
      printed: false,
    },
    {
      what: 'by prefix, y',
      argv: [],
      outside: { ...byVariable, answers: [true] },
      code: 0,
      asked: [question('COURIER_API_KEY')],
      sent: 1,
      printed: true,
    },
    {
      what: 'by prefix, n',
      argv: [],
      outside: { ...byVariable, answers: [false] },
      code: 2,
      asked: [question('COURIER_API_KEY')],
      sent: 0,
      printed: false,
    },
    { what: 'known from the token alone', argv: [], outside: unknown, code: 2, asked: [], sent: 1, printed: false },
    {
      what: 'known from the token alone, --yes',
      argv: ['--yes'],
      outside: unknown,
      code: 2,
      asked: [],
      sent: 1,
      printed: false,
    },
    {
      what: 'known from the token alone, --allow-production',
      argv: ['--allow-production'],
      outside: unknown,
      code: 0,
      asked: [],
      sent: 1,
      printed: true,
    },
  ];
  it.each(rows)('$what: exit $code', async ({ argv, outside, code, asked, sent, printed }) => {
    // Five seconds, as the transport mints them.
    const words = ['issue', '-u', 'alice', '--scope', 'read:brands', '--expires-in', '5s', ...argv];
    const ended = await runInMemory(words, outside);
    expect({
      code: ended.code,
      asked: ended.asked,
      sent: ended.requests.length,
      printed: /^eyJ\S+\n$/.test(ended.stdout),
      leaked: ended.stderr.includes('eyJ'),
    }).toEqual({
      code,
      asked,
      sent,
      printed,
      leaked: false,
    });
  });
});

describe('env check', () => {
  const outside = { transport: minting(), records: { test: record() } };

  it('records what --no-check left out, and says so', async () => {
    const records = { test: record({ tenantId: null, tenantScope: null }) };
    const { code, store } = await runInMemory(['env', 'check', 'test'], { ...outside, records });
    expect([code, store.read('test')]).toEqual([0, record()]);
  });

  it('says all that it learned, also where what the surfaces need is not minted', async () => {
    const transport: Transport = {
      async send(request) {
        const isProbe = (request.body ?? '').includes('"user_id:courier-jwt-check read:brands"');
        return isProbe ? minting().send(request) : { status: 503, headers: {}, body: '' };
      },
    };
    const records = { test: record({ tenantId: 'before/test' }) };
    const { code, stdout } = await runInMemory(['env', 'check', 'test', '--json'], { records, transport });
    const { findings } = JSON.parse(stdout) as { findings: { status: string; code: string; subject: string }[] };
    expect([code, findings.map((finding) => `${finding.status} ${finding.code} ${finding.subject}`)]).toEqual([
      1,
      ['pass key.accepted test', 'fail workspace.changed test', 'unknown courier.unavailable test'],
    ]);
  });

  it('records nothing of a key that a variable gave', async () => {
    const records = { test: record({ tenantId: null, tenantScope: null }) };
    const variables = { COURIER_API_KEY_TEST: newKey };
    const { code, store, requests } = await runInMemory(['env', 'check', 'test'], { ...outside, records, variables });
    expect([code, store.read('test'), requests[0]?.headers.Authorization]).toEqual([
      0,
      records.test,
      `Bearer ${newKey}`,
    ]);
  });

  it('asks nothing on a terminal, production or not', async () => {
    const live = { transport: minting('published/production', 'w'), terminal: true };
    const records = {
      test: record({ key: prodKey, tenantId: 'w', tenantScope: 'published/production', production: true }),
    };
    const { code, asked, requests } = await runInMemory(['env', 'check', 'test'], { ...live, records });
    expect([code, asked, requests.map(({ body }) => body)]).toEqual([
      0,
      [],
      ['{"scope":"user_id:courier-jwt-check read:brands","expires_in":"5s"}'],
    ]);
  });

  it('with a keychain that does not answer: exit 3, and the others are checked', async () => {
    const records = { file: record(), test: inKeychain() };
    const { code, stdout } = await runInMemory(['env', 'check', '--all', '--json'], {
      ...outside,
      records,
      keychain: failing('keychain.timeout'),
    });
    const { findings } = JSON.parse(stdout) as { findings: { status: string; code: string; subject: string }[] };
    expect([code, findings.map((finding) => `${finding.status} ${finding.code} ${finding.subject}`)]).toEqual([
      3,
      ['pass key.accepted file', 'pass grant.all file', 'fail keychain.timeout test'],
    ]);
  });

  it('with a hostile tenant_scope: escaped on the text, inert in the JSON', async () => {
    const hostile = minting('published/\u001b[31mtest\n::error::x', 'w/test');
    const text = await runInMemory(['env', 'check', 'test'], { ...outside, transport: hostile });
    const document = await runInMemory(['env', 'check', 'test', '--json'], { ...outside, transport: hostile });
    expect([
      text.code,
      /\u001b|::error/.test(text.stdout),
      /\u001b|::error/.test(document.stdout),
      (JSON.parse(document.stdout) as { ok: boolean }).ok,
    ]).toEqual([1, false, false, false]);
  });
});

it('a default that somebody else chose while the key was proved stays', async () => {
  const outside: Outside = { stdin: newKey };
  let choose: (() => Promise<void>) | undefined;
  outside.transport = {
    async send(request) {
      await choose?.();
      return minting().send(request);
    },
  };
  outside.onStore = (store) => void (choose = async () => store.writeDefault('local'));
  const { code, store, stderr } = await runInMemory(['env', 'add', 'new', '--api-key-stdin'], outside);
  expect([code, store.readDefault(), stderr.includes('it is the default')]).toEqual([0, 'local', false]);
});

it('a variable that wins over the key that is kept is named', async () => {
  const variables = { COURIER_API_KEY_TEST: oldKey };
  const { code, stderr } = await runInMemory(['env', 'add', 'test', '--api-key-stdin'], {
    stdin: newKey,
    variables,
    transport: minting(),
  });
  expect([code, stderr.trim().split('\n').at(-1)]).toEqual([
    0,
    'note: COURIER_API_KEY_TEST is set, and wins over the key that is kept.',
  ]);
});

describe('env list says what is used in the place of the default', () => {
  const records = { prod: record(), test: record() };
  const rows: { name: string; outside: Outside; said: string }[] = [
    { name: 'nothing, where it is one of the list', outside: { default: 'test' }, said: '' },
    { name: 'nothing, where there is none', outside: {}, said: '' },
    { name: 'local', outside: { default: 'local' }, said: 'local is the default.\n' },
    {
      name: 'one that is gone',
      outside: { default: 'gone' },
      said: 'the default is gone, which is not kept: courier-jwt env use <name>.\n',
    },
    {
      name: 'a variable that names another',
      outside: { default: 'test', variables: { COURIER_JWT_ENV: 'prod', COURIER_API_KEY: newKey } },
      said: 'COURIER_JWT_ENV is set: prod is used here, whatever the default is.\n',
    },
    {
      name: 'a key in a variable',
      outside: { default: 'test', variables: { COURIER_API_KEY: newKey } },
      said: 'COURIER_API_KEY is set: its key is used here, whatever the default is.\n',
    },
  ];
  it.each(rows)('$name', async ({ outside, said }) => {
    const { code, stderr } = await runInMemory(['env', 'list'], { records, ...outside });
    expect([code, stderr]).toEqual([0, said]);
  });
});

it.each([
  { argv: ['env', 'add', 'new'], stderr: /^--no-check keeps the key without asking Courier\.$/m, said: true },
  { argv: ['env', 'add', 'test', '--replace'], stderr: /--no-check/, said: false },
])('without network $argv says how to do without it: $said', async ({ argv, stderr, said }) => {
  const transport: Transport = {
    send: async () => Promise.reject(new Failure('courier.timeout', { host: 'h', seconds: 10 })),
  };
  const ran = await runInMemory([...argv, '--api-key-stdin'], {
    stdin: newKey,
    records: { test: record() },
    transport,
  });
  expect([ran.code, stderr.test(ran.stderr)]).toEqual([4, said]);
});

it.each([
  { argv: ['--version', '--json'], document: { version } },
  {
    argv: ['--json', 'issue', '--help'],
    document: { help: expect.stringMatching(/^Usage: courier-jwt issue [^]*for those who have none yet$/) },
  },
])('$argv is one JSON document', async ({ argv, document }) => {
  const { code, stdout } = await runInMemory(argv);
  expect([code, JSON.parse(stdout)]).toEqual([0, document]);
});
