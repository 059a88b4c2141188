import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Misbehaviour, hang, json, sign, stall } from '../support/courier-server.js';
import { type Running, start } from '../support/e2e-running.js';
import { apiKey, documentOf, exitOf, fileWith, keyed, shell, withCourier } from '../support/e2e-world.js';
import { configFolder, courierJwt } from '../support/run.js';

/** What the design gives Ctrl-C; a busy machine is given as much again. */
const promptlyMs = 4000;

async function expectInterrupted(
  running: Running,
  { isJson, notes = '' }: { isJson: boolean; notes?: string | RegExp },
) {
  const ran = await running.endBy('SIGINT');
  expect({ exit: exitOf(ran), promptly: ran.tookMs < promptlyMs }).toEqual({ exit: 130, promptly: true });
  const before = typeof notes === 'string' ? notes : (notes.exec(ran.stderr)?.[0] ?? 'no notes');
  if (isJson) {
    expect(documentOf(ran)).toEqual({
      error: { code: 'interrupted.signal', message: 'interrupted.', fix: expect.arrayContaining(['courier-jwt']) },
    });
    expect(ran.stderr).toBe(before);
  } else expect([ran.stdout, ran.stderr]).toEqual(['', `${before}error: interrupted.\n`]);
}

const forms = [{ flags: [] as string[] }, { flags: ['--json'] }];

describe.concurrent.each(forms)('SIGINT $flags', ({ flags }) => {
  const isJson = flags.length > 0;

  it.each([
    ['no answer', hang],
    ['an answer that stalls', stall],
  ] as [string, Misbehaviour][])('while Courier gives %s', async (_, answer) =>
    withCourier(async (courier) => {
      courier.misbehave(answer);
      const running = start(['issue', '-u', 'alice', '--timeout', '60s', ...flags], keyed(courier));
      await running.until(() => courier.requests.length === 1);
      await expectInterrupted(running, { isJson });
      expect(courier.requests.length).toBe(1);
    }),
  );

  it.each([
    { wait: 'Retry-After', headers: { 'retry-after': '15' }, notes: /^429: trying again in 15\.0 s \(2 of 3\)\n/ },
    { wait: 'its own pause', headers: {}, notes: /^429: trying again in 0\.\d s \(2 of 3\)\n/ },
  ])('while it waits for $wait', async ({ headers, notes }) =>
    withCourier(async (courier) => {
      courier.misbehave(json(429, {}, headers));
      const running = start(['issue', '-u', 'alice', ...flags], keyed(courier));
      await running.until(() => notes.test(running.output.stderr));
      await expectInterrupted(running, { isJson, notes });
      expect(courier.requests.length).toBe(1);
    }),
  );

  it.each([
    { argv: ['decode', '-'] },
    { argv: ['decode'] },
    { argv: ['check-scopes', '-'] },
    { argv: ['issue', '-u', 'alice', '--api-key-stdin'] },
    { argv: ['env', 'add', 'test', '--api-key-stdin', '--storage', 'file'] },
  ])('while it reads stdin: $argv', async ({ argv }) => {
    const running = start([...argv, ...flags]);
    // More than the kernel holds: once it is all written, it is being read, and more is waited for.
    await new Promise((written) => running.child.stdin?.write('eyJhbGciOiJIUzI1NiJ9 '.repeat(20_000), written));
    await new Promise((resolve) => setTimeout(resolve, 500));
    await expectInterrupted(running, { isJson });
    expect(existsSync(join(running.home, 'config'))).toBe(false);
  });

  it.each([
    { argv: ['decode', '--token-file'] },
    { argv: ['issue', '-u', 'alice', '--api-key-file'] },
    { argv: ['issue', '-u', 'alice', '--env-file'] },
  ])('while it waits for somebody to write into a pipe: $argv', async ({ argv }) => {
    const pipe = join(configFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const running = start([...argv, pipe, ...flags]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await expectInterrupted(running, { isJson });
  });

  it.each([{ argv: ['--storage', 'file'] }, { argv: [] }])('during env add $argv nothing is left', async ({ argv }) =>
    withCourier(async (courier) => {
      courier.misbehave(hang);
      const running = start(['env', 'add', 'test', '--from-env', ...argv, ...flags], keyed(courier));
      await running.until(() => courier.requests.length === 1);
      await expectInterrupted(running, { isJson });
      expect(readdirSync(running.home, { recursive: true })).toEqual([]);
    }),
  );

  it('during env add --replace the old key stays', async () =>
    withCourier(async (courier) => {
      const variables = { ...keyed(courier), COURIER_JWT_CONFIG_DIR: join(configFolder(), 'config') };
      const add = ['env', 'add', 'test', '--from-env', '--storage', 'file'];
      expect((await courierJwt(add, { variables })).code).toBe(0);
      courier.misbehave(hang);
      const running = start([...add, '--replace', ...flags], {
        ...variables,
        COURIER_API_KEY: 'pk_test_another0key00000000',
      });
      await running.until(() => courier.requests.length === 2);
      await expectInterrupted(running, { isJson });
      courier.misbehave(undefined);
      const ran = await courierJwt(['issue', '-u', 'alice', '-q'], {
        variables: { COURIER_JWT_CONFIG_DIR: variables.COURIER_JWT_CONFIG_DIR },
      });
      expect([ran.code, courier.requests.at(-1)?.headers.authorization]).toEqual([0, `Bearer ${apiKey}`]);
    }));

  it.each([{ argv: ['env', 'check'] }, { argv: ['env', 'check', '--all'] }])(
    'during $argv it is no finding',
    async ({ argv }) =>
      withCourier(async (courier) => {
        const variables = { ...keyed(courier), COURIER_JWT_CONFIG_DIR: join(configFolder(), 'config') };
        for (const name of ['one', 'two'])
          expect((await courierJwt(['env', 'add', name, '--from-env', '--storage', 'file'], { variables })).code).toBe(
            0,
          );
        courier.misbehave(hang);
        const running = start([...argv, ...flags], { COURIER_JWT_CONFIG_DIR: variables.COURIER_JWT_CONFIG_DIR });
        await running.until(() => courier.requests.length > 2);
        await expectInterrupted(running, { isJson });
      }),
  );
});

describe.concurrent('SIGINT', () => {
  it('with --quiet it is said all the same', async () =>
    withCourier(async (courier) => {
      courier.misbehave(hang);
      const running = start(['issue', '-u', 'alice', '-q'], keyed(courier));
      await running.until(() => courier.requests.length === 1);
      await expectInterrupted(running, { isJson: false });
    }));

  it('a second one ends it, too', async () =>
    withCourier(async (courier) => {
      courier.misbehave(hang);
      const running = start(['issue', '-u', 'alice'], keyed(courier));
      await running.until(() => courier.requests.length === 1);
      running.child.kill('SIGINT');
      const ran = await running.endBy('SIGINT');
      expect({ exit: exitOf(ran), promptly: ran.tookMs < promptlyMs }).toEqual({ exit: 130, promptly: true });
    }));

  it('a shell sees 130', async () =>
    withCourier(async (courier) => {
      courier.misbehave(hang);
      const script = 'courier-jwt issue -u alice & pid=$!; sleep 2; kill -INT $pid; wait $pid; echo $?';
      // Without job control bash starts what stands in the background with SIGINT ignored.
      const ran = await shell(`set -m; ${script}`, { variables: keyed(courier) });
      expect(ran.stdout).toBe('130\n');
    }));
});

describe.concurrent('a reader that goes away', () => {
  const token = sign({ scope: 'user_id:alice', filler: 'x'.repeat(300_000) });
  const file = fileWith(token);
  it.each([
    { command: 'courier-jwt scopes', reader: 'head -1', first: /^user_id:<id> / },
    { command: 'courier-jwt --help', reader: 'head -1', first: /^Usage: courier-jwt / },
    { command: `courier-jwt decode --token-file ${file}`, reader: 'head -1', first: /^header\n$/ },
    { command: `courier-jwt decode --json --token-file ${file}`, reader: 'head -c 1', first: /^\{$/ },
    { command: `courier-jwt check-scopes --token-file ${file}`, reader: 'head -1', first: /^no {2}the token of alice/ },
    { command: 'courier-jwt issue -u alice --env local -q', reader: 'head -1', first: /^eyJ/ },
    { command: `courier-jwt decode -q --token-file ${file}`, reader: 'true', first: /^$/ },
    { command: `courier-jwt decode -q --json --token-file ${file}`, reader: 'exec 0<&-; sleep 1', first: /^$/ },
    { command: 'courier-jwt --version', reader: 'true', first: /^$/ },
    { command: 'courier-jwt issue -u alice --env local -q --json', reader: 'true', first: /^$/ },
    { command: 'courier-jwt isue --json', reader: 'true', first: /^$/ },
  ])('$command | $reader', async ({ command, reader, first }) => {
    const ran = await shell(`{ ${command}; echo "exit $?" >&2; } | { ${reader}; }`);
    expect(ran.stdout).toMatch(first);
    const exit = command.includes('isue') ? 2 : command.includes('check-scopes') ? 1 : 0;
    const warnings = ran.stderr.split('\n').filter((line) => !line.startsWith('warning: '));
    expect(warnings).toEqual([`exit ${exit}`, '']);
  });

  it('of stderr', async () => {
    const ran = await shell('{ courier-jwt issue -u alice --env local; echo "exit $?"; } 2> >(true)');
    expect(ran.stdout).toMatch(/^eyJ\S+\nexit 0\n$/);
  });

  it('of both', async () => {
    const ran = await shell('courier-jwt issue -u alice --env local 2>&1 | true; echo "${PIPESTATUS[0]}"');
    expect([ran.stdout, ran.stderr]).toEqual(['0\n', '']);
  });

  it('a slow reader of a small pipe gets everything', async () => {
    const ran = await shell(`courier-jwt decode --json -q --token-file ${file} | { sleep 1; cat; }`);
    expect(documentOf<{ payload: { filler: string } }>(ran).payload.filler.length).toBe(300_000);
  });
});
