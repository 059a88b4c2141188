import type { Check } from '../../../src/output/reporters/check.js';
import type { Finding } from '../../../src/report.js';

export const passing: Finding = { code: 'scope.granted', status: 'pass', subject: 'read:brands', facts: { of: 'x' } };
export const missing: Finding = {
  code: 'scope.missing',
  status: 'fail',
  subject: 'read:brands',
  facts: { of: 'x' },
  fix: ['courier-jwt', 'issue', '--user', 'alice'],
};
export const empty: Finding = {
  code: 'access.empty',
  status: 'unknown',
  subject: 'inbox:read:messages',
  facts: { promised: true },
};
export const excess: Finding = { code: 'scope.excess', status: 'warn', subject: 'write:brands', facts: {} };
export const local: Finding = { code: 'signature.local', status: 'warn', facts: {} };
export const notMade: Finding = {
  code: 'smoke.not-made',
  status: 'skip',
  subject: 'eu',
  facts: { reason: 'key.refused' },
};

export function check(findings: Finding[], changes: Partial<Check> = {}): Check {
  const made = { environment: 'test', user: 'alice', surface: 'inbox', line: 2, seconds: 0.1234, ...changes };
  return { ...made, name: [made.environment, made.user, made.surface].filter(Boolean).join(' · '), findings };
}

export const run = {
  command: 'smoke' as const,
  path: 'courier-jwt.config.json',
  checks: [
    check([passing, local]),
    check([missing, excess, passing], { user: 'bob' }),
    check([empty], { surface: null }),
    check([notMade], { environment: 'eu', line: 3 }),
  ],
};

/** What a token or a file may hold. */
export const hostile = 'a%0A::error::b\r\n::set-output name=x::y,z: <b>&amp;|`*_[x](y)\u001b[2J\u0000]]>';
