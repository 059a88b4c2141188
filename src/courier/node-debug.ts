import { Failure } from '../errors.js';

/** What of Node's own debugging prints requests, and what prints all that streams carry: what is typed, say. */
const printing = { requests: ['http', 'https', 'net', 'tls'], streams: ['stream'] };

/** @throws {Failure} `usage.node-debug`: Node would print the API key */
export function refuseNodeDebug(variables: Record<string, string | undefined>, what: 'requests' | 'streams'): void {
  const value = variables.NODE_DEBUG ?? '';
  if (prints(value, what)) throw new Failure('usage.node-debug', { value });
}

/** NODE_DEBUG is a list, with wildcards. */
export function prints(nodeDebug: string, what: 'requests' | 'streams'): boolean {
  if (nodeDebug === '') return false;
  const patterns = nodeDebug.split(',').map((name) => name.trim().replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return patterns
    .filter(Boolean)
    .map((name) => new RegExp(`^${name.replaceAll('*', '.*')}$`, 'i'))
    .some((pattern) => printing[what].some((section) => pattern.test(section)));
}
