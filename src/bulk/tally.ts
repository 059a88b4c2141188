import { type Finding, exitCodeOf } from '../report.js';

/** What came of many tokens. */
export interface Tally {
  lines: number;
  /** Of those that could be read, by the exit code that each would have had alone. */
  exits: Record<0 | 1 | 3 | 4, number>;
  /** Tokens with a finding that is neither a pass nor a skip: by status, then by its code. */
  findings: Record<'fail' | 'warn' | 'unknown', Map<string, number>>;
  /** Lines that could not be read, by the code of their failure. */
  failures: Map<string, number>;
}

export function emptyTally(): Tally {
  return {
    lines: 0,
    exits: { 0: 0, 1: 0, 3: 0, 4: 0 },
    findings: { fail: new Map(), warn: new Map(), unknown: new Map() },
    failures: new Map(),
  };
}

export function addFailure(tally: Tally, code: string): void {
  tally.lines += 1;
  count(tally.failures, code);
}

/** `telling`: what was found of a token and `isTelling`. */
export function addFindings(tally: Tally, telling: Finding[]): void {
  tally.lines += 1;
  tally.exits[exitCodeOf(telling)] += 1;
  telling.forEach(({ status, code }, i) => {
    // A token that lacks three scopes is one token.
    const isFirst = telling.findIndex((one) => one.status === status && one.code === code) === i;
    if (isFirst) count(tally.findings[status as keyof Tally['findings']], code);
  });
}

/** Whether a finding is neither a pass nor a skip. */
export function isTelling({ status }: Finding): boolean {
  return status !== 'pass' && status !== 'skip';
}

/** 1 where any token is a no; else 2 where any line could not be read; else 3 or 4 as of one token. */
export function exitOf({ exits, failures }: Tally): number {
  if (exits[1] > 0) return 1;
  if (failures.size > 0) return 2;
  if (exits[3] > 0) return 3;
  return exits[4] > 0 ? 4 : 0;
}

/** The codes of what was found, the worst first, and then of what could not be read; each by how many it has. */
export function worstFirst({ findings: { fail, unknown, warn }, failures }: Tally) {
  const words = [
    ['fail', fail],
    ['?', unknown],
    ['warn', warn],
    ['error', failures],
  ] as const;
  return words.flatMap(([word, counts]) =>
    Array.from(counts, ([code, tokens]) => ({ word, code, count: tokens })).toSorted((a, b) => b.count - a.count),
  );
}

export function unreadableIn({ failures }: Tally): number {
  return [...failures.values()].reduce((sum, lines) => sum + lines, 0);
}

function count(counts: Map<string, number>, code: string): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}
