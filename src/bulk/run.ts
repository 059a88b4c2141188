import { type Asked, checkGrant } from '../checks/grant.js';
import { hostOf } from '../courier/answers.js';
import { type AnswerFrom, issueBody, issueHttpRequest } from '../courier/client.js';
import { type Attempted, reasonToRetry, retryDelayMs } from '../courier/retry.js';
import type { HttpRequest, Transport } from '../courier/transport.js';
import { Failure, familyOf } from '../errors.js';
import type { Finding } from '../report.js';
import { type Claims, readClaims } from '../token/claims.js';
import { cameOf, isTheSameForAll, longestPause, pauseOf, tokenIn } from './attempt.js';
import { Pace, type PaceClock, type PaceLimits } from './pace.js';

/** One user's token to mint, or why it cannot be. */
export type Job = { user: string; asked: Asked & { expiresIn: string } } | { user: string; failure: Failure };

/** What came of a job. */
export type Outcome = { user: string } & (
  | { token: string; claims: Claims; warnings: Finding[] }
  | { failure: Failure }
  | { lacking: Finding }
);

/** Where tokens are minted, and with which key. */
export interface MintingAt {
  transport: Transport;
  baseUrl: string;
  apiKey: string;
  /** For messages: what the key belongs to. */
  environment: string;
  /** Per attempt, in milliseconds. */
  timeoutMs: number;
}

export interface RunOutside extends PaceClock {
  /** From 0 to 1, for jitter. */
  random(): number;
  /** Aborted when no more jobs are to be taken; what is under way is let finish. */
  signal?: AbortSignal | undefined;
  /** Told of each request that is sent once more, and why. */
  onRetry?: ((reason: string) => void) | undefined;
  /** Told when the server wants to be left alone, and for how many milliseconds. */
  onPause?: ((ms: number) => void) | undefined;
  /** Told after each answer: whether the server's limit holds the run back. */
  onPace?: ((isLimited: boolean) => void) | undefined;
  /**
   * Judges a token before it is handed on.
   * @throws {Failure} which ends the run, and the token with it
   */
  onToken?: ((claims: Claims) => void) | undefined;
}

/** A minute's trouble is outlived; but while no token was ever minted it is rather a mistake, and soon told. */
const retries = 5;
const firstRetries = 2;

/** So many users in a row without an answer end the run: all who follow would wait as long, and for nothing. */
const longestRow = 1000;
const longestFirstRow = 20;

/**
 * Mints for each job, many at once, at the pace that the server takes; the outcomes come as they are ready. Jobs are taken no
 * faster than outcomes are. Ends when all are minted, when `signal` says so, and when nobody wants more outcomes.
 * @throws {Failure} what ends a run: a key that is refused, a server that cannot be the right one, `interrupted.signal`
 */
export async function* mintAll(
  jobs: AsyncIterable<Job> | Iterable<Job>,
  at: MintingAt,
  limits: PaceLimits,
  outside: RunOutside,
): AsyncGenerator<Outcome> {
  const run = new Run(jobs, at, limits, outside);
  try {
    for (let outcome = await run.next(); outcome; outcome = await run.next()) yield outcome;
  } finally {
    run.abandon();
  }
}

class Run {
  readonly #jobs: AsyncIterator<Job> | Iterator<Job>;
  readonly #at: MintingAt;
  /** Of every request all but the body. */
  readonly #request: HttpRequest;
  readonly #from: AnswerFrom;
  readonly #limits: PaceLimits;
  readonly #outside: RunOutside;
  readonly #pace: Pace;
  readonly #outcomes: Outcome[] = [];
  /** Those that wait to be sent once more. */
  readonly #resting = new Set<() => void>();
  /** Jobs that are taken and have no outcome yet. */
  #taken = 0;
  #inARow = 0;
  #isTaking = false;
  #isEmpty = false;
  /** Boxed: what others' iterables throw may be undefined. */
  #stopped: { by: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(jobs: AsyncIterable<Job> | Iterable<Job>, at: MintingAt, limits: PaceLimits, outside: RunOutside) {
    this.#jobs = Symbol.asyncIterator in jobs ? jobs[Symbol.asyncIterator]() : jobs[Symbol.iterator]();
    this.#at = at;
    this.#request = issueHttpRequest({ ...at, scopes: [], expiresIn: '' });
    this.#from = { host: hostOf(at.baseUrl), environment: at.environment };
    this.#limits = limits;
    this.#outside = outside;
    this.#pace = new Pace(limits, outside);
    if (outside.signal?.aborted) this.#interrupt();
    outside.signal?.addEventListener('abort', this.#interrupt);
  }

  /** Undefined when there are no more. */
  async next(): Promise<Outcome | undefined> {
    for (;;) {
      this.#take();
      const outcome = this.#outcomes.shift();
      if (outcome) return outcome;
      if (this.#taken === 0 && this.#stopped !== undefined) throw this.#stopped.by;
      if (this.#taken === 0 && this.#isEmpty) return undefined;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #isOver(): boolean {
    return this.#stopped !== undefined;
  }

  /** No more is wanted. What is under way is not called off: each request would have to listen for it, and is soon over. */
  abandon(): void {
    this.#interrupt();
    this.#outside.signal?.removeEventListener('abort', this.#interrupt);
    // It may be waiting for a job itself: that is not waited for.
    void Promise.resolve(this.#jobs.return?.()).catch(() => {});
  }

  readonly #interrupt = () => this.#stop(new Failure('interrupted.signal', {}));

  /** No more is taken or sent; the first reason counts. */
  #stop(reason: unknown): void {
    this.#stopped ??= { by: reason };
    this.#pace.stop();
    for (const wake of this.#resting) wake();
    this.#wake?.();
  }

  /** Takes jobs while there is room: outcomes that nobody has fetched take some, too. */
  #take(): void {
    const hasRoom = this.#taken + this.#outcomes.length < this.#limits.concurrency;
    if (this.#isTaking || this.#isEmpty || this.#stopped !== undefined || !hasRoom) return;
    this.#isTaking = true;
    void this.#next();
  }

  async #next(): Promise<void> {
    try {
      const { done, value } = await this.#jobs.next();
      this.#isTaking = false;
      if (done) this.#isEmpty = true;
      else if (this.#stopped === undefined) void this.#work(value);
      this.#take();
      this.#wake?.();
    } catch (error) {
      this.#stop(error);
    }
  }

  async #work(job: Job): Promise<void> {
    this.#taken += 1;
    try {
      const outcome = 'failure' in job ? job : await this.#mint(job.user, job.asked);
      if (outcome) this.#outcomes.push(outcome);
    } catch (error) {
      this.#stop(error);
    }
    this.#taken -= 1;
    this.#wake?.();
  }

  /** Undefined where the run stopped before anything came of it. */
  async #mint(user: string, asked: Asked & { expiresIn: string }): Promise<Outcome | undefined> {
    const body = issueBody(asked.scopes, asked.expiresIn);
    for (let tries = 0; ; tries += 1) {
      const turn = this.#pace.turn();
      if (turn) await turn;
      if (this.#isOver()) return undefined;
      const begunAt = this.#outside.now();
      const attempted = await this.#send(body);
      const reason = reasonToRetry(attempted);
      const pause = pauseOf(attempted);
      const isLeft = reason !== undefined && tries < (this.#pace.isProven ? retries : firstRetries);
      const again = isLeft && (pause ?? 0) <= longestPause;
      // Before others have their turn: what ends the run is to be the last that was sent.
      const outcome = again ? undefined : this.#judge(user, asked, attempted);
      this.#pace.end(
        begunAt,
        cameOf(attempted, outcome !== undefined && !('failure' in outcome)),
        reason === undefined ? 0 : (pause ?? 0) * 1000,
      );
      this.#outside.onPace?.(this.#pace.isLimited);
      if (!again) return outcome;
      this.#outside.onRetry?.(reason);
      if (pause !== null) this.#outside.onPause?.(pause * 1000);
      await this.#rest(retryDelayMs(attempted, tries, this.#outside.random()));
    }
  }

  async #send(body: string): Promise<Attempted> {
    const { method, url, headers, timeoutMs } = this.#request;
    try {
      return await this.#at.transport.send({ method, url, headers, body, timeoutMs });
    } catch (error) {
      return error as Error;
    }
  }

  async #rest(ms: number): Promise<void> {
    if (this.#stopped !== undefined) return;
    await new Promise<void>((resolve) => {
      const callOff = this.#outside.after(ms, () => wake());
      const wake = () => {
        callOff();
        this.#resting.delete(wake);
        resolve();
      };
      this.#resting.add(wake);
    });
  }

  /** Undefined where it ends the run. */
  #judge(user: string, asked: Asked, attempted: Attempted): Outcome | undefined {
    try {
      return this.#outcomeOf(user, asked, attempted);
    } catch (error) {
      this.#stop(error);
      return undefined;
    }
  }

  /** @throws {Failure} what would be the same for all who follow */
  #outcomeOf(user: string, asked: Asked, attempted: Attempted): Outcome {
    const read = tokenIn(attempted, this.#from);
    if (read instanceof Failure) {
      this.#inARow = familyOf(read.code) === 'courier' ? this.#inARow + 1 : 0;
      const isTooMany = this.#inARow >= (this.#pace.isProven ? longestRow : longestFirstRow);
      if (isTooMany || isTheSameForAll(read, pauseOf(attempted), this.#pace.isProven)) throw read;
      return { user, failure: read };
    }
    this.#inARow = 0;
    const claims = readClaims(read.payload);
    this.#outside.onToken?.(claims);
    const findings = checkGrant(claims, asked);
    const lacking = findings.find(({ status }) => status === 'fail');
    return lacking ? { user, lacking } : { user, token: read.raw, claims, warnings: findings };
  }
}
