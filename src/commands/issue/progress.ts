import type { Passed } from '../../bulk/jobs.js';
import type { Outcome } from '../../bulk/run.js';
import { errorsText, mintedText, retriesText, runText, totalOf } from '../../output/run-text.js';
import { type Tools, isAutomated } from '../tools.js';
import type { UsersInput } from './input.js';

interface Source {
  input: Pick<UsersInput, 'readPart' | 'count'>;
  passed: Passed;
}

/** What a run of many has come to, and how it is told meanwhile. */
export class RunProgress {
  tokens = 0;
  readonly errors = new Map<string, number>();
  readonly warnings = new Map<string, number>();
  readonly retries = new Map<string, number>();
  pausedUntil = 0;
  isLimited = false;
  readonly #tools: Tools;
  readonly #source: Source;
  readonly #isWatched: boolean;
  readonly #began = performance.now();
  /** When it was told, and how many there were. */
  #told = { at: performance.now(), done: 0 };
  #timer: NodeJS.Timeout | undefined;

  /** `isBesides`: what comes out is on the same terminal. */
  constructor(source: Source, isBesides: boolean, tools: Tools) {
    const { context, flags } = tools;
    this.#tools = tools;
    this.#source = source;
    this.#isWatched = context.stderr.isTerminal && !isAutomated(context.variables) && !flags.debug;
    // Between lines that come out on the same terminal it would be read by nobody.
    if (flags.quiet || (this.#isWatched && isBesides)) return;
    this.#timer = setInterval(() => this.#tell(), this.#isWatched ? 250 : 10_000);
  }

  add(outcome: Outcome): void {
    const add = (to: Map<string, number>, code: string) => to.set(code, (to.get(code) ?? 0) + 1);
    if ('failure' in outcome) add(this.errors, outcome.failure.code);
    else if ('lacking' in outcome) add(this.errors, outcome.lacking.code);
    else {
      this.tokens += 1;
      for (const { code } of outcome.warnings) add(this.warnings, code);
    }
  }

  /** Somebody asked it to stop, and waits. */
  tellStopping(): void {
    this.end();
    this.#tools.console.note('what is under way is let finish; once more, and it is not.');
  }

  /** Takes the line away again. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#timer && this.#isWatched) this.#tools.context.stderr.write('\r\u001b[K');
    this.#timer = undefined;
  }

  /** `minted 1,200 tokens in 1.4 seconds, 857 a second; 3 errors (courier.timeout 3); 2 requests sent again (429 2)`. */
  summary(): string {
    const seconds = (performance.now() - this.#began) / 1000;
    return [
      mintedText(this.tokens, seconds),
      ...(this.errors.size > 0 ? [errorsText(this.errors)] : []),
      ...(this.retries.size > 0 ? [retriesText(this.retries)] : []),
    ].join('; ');
  }

  get #done(): number {
    return this.tokens + totalOf(this.errors);
  }

  #tell(): void {
    const { console, context } = this.#tools;
    const text = runText({
      tokens: this.tokens,
      errors: this.errors,
      perSecond: this.#perSecond(),
      isLimited: this.isLimited,
      read: this.#donePart(),
      secondsLeft: this.#secondsLeft(),
      pausedSeconds: Math.max(0, (this.pausedUntil - performance.now()) / 1000),
    });
    if (this.#isWatched) context.stderr.write(`\r\u001b[K${text.slice(0, 79)}`);
    else console.note(text);
  }

  #perSecond(): number {
    const before = this.#told;
    const now = { at: performance.now(), done: this.#done };
    const seconds = (now.at - before.at) / 1000;
    // A line that is written often tells of the last seconds, not of the last moment.
    if (seconds > 3 || !this.#isWatched) this.#told = now;
    return (now.done - before.done) / Math.max(seconds, 0.001);
  }

  /** How much of the users is done with, from 0 to 1: those that are under way are read, but not done. */
  #donePart(): number | undefined {
    const { input, passed } = this.#source;
    const part = input.readPart();
    const done = this.#done + passed.repeated + passed.before + passed.elsewhere;
    return part === undefined || input.count() === 0 ? undefined : (part * done) / input.count();
  }

  #secondsLeft(): number | undefined {
    const part = this.#donePart();
    const seconds = (performance.now() - this.#began) / 1000;
    // From less it is a guess.
    if (!part || part < 0.01 || seconds < 2 || part >= 1) return undefined;
    return (seconds / part) * (1 - part);
  }
}
