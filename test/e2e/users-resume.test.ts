import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../src/bulk/lines.js';
import { keptOf, readEarlier } from '../../src/bulk/resume.js';
import { hashOf } from '../../src/bulk/seen.js';
import { type CourierServer, hang, json, late, sign } from '../support/courier-server.js';
import { type Running, start } from '../support/e2e-running.js';
import { askedOf, counting, linesFor, mintedIn, outcomesIn, until, userOf, usersNamed } from '../support/e2e-users.js';
import { exitOf, keyed, shell, withCourier } from '../support/e2e-world.js';
import { configFolder, courierJwt } from '../support/run.js';

const stopping = 'what is under way is let finish; once more, and it is not.\n';

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
          `${stopping}${minted.length} users have a token, in ${out}. For the rest:\n  ${again}\nerror: interrupted.\n`,
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
      expect([ran.stdout, ran.stderr.split('\n')[2]]).toEqual(['130\n', `  ${again}`]);
      courier.misbehave(undefined);
      const resumed = await shell(again, { cwd, variables: keyed(courier) });
      const half = users.filter((user) => hashOf(user).readUInt32BE(0) % 2 === 0);
      expect([resumed.code, mintedIn(textIn(cwd, 'my tokens'))]).toEqual([0, half]);
      expect(askedOf(courier).toSorted()).toEqual(half);
      expect(new Set(courier.requests.map(({ body }) => body.replace(/user-\d+/, '')))).toEqual(
        new Set(['{"scope":"user_id: read:brands","expires_in":"1d"}']),
      );
    }));

  it.each([
    { how: 'with -q', argv: '-q --users u --out o', again: 'courier-jwt issue -q --users u --resume o' },
    { how: 'of a list that passes', argv: '--users <(cat u) --out o', again: 'the same command with --resume o' },
  ])('$how: how to go on is said', async ({ argv, again }) =>
    withCourier(async (courier) => {
      courier.misbehave(late);
      const script = `courier-jwt issue ${argv} & pid=$!; until [ -s o ]; do sleep 0.05; done; kill -INT $pid; wait $pid`;
      const { stderr } = await shell(`set -m; ${script}`, { cwd: folderOf(users), variables: keyed(courier) });
      expect(stderr).toContain(`have a token, in o. For the rest:\n  ${again}\nerror: interrupted.\n`);
    }),
  );

  it('with --json and a file: the command is in the document', async () =>
    withCourier(async (courier) => {
      courier.misbehave(late);
      const script =
        'courier-jwt issue --users u --out o --json & pid=$!; until [ -s o ]; do sleep 0.05; done; kill -INT $pid; wait $pid';
      const { stdout } = await shell(`set -m; ${script}`, { cwd: folderOf(users), variables: keyed(courier) });
      const fix = ['courier-jwt', 'issue', '--users', 'u', '--resume', 'o'];
      expect(JSON.parse(stdout)).toEqual({ error: { code: 'interrupted.signal', message: 'interrupted.', fix } });
    }));

  it('two runs that go on with one file: the one that finds the other ends, and nobody stays there twice', async () =>
    withCourier(async (courier) => {
      courier.misbehave(late);
      const cwd = folderOf(users);
      const again = 'courier-jwt issue --users u --resume o';
      const script = `${again} --rate 40/s & pid=$!; until [ -s o ]; do sleep 0.05; done; ${again} --shard 1/8; wait $pid`;
      const { code, stderr } = await shell(script, { cwd, variables: keyed(courier) });
      expect([code, stderr.split('\n').at(-3)]).toEqual([
        4,
        'error: something else writes to the same file, another run perhaps: once it has ended, --resume goes on.',
      ]);
      expect((await shell(again, { cwd, variables: keyed(courier) })).code).toBe(0);
      expect(mintedIn(textIn(cwd))).toEqual(users);
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
        `${stopping}${minted.length} users have a token. To go on later, give --resume a file with what was printed here.\nerror: interrupted.\n`,
      ]);
    }));

  it('to stdout with --json: that, too, is what --resume takes', async () =>
    withCourier(async (courier) => {
      courier.misbehave(late);
      const cwd = folderOf(users);
      const script =
        'courier-jwt issue --users u --json > o & pid=$!; until [ -s o ]; do sleep 0.05; done; kill -INT $pid; wait $pid; ' +
        'echo $?; tail -n 1 o; courier-jwt issue --users u --resume o; echo $?';
      const { stdout } = await shell(`set -m; ${script}`, { cwd, variables: keyed(courier) });
      const end =
        '{"error":{"code":"interrupted.signal","message":"interrupted.","fix":["courier-jwt","issue","--help"]}}';
      expect([stdout, mintedIn(textIn(cwd))]).toEqual([`130\n${end}\n0\n`, users]);
      expect(askedOf(courier).toSorted()).toEqual(users);
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
  /** How many had a token when it was killed. */
  const had: number[] = [];

  /** Starts, and is killed after so long, if it has not ended until then. */
  /** When the server has been asked so often, and a moment later. */
  async function killed(folder: string, requests: number, courier: CourierServer): Promise<void> {
    const argv = ['issue', '--users', join(folder, 'u'), '--resume', join(folder, 'o')];
    const running = start(argv, keyed(courier));
    const before = courier.requests.length;
    const ended = new Promise<void>((resolve) => void running.child.on('close', () => resolve()));
    const isTime = () => courier.requests.length - before >= requests || running.child.exitCode !== null;
    await running.until(isTime);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    running.child.kill('SIGKILL');
    await ended;
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
        // From before it begins to when it is nearly done.
        const instants = [0, 1].map((which) => ((at * 2 + which * 25) % 50) * 5);
        for (const requests of instants) {
          await killed(folder, requests, courier);
          const text = readdirSync(folder).includes('o') ? textIn(folder) : '';
          had.push(mintedIn(text.slice(0, text.lastIndexOf('\n') + 1)).length);
        }
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

  it.sequential('of these instants many were in the midst of it', () => {
    expect([had.length, had.filter((count) => count > 0 && count < 300).length > 10]).toEqual([50, true]);
  });
});

describe.concurrent('--resume', () => {
  const users = usersNamed(10);
  const tokenLine = (user: string) =>
    `${JSON.stringify({ user, token: sign({ scope: `user_id:${user}`, exp: 2_000_000_000 }), expiresAt: '2033-05-18T03:33:20Z' })}\n`;
  const errorLine = (user: string) =>
    `${JSON.stringify({ user, error: { code: 'courier.timeout', message: 'old' } })}\n`;
  const all = users.map((user) => `${user}: token`);

  /** Goes on with `o`; whom it asked for, and what is there then. */
  async function resumed(o: string | Buffer | undefined, ...more: string[]) {
    return withCourier(async (courier) => {
      const folder = folderOf(users, o === undefined ? {} : { o });
      const ran = await courierJwt(['issue', '--users', 'u', '--resume', 'o', ...more], {
        cwd: folder,
        variables: keyed(courier),
      });
      return { ...ran, asked: askedOf(courier).toSorted(), out: readFileSync(join(folder, 'o')), folder };
    });
  }

  const whole = users.slice(0, 4).map(tokenLine).join('');
  const last = tokenLine('user-4');
  it.each([
    { of: 'a file that is not there', o: undefined, kept: 0 },
    { of: 'an empty file', o: '', kept: 0 },
    { of: 'some', o: whole, kept: 4 },
    { of: 'all of them', o: users.map(tokenLine).join(''), kept: 10 },
    { of: 'some failed', o: errorLine('user-7') + whole + errorLine('user-8'), kept: 4 },
    { of: 'one failed, and has a token', o: errorLine('user-2') + whole + errorLine('user-1'), kept: 4 },
    { of: 'one who is there twice', o: whole + tokenLine('user-0'), kept: 4 },
    { of: 'an end that is missing', o: whole.slice(0, -1), kept: 4 },
    { of: 'a torn line', o: whole + last.slice(0, 100), kept: 4 },
    { of: 'a line torn at its first byte', o: `${whole}{`, kept: 4 },
    { of: 'a line torn within its token', o: `${whole}${last.slice(0, -60)}`, kept: 4 },
    { of: 'a torn line, and more behind it', o: `${last.slice(0, 90)}\n${whole}`, kept: 4 },
    { of: 'what a power cut leaves', o: whole + '\0'.repeat(5000), kept: 4 },
    {
      of: 'the end of a run with --json',
      o: `${whole}{"error":{"code":"interrupted.signal","message":"x"}}\n`,
      kept: 4,
    },
    { of: 'an empty line', o: `\n${whole}`, kept: 4 },
    { of: 'a byte order mark, and CR', o: `\ufeff${whole.replaceAll('\n', '\r\n')}`, kept: 4 },
  ])('$of: only who has none is minted for, and everybody is there once', async ({ o, kept }) => {
    const { code, asked, out, folder, stderr } = await resumed(o);
    expect([code, asked]).toEqual([0, users.slice(kept)]);
    expect(outcomesIn(out.toString().replace(/^\ufeff/, ''))).toEqual(all);
    expect(readdirSync(folder).toSorted()).toEqual(['o', 'u']);
    expect(stderr).toContain(kept === 0 ? `minted 10 tokens; key: ` : `; ${kept} had one before; key: `);
  });

  it.each([
    { of: 'a list of users', o: 'alice\nbob\n', line: 1 },
    { of: 'NDJSON of users', o: `${whole}{"user":"bob"}\n`, line: 5 },
    { of: 'JSON of another kind', o: '[{"user":"a"}]\n', line: 1 },
    { of: 'tokens alone', o: `${sign({ scope: 'user_id:a' })}\n`, line: 1 },
    { of: 'binary', o: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 10]), line: 1 },
    { of: 'a CSV', o: 'user,token\na,b\n', line: 1 },
  ])('$of is nothing to go on with, and is left as it is', async ({ o, line }) => {
    const { code, asked, out, folder, stderr } = await resumed(o);
    expect([code, asked, out]).toEqual([2, [], Buffer.from(o)]);
    expect(readdirSync(folder).toSorted()).toEqual(['o', 'u']);
    expect(stderr.split('\n')[0]).toBe(
      `error: --resume o: line ${line} is not from issue --users. Nothing was changed; --out writes to a new file.`,
    );
  });

  it('who failed again is there with the new error', async () =>
    withCourier(async (courier) => {
      courier.misbehave((request, response) =>
        userOf(request.body) === 'user-5' ? json(400, { message: 'new' })(request, response) : false,
      );
      const folder = folderOf(users, { o: errorLine('user-5') + whole });
      const argv = ['issue', '--users', 'u', '--resume', 'o'];
      const { code } = await courierJwt(argv, { cwd: folder, variables: keyed(courier) });
      const expected = users.map((user) =>
        user === 'user-5' ? 'user-5: request.rejected Courier cannot mint that (400): new.' : `${user}: token`,
      );
      expect([code, outcomesIn(textIn(folder))]).toEqual([1, expected]);
    }));

  it('of a shard, who failed of another shard stays', async () => {
    const shardOf = (user: string) => (hashOf(user).readUInt32BE(0) % 2) + 1;
    const { code, asked, out } = await resumed(whole + users.slice(4).map(errorLine).join(''), '--shard', '1/2');
    const expected = users.map((user, at) =>
      at < 4 || shardOf(user) === 1 ? `${user}: token` : `${user}: courier.timeout old`,
    );
    expect([code, outcomesIn(out.toString())]).toEqual([0, expected]);
    expect(asked).toEqual(users.slice(4).filter((user) => shardOf(user) === 1));
  });

  it('only its owner reads what is written anew, also behind a link', async () => {
    const folder = folderOf(users);
    // Another file system, where there is one: nothing can be renamed into it.
    const real = join(mkdtempSync(existsSync('/dev/shm') ? '/dev/shm/' : `${folder}/`), 'real');
    writeFileSync(real, whole + errorLine('user-9'));
    symlinkSync(real, join(folder, 'o'));
    const argv = ['issue', '--users', 'u', '--resume', 'o', '--env', 'local'];
    expect((await courierJwt(argv, { cwd: folder })).code).toBe(0);
    expect([readlinkSync(join(folder, 'o')), outcomesIn(readFileSync(real, 'utf8'))]).toEqual([real, all]);
    expect(statSync(real).mode & 0o777).toBe(0o600);
  });
});

it('a line torn at any byte: those before it are kept, and nobody else', async () => {
  const users = ['alice', 'ü "x"\\', 'carol'];
  const lines = users.map(
    (user) => `${JSON.stringify({ user, token: sign({ scope: `user_id:${user}` }), expiresAt: null })}\n`,
  );
  const bytes = Buffer.from(lines.join(''));
  const ends = lines.map((_, at) => Buffer.byteLength(lines.slice(0, at + 1).join('')));
  for (let length = 0; length <= bytes.length; length += 1) {
    const torn = () => linesOf(Readable.from([bytes.subarray(0, length)]), 100_000);
    const { minted, count, isSound } = await readEarlier(torn(), 'o');
    const again: string[] = [];
    for await (const line of keptOf(torn(), minted, undefined)) again.push(line);
    // The end of a line is no part of what it says.
    const kept = ends.filter((end) => length >= end - 1).length;
    const isWhole = [0, ...ends].some((end) => length === end || length === end - 1);
    expect({ length, count, isSound, minted: users.filter((user) => minted.has(hashOf(user))), again }).toEqual({
      length,
      count: kept,
      isSound: isWhole,
      minted: users.slice(0, kept),
      again: lines.slice(0, kept),
    });
  }
});
