import { Failure } from './errors.js';
import { similar } from './scopes/similar.js';

/** What callers without types give: a guard that ignores what it does not know would let everything pass. */

type Kind = 'text' | 'list' | 'seconds' | 'flag' | 'function' | 'any';

/**
 * `options`, where each has a name that is known and a value of its kind; an undefined one counts as left out. `meant`: what
 * people call them besides.
 * @throws {Failure} `usage.option` or `usage.value`
 */
export function judged<T extends object>(
  options: T | undefined,
  kinds: Record<keyof T & string, Kind>,
  meant: Record<string, string> = {},
): T {
  const names = Object.keys(kinds) as (keyof T & string)[];
  for (const [option, value] of Object.entries(options ?? {})) {
    const name = names.find((one) => one === option);
    if (name === undefined)
      throw new Failure('usage.option', { option, known: names, suggestion: meant[option] ?? similar(option, names) });
    const reason = value === undefined ? undefined : wrong(value, kinds[name]);
    if (reason !== undefined) throw new Failure('usage.value', { option, value: String(value), reason });
  }
  return options ?? ({} as T);
}

function wrong(value: unknown, kind: Kind): string | undefined {
  const isText = (one: unknown) => typeof one === 'string';
  if (kind === 'text' && !isText(value)) return 'it is no text';
  if (kind === 'list' && !(Array.isArray(value) && value.every(isText))) return 'it takes a list of texts';
  if (kind === 'seconds' && !(typeof value === 'number' && value >= 0)) return 'it takes a number of seconds';
  if (kind === 'flag' && typeof value !== 'boolean') return 'it takes true or false';
  if (kind === 'function' && typeof value !== 'function') return 'it takes a function';
  return undefined;
}
