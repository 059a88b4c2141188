import { Failure } from '../errors.js';
import { idProblem } from '../token/user.js';
import { type Surface, catalogue, defaultSurface, surfaces } from './catalogue.js';
import { entryOf, forTenant } from './match.js';
import { similar } from './similar.js';

export interface ScopeRequest {
  user: string;
  /** Surface ids; without them and without `scopes`, the how-to's set. */
  for?: string[] | undefined;
  /** Alone they replace the default set, with `for` they add to it. */
  scopes?: string[] | undefined;
  /** Turns Courier Create's `tenants:…` scopes into `tenant:<id>:…`. */
  tenant?: string | undefined;
}

/**
 * The scopes to mint for a user, `user_id:` first: required and recommended of every surface, and the caller's own.
 * @throws {Failure} `user.invalid`, `tenant.invalid`, `tenant.unused`, `scope.user-id`, `scope.invalid`, `usage.value`
 */
export function composeScopes({ user, ...wanted }: ScopeRequest): string[] {
  assertUser(user);
  return [`user_id:${user}`, ...wantedScopes(wanted)];
}

/**
 * `composeScopes` without the user: the same for all users.
 * @throws {Failure} as `composeScopes`, but for `user.invalid`
 */
export function wantedScopes({ for: ids = [], scopes = [], tenant }: Omit<ScopeRequest, 'user'>): string[] {
  const own = scopes.flatMap(splitScopes);
  const wanted = [...(ids.length > 0 || own.length === 0 ? scopesOf(ids) : []), ...own];
  return [...new Set(tenant === undefined ? wanted : narrowed(wanted, tenant))];
}

/**
 * What surfaces need besides the user, each scope once; without any, the how-to's set.
 * @throws {Failure} `usage.value` for an unknown surface
 */
export function scopesOf(ids: string[] = []): string[] {
  const chosen = ids.length > 0 ? ids.map(surfaceOf) : [defaultSurface];
  return [...new Set(chosen.flatMap(({ required, recommended }) => [...required, ...recommended]))];
}

/** `composeScopes` as the string that `POST /auth/issue-token` takes. */
export function scopeString(request: ScopeRequest): string {
  return composeScopes(request).join(' ');
}

/** @throws {Failure} `usage.value` for an unknown surface */
export function surfaceOf(id: string): Surface {
  const found = surfaces.find((surface) => surface.id === id);
  if (found) return found;
  const ids = surfaces.map((surface) => surface.id);
  const reason = `there is no such surface: ${ids.join(', ')}`;
  throw new Failure('usage.value', { option: '--for', value: id, reason, suggestion: similar(id, ids) });
}

/** @throws {Failure} `user.invalid`: a space in a user id would add scopes */
export function assertUser(user: string, option?: string): void {
  const problem = idProblem(user);
  if (problem) throw new Failure('user.invalid', { user: user || '', problem, ...(option && { option }) });
}

/** The documented scope that an unknown one was probably meant to be; undefined for a known one. */
export function suggestionFor(scope: string): string | undefined {
  if (entryOf(scope)) return undefined;
  return similar(
    scope,
    catalogue.map((entry) => entry.scope).filter((known) => !known.includes('<')),
  );
}

/** Scopes may come several in one string, as Courier writes them. */
function splitScopes(text: string): string[] {
  const scopes = text.split(/[ ,]+/).filter(Boolean);
  if (scopes.length === 0) throw new Failure('scope.invalid', { scope: text });
  for (const scope of scopes) {
    if (/^user_id(?::|$)/i.test(scope)) throw new Failure('scope.user-id', { scope });
    if (!/^[\x21-\x7e]+$/.test(scope) || idProblem(scope)) throw new Failure('scope.invalid', { scope });
  }
  return scopes;
}

function narrowed(scopes: string[], tenant: string): string[] {
  const problem = idProblem(tenant) ?? (tenant.includes(':') ? 'colon' : undefined);
  if (problem) throw new Failure('tenant.invalid', { tenant, problem });
  const narrow = scopes.map((scope) => forTenant(scope, tenant));
  if (narrow.every((scope, i) => scope === scopes[i])) throw new Failure('tenant.unused', { tenant });
  return narrow;
}
