import { expect, it } from 'vitest';
import { withoutSecrets } from '../../src/emulator/redact.js';

const [head, payload, signature] = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzY29wZSI6IiJ9', 'c2lnbmF0dXJlLXRoYXQtbm9ib2R5LXNlZXM'];
const pinned = 'My/odd+Key=secret!77';

it.each([
  { text: '/users/alice/tokens', expected: '/users/alice/tokens' },
  { text: '/users/a%20b%zz/tokens', expected: '/users/a%20b%zz/tokens' },
  { text: `/users/${head}.${payload}.${signature}`, expected: `/users/${head}.${payload}.[redacted]` },
  { text: `/users/${head}%2E${payload}%2e${signature}`, expected: '[redacted]' },
  { text: '/brands/pk_test_ABCDEFGH1234', expected: '/brands/[redacted]' },
  { text: '/brands/pk%5Ftest%5fABCDEFGH1234', expected: '[redacted]' },
  { text: '/brands/%70k_test_ABCDEFGH1234%zz', expected: '[redacted]' },
  { text: `/users/${pinned}`, expected: '/users/[redacted]' },
  { text: `/users/${encodeURIComponent(pinned)}`, expected: '[redacted]' },
])('$text', ({ text, expected }) => {
  expect(withoutSecrets(text, pinned)).toBe(expected);
});
