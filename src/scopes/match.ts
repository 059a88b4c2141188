import { memo } from '../memo.js';
import { type ScopeEntry, catalogue } from './catalogue.js';

/** The catalogue's entry for a scope, or undefined: Courier documents no such scope. */
export function entryOf(scope: string): ScopeEntry | undefined {
  // Each has a user of its own.
  if (isUser(scope)) return userEntry;
  return documented(scope);
}

/** Whether a scope names a user; what follows is all of the id, colons too (`auth0:123`). */
export function isUser(scope: string): boolean {
  return scope.startsWith('user_id:');
}

const userEntry = catalogue.find(({ scope }) => isUser(scope));
const documented = memo((scope: string) => catalogue.find((entry) => matches(entry.scope, scope)));

/** Whether a token with `granted` may do what `wanted` names. Exact, segment by segment; a whole covers its parts. */
export function covers(granted: string, wanted: string): boolean {
  return granted === wanted || granted === entryOf(wanted)?.within;
}

/** The scope that does for one tenant what a `tenants:…` scope does for all; others stay as they are. */
export function forTenant(scope: string, tenant: string): string {
  const narrow = catalogue.find((entry) => entry.within === scope && entry.scope.startsWith('tenant:<id>:'));
  return narrow ? narrow.scope.replace('<id>', () => tenant) : scope;
}

/** The tenants that `tenant:<id>:…` scopes name. */
export function tenantsIn(scopes: string[]): string[] {
  const named = scopes.filter((scope) => /^tenant:[^:]+:/.test(scope) && entryOf(scope));
  return [...new Set(named.map((scope) => scope.split(':')[1]!))];
}

/** Whether a scope changes something at Courier. */
export function isWrite(scope: string): boolean {
  return !isUser(scope) && scope.split(':').includes('write');
}

function matches(pattern: string, scope: string): boolean {
  const segments = scope.split(':');
  const expected = pattern.split(':');
  if (segments.length !== expected.length) return false;
  return expected.every((part, i) => (part.startsWith('<') ? segments[i] !== '' : part === segments[i]));
}
