import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { issueHttpRequest } from '../../src/courier/client.js';
import { curlText, placeholderKey, requestView } from '../../src/output/request-text.js';
import { version } from '../../src/version.js';

const given = {
  baseUrl: 'https://api.courier.com',
  apiKey: placeholderKey,
  scopes: ["user_id:o'hara", 'read:brands'],
  expiresIn: '2 hours',
  timeoutMs: 10_000,
};
const request = issueHttpRequest(given);
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

/** What curl is given when the text is pasted into a shell. */
function argvOf(text: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }\n${text}`;
  const env = { PATH: process.env.PATH, COURIER_API_KEY: 'pk_test_x' };
  return execFileSync('sh', ['-c', script], { encoding: 'utf8', env }).split('\0').slice(0, -1);
}

it('pasted into a shell, gives curl the request', () => {
  expect(argvOf(curlText(request))).toEqual([
    ...['-X', 'POST', 'https://api.courier.com/auth/issue-token'],
    ...['-H', 'Accept: application/json'],
    ...['-H', 'Authorization: Bearer pk_test_x'],
    ...['-H', 'Content-Type: application/json'],
    ...['-H', `User-Agent: courier-jwt/${version}`],
    ...['-d', body],
  ]);
});

it('gives curl the same JSON where it shows another text', () => {
  const hostile = issueHttpRequest({ ...given, scopes: ['user_id:::error::\u200d\u202e', '##[x]'] });
  const text = curlText(hostile);
  const sent = argvOf(text).at(-1)!;
  expect([/[:]{2}|##\[|[\u200d\u202e]/.test(text), JSON.parse(sent)]).toEqual([false, JSON.parse(hostile.body!)]);
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
