import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CourierServer, hang, sign, startCourier, workspace } from '../support/courier-server.js';
import { processIn, startSilentBus, untilIdle } from '../support/keychain-session.js';
import { configFolder, courierJwt, executable } from '../support/run.js';
import { type Terminal, hasTerminal, openTerminal } from '../support/terminal-session.js';

const testKey = 'pk_test_FIRSTKEY1234567890AAAA';
const newKey = 'pk_test_SECONDKEY123456789BBBB';
const prodKey = 'pk_prod_PRODUCTION123456789CCCC';
const escape = '\u001b';

let courier: CourierServer;
beforeAll(async () => void (courier = await startCourier()));
afterAll(() => courier.close());

describe.skipIf(!hasTerminal)('on a terminal', () => {
  const terminals: Terminal[] = [];
  beforeEach(() => {
    courier.misbehave(undefined);
    courier.claims((claims) => claims);
    courier.requests.length = 0;
  });
  afterEach(() => {
    for (const terminal of terminals.splice(0)) terminal.close();
  });

  /** A home, and a terminal in it whose `courier-jwt` is the built executable; each command is followed by its exit code. */
  async function sitDown(more: Record<string, string> = {}, size: { columns?: number; rows?: number } = {}) {
    const folder = configFolder();
    const config = join(folder, 'config');
    const bin = join(folder, 'courier-jwt');
    // The trap lets the shell live on to tell the exit code, also of a process that a signal ended.
    writeFileSync(bin, `#!/bin/sh\ntrap : INT\n"${process.execPath}" "${executable}" "$@"\nexit $?\n`, { mode: 0o755 });
    const variables = { HOME: folder, COURIER_JWT_CONFIG_DIR: config, COURIER_BASE_URL: courier.url };
    const path = `${folder}:${process.env.PATH}`;
    const terminal = await openTerminal({ ...variables, PATH: path, ...more }, { cwd: folder, ...size });
    terminals.push(terminal);
    return {
      ...terminal,
      folder,
      untilItWaits: async () => untilIdle(await processIn(folder, executable)),
      /** Types a command; `ended` resolves with what it showed and its exit code. */
      start: (command: string) => terminal.run(`clear; ${command}; echo "exit: $?"`),
      async ended() {
        const seen = await terminal.waitFor(/^exit: \d+$/m);
        return { shown: linesBetween(seen), exit: Number(/^exit: (\d+)$/m.exec(seen)![1]) };
      },
      add: (name: string, key: string) =>
        courierJwt(['env', 'add', name, '--api-key-stdin', '--storage', 'file'], { variables, stdin: key }),
      kept: () => (existsSync(join(config, 'environments')) ? readdirSync(join(config, 'environments')) : []),
      record: (name: string) =>
        JSON.parse(readFileSync(join(config, 'environments', `${name}.json`), 'utf8')) as { key: string },
      file: (name: string) => readFileSync(join(folder, name), 'utf8'),
    };
  }

  /** The lines after the command line that asked, up to the exit code. */
  function linesBetween(seen: string): string[] {
    const lines = seen.split('\n');
    const end = lines.findIndex((line) => /^exit: \d+$/.test(line));
    // The terminal itself says ^C.
    return lines
      .slice(0, end)
      .map((line) => line.replace(/^\^C/, ''))
      .filter((line) => !line.includes('echo "exit:'));
  }

  /** What was sent, as keys. */
  const keysSent = () => courier.requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));

  describe('env add', () => {
    const question = /\? API key of test \(not shown\):/;

    it('asks for the key on stderr, shows nothing of it, and keeps it', async () => {
      const me = await sitDown();
      await me.start('courier-jwt env add test --storage file > out');
      await me.waitFor(question);
      await me.type(testKey);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const typed = await me.screen();
      await me.press('Enter');
      const { shown, exit } = await me.ended();
      expect({
        exit,
        typed: leaks(typed),
        shown: leaks(shown.join('\n')),
        stars: shown.join('').includes('*'),
        out: me.file('out'),
      }).toEqual({
        exit: 0,
        typed: false,
        shown: false,
        stars: false,
        out: '',
      });
      expect([shown.at(-1)?.startsWith('kept test (published/test'), me.record('test').key, keysSent()]).toEqual([
        true,
        testKey,
        [testKey],
      ]);
    });

    it('has no key that reveals what is typed', async () => {
      const me = await sitDown();
      await me.start('courier-jwt env add test --storage file');
      await me.waitFor(question);
      await me.type(testKey);
      for (const key of ['C-t', 'C-r', 'C-v', 'Tab', 'Up', 'M-r']) await me.press(key);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const seen = await me.screen();
      await me.press('C-c');
      await me.ended();
      expect([leaks(seen), leaks(await me.screen()), seen.includes('reveal')]).toEqual([false, false, false]);
    });

    it('takes a pasted key, spaces around it cut off, backspace and all', async () => {
      const me = await sitDown();
      await me.start('courier-jwt env add test --storage file');
      await me.waitFor(question);
      await me.type(` ${testKey}X`);
      await me.press('BSpace');
      await me.type(' ');
      await me.press('Enter');
      const { exit } = await me.ended();
      expect([exit, me.record('test').key]).toEqual([0, testKey]);
    });

    const endings: { keys: string[]; typed: string }[] = [
      { keys: ['C-c'], typed: '' },
      { keys: ['C-c'], typed: testKey },
      { keys: ['C-d'], typed: '' },
      { keys: ['C-d', 'C-c'], typed: testKey },
    ];
    it.each(endings)('$keys after "$typed": exit 130, nothing kept or sent', async ({ keys, typed }) => {
      const me = await sitDown();
      await me.start('courier-jwt env add test');
      await me.waitFor(question);
      await me.type(typed);
      await me.press(...keys);
      const { exit, shown } = await me.ended();
      expect([exit, shown.at(-1), leaks(shown.join('\n')), me.kept(), keysSent()]).toEqual([
        130,
        'error: interrupted.',
        false,
        [],
        [],
      ]);
    });

    it('leaves the terminal as it was after Ctrl-C: what is typed shows again', async () => {
      const me = await sitDown();
      await me.run('stty -g > before');
      await me.start('courier-jwt env add test');
      await me.waitFor(question);
      await me.press('C-c');
      await me.ended();
      await me.run('stty -g > after; echo done');
      await me.waitFor(/^done$/m);
      expect(me.file('after')).toBe(me.file('before'));
    });

    it('refuses an empty answer: exit 3', async () => {
      const me = await sitDown();
      await me.start('courier-jwt env add test');
      await me.waitFor(question);
      await me.press('Enter');
      const { exit, shown } = await me.ended();
      expect([exit, shown.some((line) => line.includes('it is empty')), me.kept()]).toEqual([3, true, []]);
    });

    it('asks before it replaces the key by one of another workspace', async () => {
      const me = await sitDown();
      await me.add('test', testKey);
      await me.start('courier-jwt env add test --replace');
      await me.waitFor(question);
      await me.type(prodKey);
      await me.press('Enter');
      await me.waitFor(/Replace it\? \(y\/N\)/);
      await me.press('n', 'Enter');
      const { exit } = await me.ended();
      expect([exit, me.record('test').key]).toEqual([2, testKey]);
    });

    const silentRows: { how: string; command: string; more?: Record<string, string> }[] = [
      { how: 'CI=1', command: 'courier-jwt env add test', more: { CI: '1' } },
      { how: 'CI=true', command: 'courier-jwt env add test', more: { CI: 'true' } },
      { how: '--no-input', command: 'courier-jwt env add test --no-input' },
      { how: 'stdin elsewhere', command: 'courier-jwt env add test < /dev/null' },
      { how: 'stderr elsewhere', command: 'courier-jwt env add test 2> err' },
    ];
    it.each(silentRows)('asks nothing with $how: exit 2, the flags named', async ({ command, more = {} }) => {
      const me = await sitDown(more);
      await me.start(command);
      const { exit, shown } = await me.ended();
      const said = command.endsWith('err') ? me.file('err') : shown.join('\n');
      expect([exit, said.split('\n')[0]]).toEqual([
        2,
        'error: env add needs --api-key-stdin, --api-key-file or --from-env.',
      ]);
    });

    it.each(['', '0', 'false'])('asks with CI=%s', async (ci) => {
      const me = await sitDown({ CI: ci });
      await me.start('courier-jwt env add test');
      await me.waitFor(question);
      await me.press('C-c');
      expect((await me.ended()).exit).toBe(130);
    });
  });

  describe('issue in production', () => {
    const question = /\? prod is production\. Mint a token that opens alice's real inbox\? \(y\/N\)/;
    const issue = 'courier-jwt issue --user alice --env prod';

    it('asks on the terminal though stdout is a file, and y prints the token there alone', async () => {
      const me = await sitDown();
      await me.add('prod', prodKey);
      courier.requests.length = 0;
      await me.start(`${issue} > out`);
      await me.waitFor(question);
      const before = [me.file('out'), keysSent()];
      await me.press('y', 'Enter');
      const { exit, shown } = await me.ended();
      expect({
        before,
        exit,
        out: /^eyJ[\w-]+\.[\w-]+\.[\w-]{43}\n$/.test(me.file('out')),
        shown: shown.join('').includes('eyJ'),
      }).toEqual({
        before: ['', []],
        exit: 0,
        out: true,
        shown: false,
      });
    });

    it.each([['n', 'Enter'], ['Enter']])('%s is no: exit 2, nothing sent, nothing on stdout', async (...keys) => {
      const me = await sitDown();
      await me.add('prod', prodKey);
      courier.requests.length = 0;
      await me.start(`${issue} > out`);
      await me.waitFor(question);
      await me.press(...keys.filter((key) => typeof key === 'string'));
      const { exit } = await me.ended();
      expect([exit, me.file('out'), keysSent()]).toEqual([2, '', []]);
    });

    it.each(['C-c', 'C-d'])('%s is exit 130', async (key) => {
      const me = await sitDown();
      await me.add('prod', prodKey);
      courier.requests.length = 0;
      await me.start(`${issue} > out`);
      await me.waitFor(question);
      await me.press(key);
      expect([(await me.ended()).exit, me.file('out'), keysSent()]).toEqual([130, '', []]);
    });

    const silentRows: { how: string; command: string; more?: Record<string, string> }[] = [
      { how: 'CI=1', command: issue, more: { CI: '1' } },
      { how: '--no-input', command: `${issue} --no-input` },
      { how: 'stdin elsewhere', command: `${issue} < /dev/null` },
    ];
    it.each(silentRows)('asks nothing with $how: exit 2, --allow-production named', async ({ command, more = {} }) => {
      const me = await sitDown(more);
      await me.add('prod', prodKey);
      courier.requests.length = 0;
      await me.start(command);
      const { exit, shown } = await me.ended();
      expect([
        exit,
        shown.join(' ').includes('--allow-production'),
        shown.join(' ').includes('eyJ'),
        keysSent(),
      ]).toEqual([2, true, false, []]);
    });

    it('asks even with --yes, which does not stand for it', async () => {
      const me = await sitDown();
      await me.add('prod', prodKey);
      await me.start(`${issue} --yes`);
      await me.waitFor(question);
      await me.press('n', 'Enter');
      expect((await me.ended()).exit).toBe(2);
    });

    it('does not ask with --allow-production', async () => {
      const me = await sitDown();
      await me.add('prod', prodKey);
      await me.start(`${issue} --allow-production > out`);
      const { exit, shown } = await me.ended();
      expect([exit, shown.some((line) => line.startsWith('?')), me.file('out').startsWith('eyJ')]).toEqual([
        0,
        false,
        true,
      ]);
    });
  });

  describe('env remove', () => {
    const question = /\? Remove test and its key\? \(y\/N\)/;
    const rows: { keys: string[]; exit: number; kept: string[] }[] = [
      { keys: ['y', 'Enter'], exit: 0, kept: [] },
      { keys: ['n', 'Enter'], exit: 2, kept: ['test.json'] },
      { keys: ['Enter'], exit: 2, kept: ['test.json'] },
      { keys: ['C-c'], exit: 130, kept: ['test.json'] },
    ];
    it.each(rows)('asks, and $keys is exit $exit', async ({ keys, exit, kept }) => {
      const me = await sitDown();
      await me.add('test', testKey);
      await me.start('courier-jwt env remove test > out');
      await me.waitFor(question);
      await me.press(...keys);
      expect([(await me.ended()).exit, me.kept(), me.file('out')]).toEqual([exit, kept, '']);
    });

    it.each(['CI=1 courier-jwt env remove test', 'courier-jwt env remove test --no-input'])(
      '%s: exit 2, --yes named',
      async (command) => {
        const me = await sitDown();
        await me.add('test', testKey);
        await me.start(command);
        const { exit, shown } = await me.ended();
        expect([exit, shown, me.kept()]).toEqual([
          2,
          [
            'error: removing test and its key needs a yes, and there is no terminal to ask on: add --yes.',
            `  try: ${command.replace('CI=1 ', '')} --yes`,
          ],
          ['test.json'],
        ]);
      },
    );
  });

  describe('decode', () => {
    const token = sign({ scope: 'user_id:alice read:brands', iat: 1_767_225_600, exp: 1_767_229_200 });

    it('alone is exit 2 at once', async () => {
      const me = await sitDown();
      await me.start('courier-jwt decode');
      const { exit, shown } = await me.ended();
      expect([exit, shown[0]?.startsWith('error: there is no token')]).toEqual([2, true]);
    });

    it('- takes what is pasted, up to Ctrl-D', async () => {
      const me = await sitDown({}, { columns: 300 });
      await me.start('courier-jwt decode - --json > out');
      await me.untilItWaits();
      await me.type(`Authorization: Bearer ${token}`);
      await me.press('Enter', 'C-d');
      const { exit } = await me.ended();
      expect([exit, (JSON.parse(me.file('out')) as { users: string[] }).users]).toEqual([0, ['alice']]);
    });

    it('- with Ctrl-C is exit 130, at once', async () => {
      const me = await sitDown();
      await me.start('courier-jwt decode -');
      await me.untilItWaits();
      const started = performance.now();
      await me.press('C-c');
      const { exit, shown } = await me.ended();
      expect([exit, performance.now() - started < 2000, shown.at(-1)]).toEqual([130, true, 'error: interrupted.']);
    });

    it('- with nothing is exit 2', async () => {
      const me = await sitDown();
      await me.start('courier-jwt decode -');
      await me.untilItWaits();
      await me.press('C-d');
      const { exit, shown } = await me.ended();
      expect([exit, shown.some((line) => line.includes('stdin is empty'))]).toEqual([2, true]);
    });
  });

  it('a key from stdin with Ctrl-C is exit 130, at once', async () => {
    const me = await sitDown();
    await me.start('courier-jwt env add test --api-key-stdin');
    await me.untilItWaits();
    await me.press('C-c');
    const { exit, shown } = await me.ended();
    expect([exit, shown.at(-1), me.kept()]).toEqual([130, 'error: interrupted.', []]);
  });

  describe('a wait', () => {
    it('for Courier is ended by Ctrl-C: exit 130', async () => {
      const me = await sitDown({ COURIER_API_KEY: testKey });
      courier.misbehave(hang);
      await me.start('courier-jwt issue --user alice');
      while (courier.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await me.press('C-c');
      const { exit, shown } = await me.ended();
      expect([exit, shown.at(-1)]).toEqual([130, 'error: interrupted.']);
    });

    it('for the keychain is longer than 3 s, for a dialog may show, and is ended by Ctrl-C: exit 130', async () => {
      const bus = await startSilentBus();
      try {
        const me = await sitDown(bus.variables);
        writeFileSync(join(me.folder, 'key'), testKey);
        await me.start('courier-jwt env add test --api-key-file key');
        while (bus.connections() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        await new Promise((resolve) => setTimeout(resolve, 4500));
        const waiting = !/^exit:/m.test(await me.screen());
        await me.press('C-c');
        const { exit, shown } = await me.ended();
        expect([waiting, exit, shown.at(-1), me.kept()]).toEqual([true, 130, 'error: interrupted.', []]);
      } finally {
        await bus.close();
      }
    });
  });

  describe('colours', () => {
    const rows: { command: string; more?: Record<string, string>; stdout: boolean | null; stderr: boolean | null }[] = [
      { command: 'list', stdout: true, stderr: null },
      { command: 'list', more: { NO_COLOR: '1' }, stdout: false, stderr: null },
      { command: 'list', more: { NO_COLOR: '' }, stdout: true, stderr: null },
      { command: 'list', more: { TERM: 'dumb' }, stdout: false, stderr: null },
      { command: 'list --no-color', stdout: false, stderr: null },
      { command: 'list > out', stdout: false, stderr: null },
      { command: 'list --color > out', stdout: true, stderr: null },
      { command: 'list > out', more: { FORCE_COLOR: '1' }, stdout: true, stderr: null },
      { command: 'list', more: { FORCE_COLOR: '1', NO_COLOR: '1' }, stdout: true, stderr: null },
      { command: 'use nope', stdout: null, stderr: true },
      { command: 'use nope', more: { NO_COLOR: '1' }, stdout: null, stderr: false },
      { command: 'use nope > out', stdout: null, stderr: true },
      { command: 'use nope 2> err', stdout: null, stderr: false },
    ];
    it.each(rows)(
      'env $command with $more: stdout $stdout, stderr $stderr',
      async ({ command, more = {}, stdout, stderr }) => {
        const me = await sitDown(more);
        await me.add('test', testKey);
        await me.start(`courier-jwt env ${command}`);
        await me.ended();
        const screen = (await me.screen({ colours: true }))
          .split('\n')
          .filter((line) => !line.includes('echo "exit:'))
          .join('\n');
        const coloured = (file: string, fallback: string) =>
          (existsSync(join(me.folder, file)) ? me.file(file) : fallback).includes(escape);
        expect([
          stdout === null ? null : coloured('out', screen),
          stderr === null ? null : coloured('err', screen),
        ]).toEqual([stdout, stderr]);
      },
    );

    it('are judged for each stream: a warning in colour beside a plain token', async () => {
      const me = await sitDown();
      await me.start('courier-jwt issue --user alice --env local --for brands > out');
      await me.ended();
      const screen = await me.screen({ colours: true });
      expect([screen.includes(`${escape}[33mwarning:`), me.file('out').includes(escape)]).toEqual([true, false]);
    });

    it('are in no JSON', async () => {
      const me = await sitDown({ FORCE_COLOR: '1' });
      await me.start('courier-jwt env list --json > out');
      await me.ended();
      expect(JSON.parse(me.file('out'))).toEqual({ environments: [] });
    });
  });

  describe('forty columns', () => {
    it('change nothing of a token that is piped', async () => {
      const me = await sitDown({}, { columns: 40 });
      await me.start('courier-jwt issue -u alice --env local -q | cat > out');
      const { exit } = await me.ended();
      expect([exit, /^eyJ[\w-]+\.[\w-]+\.[\w-]{43}\n$/.test(me.file('out'))]).toEqual([0, true]);
    });

    it('break nothing of a token on the terminal but where the terminal itself wraps', async () => {
      const me = await sitDown({}, { columns: 40 });
      await me.start('courier-jwt issue -u alice --env local -q');
      const { shown } = await me.ended();
      expect(shown.filter((line) => /^eyJ[\w-]+\.[\w-]+\.[\w-]{43}$/.test(line)).length).toBe(1);
    });

    it('leave the question readable', async () => {
      const me = await sitDown({}, { columns: 40 });
      await me.start('courier-jwt env add test --storage file');
      await me.waitFor(/API key of test \(not shown\):/);
      await me.type(newKey);
      await me.press('Enter');
      const { exit, shown } = await me.ended();
      expect([exit, leaks(shown.join('')), me.record('test').key, shown.join(' ').includes(workspace)]).toEqual([
        0,
        false,
        newKey,
        true,
      ]);
    });
  });
});

describe('a pipe that stays open', () => {
  it.each([['decode'], ['decode', '-'], ['env', 'add', 'test', '--api-key-stdin']])(
    '%s %s: SIGINT is exit 130, at once',
    async (...argv) => {
      const child = spawn(process.execPath, [executable, ...argv.filter((word) => typeof word === 'string')], {
        env: { PATH: process.env.PATH, HOME: configFolder() },
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      await untilIdle(child.pid ?? 0);
      const ended = new Promise((resolve) =>
        child.on('exit', (code, signal) => resolve(signal === 'SIGINT' ? 130 : (code ?? signal))),
      );
      child.kill('SIGINT');
      const giveUp = setTimeout(() => child.kill('SIGKILL'), 3000);
      expect(await ended).toBe(130);
      clearTimeout(giveUp);
    },
  );
});

/** Whether any telling part of a key is there. */
function leaks(text: string): boolean {
  return /FIRSTKEY|SECONDKEY|PRODUCTION1|AAAA|BBBB|pk_test/.test(text);
}
