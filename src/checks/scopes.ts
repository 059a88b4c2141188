import { memo } from '../memo.js';
import type { Finding } from '../report.js';
import { type Surface, defaultSurface } from '../scopes/catalogue.js';
import { suggestionFor, surfaceOf } from '../scopes/compose.js';
import { covers, entryOf, forTenant, isUser, isWrite, tenantsIn } from '../scopes/match.js';
import type { Expectations } from './expectations.js';

export interface Requirement {
  needsUser: boolean;
  /** The one tenant that Courier Create's scopes are required for; all, without it. */
  tenant?: string | undefined;
  required: string[];
  recommended: string[];
  optional: string[];
}

/**
 * What the expected surfaces require of a token that has `granted`. Courier Create works with its scopes for every
 * tenant or for one: the form that the token comes closest to is the one that is required.
 * @throws {Failure} `usage.value` for an unknown surface
 */
export function requirementOf(expected: Expectations, granted: string[]): Requirement {
  const { for: ids = [], require: own = [] } = expected;
  const chosen = ids.length > 0 ? ids.map(surfaceOf) : own.length > 0 ? [] : [defaultSurface];
  const forms = chosen.map((surface) => closestForm(surface, granted));
  const union = (part: 'required' | 'recommended' | 'optional') => forms.flatMap(({ surface }) => surface[part]);
  const required = [...new Set([...union('required'), ...own])];
  return {
    needsUser: chosen.some((surface) => surface.needsUser) || own.some((scope) => entryOf(scope)?.needsUser),
    tenant: forms.find(({ tenant }) => tenant !== undefined)?.tenant,
    required,
    recommended: [...new Set(union('recommended'))].filter((scope) => !required.includes(scope)),
    optional: union('optional'),
  };
}

/** What is required of a token with certain scopes, and what is found of them. */
export interface ScopeChecks {
  requirement: Requirement;
  findings: Finding[];
}

/**
 * The same for many tokens, which differ in their users and seldom in their scopes. Findings are shared, and so frozen.
 * @throws {Failure} `usage.value` for an unknown surface
 */
export function scopeChecker(expected: Expectations, fix: string[]): (granted: string[]) => ScopeChecks {
  const namesUser = expected.require?.some(isUser) ?? false;
  const checksOf = memo((scopes: string): ScopeChecks => {
    const granted = scopes.split(' ').filter(Boolean);
    const requirement = requirementOf(expected, granted);
    return { requirement, findings: checkScopes(granted, requirement, fix).map((one) => Object.freeze(one)) };
  });
  let last: { granted: string[]; checks: ScopeChecks } | undefined;
  const isLike = (scope: string, other: string) => scope === other || (!namesUser && isUser(scope) && isUser(other));
  return (granted) => {
    const before = last?.granted;
    // Sooner told than what is kept is found.
    if (before?.length === granted.length && granted.every((scope, i) => isLike(scope, before[i]!)))
      return last!.checks;
    const checks = checksOf((namesUser ? granted : granted.filter((scope) => !isUser(scope))).join(' '));
    last = { granted, checks };
    return checks;
  };
}

/** Missing scopes fail, missing recommended ones warn, and what is granted beyond both warns. */
export function checkScopes(granted: string[], requirement: Requirement, fix: string[]): Finding[] {
  return [
    ...requirement.required.map((scope) => held(scope, granted, 'fail', fix)),
    ...requirement.recommended.map((scope) => held(scope, granted, 'warn', fix)),
    ...[...new Set(granted)].flatMap((scope) => [...unknown(scope), ...excess(scope, requirement, fix)]),
  ];
}

function held(scope: string, granted: string[], otherwise: 'fail' | 'warn', fix: string[]): Finding {
  const by = granted.find((other) => covers(other, scope));
  if (by !== undefined)
    return { code: 'scope.granted', status: 'pass', subject: scope, facts: by === scope ? {} : { by } };
  const code = otherwise === 'fail' ? 'scope.missing' : 'scope.recommended';
  if (entryOf(scope)) return { code, status: otherwise, subject: scope, facts: {}, fix };
  const suggestion = suggestionFor(scope);
  const facts = { documented: false, ...(suggestion === undefined ? {} : { suggestion }) };
  // What was misspelt where it is required is not to be minted.
  return { code, status: otherwise, subject: scope, facts, ...(suggestion === undefined ? { fix } : {}) };
}

function unknown(scope: string): Finding[] {
  if (entryOf(scope)) return [];
  const suggestion = suggestionFor(scope);
  return [{ code: 'scope.unknown', status: 'warn', subject: scope, facts: suggestion ? { suggestion } : {} }];
}

function excess(scope: string, { required, recommended, optional }: Requirement, fix: string[]): Finding[] {
  const wanted = [...required, ...recommended, ...optional];
  if (!entryOf(scope) || !isWrite(scope)) return [];
  if (wanted.some((other) => covers(scope, other) || covers(other, scope))) return [];
  return [{ code: 'scope.excess', status: 'warn', subject: scope, facts: {}, fix }];
}

interface Form {
  surface: Surface;
  tenant?: string;
}

function closestForm(surface: Surface, granted: string[]): Form {
  const forms: Form[] = [
    { surface },
    ...tenantsIn(granted).map((tenant) => ({ surface: narrowedTo(surface, tenant), tenant })),
  ];
  const missing = ({ surface: { required } }: Form) =>
    required.filter((scope) => !granted.some((other) => covers(other, scope)));
  return forms.toSorted((a, b) => missing(a).length - missing(b).length)[0]!;
}

function narrowedTo(surface: Surface, tenant: string): Surface {
  const narrow = (scopes: string[]) => scopes.map((scope) => forTenant(scope, tenant));
  return { ...surface, required: narrow(surface.required), recommended: narrow(surface.recommended) };
}
