import { say } from './escape.js';
import { spoken } from './times.js';

/** How far a run of many has come. */
export interface RunState {
  tokens: number;
  /** By code. */
  errors: Map<string, number>;
  /** Users a second, of late. */
  perSecond: number;
  /** How much of the input has been read, from 0 to 1; undefined where nobody knows. */
  read?: number | undefined;
  secondsLeft?: number | undefined;
  /** Courier wants to be left alone for so long. */
  pausedSeconds: number;
}

/** `1200 tokens, 3 errors (courier.timeout 3), 840 a second, 12 % of the users, 2 minutes left`. */
export function runText({ tokens, errors, perSecond, read, secondsLeft, pausedSeconds }: RunState): string {
  return [
    count(tokens, 'token'),
    ...(errors.size > 0 ? [errorsText(errors)] : []),
    pausedSeconds > 0 ? `Courier asks for a pause: ${spoken(pausedSeconds)}` : `${Math.round(perSecond)} a second`,
    ...(read === undefined ? [] : [`${Math.floor(read * 100)} %`]),
    ...(secondsLeft === undefined ? [] : [`${spoken(secondsLeft)} left`]),
  ].join(', ');
}

/** `3 errors (courier.timeout 2, user.invalid 1)`, the most frequent first. */
export function errorsText(errors: Map<string, number>): string {
  const sorted = [...errors].toSorted(([, a], [, b]) => b - a);
  const total = sorted.reduce((sum, [, times]) => sum + times, 0);
  return `${count(total, 'error')} (${sorted.map(([code, times]) => say`${code} ${times}`).join(', ')})`;
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
