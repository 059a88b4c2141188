import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type CourierServer,
  type Misbehaviour,
  drop,
  hang,
  json,
  sign,
  stall,
  text,
} from '../support/courier-server.js';
import { askedOf, linesFor, mintedIn, outcomesIn, userLinesIn, userOf, usersNamed } from '../support/e2e-users.js';
import { fileWith, hostOf, keyed, shell, withCourier } from '../support/e2e-world.js';
import { configFolder, courierJwt } from '../support/run.js';

const howTo = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';
const exp = Math.floor(Date.now() / 1000) + 86_400;
const granted = (scope: string) => json(200, { token: sign({ scope, tenant_scope: 'published/test', exp }) });

describe.concurrent('one user whom Courier fails: the others have tokens', { timeout: 60_000 }, () => {
  const nonsense = (host: string, why: string) =>
    `courier.nonsense ${host} answered, but the answer makes no sense: ${why}.`;
  const dropped = (host: string, detail = 'ECONNRESET') =>
    `courier.unreachable ${host} cannot be reached: it dropped the connection (${detail}).`;
  const silent = (host: string) => `courier.timeout ${host} did not answer in 3 seconds. --timeout gives it more.`;
  const inTrouble = (host: string) =>
    `courier.unavailable ${host} is in trouble (503). It is the local server: its log says more.`;
  it.each<{ of: string; how: Misbehaviour; requests: number; error: (host: string) => string }>([
    { of: 'no answer', how: hang, requests: 1, error: silent },
    { of: 'half an answer', how: stall, requests: 1, error: silent },
    { of: 'a dropped connection', how: drop, requests: 6, error: (host) => dropped(host) },
    {
      of: 'no HTTP',
      how: (_, response) => void response.socket!.end('HTP 200\r\n\r\n'),
      requests: 6,
      error: (host) => dropped(host, 'HPE_INVALID_RESPONSE'),
    },
    {
      of: 'two answers',
      how: (_, response) => {
        const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
        response.socket!.write(answer + answer);
      },
      requests: 1,
      error: (host) => nonsense(host, 'it has no token in it'),
    },
    {
      of: 'an answer that ends the connection',
      how: (_, response) => void response.setHeader('connection', 'close').writeHead(400).end('{}'),
      requests: 1,
      error: () => 'request.rejected Courier cannot mint that (400).',
    },
    { of: '503, HTML', how: text(503, '<h1>'), requests: 6, error: inTrouble },
    {
      of: '429',
      how: json(429, {}, { 'retry-after': '0' }),
      requests: 6,
      error: (host) => `courier.rate-limited ${host} asks to slow down (429) and to wait 0 seconds. Try again later.`,
    },
    {
      of: '400',
      how: json(400, { message: 'bad ::error::user' }),
      requests: 1,
      error: () => 'request.rejected Courier cannot mint that (400): bad :\\u{3a}error:\\u{3a}user.',
    },
    {
      of: '404',
      how: json(404, { message: 'no' }),
      requests: 1,
      error: (host) => `courier.status ${host} answered 404: no. Is the base URL right?`,
    },
    {
      of: 'HTML',
      how: text(200, '<html>'),
      requests: 1,
      error: (host) => nonsense(host, "it is not JSON, so that URL may not be Courier's"),
    },
    {
      of: 'nothing',
      how: text(200, ''),
      requests: 1,
      error: (host) => nonsense(host, "it is not JSON, so that URL may not be Courier's"),
    },
    {
      of: 'no token',
      how: json(200, { tok: 1 }),
      requests: 1,
      error: (host) => nonsense(host, 'it has no token in it'),
    },
    {
      of: 'no JWT',
      how: json(200, { token: 'a.b.c' }),
      requests: 1,
      error: (host) => nonsense(host, 'its token is not a JWT'),
    },
    {
      of: '2 MB',
      how: text(200, 'x'.repeat(2_000_000)),
      requests: 1,
      error: (host) => nonsense(host, 'it is far too large'),
    },
    {
      of: "another user's token",
      how: granted(`user_id:eve ${howTo}`),
      requests: 1,
      error: () => 'grant.user the token is for eve, and was asked for bob.',
    },
    {
      of: 'a scope less',
      how: granted(`user_id:bob ${howTo.replace(' read:brands', '')}`),
      requests: 1,
      error: () =>
        "grant.scope-missing read:brands was asked for and not granted: the Inbox and the preference center show without the brand's colours and logo.",
    },
  ])('$of', async ({ how, requests, error }) =>
    withCourier(async (courier) => {
      courier.misbehave((request, response) => (userOf(request.body) === 'bob' ? how(request, response) : false));
      // Once it has minted, a server is known to be the right one.
      const users = ['alice', ...usersNamed(100), 'bob', 'carol'];
      const { code, stdout, stderr } = await courierJwt(
        ['issue', '--users', fileWith(linesFor(users)), '--timeout', '3s'],
        { variables: keyed(courier) },
      );
      const expected = users.map((user) => `${user}: ${user === 'bob' ? error(hostOf(courier)) : 'token'}`);
      expect([code, outcomesIn(stdout)]).toEqual([1, expected.toSorted()]);
      expect(askedOf(courier).filter((user) => user === 'bob').length).toBe(requests);
      expect(stdout + stderr).not.toMatch(/^::|[\u0000-\u0009\u000b-\u001f]/m);
    }),
  );
});

/** From 0 to 1, the same for a seed. Source: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What ends badly, by the code that a user has whose last answer was so. */
const bad: { of: number; code: string; how: Misbehaviour }[] = [
  { of: 0.1, code: 'courier.unavailable', how: json(500, {}) },
  { of: 0.01, code: 'courier.timeout', how: hang },
  { of: 0.01, code: 'courier.unreachable', how: drop },
  { of: 0.01, code: 'courier.nonsense', how: text(200, '{"token": "eyJ') },
];

/** Misbehaves at random; tells what each user was answered, in order. */
function troubled(courier: CourierServer, seed: number): Map<string, string[]> {
  const random = seeded(seed);
  const answers = new Map<string, string[]>();
  courier.misbehave((request, response) => {
    let part = random();
    const chosen = bad.find(({ of }) => (part -= of) < 0);
    const user = userOf(request.body);
    answers.set(user, [...(answers.get(user) ?? []), chosen?.code ?? 'token']);
    return chosen ? chosen.how(request, response) : false;
  });
  return answers;
}

describe.concurrent(
  'a server that fails 10 %, hangs 1 %, drops 1 %, and answers 1 % with garbage',
  { timeout: 60_000 },
  () => {
    it.each([1, 2, 3, 4, 5, 6].map((seed) => ({ seed })))(
      'each user has a token or a named error, and is there once: seed $seed',
      async ({ seed }) =>
        withCourier(async (courier) => {
          const answers = troubled(courier, seed);
          const users = usersNamed(500);
          const { code, stdout } = await courierJwt(
            // Long enough for a machine that is busy: what times out has hung.
            ['issue', '--users', fileWith(linesFor(users)), '--timeout', '3s'],
            { variables: keyed(courier) },
          );
          const expected = users.map((user) => `${user}: ${answers.get(user)?.at(-1)}`).toSorted();
          const seen = userLinesIn(stdout).map(({ user, error }) => `${user}: ${error?.code ?? 'token'}`);
          expect(seen.toSorted()).toEqual(expected.toSorted());
          expect(code).toBe(expected.every((one) => one.endsWith(' token')) ? 0 : 1);
          // Nobody is asked for again who has a token, or an error that another try would not mend.
          const ended = [...answers.values()].flatMap((list) => list.slice(0, -1));
          expect(ended.filter((one) => !['courier.unavailable', 'courier.unreachable'].includes(one))).toEqual([]);
        }),
    );
  },
);

/** Runs in a folder on a disk of this size; it is unmounted whatever happens. Only root may mount. */
async function onDisk<T>(
  size: string,
  work: (folder: string, grow: (size: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const folder = configFolder();
  const does = async (script: string) => expect(await shell(script)).toMatchObject({ code: 0, stderr: '' });
  await does(`mount -t tmpfs -o size=${size} tmpfs ${folder}`);
  try {
    return await work(folder, (larger) => does(`mount -o remount,size=${larger} ${folder}`));
  } finally {
    await does(`umount ${folder}`);
  }
}

describe.concurrent('a disk that is full', () => {
  it('--out: it ends, says how to go on, and that completes it once there is room', async () =>
    withCourier(async (courier) =>
      onDisk('128k', async (folder, grow) => {
        const users = usersNamed(1000);
        const list = fileWith(linesFor(users));
        const variables = keyed(courier);
        const ran = await courierJwt(['issue', '--users', list, '--out', 'o'], { cwd: folder, variables });
        const again = `courier-jwt issue --users ${list} --resume o`;
        expect([ran.code, ran.stderr]).toEqual([
          4,
          `some users have a token, in o. For the rest:\n  ${again}\nerror: the output could not be written: ENOSPC.\n  try: df -h\n`,
        ]);
        const out = readFileSync(join(folder, 'o'), 'utf8');
        const whole = out.slice(0, out.lastIndexOf('\n') + 1);
        // Still full: nothing of what is there is lost.
        const still = await shell(again, { cwd: folder, variables });
        expect([still.code, readFileSync(join(folder, 'o'), 'utf8').startsWith(whole)]).toEqual([4, true]);
        await grow('2m');
        expect((await shell(again, { cwd: folder, variables })).code).toBe(0);
        expect(mintedIn(readFileSync(join(folder, 'o'), 'utf8'))).toEqual(users);
        // Of those who were lost each was under way, or had no room.
        expect(courier.requests.length).toBeLessThan(users.length + 2 * 200);
      }),
    ));

  it('stdout', async () =>
    withCourier(async (courier) => {
      const users = fileWith(linesFor(usersNamed(1000)));
      const ran = await shell(`courier-jwt issue --users ${users} > /dev/full`, { variables: keyed(courier) });
      expect(ran).toEqual({
        code: 4,
        signal: null,
        stdout: '',
        stderr:
          'some users have a token. To go on later, give --resume a file with what was printed here.\n' +
          'error: the output could not be written: ENOSPC.\n  try: df -h\n',
      });
      expect(courier.requests.length).toBeLessThan(200);
    }));
});
