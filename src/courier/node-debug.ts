import { Failure } from '../errors.js';

/** What of Node's own debugging prints what is sent, or what is typed. */
const sections = ['http', 'https', 'net', 'stream', 'tls'];

/** @throws {Failure} `usage.node-debug`: Node would print the API key */
export function refuseNodeDebug(variables: Record<string, string | undefined>): void {
  const value = variables.NODE_DEBUG ?? '';
  if (printsKeys(value)) throw new Failure('usage.node-debug', { value });
}

/** NODE_DEBUG is a list, with wildcards. */
export function printsKeys(nodeDebug: string): boolean {
  const patterns = nodeDebug.split(',').map((name) => name.trim().replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return patterns
    .filter(Boolean)
    .map((name) => new RegExp(`^${name.replaceAll('*', '.*')}$`, 'i'))
    .some((pattern) => sections.some((section) => pattern.test(section)));
}
