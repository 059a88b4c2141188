import { count, grouped, speed } from './numbers.js';
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
  const counts = kinds.filter(([, times]) => times > 0).map(([kind, times]) => `${grouped(times)} ${kind}`);
  const pace = seconds > 0 ? `; ${speed(lines / seconds)}` : '';
  const colours = { fail: paint.red, error: paint.red, '?': paint.yellow, warn: paint.yellow };
  const rows = codes.map((of) => `${colours[of.word](of.word.padEnd(5))}  ${of.code}  ${grouped(of.count)}`);
  return [paint.bold(`${count(lines, 'token')}: ${counts.join(', ')}${pace}`), ...rows].join('\n');
}
