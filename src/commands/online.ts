import { type Answered, checkAnswer, checkUntried, isAuthentic } from '../checks/access.js';
import { checkFound } from '../checks/check-token.js';
import { withControls } from '../checks/controls.js';
import { type Expectations, issueCommand } from '../checks/expectations.js';
import { requirementOf } from '../checks/scopes.js';
import { type Access, type Unanswered, canBeAsked, triedScopes, tryAccess } from '../courier/access.js';
import { type Region, regionBaseUrls, regionOf } from '../courier/regions.js';
import type { Network } from '../courier/transport.js';
import { type Choice, ownServer } from '../environments/resolve.js';
import { familyOf, isFailure } from '../errors.js';
import { unmadeCheck } from '../output/messages/unmade.js';
import type { Finding } from '../report.js';
import { type Claims, readClaims } from '../token/claims.js';
import type { FoundToken } from '../token/find.js';
import { skewSeconds, timeState } from '../token/time.js';
import { chooseFor, environmentSources } from './environment.js';
import { network, retrying } from './network.js';
import type { Tools } from './tools.js';

/** The Courier that a token is tried on. */
export interface Target {
  baseUrl: string;
  local: boolean;
  /** Whether it was named: else a token that it refuses may be of the other region. */
  isNamed: boolean;
  /** The environment, where there is one. */
  choice: Choice | undefined;
}

/** The Courier of the environment that is chosen. Without a key, which is needed to mint only, it is known all the same. */
export async function chooseTarget(tools: Tools, { needsKey = false } = {}): Promise<Target> {
  const { env, region } = tools.flags;
  try {
    const choice = await chooseFor({}, tools);
    const { variables } = await environmentSources(tools);
    const hasUrl = choice.name === null && variables('COURIER_BASE_URL') !== undefined;
    const isNamed = env !== undefined || region !== undefined || hasUrl || choice.source.startsWith('COURIER_JWT_ENV');
    return { baseUrl: choice.baseUrl, local: choice.local, isNamed, choice };
  } catch (error) {
    if (needsKey || !isFailure(error, 'key.missing')) throw error;
    const { variables } = await environmentSources(tools);
    const own = region === undefined ? ownServer('the token', 'shell', variables) : undefined;
    const baseUrl = own ?? regionBaseUrls[region ?? 'us'];
    return { baseUrl, local: false, isNamed: (region ?? own) !== undefined, choice: undefined };
  }
}

/** How a token fared at Courier. */
export interface Proof {
  target: Target;
  /** Where it was tried in the end. */
  baseUrl: string;
  /** Whose data was asked for. */
  user: string | undefined;
  network: Network;
  access: Access;
  /** Where another region takes what the one that was asked refuses. */
  region: { asked: Region; found: Region } | undefined;
}

/**
 * Tries a token on Courier with one call a scope; where it is not known there (401) and the region was not named, or
 * `anyRegion`, on the other region too.
 */
export async function prove(
  token: FoundToken,
  expected: Expectations,
  target: Target,
  tools: Tools,
  { anyRegion = !target.isNamed } = {},
): Promise<Proof> {
  const claims = readClaims(token.payload);
  const named = expected.user ?? claims.users[0];
  const user = named !== undefined && canBeAsked(named) ? named : undefined;
  const scopes = triedScopes(claims, requirementOf(expected, claims.scopes).required, user);
  const place = { user, scopes, network: await networkOf(target, tools) };
  const access = await tryToken(token.raw, { ...place, baseUrl: target.baseUrl }, tools);
  const proof: Proof = { ...place, target, baseUrl: target.baseUrl, access, region: undefined };
  const asked = regionOf(target.baseUrl);
  if (asked === undefined || !anyRegion || !isRefused(access)) return proof;
  const found = asked === 'us' ? 'eu' : 'us';
  const baseUrl = regionBaseUrls[found];
  const elsewhere = await tryToken(token.raw, { ...place, baseUrl }, tools);
  return isAuthentic(answeredIn(elsewhere))
    ? { ...proof, baseUrl, access: elsewhere, region: { asked, found } }
    : proof;
}

/** Tries a token for a user's data, one call a scope. */
export async function tryToken(
  token: string,
  place: Pick<Proof, 'network' | 'user' | 'baseUrl'> & { scopes: string[] },
  tools: Tools,
): Promise<Access> {
  const { context, console, flags } = tools;
  const { network: outside, user, baseUrl, scopes } = place;
  return tryAccess(
    outside,
    { token, user, scopes, baseUrl, timeoutMs: flags.timeout * 1000, signal: context.interruption },
    { ...retrying(tools, console.debug), now: context.now },
  );
}

export function answeredIn({ answers }: Access): Answered[] {
  return answers.filter((answer) => 'status' in answer);
}

function isRefused(access: Access): boolean {
  const answers = answeredIn(access);
  return answers.some(({ status }) => status === 401) && !isAuthentic(answers);
}

/** The Courier of a target; all of it, where that is the embedded one. */
export async function networkOf({ local }: Pick<Target, 'local'>, tools: Tools): Promise<Network> {
  if (!local) return network(tools);
  const { embeddedNetwork } = await import('../emulator/embedded.js');
  return embeddedNetwork({ clock: tools.context.now, newId: tools.context.newId });
}

/** What the claims and the proof say together, at Courier's time. `now` in seconds, by the clock here. */
export function judge(
  token: FoundToken,
  expected: Expectations,
  proof: Proof,
  controls: Finding[],
  now: number,
): Finding[] {
  const { access } = proof;
  const claims = readClaims(token.payload);
  const authentic = isAuthentic(answeredIn(access));
  // A new token comes from where this one was tried.
  const wanted = { ...expected, mintIn: proof.target.choice?.name ?? '' };
  const fix = issueCommand(wanted, { user: proof.user, environment: wanted.mintIn });
  const byClaims = ofClaims(checkFound(token, wanted, now + (access.skewSeconds ?? 0)), proof, authentic);
  const isSound = !byClaims.some(({ code, status }) => status === 'fail' && ofToken.has(familyOf(code)));
  const answers = [
    ...answeredIn(access).map((answer) => checkAnswer(answer, { claims, user: proof.user, isSound }, fix)),
    ...checkUnanswered(access),
  ];
  const tried = access.answers.map(({ scope }) => scope);
  return [
    ...checkClock(access, claims, now),
    ...byClaims,
    ...checkRegion(proof, fix),
    ...withControls(answers, controls),
    ...controls,
    ...checkUntried(claims, tried),
  ];
}

/** What makes Courier refuse a token whatever its scopes are. */
const ofToken = new Set(['header', 'signature', 'claim', 'expiry', 'clock']);

/** What the claims say, less what was looked at since. */
function ofClaims(findings: Finding[], { target, access }: Proof, authentic: boolean): Finding[] {
  const isReal = regionOf(target.baseUrl) !== undefined;
  return findings.flatMap((finding): Finding[] => {
    // No call is known for any of its scopes: then nothing was proved.
    if (finding.code === 'courier.not-asked')
      return access.answers.length > 0 ? [] : [{ ...finding, status: 'unknown' }];
    if (finding.code === 'signature.not-verified' && authentic)
      return [{ code: 'signature.accepted', status: 'pass', facts: {} }];
    // Only an emulator takes such a token: where one did, that is as it should be.
    if (finding.code !== 'signature.local') return [finding];
    return [isReal ? { ...finding, status: 'fail' } : authentic ? { ...finding, status: 'pass' } : finding];
  });
}

/** What failed alike is told once. */
export function checkUnanswered({ answers }: Access): Finding[] {
  const failed = answers.filter((answer) => 'failure' in answer);
  const key = ({ failure }: Unanswered) => JSON.stringify([failure.code, failure.facts]);
  return [...new Set(failed.map(key))].map((one) => {
    const alike = failed.filter((other) => key(other) === one);
    return unmadeCheck(alike[0]!.failure, alike.map(({ scope }) => scope).join(', '));
  });
}

/** A clock that is a little off changes nothing, unless the token's expiry is that near. */
function checkClock({ skewSeconds: skew }: Access, claims: Claims, now: number): Finding[] {
  if (skew === null || skew === 0) return [];
  if (Math.abs(skew) <= skewSeconds && timeState(claims, now) === timeState(claims, now + skew)) return [];
  return [{ code: 'clock.off', status: 'warn', facts: { offSeconds: -skew } }];
}

function checkRegion({ region, target }: Proof, fix: string[]): Finding[] {
  if (!region) return [];
  const finding = { subject: region.found, facts: { asked: region.asked } };
  if (target.isNamed) return [{ code: 'region.mismatch', status: 'fail', ...finding, fix }];
  return [{ code: 'region.found', status: 'pass', ...finding }];
}
