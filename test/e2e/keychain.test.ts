import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CourierServer, json, startCourier, workspace } from '../support/courier-server.js';
import {
  type Keyring,
  type ProcessView,
  childrenOf,
  hasKeyring,
  startKeyring,
  startSilentBus,
} from '../support/keychain-session.js';
import { type RunOptions, configFolder, courierJwt, executable } from '../support/run.js';

const firstKey = 'pk_test_FIRSTKEY1234567890AAAA';
const newKey = 'pk_test_SECONDKEY123456789BBBB';
const fellBack = 'there is no keychain here: the key is in a file that only you can read.';

let courier: CourierServer;
beforeAll(async () => void (courier = await startCourier()));
afterAll(() => courier.close());
beforeEach(() => {
  courier.misbehave(undefined);
  courier.requests.length = 0;
});

/** A config folder, and commands that run in it with a D-Bus or without. No output may have a key. */
function house(bus: Record<string, string>) {
  const folder = configFolder();
  const config = join(folder, 'config');
  const path = (name: string) => join(config, 'environments', `${name}.json`);
  const variables = { HOME: folder, COURIER_JWT_CONFIG_DIR: config, COURIER_BASE_URL: courier.url, ...bus };
  const run = async (argv: string[], options: RunOptions = {}) => {
    const ran = await courierJwt(argv, { ...options, variables: { ...variables, ...options.variables } });
    expect(ran.stdout + ran.stderr).not.toMatch(/FIRSTKEY|SECONDKEY/);
    return ran;
  };
  return {
    config,
    path,
    variables,
    run,
    /** The exit code, and the failure's code. */
    async failure(argv: string[], options: RunOptions = {}) {
      const { code, stdout } = await run([...argv, '--json'], options);
      return [code, (JSON.parse(stdout) as { error?: { code: string } }).error?.code];
    },
    add: (name: string, key: string, ...more: string[]) =>
      run(['env', 'add', name, '--api-key-stdin', ...more], { stdin: key }),
    /** The key that `issue` sends, and how it ended. */
    async used(name: string) {
      courier.requests.length = 0;
      const { code } = await run(['issue', '--user', 'alice', '--scope', 'read:brands', '--env', name]);
      return [code, ...courier.requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''))];
    },
    file: (name: string) => readFileSync(path(name), 'utf8'),
    record: (name: string) =>
      JSON.parse(readFileSync(path(name), 'utf8')) as { storage: string; key: string | null; account: string },
    kept: () => (existsSync(join(config, 'environments')) ? readdirSync(join(config, 'environments')) : []),
  };
}

describe.skipIf(!hasKeyring)('the keychain', () => {
  let keyring: Keyring;
  beforeAll(async () => void (keyring = await startKeyring()));
  afterAll(() => keyring.stop());
  beforeEach(async () => {
    for (const account of Object.keys(await keyring.entries())) await keyring.removeEntry(account);
  });

  it('keeps a key by default, and no file has it', async () => {
    const home = house(keyring.variables);
    const { code, stdout, stderr } = await home.add('test', firstKey);
    const record = home.record('test');
    expect({ code, stdout, stderr, record, entries: await keyring.entries() }).toEqual({
      code: 0,
      stdout: '',
      stderr: `kept test (published/test of workspace ${workspace}/test) in the keychain; it is the default.\n`,
      record: {
        version: 1,
        storage: 'keychain',
        key: null,
        account: expect.stringMatching(/^test-[0-9a-f]{8}$/) as string,
        keyHint: 'pk_test_…AAAA',
        region: 'us',
        baseUrl: courier.url,
        tenantId: `${workspace}/test`,
        tenantScope: 'published/test',
        production: false,
        addedAt: expect.any(String) as string,
      },
      entries: { [record.account]: firstKey },
    });
  });

  it('gives the key to issue and to env check', async () => {
    const home = house(keyring.variables);
    await home.add('test', firstKey);
    const used = await home.used('test');
    courier.requests.length = 0;
    const { code } = await home.run(['env', 'check', 'test', '--for', 'brands']);
    const sent = courier.requests.map(({ headers }) => headers.authorization);
    expect([used, code, sent]).toEqual([[0, firstKey], 0, [`Bearer ${firstKey}`, `Bearer ${firstKey}`]]);
  });

  it('is not asked where a variable has the key', async () => {
    const home = house(keyring.variables);
    await home.add('test', firstKey);
    await keyring.removeEntry(home.record('test').account);
    const { code } = await home.run(['issue', '-u', 'alice', '--env', 'test'], {
      variables: { COURIER_API_KEY_TEST: newKey },
    });
    expect(code).toBe(0);
  });

  it('is what env list says, every time', async () => {
    const home = house(keyring.variables);
    await home.add('one', firstKey, '--no-check');
    await home.add('two', firstKey, '--no-check', '--storage', 'file');
    const { stdout } = await home.run(['env', 'list']);
    const { stdout: document } = await home.run(['env', 'list', '--json']);
    const { environments } = JSON.parse(document) as { environments: { name: string; storage: string }[] };
    const listed = environments.map(({ name, storage }) => `${name} ${storage}`);
    expect([stdout.match(/keychain|file/g), listed]).toEqual([
      ['keychain', 'file'],
      ['one keychain', 'two file'],
    ]);
  });

  it('keeps any key that can be sent, byte for byte', async () => {
    const home = house(keyring.variables);
    const key = 'pk_test_a"b\\c$(d)`e`%f&g{h}\'i;j|k';
    await home.add('odd', key);
    expect([await home.used('odd'), Object.values(await keyring.entries())]).toEqual([[0, key], [key]]);
  });

  it('rotates: the old entry goes once the new key is kept', async () => {
    const home = house(keyring.variables);
    await home.add('test', firstKey);
    const { account } = home.record('test');
    const { code, stderr } = await home.add('test', newKey, '--replace');
    const after = home.record('test');
    expect([code, stderr, after.account === account, await keyring.entries(), await home.used('test')]).toEqual([
      0,
      `kept test (published/test of workspace ${workspace}/test) in the keychain.\n`,
      false,
      { [after.account]: newKey },
      [0, newKey],
    ]);
  });

  it('leaves the old entry when the new key is refused', async () => {
    const home = house(keyring.variables);
    await home.add('test', firstKey);
    const { account } = home.record('test');
    courier.misbehave(json(401, {}));
    const { code } = await home.add('test', newKey, '--replace');
    courier.misbehave(undefined);
    expect([code, await keyring.entries(), await home.used('test')]).toEqual([
      3,
      { [account]: firstKey },
      [0, firstKey],
    ]);
  });

  it('lets a key move to a file and back, and leaves no copy behind', async () => {
    const home = house(keyring.variables);
    await home.add('test', firstKey);
    await home.add('test', newKey, '--replace', '--storage', 'file');
    const moved = [home.record('test').storage, home.record('test').key, await keyring.entries()];
    await home.add('test', firstKey, '--replace', '--storage', 'keychain');
    expect({ moved, file: home.file('test').includes('KEY'), entries: Object.values(await keyring.entries()) }).toEqual(
      {
        moved: ['file', newKey, {}],
        file: false,
        entries: [firstKey],
      },
    );
  });

  it('is kept to by a rotation that does not say', async () => {
    const home = house(keyring.variables);
    await home.add('kept', firstKey, '--storage', 'file');
    await home.add('kept', newKey, '--replace');
    expect([home.record('kept').storage, await keyring.entries()]).toEqual(['file', {}]);
  });

  it('forgets the key with env remove', async () => {
    const home = house(keyring.variables);
    await home.add('test', firstKey);
    const { code } = await home.run(['env', 'remove', 'test', '--yes']);
    expect([code, await keyring.entries(), home.kept()]).toEqual([0, {}, []]);
  });

  it('is left alone with --storage file', async () => {
    const home = house(keyring.variables);
    const { code, stderr } = await home.add('test', firstKey, '--storage', 'file');
    expect([code, stderr.includes('keychain'), home.record('test').key, await keyring.entries()]).toEqual([
      0,
      false,
      firstKey,
      {},
    ]);
  });

  it('keeps no entry whose record could not be written', async () => {
    const home = house(keyring.variables);
    mkdirSync(home.config);
    // A folder in which even root makes no file.
    symlinkSync('/proc', join(home.config, 'environments'));
    const failed = await home.failure(['env', 'add', 'test', '--api-key-stdin'], { stdin: firstKey });
    expect([failed, await keyring.entries()]).toEqual([[3, 'environment.unwritable'], {}]);
  });

  it('that lost the entry: exit 3, and it can be replaced or removed', async () => {
    const home = house(keyring.variables);
    await home.add('test', firstKey);
    await home.add('other', firstKey);
    for (const name of ['test', 'other']) await keyring.removeEntry(home.record(name).account);
    expect([
      await home.failure(['issue', '-u', 'alice', '--env', 'test']),
      (await home.add('test', newKey, '--replace')).code,
      await home.used('test'),
      (await home.run(['env', 'remove', 'other', '--yes'])).code,
      home.kept(),
    ]).toEqual([[3, 'keychain.missing'], 0, [0, newKey], 0, ['test.json']]);
  });

  it('takes several at once', async () => {
    const home = house(keyring.variables);
    const names = ['a', 'b', 'c', 'd', 'e'];
    const ran = await Promise.all(names.map((name) => home.add(name, `${firstKey}${name}`)));
    const entries = await keyring.entries();
    expect([ran.map(({ code }) => code), names.map((name) => entries[home.record(name).account])]).toEqual([
      names.map(() => 0),
      names.map((name) => `${firstKey}${name}`),
    ]);
  });

  it('always has the key that the record names, whenever env add --replace is killed', async () => {
    const home = house(keyring.variables);
    await home.add('test', firstKey);
    const started = performance.now();
    await home.add('test', firstKey, '--replace');
    const wholeMs = performance.now() - started;
    const seen = [];
    for (let i = 0; i < 10; i += 1) {
      await courierJwt(['env', 'add', 'test', '--replace', '--api-key-stdin'], {
        stdin: newKey,
        variables: home.variables,
        onStart: (child) => void setTimeout(() => child.kill('SIGKILL'), wholeMs * (0.4 + 0.7 * Math.random())),
      });
      const [code, key] = await home.used('test');
      seen.push([code, key === firstKey || key === newKey]);
    }
    expect(seen).toEqual(Array.from({ length: 10 }, () => [0, true]));
  }, 60_000);

  it('needs its package: without it the key is in a file, and that is said', async () => {
    const copy = configFolder();
    for (const part of ['bin', 'dist/cli', 'package.json'])
      cpSync(resolve(dirname(executable), '..', part), join(copy, part), { recursive: true });
    const node = join(copy, 'node');
    writeFileSync(node, `#!/bin/sh\nshift 2\nexec "${process.execPath}" "${copy}/bin/courier-jwt.cjs" "$@"\n`, {
      mode: 0o755,
    });
    const home = house(keyring.variables);
    const { code, stderr } = await home.run(['env', 'add', 'test', '--api-key-stdin'], { stdin: firstKey, node });
    expect([code, stderr.split('\n')[0], home.record('test').key, await keyring.entries()]).toEqual([
      0,
      fellBack,
      firstKey,
      {},
    ]);
  });

  describe('that is locked', () => {
    let locked: Keyring;
    beforeAll(async () => void (locked = await startKeyring()));
    afterAll(() => locked.stop());

    it('is exit 3, never a silent change to a file', async () => {
      const home = house(locked.variables);
      await home.add('old', firstKey);
      await locked.lock();
      expect([
        await home.failure(['env', 'add', 'test', '--api-key-stdin'], { stdin: newKey }),
        await home.failure(['issue', '-u', 'alice', '--env', 'old']),
        home.kept(),
      ]).toEqual([[3, 'keychain.refused'], [3, 'keychain.refused'], ['old.json']]);
    });
  });
});

describe('no keychain', () => {
  const rows: { there: string; bus: Record<string, string> }[] = [
    { there: 'no D-Bus', bus: {} },
    { there: 'an empty address', bus: { DBUS_SESSION_BUS_ADDRESS: '' } },
    { there: 'an address where nothing is', bus: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' } },
    { there: 'an address that is none', bus: { DBUS_SESSION_BUS_ADDRESS: 'nonsense' } },
    { there: 'a runtime folder without a bus', bus: { XDG_RUNTIME_DIR: '/nonexistent' } },
  ];
  it.each(rows)('($there): a file that only the owner can read, said on stderr', async ({ bus }) => {
    const home = house(bus);
    const { code, stdout, stderr } = await home.add('test', firstKey);
    expect([code, stdout, stderr.split('\n')[0], home.record('test').storage, await home.used('test')]).toEqual([
      0,
      '',
      fellBack,
      'file',
      [0, firstKey],
    ]);
  });

  it.each(rows)('($there) with --storage keychain: exit 3, and nothing is kept', async ({ bus }) => {
    const home = house(bus);
    const failed = await home.failure(['env', 'add', 'test', '--api-key-stdin', '--storage', 'keychain'], {
      stdin: firstKey,
    });
    expect([failed, home.kept()]).toEqual([[3, 'keychain.unavailable'], []]);
  });
});

describe('a keychain that never answers', () => {
  let silent: Awaited<ReturnType<typeof startSilentBus>>;
  beforeAll(async () => void (silent = await startSilentBus()));
  afterAll(() => silent.close());

  const kept = (account: string) =>
    JSON.stringify({
      version: 1,
      storage: 'keychain',
      key: null,
      account,
      keyHint: 'pk_test_…AAAA',
      region: 'us',
      baseUrl: courier.url,
      tenantId: null,
      tenantScope: null,
      production: false,
      addedAt: '2026-01-01T00:00:00.000Z',
    });

  const rows: { argv: string[]; stdin?: string; leaves: string[] }[] = [
    { argv: ['env', 'add', 'new', '--api-key-stdin'], stdin: firstKey, leaves: ['test.json'] },
    { argv: ['env', 'add', 'new', '--api-key-stdin', '--storage', 'keychain'], stdin: firstKey, leaves: ['test.json'] },
    { argv: ['env', 'add', 'test', '--replace', '--api-key-stdin'], stdin: firstKey, leaves: ['test.json'] },
    { argv: ['env', 'remove', 'test', '--yes'], leaves: ['test.json'] },
    { argv: ['issue', '-u', 'alice', '--env', 'test'], leaves: ['test.json'] },
  ];
  it.each(rows)('$argv: exit 3 after about 3 seconds, everything as it was', async ({ argv, stdin = '', leaves }) => {
    const home = await houseWithTest();
    const started = performance.now();
    const failed = await home.failure(argv, { stdin });
    const seconds = (performance.now() - started) / 1000;
    expect({ failed, inTime: seconds > 2.5 && seconds < 8, kept: home.kept(), file: home.file('test') }).toEqual({
      failed: [3, 'keychain.timeout'],
      inTime: true,
      kept: leaves,
      file: kept('test-1'),
    });
  });

  it('env check finds it so: exit 3', async () => {
    const home = await houseWithTest();
    const { code, stdout } = await home.run(['env', 'check', 'test', '--json']);
    const { findings } = JSON.parse(stdout) as { findings: { code: string; status: string }[] };
    expect([code, findings.map((finding) => [finding.status, finding.code])]).toEqual([
      3,
      [['fail', 'keychain.timeout']],
    ]);
  });

  it('is asked by a process with the key on its stdin: neither its command line nor its variables have it', async () => {
    const home = house(silent.variables);
    const before = silent.connections();
    let seen: ProcessView[] = [];
    const ran = await courierJwt(['env', 'add', 'test', '--from-env'], {
      variables: { ...home.variables, COURIER_API_KEY: firstKey, COURIER_API_KEY_OTHER: newKey },
      onStart: (child) =>
        void until(() => silent.connections() > before).then(() => (seen = childrenOf(child.pid ?? 0))),
    });
    const [asking] = seen;
    expect({
      code: ran.code,
      asking: seen.length,
      script: asking?.commandLine.includes('keychain.cjs'),
      bus: asking?.variables.includes(silent.variables.DBUS_SESSION_BUS_ADDRESS),
      leaked: /FIRSTKEY|SECONDKEY/.test(`${asking?.commandLine}${asking?.variables}`),
      left: existsSync(`/proc/${asking?.pid}`),
    }).toEqual({ code: 3, asking: 1, script: true, bus: true, leaked: false, left: false });
  });

  it('can be interrupted: exit 130 at once, and the asking process goes with it', async () => {
    const home = house(silent.variables);
    const before = silent.connections();
    let seen: ProcessView[] = [];
    let at = 0;
    const { code, signal } = await home.run(['env', 'add', 'test', '--api-key-stdin'], {
      stdin: firstKey,
      onStart: (child) =>
        void until(() => silent.connections() > before).then(() => {
          seen = childrenOf(child.pid ?? 0);
          at = performance.now();
          child.kill('SIGINT');
        }),
    });
    const tookMs = performance.now() - at;
    const left = seen.filter(({ pid }) => existsSync(`/proc/${pid}`));
    expect([
      signal === 'SIGINT' ? 130 : code,
      tookMs < 1500,
      left.map(({ commandLine }) => commandLine),
      home.kept(),
    ]).toEqual([130, true, [], []]);
  });

  async function houseWithTest() {
    const home = house(silent.variables);
    mkdirSync(join(home.config, 'environments'), { recursive: true, mode: 0o700 });
    writeFileSync(home.path('test'), kept('test-1'), { mode: 0o600 });
    return home;
  }
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 10));
}
