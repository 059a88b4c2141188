import type { Paint } from './paint.js';

/** What came of a stream of tokens. */
export interface Counted {
  lines: number;
  /** How many of each kind: `yes`, `no`, `unreadable`. */
  kinds: [kind: string, count: number][];
  /** How many tokens have a finding with a code, or lines a failure, worst first. */
  codes: { word: 'fail' | '?' | 'warn' | 'error'; code: string; count: number }[];
  seconds: number;
}

/** The headline, and a line for each code, with how many tokens have it. */
export function countedText({ lines, kinds, codes, seconds }: Counted, paint: Paint): string {
  const counts = kinds.filter(([, count]) => count > 0).map(([kind, count]) => `${grouped(count)} ${kind}`);
  const pace = seconds > 0 ? `; ${grouped(Math.round(lines / seconds))} a second` : '';
  const colours = { fail: paint.red, error: paint.red, '?': paint.yellow, warn: paint.yellow };
  const rows = codes.map(({ word, code, count }) => `${colours[word](word.padEnd(5))}  ${code}  ${grouped(count)}`);
  return [
    paint.bold(`${grouped(lines)} ${lines === 1 ? 'token' : 'tokens'}: ${counts.join(', ')}${pace}`),
    ...rows,
  ].join('\n');
}

/** `42,000`. Intl would take longer to load than all the rest. */
function grouped(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
