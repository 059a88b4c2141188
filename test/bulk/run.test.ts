import { describe, expect, it } from 'vitest';
import { type Job, type Outcome, type RunOutside, mintAll } from '../../src/bulk/run.js';
import type { HttpRequest, HttpResponse } from '../../src/courier/transport.js';
import { Failure } from '../../src/errors.js';
import { sign } from '../support/courier-server.js';
import { VirtualClock } from './virtual-clock.js';

const host = 'courier.test';
const signature = sign({}).split('.')[2];
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenFor = (claims: object) => `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${signature}`;

interface Sent {
  user: string;
  at: number;
}
type Answer = HttpResponse | Error;
const answer = (status: number, headers: Record<string, string> = {}, body = '{}'): Answer => ({
  status,
  headers,
  body,
});
const mint = (user: string, scope = `user_id:${user} read:brands`): Answer =>
  answer(200, {}, JSON.stringify({ token: tokenFor({ scope, iat: 1000, exp: 1060 }) }));
const job = (user: string): Job => ({
  user,
  asked: { user, scopes: [`user_id:${user}`, 'read:brands'], expiresIn: '1m', lifetimeSeconds: 60 },
});
const unreachable = (reason: 'refused' | 'dropped' | 'certificate' | 'proxy' | 'dns') =>
  new Failure('courier.unreachable', { host, reason, detail: reason.toUpperCase() });
const users = (count: number) => Array.from({ length: count }, (_, i) => `u${i}`);

/** A server in virtual time: it answers after so many milliseconds. */
function serverOf(how: (sent: Sent, times: number) => Answer, latencyMs = 10, outside: Partial<RunOutside> = {}) {
  const clock = new VirtualClock();
  const sent: Sent[] = [];
  let [underWay, most] = [0, 0];
  const told: unknown[] = [];
  const transport = {
    async send({ body = '' }: HttpRequest): Promise<HttpResponse> {
      const [, user = ''] = /user_id:(\S+)/.exec((JSON.parse(body) as { scope: string }).scope) ?? [];
      const one = { user, at: clock.now() };
      sent.push(one);
      most = Math.max(most, (underWay += 1));
      await clock.sleep(latencyMs / 2);
      const came = how(one, sent.filter((other) => other.user === user).length);
      await clock.sleep(latencyMs / 2);
      underWay -= 1;
      if (came instanceof Error) throw came;
      return came;
    },
  };
  const at = { transport, baseUrl: `https://${host}`, apiKey: 'k', environment: 'test', timeoutMs: 1000 };
  const run = (jobs: Iterable<Job> | AsyncIterable<Job>, limits: { concurrency?: number; perSecond?: number } = {}) =>
    mintAll(
      jobs,
      at,
      { concurrency: 4, ...limits },
      {
        now: () => clock.now(),
        after: (ms, call) => clock.after(ms, call),
        random: () => 0,
        onRetry: (reason) => told.push(reason),
        onPause: (ms) => told.push(ms),
        ...outside,
      },
    );
  return { clock, sent, told, run, most: () => most };
}

const plain = (outcome: Outcome) => {
  if ('token' in outcome) return outcome.user;
  return [outcome.user, 'failure' in outcome ? outcome.failure.code : outcome.lacking.code];
};

/** All that comes of a run, and what ended it. */
async function all(clock: VirtualClock, outcomes: AsyncGenerator<Outcome>) {
  const came: unknown[] = [];
  let end: unknown;
  const reading = async () => {
    try {
      for await (const outcome of outcomes) came.push(plain(outcome));
      end = 'done';
    } catch (error) {
      end = error instanceof Failure ? { code: error.code, facts: error.facts } : error;
    }
  };
  void reading();
  await clock.run(() => end !== undefined);
  return { came, end };
}

describe('what comes of a user', () => {
  const dropped = unreachable('dropped');
  const timeout = new Failure('courier.timeout', { host, seconds: 1 });
  /** `a` is minted for first; what `b` is answered, one after the other, the last for ever. */
  it.each<{ name: string; answers: Answer[]; expected: unknown; told: unknown[]; took: number }>([
    { name: 'a token', answers: [mint('b')], expected: 'b', told: [], took: 10 },
    { name: 'a token at the second time', answers: [answer(503), mint('b')], expected: 'b', told: ['503'], took: 520 },
    {
      name: 'a token at the last time',
      answers: [answer(500), answer(408), dropped, answer(429), answer(502), mint('b')],
      expected: 'b',
      told: ['500', '408', 'DROPPED', '429', '502'],
      took: 15_560,
    },
    {
      name: 'none after six',
      answers: [answer(500)],
      expected: ['b', 'courier.unavailable'],
      told: Array(5).fill('500'),
      took: 15_560,
    },
    {
      name: 'a token after a pause',
      answers: [answer(429, { 'retry-after': '300' }), mint('b')],
      expected: 'b',
      told: ['429', 300_000],
      took: 300_020,
    },
    { name: 'no user for Courier', answers: [answer(400)], expected: ['b', 'request.rejected'], told: [], took: 10 },
    { name: 'another status', answers: [answer(404)], expected: ['b', 'courier.status'], told: [], took: 10 },
    { name: 'a timeout', answers: [timeout], expected: ['b', 'courier.timeout'], told: [], took: 10 },
    { name: 'nonsense', answers: [answer(200)], expected: ['b', 'courier.nonsense'], told: [], took: 10 },
    { name: 'less', answers: [mint('b', 'user_id:b')], expected: ['b', 'grant.scope-missing'], told: [], took: 10 },
    { name: 'another’s', answers: [mint('c')], expected: ['b', 'grant.user'], told: [], took: 10 },
    {
      name: 'nobody there any more',
      answers: [unreachable('refused')],
      expected: ['b', 'courier.unreachable'],
      told: Array(5).fill('REFUSED'),
      took: 15_560,
    },
  ])('$name', async ({ answers, expected, told, took }) => {
    const server = serverOf(({ user }, times) => (user === 'a' ? mint('a') : (answers[times - 1] ?? answers.at(-1)!)));
    const { came, end } = await all(server.clock, server.run([job('a'), job('b')]));
    expect({ came, end, told: server.told, took: Math.round(server.clock.now() - 10) }).toEqual({
      came: ['a', expected],
      end: 'done',
      told,
      took,
    });
  });

  it('no job: nothing is sent', async () => {
    const { clock, run, sent } = serverOf(({ user }) => mint(user));
    const failure = new Failure('usage.no-users', { path: '' });
    expect(await all(clock, run([{ user: 'a', failure }]))).toEqual({ came: [['a', 'usage.no-users']], end: 'done' });
    expect(sent).toEqual([]);
  });
});

describe('what ends a run', () => {
  const retryAfter = (seconds: number) => ({ 'retry-after': String(seconds) });
  const refused = { code: 'key.refused', facts: { status: 401, environment: 'test', host } };
  const nowhere = (reason: 'refused' | 'dns' | 'certificate' | 'proxy') => ({
    code: 'courier.unreachable',
    facts: { host, reason, detail: reason.toUpperCase() },
  });
  const status = { code: 'courier.status', facts: { host, status: 404, message: null } };
  const wait = { code: 'courier.rate-limited', facts: { host, retryAfterSeconds: 301 } };
  const closed = { code: 'courier.unavailable', facts: { host, status: 503 } };
  /** `times`: how many requests there were, when the first is answered so. `later`: what ends it when others had tokens. */
  it.each<{ name: string; by: Answer; first: unknown; times: number; later: unknown }>([
    { name: 'a key that is refused', by: answer(401), first: refused, times: 1, later: refused },
    {
      name: 'a key that may not',
      by: answer(403),
      first: { ...refused, facts: { ...refused.facts, status: 403 } },
      times: 1,
      later: { ...refused, facts: { ...refused.facts, status: 403 } },
    },
    {
      name: 'a redirect',
      by: answer(302, { location: '/x' }),
      first: { code: 'courier.redirect', facts: { host, status: 302, location: '/x' } },
      times: 1,
      later: { code: 'courier.redirect', facts: { host, status: 302, location: '/x' } },
    },
    {
      name: 'certificate',
      by: unreachable('certificate'),
      first: nowhere('certificate'),
      times: 1,
      later: nowhere('certificate'),
    },
    { name: 'proxy', by: unreachable('proxy'), first: nowhere('proxy'), times: 1, later: nowhere('proxy') },
    { name: 'a pause that is too long', by: answer(429, retryAfter(301)), first: wait, times: 1, later: wait },
    { name: 'a closed shop', by: answer(503, retryAfter(3600)), first: closed, times: 1, later: closed },
    { name: 'nobody there', by: unreachable('refused'), first: nowhere('refused'), times: 3, later: 'done' },
    { name: 'no such host', by: unreachable('dns'), first: nowhere('dns'), times: 3, later: 'done' },
    { name: 'no such path', by: answer(404), first: status, times: 1, later: 'done' },
  ])('$name', async ({ by, first, times, later }) => {
    const atOnce = serverOf(() => by);
    expect(await all(atOnce.clock, atOnce.run(users(50).map(job)))).toEqual({ came: [], end: first });
    expect(atOnce.sent.filter(({ user }) => user === 'u0').length).toBe(times);
    // While one that may pass is waited for, others are tried.
    expect(atOnce.sent.length).toBeLessThanOrEqual(times === 1 ? 1 : 4 * times);

    const inTheMidst = serverOf(({ user }) => (user === 'u9' ? by : mint(user)));
    const { came, end } = await all(inTheMidst.clock, inTheMidst.run(users(50).map(job)));
    expect(end).toEqual(later);
    if (later !== 'done') {
      // Four at once: what was under way came out, and nobody else was asked for.
      expect(came.length).toBeGreaterThanOrEqual(8);
      expect(inTheMidst.sent.length).toBeLessThanOrEqual(13);
      expect(came.length).toBe(inTheMidst.sent.length - 1);
    }
  });

  it('not what goes wrong with the first', async () => {
    for (const by of [answer(500), answer(400), answer(413), answer(422), answer(200), unreachable('dropped')]) {
      const { clock, run } = serverOf(({ user }) => (user === 'u0' ? by : mint(user)));
      const { came, end } = await all(clock, run(users(3).map(job), { concurrency: 1 }));
      expect([came.length, end]).toEqual([3, 'done']);
    }
  });

  it('a token that must not be shown', async () => {
    const onToken = () => {
      throw new Failure('production.refused', { environment: 'test', how: 'minted' });
    };
    const { clock, run, sent } = serverOf(({ user }) => mint(user), 10, { onToken });
    expect(await all(clock, run(users(9).map(job)))).toEqual({
      came: [],
      end: { code: 'production.refused', facts: { environment: 'test', how: 'minted' } },
    });
    expect(sent.length).toBe(1);
  });
});

describe('jobs', () => {
  /** Tells how many were taken, and whether it was told that no more are wanted. */
  function counted(jobs: number, endless: 'hangs' | 'throws' | 'ends' = 'ends') {
    const seen = { taken: 0, isEnded: false };
    async function* generated() {
      try {
        for (; seen.taken < jobs;) yield job(`u${(seen.taken += 1) - 1}`);
        if (endless === 'throws') throw new Failure('usage.file', { option: '--users', path: 'x', reason: 'EIO' });
        if (endless === 'hangs') await new Promise(() => {});
      } finally {
        seen.isEnded = true;
      }
    }
    return { seen, jobs: generated() };
  }

  it('come out in their order where each takes as long', async () => {
    const { clock, run } = serverOf(({ user }) => mint(user));
    expect(await all(clock, run(users(40).map(job)))).toEqual({ came: users(40), end: 'done' });
  });

  it('are taken no faster than outcomes are', async () => {
    const { clock, run, sent, most } = serverOf(({ user }) => mint(user));
    const { seen, jobs } = counted(1000);
    const outcomes = run(jobs, { concurrency: 5 });
    await Promise.all([outcomes.next(), clock.run(() => false)]);
    const afterOne = [seen.taken, sent.length, most()];
    await outcomes.next();
    await clock.run(() => false);
    expect([afterOne, [seen.taken, sent.length]]).toEqual([
      [5, 5, 4],
      [7, 7],
    ]);
  });

  it('that cannot be read end it, when what is under way is done', async () => {
    const { clock, run } = serverOf(({ user }) => mint(user));
    const { jobs, seen } = counted(7, 'throws');
    const { came, end } = await all(clock, run(jobs));
    expect({ came, end, isEnded: seen.isEnded }).toEqual({
      came: users(7),
      end: { code: 'usage.file', facts: { option: '--users', path: 'x', reason: 'EIO' } },
      isEnded: true,
    });
  });

  it.each([{ thrown: 'no more' }, { thrown: undefined }, { thrown: Object.create(null) as unknown }])(
    'that throw what is no Error end it with that: $thrown',
    async ({ thrown }) => {
      const { clock, run } = serverOf(({ user }) => mint(user));
      async function* throwing() {
        yield job('a');
        throw thrown;
      }
      const outcomes = run(throwing());
      const reading = (async () => {
        for await (const { user } of outcomes) expect(user).toBe('a');
      })().catch((error: unknown) => ({ error }));
      await clock.run(() => false);
      expect(await reading).toEqual({ error: thrown });
    },
  );

  it('that do not come keep nobody who has one', async () => {
    const { clock, run } = serverOf(({ user }) => mint(user));
    const { jobs } = counted(7, 'hangs');
    const { came, end } = await all(clock, run(jobs));
    expect([came, end]).toEqual([users(7), undefined]);
  });

  it('are told when nobody wants more', async () => {
    const { clock, run, sent } = serverOf(({ user }) => mint(user));
    const { jobs, seen } = counted(1000);
    const reading = (async () => {
      for await (const outcome of run(jobs)) if (outcome.user === 'u5') break;
    })();
    await clock.run(() => false);
    await reading;
    expect([seen.isEnded, sent.length < 12]).toEqual([true, true]);
  });
});

describe('a signal', () => {
  const interrupted = { code: 'interrupted.signal', facts: {} };

  it('before it: nothing is taken or sent', async () => {
    const { clock, run, sent } = serverOf(({ user }) => mint(user), 10, { signal: AbortSignal.abort() });
    expect(await all(clock, run(users(9).map(job)))).toEqual({ came: [], end: interrupted });
    expect(sent).toEqual([]);
  });

  /** Ten milliseconds an answer, four at once after the first: what is under way at that moment comes out. */
  it.each<{ name: string; at: number; how: (sent: Sent, times: number) => Answer; came: unknown[]; by: number }>([
    { name: 'what is under way is let finish', at: 25, how: ({ user }) => mint(user), came: users(9), by: 30 },
    {
      name: 'nothing is sent again',
      at: 25,
      how: ({ user }) => (user === 'u6' ? answer(503) : mint(user)),
      came: [...users(6), 'u7', 'u8'],
      by: 30,
    },
    {
      name: 'a pause is not waited for',
      at: 100,
      how: ({ user }) => (user === 'u6' ? answer(429, { 'retry-after': '200' }) : mint(user)),
      came: [...users(6), 'u7', 'u8', 'u9'],
      by: 100,
    },
    {
      name: 'a pause that begins later, neither',
      at: 15,
      how: ({ user }) => (user === 'u0' ? mint(user) : answer(429, { 'retry-after': '200' })),
      came: ['u0'],
      by: 20,
    },
    {
      name: 'a user who waits to be tried again is not waited for',
      at: 100,
      how: ({ user }) => (user === 'u0' ? mint(user) : answer(503)),
      came: ['u0'],
      by: 100,
    },
  ])('$name', async ({ at, how, came, by }) => {
    const controller = new AbortController();
    const { clock, run } = serverOf(how, 10, { signal: controller.signal });
    clock.after(at, () => controller.abort());
    expect(await all(clock, run(users(5000).map(job)))).toEqual({ came, end: interrupted });
    expect(clock.now()).toBe(by);
  });

  it('while jobs do not come', async () => {
    const controller = new AbortController();
    const { clock, run } = serverOf(({ user }) => mint(user), 10, { signal: controller.signal });
    async function* hanging() {
      yield job('a');
      await new Promise(() => {});
    }
    clock.after(1000, () => controller.abort());
    expect(await all(clock, run(hanging()))).toEqual({ came: ['a'], end: interrupted });
  });

  it('leaves no listener', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...args: Parameters<typeof add>) => ((listeners += 1), add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => ((listeners -= 1), remove(...args));
    const { clock, run } = serverOf(({ user }) => mint(user), 10, { signal });
    await all(clock, run(users(9).map(job)));
    expect(listeners).toBe(0);
  });
});

describe('a bucket of tokens: little is refused once it has settled, and most of its rate is used', () => {
  const rates = [20, 50, 100];
  const rows = rates.flatMap((perSecond) =>
    [Math.max(1, perSecond / 10), perSecond, perSecond * 3].flatMap((burst) =>
      [2, 50].flatMap((latencyMs) => [undefined, 1].map((retryAfter) => ({ perSecond, burst, latencyMs, retryAfter }))),
    ),
  );
  const settledMs = 10_000;
  it.each(rows)('$perSecond a second, $burst at once, $latencyMs ms, Retry-After $retryAfter', async (row) => {
    const { perSecond, burst, latencyMs, retryAfter } = row;
    const served: { at: number; isMinted: boolean }[] = [];
    let [left, filledAt] = [burst, 0];
    const { clock, run } = serverOf(({ user }) => {
      const now = clock.now();
      left = Math.min(burst, left + ((now - filledAt) / 1000) * perSecond);
      filledAt = now;
      const isMinted = left >= 1;
      if (isMinted) left -= 1;
      served.push({ at: now, isMinted });
      if (isMinted) return mint(user);
      return retryAfter === undefined ? answer(429) : answer(503, { 'retry-after': String(retryAfter) });
    }, latencyMs);
    const people = users(perSecond * 60);
    const { came, end } = await all(clock, run(people.map(job), { concurrency: 64 }));
    const settled = served.filter(({ at }) => at > settledMs);
    const refused = settled.filter(({ isMinted }) => !isMinted).length / settled.length;
    const used = (settled.length * (1 - refused)) / (((clock.now() - settledMs) / 1000) * perSecond);
    expect(end).toBe('done');
    expect(came.length).toBe(people.length);
    expect(new Set(came)).toEqual(new Set(people));
    expect(refused).toBeLessThanOrEqual(0.02);
    // A small bucket runs over in a pause of a second.
    expect(used).toBeGreaterThanOrEqual(retryAfter === undefined ? 0.9 : 0.8);
  });
});
