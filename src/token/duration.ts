import ms from 'ms';
import type { DurationProblem } from '../errors.js';

/**
 * Seconds of a duration in the grammar of the npm package `ms`, which Courier's `expires_in` uses: `90 s`, `1d`,
 * `2.5 hrs`. Refused is what ms accepts and nobody means: no unit (`3600` would be milliseconds), nothing or less,
 * and `1M`, which is a minute and not a month.
 */
export function parseDuration(text: string, { zero = false } = {}): { seconds: number } | { problem: DurationProblem } {
  const trimmed = text.trim();
  // ms takes no more, and the patterns below would go over a longer text many times.
  if (trimmed.length > 100) return { problem: 'not-a-duration' };
  if (zero && /^0+$/.test(trimmed)) return { seconds: 0 };
  if (/^[-+]?\d*\.?\d+$/.test(trimmed)) return { problem: 'no-unit' };
  if (/\dM$|\d +M$/.test(trimmed)) return { problem: 'ambiguous-month' };
  const milliseconds = trimmed.length > 0 ? ms(trimmed as ms.StringValue) : undefined;
  if (milliseconds === undefined || Number.isNaN(milliseconds)) return { problem: 'not-a-duration' };
  if (milliseconds < 0 || (milliseconds === 0 && !zero)) return { problem: 'not-positive' };
  // Beyond what a JavaScript date, and so an `exp`, can hold.
  if (milliseconds > 8.64e15 / 2) return { problem: 'too-long' };
  return { seconds: milliseconds / 1000 };
}
