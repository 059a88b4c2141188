import { covers } from '../scopes/match.js';
import { type Claims, readClaims } from '../token/claims.js';
import { type JsonObject, algorithmOf } from '../token/decode.js';
import type { FoundToken } from '../token/find.js';
import { timeState } from '../token/time.js';
import { lengthOf } from './shape.js';

/** Documented in README; `diff --json` prints it. */
export interface Comparison {
  /** Whether both open the same. */
  same: boolean;
  differences: Difference[];
}

export interface Difference {
  what:
    | 'header'
    | 'algorithm'
    | 'signature'
    | 'user'
    | 'scope'
    | 'workspace'
    | 'tenant-scope'
    | 'time'
    | 'lifetime'
    | 'claim';
  /** The user, the scope, the claim or the field of the header. */
  subject?: string;
  /** What the first has, and the second; null where it has none. */
  a: unknown;
  b: unknown;
  /** Whether it changes what the token opens. */
  opens: boolean;
}

/**
 * Two tokens beside each other, as far as their claims tell. What changes what they open comes first. `now` is in
 * seconds since the epoch.
 */
export function compareTokens(a: FoundToken, b: FoundToken, now: number): Comparison {
  const tokens: Pair<FoundToken> = [a, b];
  const claims: Pair<Claims> = [readClaims(a.payload), readClaims(b.payload)];
  const all = [
    ...compareHeaders(tokens),
    ...compareSignatures(tokens),
    ...compareUsers(claims),
    ...compareScopes(claims),
    ...differ(
      'workspace',
      each(claims, ({ tenantId }) => tenantId),
    ),
    ...differ(
      'tenant-scope',
      each(claims, ({ tenantScope }) => tenantScope),
    ),
    ...compareTimes(claims, now),
    ...compareClaims(tokens, claims),
  ];
  const differences = [...all.filter(({ opens }) => opens), ...all.filter(({ opens }) => !opens)];
  return { same: !differences.some(({ opens }) => opens), differences };
}

type Pair<T> = [a: T, b: T];

function each<T, U>([a, b]: Pair<T>, part: (one: T) => U): Pair<U> {
  return [part(a), part(b)];
}

/** Nothing where both are the same. */
function differ(
  what: Difference['what'],
  [a, b]: Pair<unknown>,
  more: { subject?: string; opens?: boolean } = {},
): Difference[] {
  const { subject, opens = true } = more;
  return textOf(a) === textOf(b) ? [] : [{ what, ...(subject !== undefined && { subject }), a, b, opens }];
}

function compareHeaders(tokens: Pair<FoundToken>): Difference[] {
  const [a, b] = each(tokens, ({ header }) => header);
  const others = namesIn(a, b).filter((field) => field !== 'alg');
  return [
    ...differ(
      'header',
      each(tokens, ({ doubledBearer }) => (doubledBearer ? 'Bearer Bearer' : null)),
      { subject: 'Authorization' },
    ),
    ...differ(
      'algorithm',
      each(tokens, ({ header }) => algorithmOf(header) || null),
    ),
    ...others.flatMap((subject) =>
      differ('header', [valueOf(a, subject), valueOf(b, subject)], { subject, opens: false }),
    ),
  ];
}

/** HS256 gives the same claims the same signature: where only that differs, one is altered or another key's. */
function compareSignatures(tokens: Pair<FoundToken>): Difference[] {
  const kinds = differ('signature', each(tokens, kindOf));
  const [a, b] = tokens;
  const signed = each(tokens, ({ raw, signature }) => raw.slice(0, -signature.length));
  const isOther = signed[0] === signed[1] && a.signature !== b.signature && algorithmOf(a.header) === 'HS256';
  return kinds.length === 0 && isOther ? differ('signature', ['one', 'another']) : kinds;
}

function kindOf({ local, header, signature }: FoundToken): string {
  if (local) return 'local';
  const length = algorithmOf(header) === 'HS256' ? lengthOf(signature) : 'whole';
  return length === 'whole' ? 'not-verified' : length;
}

function compareUsers(claims: Pair<Claims>): Difference[] {
  const users = each(claims, (one) => one.users);
  const held = (own: string[], user: string) => (own.includes(user) ? user : null);
  return unionOf(users).flatMap((user) =>
    differ(
      'user',
      each(users, (own) => held(own, user)),
      { subject: user },
    ),
  );
}

/** A scope that only one has differs all the same where the other has a wider one, but opens nothing more. */
function compareScopes(claims: Pair<Claims>): Difference[] {
  const scopes = each(claims, (one) => one.scopes.filter((scope) => !scope.startsWith('user_id:')));
  const by = (own: string[], scope: string) =>
    own.find((one) => one === scope) ?? own.find((one) => covers(one, scope)) ?? null;
  return unionOf(scopes).flatMap((scope) => {
    const [a, b] = each(scopes, (own) => by(own, scope));
    return differ('scope', [a, b], { subject: scope, opens: a === null || b === null });
  });
}

/** A token that never expires is valid, too. */
function compareTimes(claims: Pair<Claims>, now: number): Difference[] {
  const states = each(claims, (one) => timeState(one, now));
  const [a, b] = each(states, (state) => state.replace('no-expiry', 'valid'));
  const lifetimes = each(claims, ({ issuedAt, expiresAt }) =>
    issuedAt === null || expiresAt === null ? null : expiresAt - issuedAt,
  );
  return [...differ('time', states, { opens: a !== b }), ...differ('lifetime', lifetimes, { opens: false })];
}

/** What has been compared already. */
const known = ['scope', 'tenant_id', 'tenant_scope'];

/** All the others; one of a type that Courier never gives it may be why only one of the two is taken. */
function compareClaims(tokens: Pair<FoundToken>, claims: Pair<Claims>): Difference[] {
  const [a, b] = each(tokens, ({ payload }) => payload);
  const mistyped = each(claims, (one) => one.mistyped.map(({ claim }) => claim));
  return namesIn(a, b).flatMap((subject) => {
    const wrong = each(mistyped, (names) => names.includes(subject));
    if (known.includes(subject) && !wrong.includes(true)) return [];
    return differ('claim', [valueOf(a, subject), valueOf(b, subject)], { subject, opens: wrong[0] !== wrong[1] });
  });
}

function namesIn(...objects: Pair<JsonObject>): string[] {
  return unionOf(each(objects, (one) => Object.keys(one)));
}

function valueOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : null;
}

function unionOf<T>([a, b]: Pair<T[]>): T[] {
  return [...new Set([...a, ...b])];
}

/** The same text for values that are the same, in whatever order an object has its names. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
