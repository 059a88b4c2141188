import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Came, Pace, type PaceLimits } from '../../src/bulk/pace.js';
import { VirtualClock } from './virtual-clock.js';

/** A pace, and when whose turn came: the asked are numbered from 0. */
function paced(limits: PaceLimits) {
  const clock = new VirtualClock();
  const pace = new Pace(limits, clock);
  const begun: { who: number; at: number }[] = [];
  let asked = 0;
  const begin = (who: number) => void begun.push({ who, at: clock.now() });
  return {
    clock,
    pace,
    begun,
    ask(times: number) {
      for (let i = 0; i < times; i += 1) {
        const who = (asked += 1) - 1;
        const turn = pace.turn();
        if (turn) void turn.then(() => begin(who));
        else begin(who);
      }
    },
    /** The one that began before the others that are under way is over. */
    end(came: Came, pauseMs?: number, begunAt = clock.now()) {
      pace.end(begunAt, came, pauseMs);
    },
  };
}

/** Asks for many, and answers the first: so many are under way then. */
async function proven(limits: PaceLimits) {
  const of = paced(limits);
  of.ask(10_000);
  of.end('accepted');
  await of.clock.pass(0);
  return of;
}

describe('at once', () => {
  it('the first goes alone, whatever time passes', async () => {
    const { ask, begun, clock, pace } = paced({ concurrency: 10 });
    ask(3);
    await clock.pass(60_000);
    expect([begun, pace.isProven]).toEqual([[{ who: 0, at: 0 }], false]);
  });

  it.each<{ came: Came; expected: number; isProven: boolean }>([
    { came: 'accepted', expected: 11, isProven: true },
    { came: 'neither', expected: 2, isProven: false },
    { came: 'troubled', expected: 2, isProven: false },
  ])('after it was $came: $expected have begun', async ({ came, expected, isProven }) => {
    const { ask, begun, clock, end, pace } = paced({ concurrency: 10 });
    ask(100);
    end(came);
    await clock.pass(0);
    expect([begun.length, pace.isProven]).toEqual([expected, isProven]);
  });

  /** Of ten at once, after what came of them one after another: how many are under way. */
  it.each<{ name: string; came: (Came | number)[]; expected: number }>([
    { name: 'nothing yet', came: [], expected: 10 },
    {
      name: 'answers do not widen it beyond what is allowed',
      came: Array(50).fill('accepted') as Came[],
      expected: 10,
    },
    { name: 'trouble leaves seven tenths', came: [1, 'troubled', 'neither', 'neither', 'neither'], expected: 7 },
    {
      name: 'trouble of those who began before says nothing new',
      came: [1, 'troubled', 0, 'troubled', 0, 'troubled', 0, 'troubled'],
      expected: 7,
    },
    {
      name: 'that of others does',
      came: [1, 'troubled', 1, 'troubled', 1, 'troubled', 1, 'troubled', ...(Array(9).fill('neither') as Came[])],
      expected: 2,
    },
    {
      name: 'a window of answers widens it by four',
      came: [1, 'troubled', 1, 'troubled', ...(Array(5).fill('accepted') as Came[])],
      expected: 8,
    },
    { name: 'nothing else narrows it', came: Array(30).fill('neither') as Came[], expected: 10 },
  ])('$name: $expected', async ({ came, expected }) => {
    const { begun, clock, end } = await proven({ concurrency: 10 });
    let ended = 1;
    let begunAt = clock.now();
    for (const one of came) {
      // A number: so much later; what ends then has begun then.
      if (typeof one === 'number') {
        await clock.pass(one);
        if (one > 0) begunAt = clock.now();
        else begunAt -= 1;
      } else {
        end(one, 0, begunAt);
        ended += 1;
        await clock.pass(0);
      }
    }
    expect(begun.length - ended).toBe(expected);
  });
});

describe('a second', () => {
  it.each([1e-9, Number.MIN_VALUE])('%d: it waits for no longer than a timer can', async (perSecond) => {
    const { ask, clock, end } = paced({ concurrency: 10, perSecond });
    const waits: number[] = [];
    const after = clock.after.bind(clock);
    clock.after = (ms, call) => {
      waits.push(ms);
      return after(ms, call);
    };
    ask(2);
    end('accepted');
    await clock.pass(2 ** 32);
    expect(waits.length).toBeGreaterThan(1);
    expect(Math.max(...waits)).toBe(2 ** 31 - 1);
  });

  it.each([0.5, 1, 7, 50, 333, 1000])('%d, exactly', async (perSecond) => {
    const { ask, begun, clock, end } = paced({ concurrency: 1000, perSecond });
    const seconds = Math.max(10, 20 / perSecond);
    ask(perSecond * seconds * 2);
    // Each is answered at once.
    for (let ended = 0; clock.now() < seconds * 1000; await clock.pass(1))
      for (; ended < begun.length; ended += 1) end('accepted');
    expect(Math.abs(begun.length - perSecond * seconds)).toBeLessThanOrEqual(1 + perSecond * 0.005);
    // And no more than that, and a timer’s coarseness, in any second.
    const most = Math.max(...begun.map(({ at }, i) => begun.slice(i).findIndex((one) => one.at >= at + 1000)));
    expect(most).toBeLessThanOrEqual(perSecond * 1.005 + 1);
  });

  it('what nobody asked for in time is not made up for', async () => {
    const { ask, begun, clock, end } = paced({ concurrency: 1000, perSecond: 10 });
    ask(1);
    end('accepted');
    await clock.pass(60_000);
    ask(100);
    await clock.pass(990);
    expect(begun.length - 1).toBe(10);
  });
});

describe('a limit', () => {
  /** How many a second there are, `wait` seconds after limits were met: at first after 100 answers, then so much later. */
  const rateAfter = async (met: number[], wait: number, most: number, perSecond?: number) => {
    const { ask, begun, clock, end } = paced({ concurrency: 10_000, perSecond });
    const meet = async (seconds: number) => {
      await clock.pass(seconds * 1000);
      ask(1);
      await clock.pass(0);
      end('limited');
    };
    ask(1);
    end('accepted');
    // Of others that began before.
    for (let i = 1; i < 100; i += 1) end('accepted');
    for (const seconds of [1, ...met]) await meet(seconds);
    await clock.pass(wait * 1000);
    // The first few catch up with five milliseconds.
    const first = begun.length + Math.ceil(most * 0.005);
    ask(Math.ceil(most * 0.005) + 2);
    await clock.pass(10_000);
    return 1000 / (begun[first + 1]!.at - begun[first]!.at);
  };

  it.each([
    { name: 'leaves 85 of 100', met: [], wait: 0.01, expected: 85 },
    { name: 'was a guess: twice as many a second later', met: [], wait: 1, expected: 170 },
    { name: 'and again', met: [], wait: 3, expected: 680 },
    { name: 'was far too low a guess: no limit', met: [], wait: 11, expected: Infinity },
    { name: 'met again', met: [1], wait: 0.01, expected: 144.5 },
    { name: 'met again: slowly more', met: [1], wait: 10, expected: 173.4 },
    { name: 'met again: for twenty seconds', met: [1], wait: 20, expected: 202.3 },
    { name: 'and then twice as many each second', met: [1], wait: 22, expected: 809.2 },
    { name: 'a third time', met: [1, 10], wait: 0.01, expected: 147.4 },
    { name: 'met anew, when nothing went through since', met: [12], wait: 0.01, expected: 2 },
    { name: 'met all the time', met: Array(60).fill(0.1) as number[], wait: 0.01, expected: 0.5 },
    { name: 'below what was asked for', met: [], wait: 0.01, perSecond: 60, expected: 51 },
    { name: 'never above it', met: [], wait: 5, perSecond: 60, expected: 60 },
  ])('$name: $expected', async ({ met, wait, perSecond, expected }) => {
    const seen = await rateAfter(met, wait, Math.min(expected, 1_000_000), perSecond);
    if (expected === Infinity) expect(seen).toBe(Infinity);
    // It grows while it is measured.
    else expect(Math.abs(seen / expected - 1)).toBeLessThan(0.1);
  });

  it('is what holds it back, until its rate is beyond all', async () => {
    const { ask, clock, end, pace } = await proven({ concurrency: 10 });
    const seen = [pace.isLimited];
    end('limited');
    seen.push(pace.isLimited);
    await clock.pass(20_000);
    end('accepted');
    ask(1);
    seen.push(pace.isLimited);
    expect(seen).toEqual([false, true, false]);
  });

  it('is believed where anything went through since the one before', async () => {
    const { ask, begun, clock, end } = paced({ concurrency: 1000 });
    const meet = async (came: Came, ms: number) => {
      await clock.pass(ms);
      ask(1);
      await clock.pass(0);
      end(came);
    };
    ask(1);
    for (let i = 0; i < 100; i += 1) end('accepted');
    await meet('limited', 1000);
    await meet('accepted', 10);
    await meet('limited', 600);
    await meet('accepted', 100);
    const before = begun.length;
    ask(1000);
    await clock.pass(100);
    expect(begun.length - before).toBe(11);
  });

  it('that those met who began before it says nothing new', async () => {
    const { ask, begun, clock, end } = paced({ concurrency: 1000 });
    ask(1);
    for (let i = 0; i < 100; i += 1) end('accepted');
    await clock.pass(1000);
    ask(10);
    for (let i = 0; i < 10; i += 1) end('limited');
    const before = begun.length;
    ask(1000);
    await clock.pass(100);
    expect(begun.length - before).toBe(10);
  });
});

describe('a limit that says nothing of the rate', () => {
  /** So many are asked for and answered after ten milliseconds, those that are refused once more: how long it takes, how many are. */
  const ran = async (times: number, isRefused: (nth: number, at: number) => boolean, pauseMs: number) => {
    const clock = new VirtualClock();
    const pace = new Pace({ concurrency: 64 }, clock);
    let [sent, refused] = [0, 0];
    const mint = async (): Promise<void> => {
      await pace.turn();
      const begunAt = clock.now();
      const isLimited = isRefused((sent += 1), begunAt);
      await clock.sleep(10);
      pace.end(begunAt, isLimited ? 'limited' : 'accepted', isLimited ? pauseMs : 0);
      if (!isLimited) return;
      refused += 1;
      await mint();
    };
    let over: number | undefined;
    void Promise.all(Array.from({ length: times }, mint)).then(() => (over = clock.now()));
    await clock.run(() => over !== undefined);
    return { seconds: Number((over! / 1000).toFixed(1)), refused };
  };
  const firstTwo = (nth: number) => nth <= 2;
  const during = (from: number, to: number) => (_: number, at: number) => at >= from && at < to;
  /** None until `from`, and then so many a second. */
  const slow = (from: number, perSecond: number) => {
    let last = from;
    return (_: number, at: number) => {
      if (at < last + 1000 / perSecond) return true;
      last = at;
      return false;
    };
  };

  it.each([
    { name: 'the first two', isRefused: firstTwo, times: 200, expected: { seconds: 2.3, refused: 2 } },
    {
      name: 'the first two, with a pause',
      isRefused: firstTwo,
      pauseMs: 3000,
      times: 200,
      expected: { seconds: 6.2, refused: 2 },
    },
    {
      name: 'the first two of many',
      isRefused: firstTwo,
      pauseMs: 3000,
      times: 20_000,
      expected: { seconds: 9.3, refused: 2 },
    },
    {
      name: 'when hardly any went through',
      isRefused: (nth: number) => nth === 4,
      times: 200,
      expected: { seconds: 0.2, refused: 1 },
    },
    { name: 'all, from the first on', isRefused: during(0, 8000), times: 200, expected: { seconds: 9.7, refused: 10 } },
    {
      name: 'all for a second',
      isRefused: during(1000, 2000),
      times: 20_000,
      expected: { seconds: 4.3, refused: 494 },
    },
    {
      name: 'all for eight seconds',
      isRefused: during(1000, 9000),
      times: 20_000,
      expected: { seconds: 12.6, refused: 509 },
    },
    {
      name: 'all for eight seconds, with pauses',
      isRefused: during(1000, 9000),
      pauseMs: 1000,
      times: 20_000,
      expected: { seconds: 11.3, refused: 512 },
    },
    {
      name: 'all for eight seconds, and then some',
      isRefused: slow(8000, 50),
      times: 500,
      expected: { seconds: 22.9, refused: 14 },
    },
  ])('$name: $expected', async ({ times, isRefused, pauseMs = 0, expected }) => {
    expect(await ran(times, isRefused, pauseMs)).toEqual(expected);
  });
});

describe('a pause', () => {
  it('is for all, and nobody shortens it', async () => {
    const { begun, clock, end } = await proven({ concurrency: 3 });
    end('limited', 2000);
    end('accepted', 500);
    end('accepted');
    await clock.pass(1999);
    const during = begun.length;
    await clock.pass(1);
    expect([during, begun.length]).toEqual([4, 5]);
  });

  it('is prolonged', async () => {
    const { begun, clock, end } = await proven({ concurrency: 3 });
    end('neither', 1000);
    await clock.pass(900);
    end('neither', 1000);
    await clock.pass(999);
    expect(begun.length).toBe(4);
    await clock.pass(1);
    expect(begun.length).toBe(6);
  });
});

it('turns come in the order of the calls', async () => {
  const { ask, begun, clock, end } = paced({ concurrency: 3, perSecond: 100 });
  ask(30);
  for (let i = 0; i < 30; i += 1) {
    end('accepted');
    await clock.pass(10);
  }
  expect(begun.map(({ who }) => who)).toEqual(Array.from({ length: 30 }, (_, i) => i));
});

it('whoever asks when the time has come stands behind those who wait for it', async () => {
  const { ask, begun, clock, end } = paced({ concurrency: 10, perSecond: 100 });
  ask(1);
  end('accepted');
  clock.after(5, () => ask(1));
  ask(2);
  await clock.pass(100);
  expect(begun).toEqual([0, 5, 15, 25].map((at, who) => ({ who, at })));
});

describe('stop', () => {
  it('lets all go who wait', async () => {
    const { begun, clock, end, pace } = await proven({ concurrency: 3 });
    end('limited', 60_000);
    pace.stop();
    await clock.pass(0);
    expect(begun.length).toBe(10_000);
  });

  it('leaves no timer behind, which would keep the process', async () => {
    const { clock, end, pace } = await proven({ concurrency: 3 });
    end('limited', 60_000);
    const stoppedAt = clock.now();
    pace.stop();
    await clock.run(() => false);
    expect(clock.now()).toBe(stoppedAt);
  });

  it('keeps nobody waiting who comes later', async () => {
    const { end, pace } = await proven({ concurrency: 3 });
    pace.stop();
    end('limited', 60_000);
    expect(pace.turn()).toBeUndefined();
  });
});

it('whatever comes, all have their turn in the end, and never too many at once', async () => {
  const step = fc.oneof(
    fc.record({ ask: fc.integer({ min: 1, max: 5 }) }),
    fc.record({
      came: fc.constantFrom<Came>('accepted', 'troubled', 'limited', 'neither'),
      pause: fc.constantFrom(0, 0, 10, 3000),
    }),
    fc.record({ pass: fc.constantFrom(1, 20, 1500) }),
  );
  const limits = fc.record({
    concurrency: fc.integer({ min: 1, max: 8 }),
    perSecond: fc.constantFrom(undefined, 1, 30, 900),
  });
  await fc.assert(
    fc.asyncProperty(limits, fc.array(step, { maxLength: 60 }), async (most, steps) => {
      const { ask, begun, clock, end } = paced(most);
      const count = { asked: 0, ended: 0 };
      const finish = (came: Came, pause = 0) => {
        end(came, pause, begun[count.ended]!.at);
        count.ended += 1;
      };
      for (const one of steps) {
        if ('ask' in one) ask(one.ask);
        if ('ask' in one) count.asked += one.ask;
        if ('came' in one && begun.length > count.ended) finish(one.came, one.pause);
        await clock.pass('pass' in one ? one.pass : 0);
        expect(begun.length - count.ended).toBeLessThanOrEqual(most.concurrency);
      }
      // All that is under way is answered, as soon as it is.
      while (count.ended < count.asked) {
        while (begun.length > count.ended) finish('accepted');
        await clock.pass(10_000);
        // Ten seconds, no pause is longer: whoever has room has begun.
        if (count.ended < count.asked) expect(begun.length).toBeGreaterThan(count.ended);
      }
      expect(begun.map(({ who }) => who)).toEqual(Array.from({ length: count.asked }, (_, i) => i));
    }),
    { numRuns: 300 },
  );
});
