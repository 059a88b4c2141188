import { say } from './escape.js';
import { count, grouped, speed } from './numbers.js';
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
  /** Courier takes no more. */
  isLimited: boolean;
  /** Courier wants to be left alone for so long. */
  pausedSeconds: number;
}

/** `1,200 tokens, 3 errors (courier.timeout 3), 840 a second, 12 % of the users, 2 minutes left`. */
export function runText(state: RunState): string {
  const { tokens, errors, read, secondsLeft } = state;
  return [
    count(tokens, 'token'),
    ...(errors.size > 0 ? [errorsText(errors)] : []),
    paceText(state),
    ...(read === undefined ? [] : [`${Math.floor(read * 100)} %`]),
    ...(secondsLeft === undefined ? [] : [`${spoken(secondsLeft)} left`]),
  ].join(', ');
}

function paceText({ perSecond, isLimited, pausedSeconds }: RunState): string {
  if (pausedSeconds > 0) return `Courier asks for a pause: ${spoken(pausedSeconds)}`;
  return `${speed(perSecond)}${isLimited ? ' as Courier limits it' : ''}`;
}

/** `3 errors (courier.timeout 2, user.invalid 1)`. */
export function errorsText(errors: Map<string, number>): string {
  return `${count(totalOf(errors), 'error')} (${timesText(errors)})`;
}

/** `3 requests sent again (429 2, 503 1)`. */
export function retriesText(reasons: Map<string, number>): string {
  return `${count(totalOf(reasons), 'request')} sent again (${timesText(reasons)})`;
}

export function totalOf(counts: Map<string, number>): number {
  return [...counts.values()].reduce((sum, times) => sum + times, 0);
}

/** The most frequent first. */
function timesText(counts: Map<string, number>): string {
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a);
  return sorted.map(([what, times]) => say`${what} ${grouped(times)}`).join(', ');
}

/** `minted 20,000 tokens in 1.7 seconds, 11,765 a second`; of less than a second without its speed. */
export function mintedText(tokens: number, seconds: number): string {
  const took = seconds < 9.95 ? `${seconds.toFixed(1)} seconds` : spoken(seconds);
  return `minted ${count(tokens, 'token')}${seconds < 1 ? '' : ` in ${took}, ${speed(tokens / seconds)}`}`;
}
