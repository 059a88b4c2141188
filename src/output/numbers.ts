/** `42,000`. Intl would take longer to load than all the rest. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

export function count(number: number, what: string): string {
  return `${grouped(number)} ${what}${number === 1 ? '' : 's'}`;
}

const units = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
] as const;

/** `12,483 a second`, and of what is slower than one `5 an hour`. */
export function speed(perSecond: number): string {
  const [unit, seconds] = units.find(([, size]) => Math.round(perSecond * size) > 0) ?? units[0];
  return `${grouped(Math.round(perSecond * seconds))} ${unit === 'hour' ? 'an' : 'a'} ${unit}`;
}
