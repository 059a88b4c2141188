import { describe, expect, it } from 'vitest';
import { always, backend } from './support.js';

const app = 'https://app.example.com';
const cors = { origins: [app, 'http://localhost:5173'] };
const preflight = (origin: string, headers = {}) => ({
  method: 'OPTIONS',
  headers: { origin, 'access-control-request-method': 'POST', ...headers },
});

describe('a preflight', () => {
  it('of a page that may call', async () => {
    const { ask, log } = backend({ cors });
    const headers = { 'access-control-request-headers': 'content-type,x-csrf' };
    expect(await ask(preflight('http://localhost:5173', headers))).toEqual({
      status: 204,
      headers: {
        'access-control-allow-origin': 'http://localhost:5173',
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type,x-csrf',
        'access-control-max-age': '600',
        vary: 'Origin, Access-Control-Request-Headers',
      },
      body: undefined,
    });
    expect(log).toEqual([]);
  });

  it.each([
    ['another page', app.replace('app', 'evil'), cors],
    ['one that begins alike', `${app}.evil.test`, cors],
    ['one on another port', `${app}:8443`, cors],
    ['one without https', app.replace('https', 'http'), cors],
    ['a page of no origin', 'null', cors],
    ['any page, where none may', app, undefined],
  ])('of %s is refused', async (_, origin, allowed) => {
    const { ask, log } = backend(allowed && { cors: allowed });
    expect(await ask(preflight(origin))).toEqual({
      status: 403,
      headers: always,
      body: { error: 'Forbidden', code: 'origin.refused' },
    });
    expect(log).toEqual([{ event: 'refused', status: 403, code: 'origin.refused', user: null }]);
  });
});

describe('an answer', () => {
  const readable = { ...always, 'access-control-allow-origin': app, 'access-control-allow-credentials': 'true' };
  it.each([
    ['a page that may call', { session: 'alice', origin: app }, 200, readable],
    ['it, from another site', { session: 'alice', origin: app, 'sec-fetch-site': 'cross-site' }, 200, readable],
    ['it, refused', { origin: app }, 401, readable],
    // The browser keeps it from the page.
    ['another page', { session: 'alice', origin: 'https://evil.test' }, 200, always],
    ['no page', { session: 'alice' }, 200, always],
  ])('to %s', async (_, headers, status, told) => {
    const { ask } = backend({ cors });
    expect(await ask({ headers })).toEqual({ status, headers: told, body: expect.anything() });
  });

  it('of what went wrong inside can be read, too', async () => {
    const { ask } = backend({ cors, authenticate: () => 42 as never });
    expect(await ask({ headers: { origin: app } })).toMatchObject({ status: 500, headers: readable });
  });
});
