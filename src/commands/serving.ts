import { Failure } from '../errors.js';
import { documentLine } from '../output/escape.js';
import { list } from './options.js';
import type { Tools } from './tools.js';

/** What `emulator` and `serve` share: a server that runs until it is stopped, and its log. */

export interface Log {
  /** A document with `--json`, else a line: made only where it is shown. */
  add(entry: { document(): object; line(): string }): void;
  flush(): void;
  /** Rejects when it cannot be written, such as on a full disk. */
  failed: Promise<never>;
}

/** How long a line may wait for others, in milliseconds: nobody sees it, and each write costs as much as a token. */
const patience = 10;

/** Lines are written together: each write waits for whoever reads. */
export function logTo({ console, flags }: Tools): Log {
  let lines: string[] = [];
  let fail: (error: Error) => void;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  const flush = () => {
    if (lines.length === 0) return;
    const text = lines.join('\n');
    lines = [];
    try {
      if (flags.json) console.result(text);
      else console.note(text);
    } catch (error) {
      fail(error as Error);
    }
  };
  const add: Log['add'] = ({ document, line }) => {
    if (lines.length === 0) setTimeout(flush, patience);
    lines.push(flags.json ? documentLine(document()) : line());
  };
  return { add: flags.quiet && !flags.json ? () => {} : add, flush, failed };
}

/** Says that it is ready, and resolves with the exit code once it was stopped, by Ctrl-C or SIGTERM. */
export async function untilStopped(
  { close, log, tellReady }: { close(): Promise<void>; log: Log; tellReady(): void },
  { console, context }: Tools,
): Promise<number> {
  // Before it is said that it is ready: whoever waits for that may stop it at once.
  const stopped = context.stopped();
  try {
    tellReady();
    await Promise.race([stopped, log.failed]);
  } finally {
    await close();
  }
  log.flush();
  console.note('stopped.');
  return 0;
}

export function port(value: string): number {
  const number = Number(value);
  if (/^\d{1,5}$/.test(value) && number <= 65_535) return number;
  throw new Failure('usage.value', { option: '--port', value, reason: 'it takes a number from 0 to 65535' });
}

/** Without its scheme it would never match. `besides`: what is none, and is taken. */
export function origins(option: string, besides: string[] = []) {
  return (value: string, before: string[] | undefined): string[] => {
    const all = list(option)(value, before);
    const wrong = all.find((origin) => !besides.includes(origin) && !isOrigin(origin));
    if (wrong === undefined) return all;
    const reason = 'it takes origins, such as https://app.test:8443';
    throw new Failure('usage.value', { option, value: wrong, reason });
  };
}

function isOrigin(text: string): boolean {
  return /^https?:\/\/[^/]+\/?$/i.test(text) && URL.canParse(text);
}
