/** The emulator's time. Moved forward, a token expires now. */
export class Clock {
  readonly #base: () => number;
  readonly #start: number | undefined;
  #offset = 0;
  #still: number | undefined;

  /** `base` gives seconds since the epoch. With `start` (seconds, too) time begins there and stands still until it is moved. */
  constructor(base: () => number, start?: number) {
    this.#base = base;
    this.#start = start;
    this.#still = start;
  }

  /** Seconds since the epoch. */
  now(): number {
    return this.#still ?? this.#base() + this.#offset;
  }

  advance(seconds: number): void {
    if (this.#still === undefined) this.#offset += seconds;
    else this.#still += seconds;
  }

  /** From now on it is `seconds`, running on unless it stands still. */
  set(seconds: number): void {
    this.advance(seconds - this.now());
  }

  reset(): void {
    this.#offset = 0;
    this.#still = this.#start;
  }

  /** For a `Date` header, where it would say another time than the server's own; undefined where time runs as it does. */
  date(): string | undefined {
    if (this.#still === undefined && this.#offset === 0) return undefined;
    return new Date(this.now() * 1000).toUTCString();
  }
}

/** ISO 8601 in UTC with milliseconds, as Courier dates messages. */
export function isoOf(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  if (milliseconds !== latest.milliseconds) latest = { milliseconds, text: new Date(milliseconds).toISOString() };
  return latest.text;
}

/** Many requests of a busy server fall into one millisecond. */
let latest = { milliseconds: NaN, text: '' };
