import { checkFound } from '../checks/check-token.js';
import { requirementOf } from '../checks/scopes.js';
import { fieldOf, parseJson } from '../courier/answers.js';
import { Failure } from '../errors.js';
import { unmadeCheck } from '../output/messages/unmade.js';
import type { Finding } from '../report.js';
import { covers } from '../scopes/match.js';
import { type Claims, readClaims } from '../token/claims.js';
import { parseDuration } from '../token/duration.js';
import type { FoundToken } from '../token/find.js';
import type { Answered } from './outcome.js';
import { valueAt } from './place.js';

/** What is expected of the token that an endpoint gives. */
export interface ExpectedToken {
  user: string;
  /** Surface ids; the how-to's set without them. */
  for: string[] | undefined;
  /** Where it stands in the answer. */
  path: string;
  /** Whether the endpoint is on this machine: then it may well mint from an emulator. */
  isLocal: boolean;
  /** Seconds since the epoch. */
  now: number;
}

/** A token that ends sooner keeps a front end busy with new ones. In seconds. */
const shortest = 60;

/** An answer's own word on the expiry may be rounded, or a cached token's. In seconds. */
const tolerance = 60;

/** The token that the endpoint gives: there, readable, the user's, with the scopes that are needed and no more. */
export function judgeToken(answer: Answered, expected: ExpectedToken): Finding[] {
  const { token, elsewhere, body } = answer;
  const { path } = expected;
  const at = { subject: path, facts: {} };
  if (token === undefined)
    return [{ code: 'token.not-found', status: 'fail', subject: path, facts: { place: elsewhere?.place ?? null } }];
  if (token instanceof Failure) return [asHole(unmadeCheck(token, 'the token'))];
  const claims = readClaims(token.payload);
  return [
    isBare(valueAt(body, path), token)
      ? { code: 'token.found', status: 'pass', ...at }
      : { code: 'token.not-bare', status: 'fail', ...at },
    ...checkFound(token, { user: expected.user, for: expected.for }, expected.now).flatMap((finding) =>
      isOfInterest(finding, token, expected) ? [asHole(finding)] : [],
    ),
    ...excess(claims, expected),
    ...short(claims, expected.now),
    ...told(body, claims, expected.now),
  ];
}

/** A body that is all of it may be a text in JSON. */
function isBare(value: string | undefined, { raw }: FoundToken): boolean {
  return value === raw || value === JSON.stringify(raw);
}

/** Excess is judged below, by a stricter measure. */
function isOfInterest({ code }: Finding, { local }: FoundToken, { isLocal }: ExpectedToken): boolean {
  return code !== 'scope.excess' && code !== 'courier.not-asked' && !(code === 'signature.local' && local && isLocal);
}

/** What is only worth a warning of a token that somebody has is a hole in what mints them. */
function asHole({ fix: _, ...finding }: Finding): Finding {
  const isHole = finding.status === 'warn' && ['expiry.never', 'expiry.long'].includes(finding.code);
  return isHole ? { ...finding, status: 'fail' } : finding;
}

/** Every scope beyond what is needed, whether it reads or writes: a front end holds what is in it. */
function excess({ scopes }: Claims, { for: surfaces }: ExpectedToken): Finding[] {
  const { required, recommended, optional } = requirementOf({ for: surfaces }, scopes);
  const wanted = [...required, ...recommended, ...optional];
  return [...new Set(scopes)]
    .filter((scope) => !scope.startsWith('user_id:'))
    .filter((scope) => !wanted.some((other) => covers(scope, other) || covers(other, scope)))
    .map((subject): Finding => ({ code: 'scope.excess', status: 'fail', subject, facts: {} }));
}

function short({ expiresAt }: Claims, now: number): Finding[] {
  if (expiresAt === null || expiresAt <= now || expiresAt - now >= shortest) return [];
  const remainingSeconds = Math.floor(expiresAt - now);
  return [{ code: 'expiry.short', status: 'warn', facts: { remainingSeconds } }];
}

/** Whoever refreshes by the answer's `expiresIn` would do so too late. */
function told(body: string, { issuedAt, expiresAt }: Claims, now: number): Finding[] {
  const expiresIn = fieldOf(parseJson(body), 'expiresIn');
  const seconds = secondsOf(expiresIn);
  if (seconds === undefined || expiresAt === null) return [];
  const lifetimeSeconds = expiresAt - (issuedAt ?? now);
  const isNear = [lifetimeSeconds, expiresAt - now].some((one) => Math.abs(one - seconds) <= tolerance);
  if (isNear) return [];
  return [{ code: 'expiry.told', status: 'warn', facts: { told: String(expiresIn), lifetimeSeconds } }];
}

/** A duration, or a number of seconds. */
function secondsOf(expiresIn: unknown): number | undefined {
  if (typeof expiresIn === 'number') return expiresIn;
  if (typeof expiresIn !== 'string') return undefined;
  const parsed = parseDuration(expiresIn);
  return 'seconds' in parsed ? parsed.seconds : undefined;
}
