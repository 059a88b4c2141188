import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { json } from '../support/courier-server.js';
import { start } from '../support/e2e-running.js';
import { apiKey, claimsOf, documentOf, exitOf, fileWith, keyed, shell, withCourier } from '../support/e2e-world.js';
import { configFolder, courierJwt, executable } from '../support/run.js';
import { type Terminal, hasTerminal, openTerminal } from '../support/terminal-session.js';

const local = ['exec', '-u', 'alice', '-e', 'local', '-q', '--'];
/** Prints what a command finds of ours in its environment. */
const printed = ['node', '-e', 'console.log(JSON.stringify(process.env))'];
const environmentIn = (stdout: string) => JSON.parse(stdout) as Record<string, string>;

describe.concurrent('exec', () => {
  it('puts the token into the environment, and takes every API key out of it', async () =>
    withCourier(async (courier) => {
      const variables = {
        ...keyed(courier),
        COURIER_API_KEY_TEST: 'pk_test_another1234567',
        COURIER_AUTH_TOKEN: 'pk_test_older12345678',
        COPY_OF_THE_KEY: apiKey,
        COURIER_JWT_EXPIRES_AT: 'of another',
        KEPT: 'as it is',
        EMPTY: '',
      };
      const ran = await courierJwt(['exec', '-u', "alice's", '--for', 'push', '--expires-in', '1h', '--', ...printed], {
        variables,
      });
      const {
        COURIER_JWT: token = '',
        COURIER_JWT_USER: user,
        COURIER_JWT_EXPIRES_AT: expiresAt,
        ...rest
      } = environmentIn(ran.stdout);
      const claims = claimsOf(token);
      expect([ran.code, user, expiresAt]).toEqual([
        0,
        "alice's",
        new Date(Number(claims.exp) * 1000).toISOString().replace('.000', ''),
      ]);
      expect(claims.scope).toBe("user_id:alice's write:user-tokens read:user-tokens");
      expect(rest).toMatchObject({ KEPT: 'as it is', EMPTY: '', COURIER_BASE_URL: courier.url });
      expect(Object.keys(rest).filter((name) => /KEY|AUTH_TOKEN/.test(name))).toEqual([]);
      expect(ran.stdout).not.toContain(apiKey);
      expect(ran.stderr).toBe(
        "minted for alice's: published/test, 3 scopes, expires in 1 hour; key: COURIER_API_KEY, " +
          `${courier.url}; running node\n`,
      );
    }));

  it('a key is in the environment in no other form either', async () =>
    withCourier(async (courier) => {
      const variables = {
        ...keyed(courier),
        COURIER_API_KEY_OTHER: 'pk_test_other1234567890\n',
        LINE: `${apiKey}\n`,
        HEADER: `Bearer ${apiKey}`,
        OTHER: 'pk_test_other1234567890',
        SHORT: 'pk_test_',
      };
      const ran = await courierJwt(['exec', '-u', 'alice', '-q', '--', ...printed], { variables });
      const names = Object.keys(environmentIn(ran.stdout)).filter((name) => name in variables);
      expect([ran.code, names.toSorted()]).toEqual([0, ['COURIER_BASE_URL', 'SHORT']]);
    }));

  it('a key from a file on stdin cannot be read again', async () =>
    withCourier(async (courier) => {
      const path = fileWith(`${apiKey}\n`);
      const script = `courier-jwt exec -u alice -q --api-key-stdin -- cat /dev/stdin < ${path}`;
      const ran = await shell(script, { variables: { COURIER_BASE_URL: courier.url } });
      expect([ran.code, ran.stdout]).toEqual([0, '']);
    }));

  it('has no expiry in the environment where the token has none', async () =>
    withCourier(async (courier) => {
      courier.claims(({ exp: _, ...claims }) => claims);
      const variables = { ...keyed(courier), COURIER_JWT_EXPIRES_AT: 'of another' };
      const ran = await courierJwt(['exec', '-u', 'alice', '-q', '--', ...printed], { variables });
      expect([ran.code, environmentIn(ran.stdout).COURIER_JWT_EXPIRES_AT]).toEqual([0, undefined]);
    }));

  it.each([
    { name: 'its exit code', script: 'exit 7', exit: 7, signal: null },
    { name: 'none', script: 'exit 0', exit: 0, signal: null },
    { name: 'SIGTERM', script: 'kill -TERM $$', exit: null, signal: 'SIGTERM' },
    { name: 'SIGKILL', script: 'kill -KILL $$', exit: null, signal: 'SIGKILL' },
    { name: 'SIGINT', script: 'kill -INT $$', exit: null, signal: 'SIGINT' },
    { name: 'one that leaves a core', script: 'ulimit -c 0; kill -SEGV $$', exit: 139, signal: null },
  ])('ends as the command does: $name', async ({ script, exit, signal }) => {
    const ran = await courierJwt([...local, 'sh', '-c', script]);
    expect([ran.code, ran.signal, ran.stdout, ran.stderr]).toEqual([exit, signal, '', '']);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)(
    'passes %s on, once',
    async (signal) => {
      const script = `let got = []; process.on('${signal}', (name) => { got.push(name); setTimeout(() => { console.log(got.join()); process.exit(9); }, 200); }); setInterval(() => {}, 1e6); console.log('ready');`;
      const running = start([...local, process.execPath, '-e', script]);
      await running.until(() => running.output.stdout.includes('ready'));
      const ended = await running.endBy(signal);
      expect([ended.code, ended.signal, ended.stdout]).toEqual([9, null, `ready\n${signal}\n`]);
    },
  );

  it("stdin is the command's, and what it writes is not held back", async () => {
    const text = 'x'.repeat(300_000);
    const ran = await courierJwt([...local, 'cat'], { stdin: text });
    expect([ran.code, ran.stdout.length]).toEqual([0, 300_000]);
  });

  it('no shell is between', async () => {
    const words = [
      '$COURIER_JWT',
      '`id`',
      '$(id)',
      '*',
      ';',
      '--json',
      '-h',
      '--help',
      '--version',
      '-e',
      'x',
      '--',
      '',
    ];
    const ran = await courierJwt([
      ...local,
      'node',
      '-e',
      'console.log(JSON.stringify(process.argv.slice(1)))',
      '--',
      ...words,
    ]);
    expect([ran.code, JSON.parse(ran.stdout)]).toEqual([0, words]);
  });

  it('the token is on no command line, and on none of our streams', async () => {
    const ran = await courierJwt([
      'exec',
      '-u',
      'alice',
      '-e',
      'local',
      '--debug',
      '--',
      'sh',
      '-c',
      'cat /proc/$PPID/cmdline | tr "\\0" " "',
    ]);
    expect(ran.code).toBe(0);
    expect(ran.stdout + ran.stderr).not.toMatch(/eyJ/);
  });

  it('with NODE_DEBUG, which would print the token with the environment, nothing is minted and run', async () => {
    const ran = await courierJwt([...local, 'echo', 'it ran'], { variables: { NODE_DEBUG: 'child_process' } });
    expect([ran.code, ran.stdout, /eyJ/.test(ran.stderr)]).toEqual([2, '', false]);
    expect(ran.stderr).toContain("would make Node print the token with the command's environment");
  });

  it('in GitHub Actions the token is masked before the command runs', async () => {
    const ran = await courierJwt([...local, 'sh', '-c', 'echo "$COURIER_JWT"'], {
      variables: { GITHUB_ACTIONS: 'true' },
    });
    expect([ran.code, ran.stderr]).toEqual([0, `::add-mask::${ran.stdout}`]);
  });

  it.each([
    { name: 'no such command', argv: ['nope'], exit: 127, error: 'exec.not-found', fix: ['command', '-v', 'nope'] },
    {
      name: 'a file that cannot be run',
      argv: ['/etc/passwd'],
      exit: 126,
      error: 'exec.not-runnable',
      fix: ['ls', '-ld', '/etc/passwd'],
    },
    { name: 'nothing', argv: [''], exit: 127, error: 'exec.not-found', fix: ['courier-jwt', 'exec', '--help'] },
    {
      name: 'what is below a file',
      argv: ['/etc/passwd/x'],
      exit: 126,
      error: 'exec.not-runnable',
      fix: ['ls', '-ld', '/etc/passwd/x'],
    },
    { name: 'a folder', argv: ['/'], exit: 126, error: 'exec.not-runnable', fix: ['ls', '-ld', '/'] },
  ])('$name: $exit', async ({ argv, exit, error, fix }) => {
    const ran = await courierJwt(['exec', '-u', 'alice', '-e', 'local', '-q', '--json', '--', ...argv]);
    const document = documentOf<{ error: { code: string; fix: string[] } }>(ran);
    expect([ran.code, document.error.code, document.error.fix]).toEqual([exit, error, fix]);
  });

  it.each([
    {
      name: 'no dashes',
      argv: ['exec', '-u', 'alice', 'npm', 'test', '--x'],
      code: 'usage.no-dashes',
      fix: ['exec', '-u', 'alice', '--', 'npm', 'test', '--x'],
    },
    { name: 'no command', argv: ['exec', '-u', 'alice'], code: 'usage.missing', fix: ['exec', '--help'] },
    {
      name: 'no command after the dashes',
      argv: ['exec', '-u', 'alice', '--'],
      code: 'usage.missing',
      fix: ['exec', '--help'],
    },
    { name: 'no user', argv: ['exec', '--', 'ls'], code: 'usage.missing', fix: ['exec', '--help'] },
    { name: 'a user that adds scopes', argv: ['exec', '-u', 'a b', '--', 'ls'], code: 'user.invalid', fix: undefined },
    {
      name: 'another name',
      argv: ['run', '-u', 'alice', '--', 'ls'],
      code: 'usage.unknown-command',
      fix: ['exec', '-u', 'alice', '--', 'ls'],
    },
  ])('$name: usage', async ({ argv, code, fix }) => {
    const dashes = argv.indexOf('--');
    const words = dashes === -1 ? [...argv, '--json'] : [...argv.slice(0, dashes), '--json', ...argv.slice(dashes)];
    const ran = await courierJwt(words);
    const { error } = documentOf<{ error: { code: string; fix: string[] } }>(ran);
    expect([ran.code, error.code]).toEqual([2, code]);
    if (fix) expect(error.fix.filter((word) => word !== '--json')).toEqual(['courier-jwt', ...fix]);
  });

  it.each([
    { name: 'the key is refused', how: json(401, {}), key: apiKey, exit: 3 },
    { name: 'Courier is in trouble', how: json(503, {}), key: apiKey, exit: 4 },
    { name: 'the key is production', how: undefined, key: 'pk_prod_Abcdefgh12345678', exit: 2 },
  ])('where $name nothing is run', async ({ how, key, exit }) =>
    withCourier(async (courier) => {
      courier.misbehave(how);
      const ran = await courierJwt(['exec', '-u', 'alice', '-q', '--', 'echo', 'it ran'], {
        variables: keyed(courier, key),
      });
      expect([ran.code, ran.stdout]).toEqual([exit, '']);
    }),
  );

  it('what mends it keeps the command behind the dashes', async () => {
    const variables = { COURIER_API_KEY: 'pk_prod_Abcdefgh12345678' };
    const ran = await courierJwt(['exec', '-u', 'alice', '--', 'npm', 'run', '-s', 'x'], { variables });
    expect(ran.stderr.split('\n').at(-2)).toBe('  try: courier-jwt exec -u alice --allow-production -- npm run -s x');
  });

  it('where less is granted than asked nothing is run', async () =>
    withCourier(async (courier) => {
      courier.claims((claims) => ({ ...claims, scope: 'user_id:alice' }));
      const ran = await courierJwt(['exec', '-u', 'alice', '-q', '--', 'echo', 'it ran'], {
        variables: keyed(courier),
      });
      expect([ran.code, ran.stdout, ran.stderr]).toEqual([
        1,
        '',
        'error: less was granted than asked: echo was not run.\n',
      ]);
    }));
});

describe.skipIf(!hasTerminal)('exec on a terminal', () => {
  const terminals: Terminal[] = [];
  afterEach(() => {
    for (const terminal of terminals.splice(0)) terminal.close();
  });

  async function sitDown() {
    const folder = configFolder();
    const command = `${process.execPath} ${executable} exec -u alice -e local -q --`;
    const terminal = await openTerminal(
      { HOME: folder, COURIER_JWT_CONFIG_DIR: join(folder, 'config') },
      { cwd: folder },
    );
    terminals.push(terminal);
    const script = (text: string) => {
      writeFileSync(join(folder, 'script.cjs'), text);
      return `${command} ${process.execPath} script.cjs; echo "exit: $?"`;
    };
    return { ...terminal, command, script };
  }

  it("Ctrl-C is the command's, once, and so is how it ends", async () => {
    const { run, press, waitFor, script } = await sitDown();
    await run(
      script(
        `let times = 0; process.on('SIGINT', () => { times += 1; setTimeout(() => { console.log('times: ' + times); process.exit(5); }, 300); }); setInterval(() => {}, 1e6); console.log('rea' + 'dy');`,
      ),
    );
    await waitFor(/^ready$/m);
    await press('C-c');
    expect(await waitFor(/^exit: \d+$/m)).toMatch(/times: 1\nexit: 5$/m);
  });

  it("a second Ctrl-C is the command's, too", async () => {
    const { run, press, waitFor, script } = await sitDown();
    await run(
      script(
        `let times = 0; process.on('SIGINT', () => { times += 1; console.log('got ' + times); if (times === 3) process.exit(6); }); setInterval(() => {}, 1e6); console.log('rea' + 'dy');`,
      ),
    );
    await waitFor(/^ready$/m);
    for (const time of [1, 2, 3]) {
      await press('C-c');
      await waitFor(new RegExp(`got ${time}`));
    }
    expect(await waitFor(/^exit: \d+$/m)).toMatch(/^exit: 6$/m);
  });

  it('the command has the terminal: it reads what is typed, and stops and goes on', async () => {
    const { run, press, waitFor, type, script } = await sitDown();
    await run(
      script(
        `console.log(process.stdin.isTTY && process.stdout.isTTY); process.stdin.once('data', (line) => { console.log('read ' + line); process.exit(0); }); console.log('rea' + 'dy');`,
      ),
    );
    await waitFor(/^true\nready$/m);
    await press('C-z');
    await waitFor(/^.*Stopped/m);
    await run('fg');
    await type('hello');
    await press('Enter');
    await waitFor(/^read hello$/m);
    await run('echo "after: $?"');
    expect(await waitFor(/^after: \d+$/m)).toMatch(/^after: 0$/m);
  });
});

it('a shell sees what ended the command', async () => {
  const ended = await courierJwt([...local, 'sh', '-c', 'kill -INT $$']);
  expect(exitOf(ended)).toBe(130);
});
