import type { Finding } from '../report.js';
import type { Claims } from '../token/claims.js';
import { algorithmOf, hs256Length, isUnsigned } from '../token/decode.js';
import type { FoundToken } from '../token/find.js';

const notVerified: Finding = Object.freeze({ code: 'signature.not-verified', status: 'skip', facts: {} });

/** The token's own form: how it was passed, its algorithm and signature, the types of its claims. */
export function checkShape(token: FoundToken, claims: Claims, localExpected: boolean, fix: string[]): Finding[] {
  return [
    ...(token.doubledBearer ? [{ code: 'header.doubled-bearer', status: 'fail', facts: {} } as const] : []),
    ...checkAlgorithm(token, fix),
    ...checkLocal(token, localExpected, fix),
    ...(typeof token.payload.scope === 'string' ? [] : [noScopeClaim(token, fix)]),
    ...claims.mistyped.map(({ claim, expected, found }): Finding => {
      return { code: 'claim.type', status: 'fail', subject: claim, facts: { expected, found }, fix };
    }),
    notVerified,
  ];
}

function checkAlgorithm({ header, signature }: FoundToken, fix: string[]): Finding[] {
  const algorithm = algorithmOf(header);
  if (isUnsigned(header)) return [{ code: 'signature.none', status: 'fail', facts: { algorithm }, fix }];
  if (algorithm !== 'HS256') return [{ code: 'signature.algorithm', status: 'warn', facts: { algorithm }, fix }];
  const length = lengthOf(signature);
  if (length === 'whole') return [];
  const facts = { characters: signature.length, expected: hs256Length };
  return length === 'cut-short'
    ? [{ code: 'signature.cut-short', status: 'fail', facts, fix }]
    : [{ code: 'signature.stand-in', status: 'warn', facts, fix }];
}

/** Half a MAC and more is a real one that lost its end; less is a stand-in, as test fixtures have. */
export function lengthOf(signature: string): 'whole' | 'cut-short' | 'stand-in' {
  if (signature.length === hs256Length) return 'whole';
  return signature.length >= hs256Length / 2 && signature.length < hs256Length ? 'cut-short' : 'stand-in';
}

function checkLocal(token: FoundToken, localExpected: boolean, fix: string[]): Finding[] {
  if (!token.local) return [];
  return [{ code: 'signature.local', status: localExpected ? 'pass' : 'warn', facts: {}, fix }];
}

function noScopeClaim({ payload }: FoundToken, fix: string[]): Finding {
  return { code: 'claim.no-scope', status: 'fail', facts: { present: 'scope' in payload }, fix };
}
