import { expect } from 'vitest';
import type { Finding } from '../../src/report.js';
import { howToScopes } from './endpoint.js';

/** Findings in a word or two each: `fail input.minted empty-user`. */
export function toldOf(findings: Finding[]): string[] {
  return findings.map(({ status, code, subject }) => [status, code, subject].filter(Boolean).join(' '));
}

/** What `probe` finds of an endpoint of this machine without a hole, asked with a session of alice's. */
export const soundFindings: unknown[] = [
  expect.stringMatching(/^pass transport\.safe (?:127\.0\.0\.1|localhost):\d+$/),
  'pass endpoint.reached',
  'pass token.found token',
  'skip signature.not-verified',
  'pass expiry.valid',
  'pass user.match alice',
  ...howToScopes.split(' ').map((scope) => `pass scope.granted ${scope}`),
  'pass cache.no-store',
  'pass session.required',
  'pass other-user.refused',
  'pass injection.refused',
  'pass input.refused malformed',
  'pass input.refused missing-user',
  'pass input.refused empty-user',
  'pass input.refused huge-user',
  'pass method.refused',
  expect.stringMatching(/^pass cors\.closed https:\/\/(?:127\.0\.0\.1|localhost)\.courier-jwt-probe\S+$/),
  'pass answer.clean',
];
