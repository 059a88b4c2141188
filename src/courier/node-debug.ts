import { Failure } from '../errors.js';

/**
 * What of Node's own debugging prints requests, what prints all that streams carry: what is typed, say; and what prints the
 * environment of a process that it starts.
 */
const printing = { requests: ['http', 'https', 'net', 'tls'], streams: ['stream'], processes: ['child_process'] };

type Printed = keyof typeof printing;

/** @throws {Failure} `usage.node-debug`: Node would print the API key, or the token in a command's environment */
export function refuseNodeDebug(variables: Record<string, string | undefined>, what: Printed): void {
  const value = variables.NODE_DEBUG ?? '';
  const facts = what === 'processes' ? { value, isToken: true } : { value };
  if (prints(value, what)) throw new Failure('usage.node-debug', facts);
}

/** NODE_DEBUG is a list, with wildcards. */
export function prints(nodeDebug: string, what: Printed): boolean {
  if (nodeDebug === '') return false;
  const patterns = nodeDebug.split(',').map((name) => name.trim().replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return patterns
    .filter(Boolean)
    .map((name) => new RegExp(`^${name.replaceAll('*', '.*')}$`, 'i'))
    .some((pattern) => printing[what].some((section) => pattern.test(section)));
}
