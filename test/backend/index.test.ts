import { afterEach, describe, expect, it, vi } from 'vitest';
import { type TokenHandlerOptions, createTokenHandler } from '../../src/backend/index.js';
import { Failure } from '../../src/errors.js';
import { findToken } from '../../src/token/find.js';
import { viewToken } from '../../src/token/view.js';
import { startCourier } from '../support/courier-server.js';
import { howToScopes } from '../support/endpoint.js';
import { answering, apiKey, backend, firstEntry, mintedWith } from './support.js';

afterEach(() => vi.useRealTimers());
/** The server's own. */
const clockAt = (time: string | number) => vi.useFakeTimers({ now: new Date(time), toFake: ['Date'] });

describe('options that could never mint throw', () => {
  const optionFailure = (options: object) => {
    try {
      createTokenHandler({ apiKey, authenticate: () => null, ...options });
    } catch (error) {
      if (error instanceof Failure) return [error.code, error.message];
      throw error;
    }
    return 'none';
  };
  it.each<[object, string, string | RegExp]>([
    [{ apikey: apiKey }, 'usage.option', /there is no option apikey.*apiKey/],
    [{ surface: ['inbox'] }, 'usage.option', /there is no option surface.*surfaces/],
    [{ apiKey: undefined }, 'key.malformed', /apiKey/],
    [{ apiKey: '' }, 'key.malformed', /apiKey/],
    [{ apiKey: 42 }, 'key.malformed', /apiKey/],
    [{ apiKey: 'ck_1234567890' }, 'key.malformed', /client key/],
    [{ apiKey: `${apiKey}\n` }, 'key.malformed', /line break/],
    [{ authenticate: undefined }, 'usage.value', /^authenticate undefined: it takes a function/],
    [{ authenticate: 'alice' }, 'usage.value', /^authenticate alice: it takes a function/],
    [{ surfaces: 'inbox' }, 'usage.value', /^surfaces inbox: it takes a list of texts/],
    [{ surfaces: ['inbx'] }, 'usage.value', /inbx.*inbox/],
    [{ scopes: ['user_id:bob'] }, 'scope.user-id', /user_id:bob/],
    [{ expiresIn: 3600 }, 'usage.value', /^expiresIn 3600: it is no text/],
    [{ expiresIn: '3600' }, 'duration.invalid', /^expiresIn "?3600/],
    [{ expiresIn: '-1d' }, 'duration.invalid', /^expiresIn/],
    [{ cors: '*' }, 'usage.value', /^cors \*: it takes an object with origins/],
    [{ cors: true }, 'usage.value', /^cors true: it takes an object/],
    [{ cors: null }, 'usage.value', /^cors null: it takes an object/],
    [{ cors: ['https://app.example.com'] }, 'usage.value', /^cors https:.*: it takes an object/],
    [{ cors: { origin: 'https://app.example.com' } }, 'usage.option', /there is no option origin.*origins/],
    [{ cors: { origins: ['*'] } }, 'usage.value', /^cors\.origins \*: it takes origins/],
    [{ cors: { origins: ['null'] } }, 'usage.value', /^cors\.origins null: it takes origins/],
    [{ cors: { origins: ['https://app.example.com/page'] } }, 'usage.value', /^cors\.origins https:/],
    [{ cors: { origins: ['https://*.example.com'] } }, 'usage.value', /^cors\.origins https:/],
    [{ cors: { origins: ['app.example.com'] } }, 'usage.value', /^cors\.origins app\.example\.com/],
    [{ cache: null }, 'usage.value', /^cache null: it takes true, or an object/],
    [{ cache: 3600 }, 'usage.value', /^cache 3600: it takes true, or an object/],
    [{ cache: { ttl: 3600 } }, 'usage.option', /there is no option ttl/],
    [{ cache: { untilLeft: 0 } }, 'usage.value', /^cache\.untilLeft 0: it takes a number above 0/],
    [{ cache: { untilLeft: 25 } }, 'usage.value', /^cache\.untilLeft 25/],
    [{ cache: { untilLeft: '0.5' } }, 'usage.value', /^cache\.untilLeft 0\.5/],
    [{ cache: { maxUsers: 0 } }, 'usage.value', /^cache\.maxUsers 0: it takes a whole number/],
    [{ cache: { maxUsers: Infinity } }, 'usage.value', /^cache\.maxUsers Infinity/],
    [{ log: 'stdout' }, 'usage.value', /^log stdout: it takes a function/],
    [{ region: 'mars' }, 'usage.value', /^region mars: it takes us or eu/],
    [{ baseUrl: 'http://courier.test' }, 'usage.base-url', /^baseUrl http:\/\/courier\.test is not https/],
    [{ for: ['inbox'] }, 'usage.option', /there is no option for: .*Did you mean surfaces\?/],
    [{ timeoutMs: 0 }, 'usage.value', /^timeoutMs 0: it takes a number of milliseconds/],
    [{ timeoutMs: '10s' }, 'usage.value', /^timeoutMs 10s/],
    [{ timeoutMs: 2 ** 31 }, 'usage.value', /^timeoutMs 2147483648/],
    [{ timeoutMs: Number.NaN }, 'usage.value', /^timeoutMs NaN/],
    [{ transport: {} }, 'usage.value', /^transport .*: it takes an object that can send/],
    [{ transport: null }, 'usage.value', /^transport null/],
  ])('%j: %s', (options, code, message) => {
    expect(optionFailure(options)).toEqual([code, expect.stringMatching(message)]);
  });

  it('all of them at nothing', () => {
    expect(() => createTokenHandler(undefined as never)).toThrow(Failure);
  });

  it.each<[object]>([
    [{}],
    [{ apiKey: () => apiKey }],
    [{ surfaces: undefined, cors: undefined, cache: false, log: undefined }],
    [{ cors: { origins: ['https://app.example.com/', 'http://localhost:5173', 'http://[::1]:3000'] } }],
    [{ baseUrl: '' }],
    [{ cors: {} }],
    [{ cache: { untilLeft: 1, maxUsers: 1 } }],
  ])('but not %j', (options) => expect(optionFailure(options)).toBe('none'));
});

describe('what is minted', () => {
  const howTo = howToScopes.split(' ');
  it.each<[Partial<TokenHandlerOptions>, string[], string]>([
    [{}, howTo, '1d'],
    [{ surfaces: ['push'] }, ['write:user-tokens', 'read:user-tokens'], '1d'],
    [{ scopes: ['read:brands:acme'], expiresIn: '2 hours' }, ['read:brands:acme'], '2 hours'],
    [{ surfaces: ['brands'], scopes: ['write:brands'] }, ['read:brands', 'write:brands'], '1d'],
  ])('of %j', async (options, scopes, expiresIn) => {
    const courier = await startCourier();
    const { ask } = backend({ ...options, transport: undefined as never, baseUrl: courier.url });
    const { body } = await ask();
    await courier.close();
    const [{ method, path, headers, body: sent }] = courier.requests as [(typeof courier.requests)[0]];
    expect([method, path, headers.authorization]).toEqual(['POST', '/auth/issue-token', `Bearer ${apiKey}`]);
    expect(JSON.parse(sent)).toEqual({ scope: ['user_id:alice', ...scopes].join(' '), expires_in: expiresIn });
    const { token, ...told } = body as { token: string; expiresIn: string; expiresAt: string };
    const { users, time } = viewToken(findToken(token), Date.now() / 1000);
    expect([users, told]).toEqual([['alice'], { expiresIn, expiresAt: time.expiresAt }]);
  });

  it.each([
    '__proto__',
    'constructor',
    'é',
    'e\u0301',
    '李',
    'a@example.com',
    'auth0|1',
    'a/../b',
    '"',
    'x'.repeat(2000),
  ])('for %.20j, who is somebody', async (user) => {
    clockAt('2026-01-01T00:00:00Z');
    const { ask, log } = backend({ authenticate: () => user, cache: true });
    const first = await ask({ body: JSON.stringify({ userId: user }) });
    const { token } = first.body as { token: string };
    expect(findToken(token).payload.scope).toMatch(/^user_id:/);
    expect([first.status, viewToken(findToken(token), 0).users]).toEqual([200, [user]]);
    expect(log).toEqual([{ ...firstEntry, user, scopes: [`user_id:${user}`, ...howTo] }]);
    expect((await ask()).body).toEqual({ ...(first.body as object), expiresIn: '86400s' });
  });

  it.each([
    ['a text', 'alice'],
    ['a promise', Promise.resolve('alice')],
  ])('for whom authenticate says with %s', async (_, user) => {
    expect((await backend({ authenticate: () => user }).ask()).status).toBe(200);
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
    ['a promise of undefined', Promise.resolve(undefined)],
    ['nobody', ''],
  ])('for nobody when it says %s', async (_, user) => {
    expect((await backend({ authenticate: () => user }).ask()).status).toBe(401);
  });

  it('authenticate gets what the handler was called with', async () => {
    const authenticate = vi.fn<TokenHandlerOptions['authenticate']>(() => 'alice');
    await backend({ authenticate }).ask({}, { params: {} });
    expect(authenticate.mock.calls).toEqual([[expect.any(Request), { params: {} }]]);
  });

  it('with the key of the moment', async () => {
    const courier = await startCourier();
    const keys = ['token_0fYesterday', 'token_0fToday'];
    const { ask } = backend({
      apiKey: async () => keys.shift()!,
      transport: undefined as never,
      baseUrl: courier.url,
    });
    await ask();
    await ask();
    await courier.close();
    expect(courier.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token_0fYesterday',
      'Bearer token_0fToday',
    ]);
  });
});

describe('a hundred requests at once', () => {
  it('of one user are one mint, and one line', async () => {
    const { ask, log, emulator } = backend();
    emulator.control.latency(50);
    const answers = await Promise.all(Array.from({ length: 100 }, async () => ask()));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect([emulator.control.requests().length, log]).toEqual([1, [firstEntry]]);
  });

  it('of ten users are ten', async () => {
    const { ask, log, emulator } = backend();
    emulator.control.latency(50);
    const user = (i: number) => `user-${i % 10}`;
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => ask({ headers: { session: user(i) } })),
    );
    const users = answers.map(({ body }) => viewToken(findToken((body as { token: string }).token), 0).users);
    expect(users).toEqual(answers.map((_, i) => [user(i)]));
    expect([emulator.control.requests().length, log.length]).toEqual([10, 10]);
  });

  it('of one user, when Courier is down, are one request, and each is told of', async () => {
    const { ask, log, emulator } = backend({ timeoutMs: 400 });
    emulator.control.latency(50);
    emulator.control.fail({ status: 503 });
    const answers = await Promise.all(Array.from({ length: 100 }, async () => ask()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect([emulator.control.requests().length, log.length]).toEqual([1, 100]);
  });
});

describe('with a cache', () => {
  it('a kept token says what is left of it, and is told of once', async () => {
    clockAt(0);
    const { ask, log, emulator } = backend({ cache: true });
    const first = (await ask()).body as object;
    vi.setSystemTime(17 * 3_600_000);
    expect((await ask()).body).toEqual({ ...first, expiresIn: '25200s' });
    vi.setSystemTime(18 * 3_600_000);
    expect((await ask()).body).toEqual({
      token: expect.any(String),
      expiresIn: '1d',
      expiresAt: '2026-01-02T00:00:00Z',
    });
    expect([emulator.control.requests().length, log.map(({ event }) => event)]).toEqual([2, ['token', 'token']]);
  });

  it('one whose life Courier made shorter is kept for that', async () => {
    clockAt(0);
    const iat = 1_767_225_600;
    const transport = answering(200, JSON.stringify({ token: mintedWith({ iat, exp: iat + 3600 }) }));
    const { ask, log } = backend({ cache: true, transport });
    const told = async () => (await ask()).body as { expiresIn: string };
    expect((await told()).expiresIn).toBe('3600s');
    vi.setSystemTime(44 * 60_000);
    expect((await told()).expiresIn).toBe('960s');
    vi.setSystemTime(45 * 60_000);
    expect([(await told()).expiresIn, log.length]).toEqual(['3600s', 2]);
  });

  it('while Courier is down an older one serves, and the log says why', async () => {
    clockAt(0);
    const { ask, log, emulator } = backend({ cache: true, timeoutMs: 300 });
    const first = (await ask()).body as object;
    emulator.control.fail({ status: 503 });
    vi.setSystemTime(23 * 3_600_000);
    const answers = await Promise.all([ask(), ask()]);
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, { ...first, expiresIn: '3600s' }],
      [200, { ...first, expiresIn: '3600s' }],
    ]);
    const reason = expect.stringMatching(/^api\.courier\.com is in trouble \(503\)/);
    expect(log.slice(1)).toEqual([
      { event: 'failed', status: 200, code: 'courier.unavailable', user: 'alice', reason },
    ]);
  });

  it('once the key is revoked, none serves', async () => {
    clockAt('2026-01-01T00:00:00Z');
    const { ask, log, emulator } = backend({ cache: true });
    await ask();
    emulator.control.fail({ status: 401 });
    vi.setSystemTime('2026-01-01T23:00:00Z');
    expect([(await ask()).status, log[1]]).toEqual([
      502,
      expect.objectContaining({ status: 502, code: 'key.refused' }),
    ]);
  });

  it('one that says it was issued in 1970 is kept to its end', async () => {
    const iat = 1_767_225_600;
    clockAt(iat * 1000);
    const transport = answering(200, JSON.stringify({ token: mintedWith({ iat: 0, exp: iat + 2 }) }));
    const { ask, log } = backend({ cache: true, transport });
    await ask();
    vi.setSystemTime((iat + 1) * 1000);
    expect(((await ask()).body as { expiresIn: string }).expiresIn).toBe('1s');
    vi.setSystemTime((iat + 2) * 1000);
    await ask();
    expect(log).toHaveLength(2);
  });

  it('nobody gets a token of a user who signed out', async () => {
    clockAt('2026-01-01T00:00:00Z');
    const { ask } = backend({ cache: true });
    expect([(await ask()).status, (await ask({ headers: {} })).status]).toEqual([200, 401]);
    expect((await ask({ headers: { session: 'bob' }, body: '{"userId":"alice"}' })).status).toBe(403);
  });
});
