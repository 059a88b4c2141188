import type { Finding } from '../report.js';

/**
 * What is most likely the cause where several things are wrong, the likeliest first. Faults of the token itself come before
 * what Courier answers, and that before the surroundings: whoever mends the first need not look at what follows from it.
 * A code of a family alone (`courier`) stands for all of it that are not named.
 */
const ranking: Record<'token' | 'courier' | 'surroundings', string[]> = {
  token: [
    // No token at all.
    'token',
    'header.doubled-bearer',
    'signature.none',
    'signature.cut-short',
    'signature.stand-in',
    'signature.local',
    'claim.no-scope',
    'claim.type',
    // Minted wrong, and so will be the next one.
    'user.placeholder',
    'user.invalid',
    'user.missing',
    // Refused whatever it holds.
    'expiry.expired',
    'clock.not-yet-valid',
    // For somebody, or somewhere, else.
    'user.mismatch',
    'tenant-scope.mismatch',
    'workspace.mismatch',
    'scope.missing',
    'user.several',
    'expiry.min-ttl',
    'expiry.never',
    'expiry.long',
    'scope.unknown',
    'signature',
    'scope',
    'clock.skew',
  ],
  courier: [
    'region.mismatch',
    // It is this token: a new one fares better.
    'fresh.sees-more',
    // It is not this token: a new one fares the same.
    'fresh.refused',
    'access.refused',
    'courier',
    'request',
    'access',
    'fresh',
  ],
  surroundings: ['environment', 'keychain', 'key', 'workspace', 'grant', 'clock.off', 'certificates', 'config', 'tls'],
};

const order = Object.values(ranking).flat();

/** Warnings that are worth to be named where nothing fails: what else is warned of is wanted so more often than not. */
const standingOut = ['user.several', 'expiry.never', 'scope.unknown', 'clock.off', 'clock.skew'];

/** The finding that is most likely why it does not work; undefined where nothing is wrong. */
export function likelyCause(findings: Finding[]): Finding | undefined {
  const isRefused = findings.some(({ code, status }) => code === 'access.refused' && status === 'fail');
  const isWrong = (one: Finding) =>
    one.status === 'fail' ||
    (one.status === 'unknown' && !isWeak(one)) ||
    // What Courier is warned of not to take, and did not.
    (isRefused && one.status === 'warn' && one.code.startsWith('signature.') && one.code !== 'signature.local');
  const isDoubtful = (one: Finding) => isWeak(one) || (one.status === 'warn' && standingOut.includes(one.code));
  return first(findings.filter(isWrong)) ?? first(findings.filter(isDoubtful));
}

/** An empty inbox proves nothing while something else is known to be wrong. */
function isWeak({ code, status }: Finding): boolean {
  return status === 'unknown' && (code === 'access.empty' || code === 'fresh.empty');
}

function first(findings: Finding[]): Finding | undefined {
  return findings.toSorted((a, b) => rankOf(a.code) - rankOf(b.code))[0];
}

/** What is not in the table comes last. */
export function rankOf(code: string): number {
  const exact = order.indexOf(code);
  const rank = exact === -1 ? order.indexOf(code.split('.')[0]!) : exact;
  return rank === -1 ? order.length : rank;
}
