import { expect, it } from 'vitest';
import { likelyCause, rankOf } from '../../src/checks/causes.js';
import { sentences } from '../../src/output/messages/findings.js';
import type { Finding, Status } from '../../src/report.js';

const found = (text: string): Finding => {
  const [status, code = ''] = text.split(' ');
  return { code, status: status as Status, facts: {} };
};

it.each([
  { name: 'nothing', findings: [], cause: undefined },
  { name: 'nothing wrong', findings: ['pass scope.granted', 'skip user.not-compared'], cause: undefined },
  { name: 'the token before Courier', findings: ['fail access.refused', 'fail scope.missing'], cause: 'scope.missing' },
  {
    name: 'Courier before the surroundings',
    findings: ['fail key.refused', 'unknown courier.timeout'],
    cause: 'courier.timeout',
  },
  {
    name: 'the first reason before the second',
    findings: ['fail scope.missing', 'fail expiry.expired'],
    cause: 'expiry.expired',
  },
  {
    name: 'a failure before a warning',
    findings: ['warn expiry.never', 'fail environment.unknown'],
    cause: 'environment.unknown',
  },
  {
    name: 'a warning where nothing fails',
    findings: ['warn expiry.never', 'pass scope.granted'],
    cause: 'expiry.never',
  },
  {
    name: 'what must be minted again wrong',
    findings: ['fail user.placeholder', 'fail expiry.expired'],
    cause: 'user.placeholder',
  },
  {
    name: 'an empty inbox only where nothing else is wrong',
    findings: ['unknown access.empty', 'fail key.refused'],
    cause: 'key.refused',
  },
  {
    name: 'an empty inbox',
    findings: ['unknown fresh.empty', 'unknown access.empty', 'warn clock.off'],
    cause: 'access.empty',
  },
  { name: 'local tokens in their place', findings: ['warn signature.local'], cause: undefined },
  {
    name: 'local tokens elsewhere',
    findings: ['fail signature.local', 'fail access.refused'],
    cause: 'signature.local',
  },
  {
    name: 'what Courier is warned of not to take, and did not',
    findings: ['fail access.refused', 'warn signature.stand-in'],
    cause: 'signature.stand-in',
  },
  { name: 'the same, where it was taken', findings: ['warn signature.stand-in'], cause: undefined },
  { name: 'others may read a file', findings: ['warn environment.exposed'], cause: undefined },
  { name: 'what is recommended', findings: ['warn scope.recommended', 'warn config.old-file'], cause: undefined },
  {
    name: 'what the table does not know comes last',
    findings: ['fail made.up', 'fail config.file'],
    cause: 'config.file',
  },
  { name: 'and is a cause all the same', findings: ['fail made.up'], cause: 'made.up' },
])('$name: $cause', ({ findings, cause }) => {
  expect(likelyCause(findings.map(found))?.code).toBe(cause);
});

it('every finding has a place in the table, but those that are never wrong, or not its own', () => {
  const unranked = Object.keys(sentences).filter((code) => rankOf(code) === rankOf('made.up'));
  expect(unranked).toEqual([
    'expiry.valid',
    'user.match',
    'user.not-compared',
    'tenant-scope.match',
    'region.found',
    'control.refused',
    'control.accepted',
    'control.not-tested',
    'latency.fast',
    'latency.slow',
    'smoke.not-made',
    'emulator.exposed',
  ]);
});
