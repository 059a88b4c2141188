import { expect, it } from 'vitest';
import { verdictSentence } from '../../../src/output/messages/verdicts.js';
import type { Verdict } from '../../../src/request-entry.js';

it.each<{ verdict: Verdict; expected: string }>([
  { verdict: { code: 'token.accepted' }, expected: 'token accepted' },
  { verdict: { code: 'key.accepted' }, expected: 'key accepted' },
  { verdict: { code: 'open' }, expected: 'needs no token' },
  { verdict: { code: 'not-emulated' }, expected: 'not emulated' },
  {
    verdict: { code: 'credentials.missing' },
    expected: 'there is no token and no key: the header is Authorization: Bearer …',
  },
  { verdict: { code: 'key.needed' }, expected: 'takes an API key, and was given a user token' },
  { verdict: { code: 'key.refused' }, expected: 'that is neither a user token nor an API key that is taken here' },
  { verdict: { code: 'token.needed' }, expected: 'takes a user token, and was given an API key' },
  { verdict: { code: 'token.malformed' }, expected: 'that is no user token' },
  { verdict: { code: 'token.malformed', subject: 'exp' }, expected: "the token's exp is malformed" },
  { verdict: { code: 'signature.foreign' }, expected: 'the token is signed by another Courier: mint one here' },
  { verdict: { code: 'expiry.expired' }, expected: 'the token has expired' },
  { verdict: { code: 'clock.not-yet-valid' }, expected: 'the token is not yet valid (clock skew?)' },
  { verdict: { code: 'user.missing' }, expected: 'the token names no user' },
  { verdict: { code: 'user.mismatch', subject: 'alice' }, expected: 'the token is not for alice' },
  { verdict: { code: 'scope.missing', subject: 'read:brands' }, expected: 'the token lacks read:brands' },
  {
    verdict: { code: 'host.refused', subject: 'evil.test' },
    expected: 'Host evil.test is not let in: --allow-host lets it',
  },
  {
    verdict: { code: 'origin.refused', subject: 'https://evil.test' },
    expected: 'Origin https://evil.test is not let in: --allow-origin lets it',
  },
  {
    verdict: { code: 'user.mismatch', subject: `\u001b::${'a'.repeat(100)}` },
    expected: `the token is not for \\u{1b}:\\u{3a}${'a'.repeat(97)}…`,
  },
  { verdict: { code: 'scope.missing', subject: '\n' }, expected: 'the token lacks \\n' },
  { verdict: { code: 'host.refused', subject: '\r' }, expected: 'Host \\r is not let in: --allow-host lets it' },
  {
    verdict: { code: 'origin.refused', subject: '\0' },
    expected: 'Origin \\u{0} is not let in: --allow-origin lets it',
  },
  { verdict: { code: 'token.malformed', subject: '\u202e' }, expected: "the token's \\u{202e} is malformed" },
])('$verdict', ({ verdict, expected }) => {
  expect(verdictSentence(verdict)).toBe(expected);
});
