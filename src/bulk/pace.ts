/** How fast a server is asked: so many requests at once, so many a second; less when it refuses, and slowly more again. */

/** What a pace needs of the outside. */
export interface PaceClock {
  /** Milliseconds, of a clock that only runs on. */
  now(): number;
  /** Calls back after so many milliseconds; what it returns calls that off. */
  after(ms: number, call: () => void): () => void;
}

export interface PaceLimits {
  /** The most at once. */
  concurrency: number;
  /** The most a second; without it as many as there are answers. */
  perSecond?: number | undefined;
}

/** Trouble leaves so much of the window; a window of answers widens it by so many again. */
const windowLeft = 0.7;
const windowGain = 4;

/** A limit that is met leaves so much of the rate, and each second adds so much of what was left. */
const rateLeft = 0.85;
const rateGain = 0.02;
/** A first guess is doubled each second until a limit is met again; so is a rate that for so long met none. */
const doubledAfterSeconds = 20;
/** What is slower would seem to stand still; what is faster needs no pace. A second. */
const slowest = 0.5;
const fastest = 100_000;

/** What is late by no more than this, in milliseconds, catches up: timers are no finer. */
const slackMs = 5;

/** From fewer that went through no rate can be told. */
const fewest = 10;
/** Where a limit is met time and again, and for so long nothing goes through, in milliseconds, it is not of the rate. */
const inVainMs = 500;
/** Where the rate is not known, each that goes through multiplies it. */
const foundGain = 4;

/** Of a longer one Node makes one that is over at once. */
const longestTimer = 2 ** 31 - 1;

/** A rate that a limit has left. */
interface Left {
  perSecond: number;
  /** Since when it grows. */
  since: number;
  fellAt: number;
  isGuess: boolean;
  /** It says nothing of what the server takes: that is found out by what goes through. */
  isLost: boolean;
}

/** What came of a request. `troubled`: the server cannot; `limited`: it wants to be asked less often. */
export type Came = 'accepted' | 'troubled' | 'limited' | 'neither';

/**
 * Additive increase, multiplicative decrease, twice: of what is under way at once, for a server in trouble, and of the rate, for
 * one that limits it. Source: RFC 5681; what Courier's limit is, it does not say. The first request goes alone: a key that
 * is refused is not tried many times.
 */
export class Pace {
  readonly #clock: PaceClock;
  readonly #limits: PaceLimits;
  #underWay = 0;
  #window = 1;
  #isProven = false;
  #troubledAt = -Infinity;
  #left: Left | undefined;
  /** What went through, and since when: the first guess. */
  #through = 0;
  #throughAt = -Infinity;
  #since: number;
  #pausedUntil = -Infinity;
  #next = -Infinity;
  readonly #waiting: (() => void)[] = [];
  #callOff: (() => void) | undefined;
  #isStopped = false;

  constructor(limits: PaceLimits, clock: PaceClock) {
    this.#clock = clock;
    this.#limits = limits;
    this.#since = clock.now();
  }

  /** Whether anything was ever accepted. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /** Whether the server's limit is what holds it back. */
  get isLimited(): boolean {
    return this.#left !== undefined;
  }

  /** Resolves when a request may begin, and counts it; undefined where that is now. In the order of the calls. */
  turn(): Promise<void> | undefined {
    if (this.#isStopped || (this.#waiting.length === 0 && this.#begins())) return undefined;
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#wait();
    });
  }

  /**
   * A request that had its turn is over; `pauseMs`: for so long the server wants to be left alone. What began (`begunAt`)
   * before the pace last fell says nothing new.
   */
  end(begunAt: number, came: Came, pauseMs = 0): void {
    const now = this.#clock.now();
    this.#underWay -= 1;
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
    if (came === 'accepted') this.#accept(begunAt, now);
    else if (came === 'troubled' && begunAt > this.#troubledAt) this.#narrow(now);
    else if (came === 'limited' && begunAt > (this.#left?.fellAt ?? -Infinity)) this.#slow(now);
    this.#release();
  }

  /** Nobody is kept waiting any more: all find out themselves that it is over. */
  stop(): void {
    this.#isStopped = true;
    this.#callOff?.();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #accept(begunAt: number, now: number): void {
    // What began at a lower rate says nothing of this one.
    if (this.#left?.isLost && begunAt >= this.#left.since) this.#find(this.#left, now);
    this.#through += 1;
    this.#throughAt = now;
    this.#widen();
  }

  /** Who waits at the rate that was would wait too long. */
  #find(left: Left, now: number): void {
    if (this.#through === 0) this.#since = now;
    const perSecond = this.#perSecond(now) * foundGain;
    this.#left = { ...left, perSecond, since: now, isGuess: true };
    this.#next = Math.min(this.#next, now + 1000 / perSecond);
    this.#callOff?.();
    this.#callOff = undefined;
  }

  #widen(): void {
    const { concurrency } = this.#limits;
    this.#window = this.#isProven ? Math.min(concurrency, this.#window + windowGain / this.#window) : concurrency;
    this.#isProven = true;
  }

  #narrow(now: number): void {
    this.#troubledAt = now;
    this.#window = Math.max(1, this.#window * windowLeft);
  }

  #slow(now: number): void {
    const isFound = this.#left?.isLost && this.#through > 0;
    const isGuess = this.#left === undefined || isFound === true;
    const before = isGuess ? this.#throughPerSecond(now) : this.#perSecond(now);
    const isLost = this.#isInVain(now);
    const perSecond = Math.max(slowest, before * rateLeft);
    this.#left = { perSecond, since: now, fellAt: now, isGuess, isLost };
    // What the rate just before would let begin at once would only be refused, too.
    if (isFound) this.#next = Math.max(this.#next, now + 1000 / perSecond);
    if (isLost) this.#through = 0;
  }

  /** Whether a limit that is met now says nothing about the rate. */
  #isInVain(now: number): boolean {
    if (!this.#left) return this.#through < fewest;
    const { isLost, fellAt } = this.#left;
    return isLost ? this.#through === 0 : this.#throughAt < Math.min(fellAt, now - inVainMs);
  }

  /** Of less than a second, as if it had been one: a bucket is full at first. */
  #throughPerSecond(now: number): number {
    const { perSecond = Infinity } = this.#limits;
    return Math.min(perSecond, this.#through / Math.max(1, (now - this.#since) / 1000));
  }

  #perSecond(now: number): number {
    const { perSecond: most = Infinity } = this.#limits;
    if (!this.#left) return most;
    const { perSecond, since, isGuess } = this.#left;
    const seconds = (now - since) / 1000;
    const doubled = isGuess ? seconds : Math.max(0, seconds - doubledAfterSeconds);
    const rate = perSecond * (1 + rateGain * (seconds - doubled)) * 2 ** doubled;
    if (rate > fastest) this.#forgetLimit(now);
    return Math.min(most, rate);
  }

  #forgetLimit(now: number): void {
    this.#left = undefined;
    this.#through = 0;
    this.#since = now;
  }

  /** Whether one begins now. */
  #begins(): boolean {
    const now = this.#clock.now();
    if (this.#underWay >= Math.floor(this.#window) || now < this.#pausedUntil) return false;
    const perSecond = this.#perSecond(now);
    if (perSecond !== Infinity) {
      if (now < this.#next) return false;
      this.#next = Math.max(this.#next, now - slackMs) + 1000 / perSecond;
    }
    this.#underWay += 1;
    return true;
  }

  #release(): void {
    while (this.#waiting.length > 0 && this.#begins()) this.#waiting.shift()!();
    if (this.#waiting.length > 0) this.#wait();
  }

  /** For time alone: where there is no room, whichever ends next releases. */
  #wait(): void {
    const ms = Math.max(this.#next, this.#pausedUntil) - this.#clock.now();
    const isFull = this.#underWay >= Math.floor(this.#window);
    if (this.#callOff || (ms <= 0 && isFull)) return;
    this.#callOff = this.#clock.after(Math.min(Math.max(1, ms), longestTimer), () => {
      this.#callOff = undefined;
      this.#release();
    });
  }
}
