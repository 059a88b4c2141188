import { Failure } from '../errors.js';
import type { RequestEntry } from '../request-entry.js';
import type { Answer } from './answer.js';
import type { Settings } from './call.js';
import type { EnvironmentName } from './caller.js';
import { Clock } from './clock.js';
import { defaultSeed } from './default-seed.js';
import { Faults } from './faults.js';
import { Realtime } from './realtime.js';
import { RequestLog } from './requests.js';
import { type Seed, readSeed, worldOf } from './seed.js';
import type { World } from './world.js';

export interface StateOptions {
  seed?: Seed | undefined;
  /** The only key that is accepted; without it any that has the look of one. */
  apiKey?: string | undefined;
  missingScope?: Settings['missingScope'] | undefined;
  /** Seconds since the epoch at which time begins, and stands still. */
  startAt?: number | undefined;
  /** Ids that count up, the same in every run. */
  sequentialIds?: boolean | undefined;
  onRequest?: ((entry: RequestEntry) => void) | undefined;
}

/** What the emulator needs of the outside. */
export interface Outside {
  /** Seconds since the epoch. */
  clock(): number;
  /** Seconds that run on, whatever the date. */
  uptime(): number;
  newId(): string;
  sleep(ms: number): Promise<void>;
}

/** How long an `Idempotency-Key` is known, in seconds. Source: https://www.courier.com/docs/reference/get-started. */
const idempotencySeconds = 86_400;

/** More are forgotten, the oldest first. */
const maxIdempotencyKeys = 1000;

/** All that an emulator knows, from its start or its last reset on. */
export class State {
  readonly clock: Clock;
  readonly faults = new Faults();
  readonly realtime = new Realtime();
  readonly log: RequestLog;
  settings: Settings;
  worlds: Record<EnvironmentName, World>;

  readonly options: StateOptions;
  readonly outside: Outside;
  readonly #seed: ReturnType<typeof seedOf>;
  readonly #answered = new Map<string, { at: number; answer: Answer }>();
  #ids = 0;

  /** @throws {Failure} `usage.seed` */
  constructor(options: StateOptions, outside: Outside) {
    this.options = options;
    this.outside = outside;
    this.#seed = seedOf(options.seed ?? defaultSeed);
    this.clock = new Clock(outside.clock, options.startAt);
    this.settings = settingsOf(options);
    this.log = new RequestLog(options.onRequest ?? (() => {}), options.apiKey);
    this.worlds = this.#seeded();
  }

  /** As it was in the beginning; sockets are closed, for what they know is no more. */
  reset(): void {
    this.clock.reset();
    this.faults.reset();
    this.realtime.closeAll(1012, 'The emulator was reset');
    this.log.entries = [];
    this.settings = settingsOf(this.options);
    this.worlds = this.#seeded();
    this.#answered.clear();
    this.#ids = 0;
  }

  #seeded(): Record<EnvironmentName, World> {
    const seeded = () => worldOf(structuredClone(this.#seed), this.clock.now());
    return { test: seeded(), production: seeded() };
  }

  /** The same `Idempotency-Key` once more gets the same answer, and nothing is done twice. */
  once(idempotencyKey: string, answering: () => Answer): Answer {
    const before = this.#answered.get(idempotencyKey);
    if (before && this.clock.now() - before.at < idempotencySeconds) return before.answer;
    const answer = answering();
    if (answer.status >= 400) return answer;
    // Or it would keep its old place, and be the next to be forgotten.
    this.#answered.delete(idempotencyKey);
    this.#answered.set(idempotencyKey, { at: this.clock.now(), answer });
    const [oldest] = this.#answered.keys();
    if (this.#answered.size > maxIdempotencyKeys) this.#answered.delete(oldest!);
    return answer;
  }

  /** A UUID; or one that counts up. */
  newId(): string {
    if (!this.options.sequentialIds) return this.outside.newId();
    this.#ids += 1;
    return `00000000-0000-4000-8000-${this.#ids.toString(16).padStart(12, '0')}`;
  }

  /** As Courier writes them: `1-5e2b2615-05efbb3acab9172f88dd3f6f`. */
  newMessageId(): string {
    const hex = this.newId().replaceAll('-', '');
    return `1-${hex.slice(0, 8)}-${hex.slice(8)}`;
  }
}

function settingsOf({ missingScope = 'refuse' }: StateOptions): Settings {
  return { missingScope };
}

function seedOf(seed: Seed) {
  const read = readSeed(seed);
  if ('problem' in read) throw new Failure('usage.seed', { path: '', problem: read.problem });
  return read.value;
}
