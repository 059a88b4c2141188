import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type Listening, createEmulator } from '../../src/emulator/index.js';

const emulator = createEmulator();
let at: Listening;
beforeAll(async () => {
  at = await emulator.listen({
    allowedHosts: ['App.Test:8443'],
    allowedOrigins: ['https://App.Test:443/path'],
  });
});
afterEach(() => emulator.control.reset());
afterAll(async () => at.close());

it.each([
  { headers: { host: 'app.test' }, status: 200 },
  { headers: { host: 'APP.test:4010' }, status: 200 },
  { headers: { host: 'other.test' }, status: 403 },
  { headers: { host: 'localhost', origin: 'https://app.test' }, status: 200 },
  { headers: { host: 'localhost', origin: 'http://app.test' }, status: 403 },
])('lets in by what it was told, however that was written: $headers', async ({ headers, status }) => {
  expect((await get('/__emulator/health', headers)).statusCode).toBe(status);
});

it.each([
  { name: 'an answer', path: '/brands', headers: {}, status: 401 },
  { name: 'its control', path: '/__emulator/health', headers: {}, status: 200 },
  { name: 'a stranger', path: '/brands', headers: { host: 'other.test' }, status: 403 },
  { name: 'a socket', path: '/', headers: { connection: 'Upgrade', upgrade: 'websocket' }, status: 400 },
  { name: 'another protocol', path: '/brands', headers: { connection: 'Upgrade', upgrade: 'h2c' }, status: 401 },
])('dates $name by its own clock, once that was moved', async ({ path, headers, status }) => {
  const before = await get(path, headers);
  emulator.control.setTime('2031-01-01T12:00:00Z');
  const after = await get(path, headers);
  expect({
    status: after.statusCode,
    // Node's own, or none where a socket is on its way up.
    before: before.headers.date?.includes('2031') ?? false,
    after: after.headers.date?.replace(/:\d\d GMT$/, ''),
  }).toEqual({ status, before: false, after: 'Wed, 01 Jan 2031 12:00' });
});

it('shows a page to a browser, and logs it as any answer', async () => {
  const accept = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
  const response = await fetch(at.url, { headers: { accept } });
  const html = await response.text();
  const links = [...html.matchAll(/href="(\/[^"]*)"/g)].map(([, path]) => path);
  const linked = await Promise.all(links.map(async (path) => (await fetch(at.url + path)).status));
  const [{ status, verdict, reason } = {}] = emulator.control.requests();
  expect({
    status: response.status,
    type: response.headers.get('content-type'),
    links,
    linked,
    verdict,
    reason,
  }).toEqual({
    status,
    type: 'text/html; charset=utf-8',
    links: ['/__emulator/health', '/__emulator/requests', '/__emulator/state', '/__emulator'],
    linked: [200, 200, 200, 200],
    verdict: { code: 'open' },
    reason: null,
  });
  expect([status, html.includes('POST /q'), html.includes('POST /client/q')]).toEqual([200, true, true]);
});

it.each([
  { name: 'what asks for no HTML', path: '/', accept: '*/*' },
  { name: 'another path', path: '/favicon.ico', accept: 'text/html' },
])('shows none to $name', async ({ path, accept }) => {
  expect((await get(path, { accept })).statusCode).toBe(404);
});

/** With node:http, for fetch has a mind of its own about Host. */
async function get(path: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const [response] = (await once(request(at.url + path, { headers }).end(), 'response')) as [IncomingMessage];
  return response.resume();
}
