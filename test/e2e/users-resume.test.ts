import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../src/bulk/lines.js';
import { keptOf, readEarlier } from '../../src/bulk/resume.js';
import { hashOf } from '../../src/bulk/seen.js';
import { type CourierServer, hang, json, late, sign } from '../support/courier-server.js';
import { type Running, start } from '../support/e2e-running.js';
import { askedOf, counting, linesFor, mintedIn, outcomesIn, until, userOf, usersNamed } from '../support/e2e-users.js';
import { exitOf, keyed, shell, withCourier } from '../support/e2e-world.js';
import { configFolder, courierJwt } from '../support/run.js';

/** A folder with a file `u` of these users, and whatever else. */
function folderOf(users: string[], files: Record<string, string | Buffer> = {}): string {
  const folder = configFolder();
  for (const [name, content] of Object.entries({ u: linesFor(users), ...files }))
    writeFileSync(join(folder, name), content);
  return folder;
}

function textIn(folder: string, name = 'o'): string {
  return readFileSync(join(folder, name), 'utf8');
}

const promptlyMs = 3000;

describe.concurrent('a signal', { timeout: 60_000 }, () => {
  const users = usersNamed(1000);

  it.each([{ signal: 'SIGINT' }, { signal: 'SIGTERM' }] as const)(
    '$signal: what is under way is written, nobody else is asked for, and what is printed completes it',
    async ({ signal }) =>
      withCourier(async (courier) => {
        const counted = counting(late);
        courier.misbehave(counted.how);
        const cwd = folderOf(users);
        const [list, out] = [join(cwd, 'u'), join(cwd, 'o')];
        const running = start(['issue', '--users', list, '--out', out], keyed(courier));
        await running.until(() => courier.requests.length > 200);
        const ran = await running.endBy(signal);
        const minted = mintedIn(textIn(cwd));
        expect([exitOf(ran), ran.stdout, minted]).toEqual([130, '', askedOf(courier).toSorted()]);
        const again = `courier-jwt issue --users ${list} --resume ${out}`;
        expect(ran.stderr).toBe(
          `${minted.length} users have a token, in ${out}. For the rest:\n  ${again}\nerror: interrupted.\n`,
        );
        expect((await shell(again, { variables: keyed(courier) })).code).toBe(0);
        expect([mintedIn(textIn(cwd)), askedOf(courier).toSorted()]).toEqual([users, users]);
      }),
  );

  it('the command that is printed has all that was given', async () =>
    withCourier(async (courier) => {
      courier.misbehave(late);
      const cwd = folderOf(users);
      const script =
        "courier-jwt -q issue --users=u --yes --out='my tokens' --shard 1/2 --scope=read:brands --concurrency 8 & pid=$!; " +
        'until [ -s "my tokens" ]; do sleep 0.05; done; sleep 0.3; kill -INT $pid; wait $pid; echo $?';
      const ran = await shell(`set -m; ${script.replace('-q ', '')}`, { cwd, variables: keyed(courier) });
      const again = "courier-jwt issue --users=u --shard 1/2 --scope=read:brands --concurrency 8 --resume 'my tokens'";
      expect([ran.stdout, ran.stderr.split('\n')[1]]).toEqual(['130\n', `  ${again}`]);
      courier.misbehave(undefined);
      const resumed = await shell(again, { cwd, variables: keyed(courier) });
      const half = users.filter((user) => hashOf(user).readUInt32BE(0) % 2 === 0);
      expect([resumed.code, mintedIn(textIn(cwd, 'my tokens'))]).toEqual([0, half]);
      expect(askedOf(courier).toSorted()).toEqual(half);
      expect(new Set(courier.requests.map(({ body }) => body.replace(/user-\d+/, '')))).toEqual(
        new Set(['{"scope":"user_id: read:brands","expires_in":"1d"}']),
      );
    }));

  it('to stdout: what it has printed is what --resume takes', async () =>
    withCourier(async (courier) => {
      courier.misbehave(late);
      const cwd = folderOf(users);
      const running = start(['issue', '--users', join(cwd, 'u')], keyed(courier));
      await running.until(() => courier.requests.length > 200);
      const ran = await running.endBy('SIGINT');
      const minted = mintedIn(ran.stdout);
      expect([exitOf(ran), minted, ran.stderr]).toEqual([
        130,
        askedOf(courier).toSorted(),
        `${minted.length} users have a token. To go on later, give --resume a file with what was printed here.\nerror: interrupted.\n`,
      ]);
    }));

  /** Ends by one Ctrl-C, soon. */
  async function expectEnded(running: Running, minted: string[]) {
    const ran = await running.endBy('SIGINT');
    expect([exitOf(ran), mintedIn(ran.stdout), ran.tookMs < promptlyMs]).toEqual([130, minted, true]);
  }

  it('while nothing comes on stdin', async () =>
    withCourier(async (courier) => {
      const running = start(['issue', '--users', '-'], keyed(courier));
      running.child.stdin!.write('alice\nbo');
      await running.until(() => running.output.stdout.endsWith('\n'));
      await expectEnded(running, ['alice']);
      expect(askedOf(courier)).toEqual(['alice']);
    }));

  it('before anything came on stdin', async () =>
    withCourier(async (courier) => {
      const running = start(['issue', '--users', '-'], keyed(courier));
      await new Promise((resolve) => setTimeout(resolve, 500));
      await expectEnded(running, []);
    }));

  it('while nobody writes into a pipe', async () =>
    withCourier(async (courier) => {
      const pipe = join(configFolder(), 'pipe');
      execFileSync('mkfifo', [pipe]);
      const running = start(['issue', '--users', pipe], keyed(courier));
      await new Promise((resolve) => setTimeout(resolve, 500));
      await expectEnded(running, []);
    }));

  it('during Retry-After, and during the pause before another try', async () =>
    withCourier(async (courier) => {
      const wait = json(429, {}, { 'retry-after': '60' });
      courier.misbehave((request, response) => (userOf(request.body) === 'bob' ? wait(request, response) : false));
      const running = start(['issue', '--users', '-'], keyed(courier));
      running.child.stdin!.write('alice\nbob\ncarol\n');
      await running.until(() => courier.requests.length >= 2 && running.output.stdout.includes('alice'));
      await new Promise((resolve) => setTimeout(resolve, 200));
      const { length } = courier.requests;
      await expectEnded(
        running,
        askedOf(courier)
          .filter((user) => user !== 'bob')
          .toSorted(),
      );
      expect(courier.requests.length).toBe(length);
    }));

  it('a second one ends it at once', async () =>
    withCourier(async (courier) => {
      courier.misbehave((request, response) => (courier.requests.length > 20 ? hang(request, response) : false));
      const cwd = folderOf(users);
      const running = start(['issue', '--users', join(cwd, 'u'), '--out', join(cwd, 'o')], keyed(courier));
      await running.until(() => courier.requests.length > 60);
      running.child.kill('SIGINT');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(running.child.exitCode).toBe(null);
      const ran = await running.endBy('SIGINT');
      expect([exitOf(ran), ran.tookMs < promptlyMs, mintedIn(textIn(cwd)).length]).toEqual([130, true, 20]);
    }));

  it.each([{ signals: ['SIGINT', 'SIGINT'] }, { signals: ['SIGTERM', 'SIGTERM'] }] as const)(
    'while a reader reads nothing: the first waits for it, the second does not: $signals',
    async ({ signals: [first, second] }) =>
      withCourier(async (courier) => {
        const cwd = folderOf(users);
        const script =
          'courier-jwt issue --users u > >(until [ -e go ]; do sleep 0.1; done; cat > o) & echo $! > pid; wait $!; echo $? > code';
        const running = shell(`set -m; ${script}`, { cwd, variables: keyed(courier) });
        await until(() => courier.requests.length > 100);
        await new Promise((resolve) => setTimeout(resolve, 1000));
        const pid = Number(textIn(cwd, 'pid'));
        process.kill(pid, first);
        await new Promise((resolve) => setTimeout(resolve, 500));
        expect(readdirSync(cwd)).not.toContain('code');
        const began = performance.now();
        process.kill(pid, second);
        await until(() => readdirSync(cwd).includes('code') && textIn(cwd, 'code') !== '');
        expect([performance.now() - began < promptlyMs, textIn(cwd, 'code')]).toEqual([
          true,
          first === 'SIGINT' ? '130\n' : '143\n',
        ]);
        writeFileSync(join(cwd, 'go'), '');
        await running;
      }),
  );
});

describe.concurrent('kill -9', { timeout: 120_000 }, () => {
  /** Users of every kind: who is refused by us, by Courier, who is there twice. */
  const good = usersNamed(300);
  const list = [...good.slice(0, 150), 'a b', 'cannot', ...good.slice(100)];
  const cannot = json(400, { message: 'no' });

  /** Starts, and is killed after so long, if it has not ended until then. */
  async function killed(folder: string, afterMs: number, courier: CourierServer): Promise<void> {
    const argv = ['issue', '--users', join(folder, 'u'), '--resume', join(folder, 'o')];
    const running = start(argv, keyed(courier));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => running.child.kill('SIGKILL'), afterMs);
      running.child.on('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  // Two kills each, the second one perhaps while the first one's file is mended.
  it.each(Array.from({ length: 25 }, (_, at) => ({ at })))(
    'at two instants, and then --resume: all are there, and nobody twice: $at',
    async ({ at }) =>
      withCourier(async (courier) => {
        courier.misbehave((request, response) => {
          if (userOf(request.body) === 'cannot') return cannot(request, response);
          return late(request, response);
        });
        const folder = folderOf(list);
        // From before it begins to when it is nearly done; on a busy machine later.
        const instants = [0, 1].map((which) => 120 + ((at * 2 + which) / 50) * 500 + Math.random() * 10);
        for (const instant of instants.toSorted(() => Math.random() - 0.5)) await killed(folder, instant, courier);
        const variables = keyed(courier);
        const ran = await courierJwt(['issue', '--users', 'u', '--resume', 'o'], { cwd: folder, variables });
        const expected = [
          ...good.map((user) => `${user}: token`),
          'a b: user.invalid line 151: user a b cannot be a user id: it has white space in it, and a space in a user id adds scopes to the token.',
          'cannot: request.rejected Courier cannot mint that (400): no.',
        ];
        expect([ran.code, outcomesIn(textIn(folder))]).toEqual([1, expected.toSorted()]);
        expect(
          readdirSync(folder)
            .filter((name) => name !== 'o.resuming')
            .toSorted(),
        ).toEqual(['o', 'u']);
        // What a kill costs: what was under way, what waits for room, and what is being written.
        const again = askedOf(courier).filter((user) => user !== 'cannot').length - good.length;
        expect(again).toBeLessThan(2 * (64 + (2 * 32_768) / 500));
      }),
  );
});
