import { describe, expect, it } from 'vitest';
import type { TokenHandlerOptions } from '../../src/backend/index.js';
import { Failure } from '../../src/errors.js';
import { type Told, always, answering, apiKey, backend, firstEntry, firstToken, mintedWith } from './support.js';

const post = (body: string, headers: Record<string, string> = {}) => ({
  body,
  headers: { session: 'alice', ...headers },
});

describe('a token', () => {
  it.each<[string, RequestInit]>([
    ['without a body', {}],
    ['with an empty one', post(' \n')],
    ['that names nobody', post('{}')],
    ['that names the session’s user, as the how-to’s front end does', post('{"userId":"alice"}')],
    ['with other things in it', post('{"userId":"alice","user_id":"bob","scope":"write:brands"}')],
    ['with a prototype', post('{"__proto__":{"userId":"bob"},"constructor":{"userId":"bob"}}')],
    [
      'in a form’s type, for what counts is what is in it',
      post('{"userId":"alice"}', { 'content-type': 'text/plain' }),
    ],
    ['of a page of the same site', post('', { 'sec-fetch-site': 'same-origin', origin: 'https://app.test' })],
  ])('for a request %s', async (_, init) => {
    const { ask, log } = backend();
    expect(await ask(init)).toEqual({
      status: 200,
      headers: always,
      body: { token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]{43}$/), ...firstToken },
    });
    expect(log).toEqual([firstEntry]);
  });
});

describe('none', () => {
  const refused = (status: number, code: string, error: string, user: string | null = 'alice') => ({
    told: { status, headers: always, body: { error, code } },
    entry: { event: 'refused', status, code, user },
  });
  const invalid = refused(400, 'user.invalid', 'Invalid userId');
  const malformed = refused(400, 'body.malformed', 'The body is not a JSON object');
  const tooLarge = refused(413, 'body.too-large', 'Request body too large');
  const foreign = refused(403, 'origin.refused', 'Forbidden', null);
  const { told, entry } = refused(405, 'method.not-allowed', 'Method Not Allowed', null);
  const notAllowed = { told: { ...told, headers: { ...always, allow: 'POST' } }, entry };

  it.each<[string, RequestInit, ReturnType<typeof refused>]>([
    ['without a session', { headers: {} }, refused(401, 'session.missing', 'Unauthorized', null)],
    [
      'without a session, whatever the body',
      { headers: {}, body: '{' },
      refused(401, 'session.missing', 'Unauthorized', null),
    ],
    ['a session of nobody', { headers: { session: '' } }, refused(401, 'session.missing', 'Unauthorized', null)],
    [
      'a session that adds scopes',
      { headers: { session: 'a user_id:b' } },
      refused(400, 'user.invalid', 'Invalid userId', 'a user_id:b'),
    ],
    [
      'a session of what was left out',
      { headers: { session: 'undefined' } },
      refused(400, 'user.invalid', 'Invalid userId', 'undefined'),
    ],
    [
      'a session that is a key',
      { headers: { session: apiKey } },
      refused(400, 'user.invalid', 'Invalid userId', '[redacted]'),
    ],
    ['somebody else', post('{"userId":"bob"}'), refused(403, 'user.mismatch', 'Forbidden')],
    ['almost the same', post('{"userId":"Alice"}'), refused(403, 'user.mismatch', 'Forbidden')],
    ['the prototype', post('{"userId":"__proto__"}'), refused(403, 'user.mismatch', 'Forbidden')],
    ['scopes in the id', post('{"userId":"alice user_id:bob"}'), invalid],
    ['an empty id', post('{"userId":""}'), invalid],
    ['null', post('{"userId":null}'), invalid],
    ['a number', post('{"userId":42}'), invalid],
    ['a list', post('{"userId":["alice"]}'), invalid],
    ['half a JSON', post('{"userId":'), malformed],
    ['a list instead of an object', post('[]'), malformed],
    ['a text instead of an object', post('"alice"'), malformed],
    ['null instead of an object', post('null'), malformed],
    ['a form', post('userId=alice'), malformed],
    ['10 001 bytes', post(`{"userId":"${'a'.repeat(9_988)}"}`), tooLarge],
    ['10 001 bytes in fewer characters', post(`{"userId":"${'é'.repeat(4_994)}"}`), tooLarge],
    [
      '10 000 bytes, of somebody else',
      post(`{"userId":"${'a'.repeat(9_987)}"}`),
      refused(403, 'user.mismatch', 'Forbidden'),
    ],
    ['GET', { method: 'GET' }, notAllowed],
    ['HEAD', { method: 'HEAD' }, notAllowed],
    ['PUT', { method: 'PUT', body: '{}' }, notAllowed],
    ['OPTIONS that is no preflight', { method: 'OPTIONS' }, notAllowed],
    ['a page of another site', post('', { 'sec-fetch-site': 'cross-site' }), foreign],
    [
      'a page of another site that says which',
      post('', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }),
      foreign,
    ],
    ['a page of another site, without a session', { headers: { 'sec-fetch-site': 'cross-site' } }, foreign],
  ])('for %s', async (_, init, { told: answer, entry: logged }) => {
    const { ask, log, emulator } = backend();
    expect(await ask(init)).toEqual(answer);
    expect(log).toEqual([logged]);
    expect(emulator.control.requests()).toEqual([]);
  });
});

describe('when Courier fails', () => {
  const unavailable = (headers = { 'retry-after': '5' }) => ({
    status: 503,
    headers: { ...always, ...headers },
    body: { error: 'Service Unavailable' },
  });
  const badGateway = { status: 502, headers: always, body: { error: 'Bad Gateway' } };
  const internal = { status: 500, headers: always, body: { error: 'Internal Server Error' } };
  type Row = [string, Partial<TokenHandlerOptions>, Told, code: string, reason: string | RegExp];
  const gives = (claims: Record<string, unknown>) => ({
    transport: answering(200, JSON.stringify({ token: mintedWith(claims) })),
  });
  const answers = (status: number, body = '', headers = {}) => ({ transport: answering(status, body, headers) });
  const nonsense = 'api.courier.com answered, but the answer makes no sense: ';
  const notAskedFor = `${nonsense}it is not what was asked for, so that URL may not be Courier's.`;
  const secret = `the key is ${apiKey}`;

  it.each<Row>([
    [
      '400',
      answers(400, `{"message":"${secret}"}`),
      badGateway,
      'request.rejected',
      'Courier cannot mint that (400): the key is [redacted].',
    ],
    ['401', answers(401, secret), badGateway, 'key.refused', /refused the API key/],
    ['403', answers(403), badGateway, 'key.refused', /does not let the API key/],
    [
      '404',
      answers(404, `{"message":"${secret}"}`),
      badGateway,
      'courier.status',
      'api.courier.com answered 404: the key is [redacted]. Is the base URL right?',
    ],
    [
      '404, and a key of an unknown shape in it',
      { apiKey: () => 'Unshaped4Key9Of', ...answers(404, '{"message":"no Unshaped4Key9Of"}') },
      badGateway,
      'courier.status',
      'api.courier.com answered 404: no [redacted]. Is the base URL right?',
    ],
    ['302', answers(302, '', { location: 'https://evil.test/' }), badGateway, 'courier.redirect', /redirects \(302\)/],
    [
      '429',
      answers(429),
      unavailable(),
      'courier.rate-limited',
      'api.courier.com asks to slow down (429). Try again later.',
    ],
    [
      '429 that says when',
      answers(429, '', { 'retry-after': '17.2' }),
      unavailable({ 'retry-after': '18' }),
      'courier.rate-limited',
      /to wait 17\.2 seconds/,
    ],
    [
      '429 that says a century later',
      answers(429, '', { 'retry-after': '999999999' }),
      unavailable({ 'retry-after': '3600' }),
      'courier.rate-limited',
      /to wait 999999999 seconds/,
    ],
    [
      '429 that says much later',
      answers(429, '', { 'retry-after': '3600' }),
      unavailable({ 'retry-after': '3600' }),
      'courier.rate-limited',
      /to wait 3600 seconds/,
    ],
    ['500', answers(500, secret), unavailable(), 'courier.unavailable', /is in trouble \(500\)/],
    ['503 as HTML', answers(503, '<html>'), unavailable(), 'courier.unavailable', /is in trouble \(503\)/],
    [
      'HTML',
      answers(200, '<html>'),
      badGateway,
      'courier.nonsense',
      `${nonsense}it is not JSON, so that URL may not be Courier's.`,
    ],
    ['no token', answers(200, '{"token":null}'), badGateway, 'courier.nonsense', `${nonsense}it has no token in it.`],
    [
      'a token that is none',
      answers(200, `{"token":"${apiKey}"}`),
      badGateway,
      'courier.nonsense',
      `${nonsense}its token is not a JWT.`,
    ],
    [
      'another user’s token',
      gives({ scope: 'user_id:bob inbox:read:messages' }),
      badGateway,
      'courier.nonsense',
      notAskedFor,
    ],
    ['a token that never ends', gives({ exp: undefined }), badGateway, 'courier.nonsense', notAskedFor],
    [
      'nobody there',
      { transport: undefined as never, baseUrl: 'http://127.0.0.1:1' },
      unavailable(),
      'courier.unreachable',
      /^127\.0\.0\.1:1 cannot be reached: nothing answers there/,
    ],
    [
      'what nobody foresaw',
      { transport: { send: async () => Promise.reject(new Error(secret)) } },
      internal,
      'internal.error',
      'Error: the key is [redacted]',
    ],
  ])('with %s, nothing of it is told', async (_, options, answer, code, reason) => {
    const { ask, log } = backend({ timeoutMs: 300, ...options });
    expect(await ask()).toEqual(answer);
    expect(log).toEqual([
      {
        event: 'failed',
        status: answer.status,
        code,
        user: 'alice',
        reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
      },
    ]);
  });

  it.each(['hang', 'drop'] as const)('and %ss', async (how) => {
    const { ask, log, emulator } = backend({ timeoutMs: 300 });
    emulator.control.fail({ how });
    expect(await ask()).toEqual(unavailable());
    expect(log).toEqual([
      expect.objectContaining({ code: how === 'hang' ? 'courier.timeout' : 'courier.unreachable' }),
    ]);
  });

  it('once, it is asked again', async () => {
    const { ask, log, emulator } = backend();
    emulator.control.fail({ status: 503, count: 1, retryAfter: 0 });
    expect((await ask()).status).toBe(200);
    expect([log, emulator.control.requests().map(({ status }) => status)]).toEqual([[firstEntry], [503, 200]]);
  });

  it('the next one is minted anew', async () => {
    const { ask, log, emulator } = backend({ timeoutMs: 300 });
    emulator.control.fail({ status: 503, count: 1 });
    expect([(await ask()).status, (await ask()).status]).toEqual([503, 200]);
    expect(log.map(({ event }) => event)).toEqual(['failed', 'token']);
  });
});

describe('what is inside may fail, and is not told', () => {
  const thrown = (value: unknown) => () => {
    throw value;
  };
  it.each<[string, Partial<TokenHandlerOptions>, string, string | null]>([
    ['authenticate throws', { authenticate: thrown(new Error('no database')) }, 'Error: no database', null],
    [
      'authenticate rejects',
      { authenticate: async () => Promise.reject(new TypeError('no cookie')) },
      'TypeError: no cookie',
      null,
    ],
    [
      'authenticate throws what is no error',
      { authenticate: thrown(Object.create(null)) },
      'what was thrown is no Error: object',
      null,
    ],
    ['authenticate throws a key', { authenticate: thrown(new Error(`not ${apiKey}`)) }, 'Error: not [redacted]', null],
    [
      'authenticate throws a key of an unknown shape',
      { apiKey: 'Zq7Rk2Vx9Lm4Tn8W', authenticate: thrown(new Error('not Zq7Rk2Vx9Lm4Tn8W')) },
      'Error: not [redacted]',
      null,
    ],
    [
      'authenticate gives a number',
      { authenticate: () => 42 as never },
      'TypeError: authenticate gives a user id, which is text, or null',
      null,
    ],
    [
      'authenticate read the body',
      { authenticate: async (request) => ((await request.text()) === '{}' ? 'alice' : null) },
      'Error: the body was read before: authenticate can read that of request.clone()',
      null,
    ],
    ['apiKey throws', { apiKey: thrown(new Error('no store')) }, 'Error: no store', 'alice'],
    ['apiKey rejects', { apiKey: async () => Promise.reject(new Error('no store')) }, 'Error: no store', 'alice'],
  ])('%s', async (_, options, reason, user) => {
    const { ask, log } = backend(options);
    expect(await ask(post('{}'))).toEqual({
      status: 500,
      headers: always,
      body: { error: 'Internal Server Error' },
    });
    expect(log).toEqual([{ event: 'failed', status: 500, code: 'internal.error', user, reason }]);
  });

  const hidden = thrown(new Error('not to be seen'));
  it.each<[string, unknown]>([
    ['a message that is no text', Object.assign(new Error(), { message: Object.create(null) as unknown })],
    ['a message that is a Symbol', Object.assign(new Error(), { message: Symbol('x') })],
    ['a message that throws', Object.defineProperty(new Error(), 'message', { get: hidden })],
    ['a toString that throws', Object.assign(new Error(), { toString: hidden })],
    ['what is of no kind', new Proxy({}, { getPrototypeOf: hidden })],
    ['a Failure without facts', Object.assign(new Failure('courier.nonsense', {} as never), { facts: undefined })],
  ])('%s is thrown, and cannot be shown', async (_, value) => {
    for (const [options, user] of [
      [{ authenticate: thrown(value) }, null],
      [{ apiKey: thrown(value), cache: true }, 'alice'],
    ] as const) {
      const { ask, log } = backend(options);
      expect(await ask()).toEqual({ status: 500, headers: always, body: { error: 'Internal Server Error' } });
      const reason = 'what was thrown cannot be shown';
      expect(log).toEqual([{ event: 'failed', status: 500, code: 'internal.error', user, reason }]);
    }
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a number', 42],
    ['a client key', 'ck_1234567890'],
  ])('apiKey gives %s', async (_, key) => {
    const { ask, log } = backend({ apiKey: (() => key) as never });
    expect([(await ask()).status, log]).toEqual([
      500,
      [expect.objectContaining({ code: 'key.malformed', user: 'alice' })],
    ]);
  });
});
