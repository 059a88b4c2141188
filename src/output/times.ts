import { isoOrNull } from '../token/time.js';

const units = [
  ['year', 365 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `1 day`, `23 hours`: a day that a fresh token has lost a few minutes of is still a day. Nothing is 0 seconds. */
export function spoken(seconds: number): string {
  const exact = Math.abs(seconds);
  const rounded = units.map(([unit, size], i) => {
    const finer = units[i + 1]?.[1] ?? 1;
    return { unit, count: Math.floor((Math.round(exact / finer) * finer) / size) };
  });
  const { unit, count } = rounded.find((part) => part.count > 0) ?? { unit: 'second', count: 1 };
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** `in 3 hours`, `2 days ago`. Intl.RelativeTimeFormat would cost a third of the whole command's start-up. */
export function relative(seconds: number): string {
  return seconds > 0 ? `in ${spoken(seconds)}` : `${spoken(seconds)} ago`;
}

/** A moment three ways: relative to `now`, ISO in UTC, and local with its offset. Both in seconds. */
export function moment(seconds: number, now: number): string {
  const iso = isoOrNull(seconds);
  return iso === null ? `at ${seconds}, which is no date` : `${relative(seconds - now)} · ${iso} · ${local(seconds)}`;
}

function local(seconds: number): string {
  const date = new Date(seconds * 1000);
  const offset = -date.getTimezoneOffset();
  const two = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, '0');
  const shifted = new Date(date.getTime() + offset * 60_000);
  if (Number.isNaN(shifted.getTime())) return 'no local date';
  const wall = shifted.toISOString().slice(0, 19).replace('T', ' ');
  return `${wall} ${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`;
}
