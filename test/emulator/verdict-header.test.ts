import { expect, it } from 'vitest';
import { verdictText } from '../../src/emulator/verdict-header.js';
import type { Verdict } from '../../src/request-entry.js';

it.each<{ verdict: Verdict; expected: string }>([
  { verdict: { code: 'expiry.expired' }, expected: 'expiry.expired' },
  { verdict: { code: 'user.mismatch', subject: '' }, expected: 'user.mismatch ' },
  {
    verdict: { code: 'scope.missing', subject: 'inbox:read:messages' },
    expected: 'scope.missing inbox:read:messages',
  },
  { verdict: { code: 'user.mismatch', subject: 'Zoë\r\nx: y' }, expected: 'user.mismatch Zo%C3%AB%0D%0Ax:%20y' },
  { verdict: { code: 'user.mismatch', subject: '\ud800' }, expected: 'user.mismatch %EF%BF%BD' },
  {
    verdict: { code: 'user.mismatch', subject: `${'a'.repeat(199)}😀` },
    expected: `user.mismatch ${'a'.repeat(199)}%EF%BF%BD`,
  },
])('$expected', ({ verdict, expected }) => {
  expect(verdictText(verdict)).toBe(expected);
});
