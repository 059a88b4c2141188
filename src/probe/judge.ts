import { isLoopback } from '../courier/regions.js';
import type { Finding } from '../report.js';
import type { Claims } from '../token/claims.js';
import { judgeCors } from './cors.js';
import { fixFor, isMended } from './fix.js';
import { judgeLeaks } from './leaks.js';
import { type Answered, type Kind, type Outcome, claimsIn, kindOf, skipped, statusOf, unclear } from './outcome.js';
import { type ProbeRequest, type TrialName, hasPlace, hasSession, injectedScope, nobody } from './plan.js';
import { urlFor } from './template.js';
import { judgeToken } from './token.js';

export interface Judging {
  /** Surface ids; the how-to's set without them. */
  for: string[] | undefined;
  tokenPath: string;
  /** API keys that are known here: none of them belongs in an answer. */
  keys: string[];
  /** Seconds since the epoch. */
  now: number;
}

const inputs: TrialName[] = ['malformed', 'missing-user', 'empty-user', 'huge-user'];

/** All that the outcomes show of an endpoint. */
export function judgeOutcomes(outcomes: Outcome[], probe: ProbeRequest, judging: Judging): Finding[] {
  const main = outcomes[0]!;
  if ('failure' in main) return [...judgeTransport(probe.url), unclear(main), skipped('rest', 'stopped')];
  const found = [
    ...judgeTransport(probe.url),
    ...judgeMain(main, probe, judging),
    ...(hasSession(probe) ? judgeTrial('no-session', outcomes, main, probe) : []),
    ...(['other-user', 'injection', ...inputs] as const).flatMap((name) => judgeTrial(name, outcomes, main, probe)),
    ...(probe.method === 'GET' ? [] : judgeTrial('get', outcomes, main, probe)),
    ...judgeCors(outcomes, probe),
    ...judgeLeaks(outcomes, probe, judging.keys),
  ];
  const fix = fixFor(outcomes, probe, judging.for);
  return found.map((finding) => (isMended(finding) ? { ...finding, fix } : finding));
}

/** Where requests with a session may go: the way is the first thing to be safe. */
export function judgeTransport(url: string): Finding[] {
  const { protocol, hostname, host } = new URL(urlFor(url, ''));
  if (protocol === 'http:' && !isLoopback(hostname))
    return [{ code: 'transport.plain-http', status: 'fail', subject: host, facts: {} }];
  return [{ code: 'transport.safe', status: 'pass', subject: host, facts: { https: protocol === 'https:' } }];
}

/** The request that a front end sends: with a session, or what comes of it without one. */
function judgeMain(main: Answered, probe: ProbeRequest, judging: Judging): Finding[] {
  const { status, milliseconds, headers } = main;
  const isSignedIn = hasSession(probe);
  const reached: Finding = { code: 'endpoint.reached', status: 'pass', facts: { status, milliseconds } };
  if (isRedirect(status) && (isSignedIn || [301, 308].includes(status)))
    return [{ code: 'endpoint.redirect', status: 'unknown', facts: { status, location: headers.location ?? '' } }];
  if (kindOf(main) === 'unclear') return [unclear(main)];
  if (!isSignedIn) {
    const isGiven = claimsIn(main) !== undefined;
    // A page that is not there gives no token either, and so does whatever answers there by mistake.
    if (kindOf(main) === 'refused' && !isAboutSession(main))
      return [{ code: 'endpoint.status', status: 'unknown', facts: { status, hasSession: false } }];
    return [
      reached,
      ...withoutSession(main),
      ...(isGiven ? given(main, probe, judging) : [skipped('session', 'no-session')]),
    ];
  }
  // 419 is Laravel's for a CSRF token that is missing.
  if ([401, 403, 419].includes(status)) return [{ code: 'session.refused', status: 'unknown', facts: { status } }];
  if (status >= 500) return [{ code: 'endpoint.status', status: 'fail', facts: { status } }];
  if (status > 299) return [{ code: 'endpoint.status', status: 'unknown', facts: { status, hasSession: true } }];
  return [reached, ...given(main, probe, judging)];
}

/** The answer with a token in it. */
function given(main: Answered, { url, user }: ProbeRequest, { tokenPath, for: surfaces, now }: Judging): Finding[] {
  const isLocal = isLoopback(new URL(urlFor(url, '')).hostname);
  const cacheControl = main.headers['cache-control'] ?? null;
  const isKept = !/(?:^|[\s,])no-store(?:$|[\s,])/i.test(cacheControl ?? '');
  return [
    ...judgeToken(main, { user, for: surfaces, path: tokenPath, isLocal, now }),
    isKept
      ? { code: 'cache.storable', status: 'fail', facts: { cacheControl } }
      : { code: 'cache.no-store', status: 'pass', facts: {} },
  ];
}

function withoutSession(outcome: Outcome): Finding[] {
  const status = statusOf(outcome);
  const kinds: Record<Kind, () => Finding> = {
    minted: () => ({ code: 'session.not-required', status: 'fail', facts: { status } }),
    refused: () => ({ code: 'session.required', status: 'pass', facts: { status } }),
    crashed: () => ({ code: 'session.crashed', status: 'fail', facts: { status } }),
    unclear: () => unclear(outcome),
  };
  return [kinds[kindOf(outcome)]()];
}

function judgeTrial(name: TrialName, outcomes: Outcome[], main: Outcome, probe: ProbeRequest): Finding[] {
  const outcome = outcomes.find((one) => one.name === name);
  const isPlanned = !needsPlace.has(name) || hasPlace(probe);
  if (!outcome) return [skipped(name, isPlanned ? 'stopped' : 'no-place')];
  const base = claimsIn(main);
  const isUntold = base === undefined && kindOf(outcome) === 'refused';
  if (name === 'no-session')
    return isUntold && !isAboutSession(outcome) ? [skipped(name, 'no-token')] : withoutSession(outcome);
  // Where its own front end gets no token, that others get none in the same way shows nothing.
  if (isUntold && (isAboutSession(outcome) || statusOf(outcome) === statusOf(main)))
    return [skipped(name, isAboutSession(outcome) && !hasSession(probe) ? 'no-session' : 'no-token')];
  return [judgeKind(name, outcome, base, probe)];
}

const needsPlace = new Set<TrialName>(['other-user', 'injection', 'missing-user', 'empty-user', 'huge-user']);

/** Refused before anything was looked at but the session that is not there. */
function isAboutSession(outcome: Outcome): boolean {
  const status = statusOf(outcome) ?? 0;
  return status === 401 || status === 403 || isRedirect(status);
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

function judgeKind(name: TrialName, outcome: Outcome, base: Claims | undefined, probe: ProbeRequest): Finding {
  const status = statusOf(outcome);
  const family = inputs.includes(name) ? 'input' : name === 'get' ? 'method' : name;
  const subject = family === 'input' ? { subject: name } : {};
  const pass = (how: string): Finding => ({
    code: `${family}.refused`,
    status: 'pass',
    ...subject,
    facts: { status, how },
  });
  const kind = kindOf(outcome);
  if (kind === 'unclear') return unclear(outcome);
  // 501 is how a server says that it has no such method.
  if (kind === 'crashed' && !(name === 'get' && status === 501))
    return { code: `${family}.crashed`, status: 'fail', ...subject, facts: { status } };
  const claims = claimsIn(outcome);
  if (!claims && name === 'other-user' && probe.otherUser === nobody && [404, 410].includes(status ?? 0))
    return { code: 'other-user.unknown', status: 'unknown', facts: { status } };
  if (!claims && family === 'input' && (status ?? 0) < 300)
    return { code: 'input.answered', status: 'warn', ...subject, facts: { status } };
  if (!claims) return pass('refused');
  const bad = granted(name, claims, base, probe);
  if (!bad) return pass('own-token');
  return { code: `${family}.minted`, status: 'fail', ...subject, facts: { status, ...bad } };
}

/** What a token holds that should not have been minted; undefined for one that is the session's own user's. */
function granted(
  name: TrialName,
  { users, scopes }: Claims,
  base: Claims | undefined,
  { user, otherUser }: ProbeRequest,
): { users: string[]; scopes: string[] } | undefined {
  const more = scopes.filter((scope) => !scope.startsWith('user_id:') && base && !base.scopes.includes(scope));
  if (name === 'get') return { users, scopes: [] };
  // An id that was cleaned, or encoded, adds nothing: whose it then is, the other trials tell.
  if (name === 'injection') {
    const isInjected = users.includes(otherUser) || more.includes(injectedScope);
    return isInjected ? { users, scopes: more } : undefined;
  }
  // Whose session it is, the token says that its own request got.
  const own = base?.users.length === 1 ? base.users[0] : user;
  const isOwn = users.length === 1 && users[0] === own && more.length === 0;
  return isOwn ? undefined : { users: users.map(shortened), scopes: more };
}

/** The huge one is seen by its beginning. */
function shortened(id: string): string {
  return id.length > 100 ? `${id.slice(0, 20)}…` : id;
}
