import { expect, it } from 'vitest';
import { cookiesIn } from '../../../src/commands/probe/cookie-jar.js';

const now = 1_800_000_000;
const jar = (...lines: string[][]) =>
  [
    '# Netscape HTTP Cookie File',
    '# https://curl.se/docs/http-cookies.html',
    '',
    ...lines.map((one) => one.join('\t')),
    '',
  ].join('\n');
const line = (name: string, more: Partial<Record<'domain' | 'below' | 'path' | 'secure' | 'expiry', string>> = {}) => {
  const { domain = 'app.test', below = 'FALSE', path = '/', secure = 'FALSE', expiry = '0' } = more;
  return [domain, below, path, secure, expiry, name, `value-of-${name}`];
};

it.each<{ name: string; text: string; url?: string; cookies: string | undefined }>([
  { name: 'a session', text: jar(line('sid')), cookies: 'sid=value-of-sid' },
  {
    name: 'that scripts do not see',
    text: jar(line('sid', { domain: '#HttpOnly_app.test' })),
    cookies: 'sid=value-of-sid',
  },
  { name: 'two', text: jar(line('a'), line('b')).replaceAll('\n', '\r\n'), cookies: 'a=value-of-a; b=value-of-b' },
  { name: 'of another host', text: jar(line('sid', { domain: 'other.test' })), cookies: '' },
  {
    name: 'of the domain above',
    text: jar(line('sid', { domain: '.test', below: 'TRUE' })),
    cookies: 'sid=value-of-sid',
  },
  { name: 'of the host above alone', text: jar(line('sid', { domain: 'test' })), cookies: '' },
  { name: 'of one that ends alike', text: jar(line('sid', { domain: 'p.test', below: 'TRUE' })), cookies: '' },
  { name: 'of the path above', text: jar(line('sid', { path: '/api' })), cookies: 'sid=value-of-sid' },
  { name: 'of a path that begins alike', text: jar(line('sid', { path: '/ap' })), cookies: '' },
  { name: 'of another path', text: jar(line('sid', { path: '/admin/' })), cookies: '' },
  { name: 'for https alone', text: jar(line('sid', { secure: 'TRUE' })), cookies: 'sid=value-of-sid' },
  {
    name: 'for https alone, by http',
    text: jar(line('sid', { secure: 'TRUE' })),
    url: 'http://app.test/api/token',
    cookies: '',
  },
  {
    name: 'that has expired',
    text: jar(line('old', { expiry: String(now) }), line('new', { expiry: String(now + 1) })),
    cookies: 'new=value-of-new',
  },
  { name: 'without its first line', text: line('sid').join('\t'), cookies: 'sid=value-of-sid' },
  { name: 'with nothing in it', text: jar(), cookies: '' },
  { name: 'a header', text: 'Cookie: sid=1', cookies: undefined },
  { name: 'a header with tabs in it', text: 'X-Y: 1\t2\t3\t4\t5\t6\t7', cookies: undefined },
  { name: 'nothing', text: '', cookies: undefined },
])('$name', ({ text, url = 'https://app.test/api/token', cookies }) =>
  expect(cookiesIn(text, new URL(url), now)).toBe(cookies),
);
