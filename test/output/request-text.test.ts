import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { issueHttpRequest } from '../../src/courier/client.js';
import { curlText, placeholderKey, requestView } from '../../src/output/request-text.js';
import { version } from '../../src/version.js';

const request = issueHttpRequest({
  baseUrl: 'https://api.courier.com',
  apiKey: placeholderKey,
  scopes: ["user_id:o'hara", 'read:brands'],
  expiresIn: '2 hours',
  timeoutMs: 10_000,
});
const body = `{"scope":"user_id:o'hara read:brands","expires_in":"2 hours"}`;

it('is curl, with a key that the shell puts in', () => {
  expect(curlText(request)).toBe(
    [
      'curl -X POST https://api.courier.com/auth/issue-token \\',
      '  -H "Accept: application/json" \\',
      '  -H "Authorization: Bearer $COURIER_API_KEY" \\',
      '  -H "Content-Type: application/json" \\',
      `  -H "User-Agent: courier-jwt/${version}" \\`,
      `  -d '{"scope":"user_id:o'\\''hara read:brands","expires_in":"2 hours"}'`,
    ].join('\n'),
  );
});

it('pasted into a shell, gives curl the request', () => {
  const script = `curl() { printf '%s\\0' "$@"; }\n${curlText(request)}`;
  const env = { PATH: process.env.PATH, COURIER_API_KEY: 'pk_test_x' };
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8', env }).split('\0').slice(0, -1)).toEqual([
    ...['-X', 'POST', 'https://api.courier.com/auth/issue-token'],
    ...['-H', 'Accept: application/json'],
    ...['-H', 'Authorization: Bearer pk_test_x'],
    ...['-H', 'Content-Type: application/json'],
    ...['-H', `User-Agent: courier-jwt/${version}`],
    ...['-d', body],
  ]);
});

it('as data', () => {
  expect(requestView(request)).toEqual({
    method: 'POST',
    url: 'https://api.courier.com/auth/issue-token',
    headers: {
      Accept: 'application/json',
      Authorization: 'Bearer $COURIER_API_KEY',
      'Content-Type': 'application/json',
      'User-Agent': `courier-jwt/${version}`,
    },
    body: { scope: "user_id:o'hara read:brands", expires_in: '2 hours' },
  });
});
