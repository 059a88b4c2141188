import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Misbehaviour, json, late } from '../support/courier-server.js';
import {
  askedOf,
  counting,
  linesFor,
  mintedIn,
  mostInASecond,
  tokenBucket,
  until,
  usersNamed,
} from '../support/e2e-users.js';
import { fileWith, hostOf, keyed, shell, withCourier } from '../support/e2e-world.js';
import { configFolder, courierJwt, executable } from '../support/run.js';
import { openTerminal } from '../support/terminal-session.js';

/** A folder with a file `u` of these users. */
function folderOf(users: string[]): string {
  const folder = configFolder();
  writeFileSync(join(folder, 'u'), linesFor(users));
  return folder;
}

/** Resolves when nothing was added for so long. */
async function untilStill(count: () => number, ms: number): Promise<void> {
  for (let before = -1; before !== count();) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
}

describe.concurrent('the reader', () => {
  it('reads nothing: nothing more is asked for, until it does', async () =>
    withCourier(async (courier) => {
      const users = usersNamed(3000);
      const cwd = folderOf(users);
      const script = 'courier-jwt issue --users u -q | { until [ -e go ]; do sleep 0.1; done; cat > o; }';
      const running = shell(script, { cwd, variables: keyed(courier) });
      await until(() => courier.requests.length > 64);
      await untilStill(() => courier.requests.length, 1500);
      const asked = courier.requests.length;
      writeFileSync(join(cwd, 'go'), '');
      await running;
      const out = readFileSync(join(cwd, 'o'), 'utf8');
      expect(mintedIn(out)).toEqual(users);
      // A pipe holds 64 kB; two rooms of 32 kB and a line are on the way to it, one being written and one being filled.
      const held = (65_536 + 2 * 32_768) / (out.length / users.length) + 2;
      expect(asked).toBeLessThan(held + 64);
    }));

  it.each([
    { of: 'a file', script: 'courier-jwt issue --users u' },
    { of: 'users without end', script: 'yes | awk \'{ print "user-" NR }\' | courier-jwt issue --users -' },
  ])('goes away: it ends soon and silently, and asks for no more: $of', async ({ script }) =>
    withCourier(async (courier) => {
      courier.misbehave(late);
      const cwd = folderOf(usersNamed(20_000));
      const { stdout, stderr } = await shell(`${script} | head -3 > o; echo "\${PIPESTATUS[@]: -2:1}"`, {
        cwd,
        variables: keyed(courier),
      });
      expect([stdout, stderr, mintedIn(readFileSync(join(cwd, 'o'), 'utf8')).length]).toEqual(['0\n', '', 3]);
      // What it had sent is still being read.
      await untilStill(() => courier.requests.length, 200);
      expect(courier.requests.length).toBeLessThan(1000);
    }),
  );
});

// One at a time: the server is in this process, and what it is late with comes to it together.
describe('a limit', { timeout: 60_000 }, () => {
  it.each([
    { of: 'says nothing more', perSecond: 150, burst: 100, retryAfter: undefined },
    { of: 'says when to come back', perSecond: 150, burst: 100, retryAfter: '1' },
    { of: 'has hardly a burst', perSecond: 150, burst: 10, retryAfter: undefined },
  ])('that $of: hardly any are refused once it is settled, each is minted once', async ({ of: _, ...limit }) =>
    withCourier(async (courier) => {
      const bucket = tokenBucket(limit);
      courier.misbehave(bucket.how);
      const users = usersNamed(1300);
      const { code, stdout } = await courierJwt(['issue', '--users', fileWith(linesFor(users))], {
        variables: keyed(courier),
      });
      const [first] = bucket.seen;
      const settled = bucket.seen.filter(({ at }) => at > first!.at + 5000);
      const refused = settled.filter(({ isRefused }) => isRefused);
      const minted = bucket.seen.filter(({ isRefused }) => !isRefused);
      expect([code, mintedIn(stdout), minted.length]).toEqual([0, users, users.length]);
      expect([settled.length > 200, refused.length / settled.length <= 0.02]).toEqual([true, true]);
    }),
  );
});

describe.concurrent('the pace', { timeout: 60_000 }, () => {
  it.each([{ rate: '50/s' }, { rate: '3000/m' }])('--rate $rate is kept', async ({ rate }) =>
    withCourier(async (courier) => {
      const times: number[] = [];
      courier.misbehave(() => {
        times.push(performance.now());
        return false;
      });
      const file = fileWith(linesFor(usersNamed(200)));
      expect((await courierJwt(['issue', '--users', file, '--rate', rate], { variables: keyed(courier) })).code).toBe(
        0,
      );
      const seconds = (times.at(-1)! - times[0]!) / 1000;
      // What this machine is late with comes together.
      expect([times.length, mostInASecond(times) <= 65, seconds > 3.9, seconds < 6]).toEqual([200, true, true, true]);
    }),
  );

  it('Retry-After is obeyed by all', async () =>
    withCourier(async (courier) => {
      const times: number[] = [];
      let refusedAt = 0;
      courier.misbehave((request, response) => {
        times.push(performance.now());
        if (times.length !== 500) return late(request, response);
        refusedAt = performance.now();
        return json(429, {}, { 'retry-after': '2' })(request, response);
      });
      const users = usersNamed(1500);
      const { code, stdout } = await courierJwt(['issue', '--users', fileWith(linesFor(users))], {
        variables: keyed(courier),
      });
      // Until the answer is there, others are on their way.
      const meanwhile = times.filter((at) => at > refusedAt + 500 && at < refusedAt + 1950);
      const after = times.filter((at) => at > refusedAt + 1950);
      expect([code, mintedIn(stdout), meanwhile.length, after.length > 500]).toEqual([0, users, 0, true]);
    }));

  it('a Retry-After of more than five minutes ends it', async () =>
    withCourier(async (courier) => {
      courier.misbehave((request, response) =>
        courier.requests.length > 100 ? json(429, {}, { 'retry-after': '301' })(request, response) : false,
      );
      const cwd = folderOf(usersNamed(500));
      const ran = await courierJwt(['issue', '--users', 'u', '--out', 'o'], { cwd, variables: keyed(courier) });
      const minted = mintedIn(readFileSync(join(cwd, 'o'), 'utf8'));
      expect([ran.code, minted.length, courier.requests.length <= 100 + 64]).toEqual([4, 100, true]);
      expect(ran.stderr.split('\n').slice(0, 3)).toEqual([
        '100 users have a token, in o. For the rest:',
        '  courier-jwt issue --users u --resume o',
        `error: ${hostOf(courier)} asks to slow down (429) and to wait 301 seconds. Try again later.`,
      ]);
    }));

  it('a key that is refused: one request', async () =>
    withCourier(async (courier) => {
      courier.misbehave(json(401, { message: 'Unauthorized' }));
      const ran = await courierJwt(['issue', '--users', fileWith(linesFor(usersNamed(500)))], {
        variables: keyed(courier),
      });
      expect([ran.code, ran.stdout, courier.requests.length]).toEqual([3, '', 1]);
      expect(ran.stderr).toMatch(/^error: 127\.0\.0\.1:\d+ refused the API key of COURIER_API_KEY \(401\)/);
    }));

  it('a key that is revoked meanwhile: what is under way is all that is asked, and the rest can be minted later', async () =>
    withCourier(async (courier) => {
      const users = usersNamed(1000);
      courier.misbehave((request, response) =>
        courier.requests.length > 300
          ? json(403, { message: 'Forbidden' })(request, response)
          : late(request, response),
      );
      const cwd = folderOf(users);
      const variables = keyed(courier);
      const ran = await courierJwt(['issue', '--users', 'u', '--out', 'o'], { cwd, variables });
      const minted = mintedIn(readFileSync(join(cwd, 'o'), 'utf8'));
      expect([ran.code, minted.length, courier.requests.length <= 300 + 64]).toEqual([3, 300, true]);
      expect(ran.stderr).toContain(
        '300 users have a token, in o. For the rest:\n  courier-jwt issue --users u --resume o\n',
      );
      courier.misbehave(undefined);
      courier.requests.length = 0;
      expect((await shell('courier-jwt issue --users u --resume o', { cwd, variables })).code).toBe(0);
      expect(mintedIn(readFileSync(join(cwd, 'o'), 'utf8'))).toEqual(users);
      expect(askedOf(courier).toSorted()).toEqual(users.filter((user) => !minted.includes(user)));
    }));

  it.each([
    { of: 'midway', from: 200 },
    { of: 'from the first on', from: 0 },
  ])('a storm of 503 that ends is outlived: $of', async ({ from }) =>
    withCourier(async (courier) => {
      let began: number | undefined;
      const storm: Misbehaviour = (request, response) => {
        if (courier.requests.length <= from) return late(request, response);
        began ??= performance.now();
        return performance.now() < began + 1000 ? json(503, {})(request, response) : false;
      };
      courier.misbehave(storm);
      const users = usersNamed(600);
      const { code, stdout } = await courierJwt(['issue', '--users', fileWith(linesFor(users))], {
        variables: keyed(courier),
      });
      expect([code, mintedIn(stdout)]).toEqual([0, users]);
    }),
  );

  it.each([
    { argv: [], most: 64 },
    { argv: ['--concurrency', '7'], most: 7 },
    { argv: ['--concurrency', '1'], most: 1 },
    { argv: ['--concurrency', '150'], most: 150 },
  ])('at once $argv: $most', async ({ argv, most }) =>
    withCourier(async (courier) => {
      const counted = counting((request, response) => void setTimeout(() => late(request, response), 150));
      courier.misbehave(counted.how);
      const users = usersNamed(most * 5);
      const { stdout } = await courierJwt(['issue', '--users', fileWith(linesFor(users)), ...argv], {
        variables: keyed(courier),
      });
      expect([mintedIn(stdout), counted.most()]).toEqual([users, most]);
    }),
  );
});

describe.concurrent('how far it is', { timeout: 60_000 }, () => {
  it('a line every ten seconds where nobody watches, and none with --quiet', async () =>
    withCourier(async (courier) => {
      const file = fileWith(linesFor(usersNamed(23)));
      const run = (...more: string[]) =>
        courierJwt(['issue', '--users', file, '--rate', '2/s', ...more], { variables: keyed(courier) });
      const [loud, quiet] = await Promise.all([run(), run('-q')]);
      expect(loud.stderr.split('\n')).toEqual([
        expect.stringMatching(/^(?:19|20|21) tokens, 2 a second, (?:82|86|91) %, [12] seconds? left$/),
        expect.stringMatching(/^minted 23 tokens in 1[12] seconds, 2 a second; key: /),
        '',
      ]);
      expect([mintedIn(quiet.stdout).length, quiet.stderr]).toEqual([23, '']);
    }));

  it.each([
    { of: '--out', redirect: '--out o' },
    { of: 'a pipe', redirect: '| cat > o' },
  ])('a line of its own on a terminal, taken away at the end: $of', async ({ redirect }) =>
    withCourier(async (courier) => {
      courier.misbehave((request, response) =>
        courier.requests.length === 3
          ? json(429, {}, { 'retry-after': '2' })(request, response)
          : late(request, response),
      );
      const cwd = folderOf(usersNamed(12));
      const terminal = await openTerminal({ HOME: cwd, PATH: process.env.PATH ?? '', ...keyed(courier) }, { cwd });
      try {
        await terminal.run(
          `clear; ${process.execPath} ${executable} issue --users u --rate 4/s ${redirect}; echo "done $?"`,
        );
        await terminal.waitFor(/^\d+ tokens?, \d+ a second, \d+ %(?:, \d+ seconds? left)?$/m);
        await terminal.waitFor(/^\d+ tokens?, Courier asks for a pause: \d seconds?, \d+ %/m);
        await terminal.waitFor(/^\d+ tokens?, \d+ a (?:second|minute) as Courier limits it, \d+ %/m);
        const seen = await terminal.waitFor(/^done 0$/m);
        expect(seen).not.toMatch(/^\d+ tokens?, /m);
        expect(seen.split('\n').slice(-3)).toEqual([
          expect.stringMatching(
            /^minted 12 tokens in \d\.\d seconds, \d a second; 1 request sent again \(429 1\); key: /,
          ),
          'done 0',
          '$',
        ]);
      } finally {
        terminal.close();
      }
    }),
  );

  it('nothing but tokens where they come out on the same terminal', async () =>
    withCourier(async (courier) => {
      const cwd = folderOf(usersNamed(4));
      const terminal = await openTerminal({ HOME: cwd, PATH: process.env.PATH ?? '', ...keyed(courier) }, { cwd });
      try {
        await terminal.run(`clear; ${process.execPath} ${executable} issue --users u --rate 2/s; echo "done $?"`);
        const seen = await terminal.waitFor(/^done 0$/m);
        expect(seen).not.toContain('a second, ');
        expect(seen.match(/^\{"user":"user-\d","token":"eyJ\S+,"expiresAt":"\S+"\}$/gm)?.length).toBe(4);
      } finally {
        terminal.close();
      }
    }));
});
