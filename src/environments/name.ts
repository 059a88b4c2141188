import { Failure } from '../errors.js';

/** Whether it can be an environment's name, and so a file's. */
export function isName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,31}$/.test(name);
}

/** @throws {Failure} `usage.value` */
export function checkName(name: string, option: string): string {
  if (isName(name)) return name;
  const reason = 'a name is 1 to 32 of a-z, 0-9 and -, and starts with a letter or a digit';
  throw new Failure('usage.value', { option, value: name, reason });
}

/** The variable that overrides a named environment's key: `COURIER_API_KEY_MY_TEST` of `my-test`. */
export function keyVariable(name: string): string {
  return `COURIER_API_KEY_${name.toUpperCase().replaceAll('-', '_')}`;
}
