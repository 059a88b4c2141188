import { expect, it } from 'vitest';
import { fixFor } from '../../src/probe/fix.js';
import type { ProbeRequest } from '../../src/probe/plan.js';

const asked: ProbeRequest = {
  url: 'https://app.test/api/token',
  method: 'POST',
  body: '{}',
  headers: {},
  user: 'alice',
  otherUser: 'bob',
  timeoutMs: 1000,
};

it.each<[headers: Record<string, string>, cookie: string, language: string]>([
  [{ 'x-powered-by': 'Express' }, '', 'express'],
  [{}, 'connect.sid=s%3Aabc', 'express'],
  [{ server: 'Werkzeug/2.2.2 Python/3.11' }, '', 'flask'],
  [{ server: 'gunicorn' }, '', 'flask'],
  [{ 'x-powered-by': 'PHP/8.2.7' }, '', 'laravel'],
  [{}, 'laravel_session=abc', 'laravel'],
  [{ 'x-runtime': '0.012' }, '', 'rails'],
  [{}, '_shop_session=abc', 'rails'],
  [{ 'set-cookie': 'JSESSIONID=abc; Path=/' }, '', 'spring'],
  [{}, 'JSESSIONID=abc', 'spring'],
  [{ server: 'nginx' }, 'sid=abc', 'node'],
])('%o with the cookie %s is mended in %s', (headers, cookie, language) => {
  const outcome = { name: 'session', status: 200, headers, body: '', milliseconds: 1, token: undefined } as const;
  const probe = { ...asked, headers: cookie === '' ? {} : { cookie } };
  const fix = ['courier-jwt', 'snippet', '--lang', language];
  expect(fixFor([{ ...outcome, elsewhere: undefined }], probe, undefined)).toEqual(fix);
  expect(fixFor([{ ...outcome, elsewhere: undefined }], probe, ['inbox', 'push'])).toEqual([
    ...fix,
    '--for',
    'inbox,push',
  ]);
});
