import { expect, it } from 'vitest';
import type { Finding } from '../../src/report.js';
import { documentOf } from '../support/e2e-world.js';
import { type Endpoint, howToScopes, json, sessionCookie, withEndpoint } from '../support/endpoint.js';
import { toldOf } from '../support/found.js';
import { courierJwt } from '../support/run.js';

const session = ['--header', `Cookie: ${sessionCookie}`];

/** What was found wrong, as `status code subject`, and the exit code. */
async function probed(faults: Partial<Endpoint>, argv: string[] = session) {
  return withEndpoint(faults, async ({ url, requests }) => {
    const ran = await courierJwt(['probe', url, '--user', 'alice', '--json', ...argv]);
    const { findings } = documentOf<{ findings: Finding[] }>(ran);
    const wrong = findings.filter(({ status }) => !['pass', 'skip'].includes(status));
    return {
      code: ran.code,
      wrong: toldOf(wrong),
      findings,
      requests,
      ran,
    };
  });
}

const anybody = { session: () => 'nobody' };
const bodys = { whose: (_: string, named: unknown) => String(named) };
const stack = (error: Error) => ({ status: 400, body: `<pre>${error.stack}</pre>` });
const crash = () => json(500, { error: 'Internal Server Error' });
const allows = (origin: string, credentials = false) => ({
  'access-control-allow-origin': origin,
  ...(credentials && { 'access-control-allow-credentials': 'true' }),
});
/** A token whose claims are changed: nobody verifies a signature here. */
const withClaims = (token: string, change: object) => {
  const [head, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return [head, Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url'), signature].join('.');
};
const foreignJwt = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from('{"sub":"csrf"}').toString('base64url')}.c2lnbmF0dXJl`;
const nowInSeconds = Math.floor(Date.now() / 1000);

it.each<{ fault: string; faults: Partial<Endpoint>; wrong: string[]; code: number; argv?: string[] }>([
  { fault: 'none', faults: {}, wrong: [], code: 0 },
  { fault: 'none, the body is not looked at', faults: { named: () => 'alice' }, wrong: [], code: 0 },
  {
    fault: 'none, a redirect to the page to sign in',
    faults: { anonymous: () => ({ status: 302, headers: { location: '/login' }, body: '' }) },
    wrong: [],
    code: 0,
  },
  {
    fault: 'none, one page of another origin may read it',
    faults: { cors: (origin) => (origin === 'https://app.test' ? allows(origin, true) : {}) },
    wrong: [],
    code: 0,
  },
  {
    fault: 'none, for push, too',
    faults: { scopes: `${howToScopes} read:user-tokens write:user-tokens` },
    wrong: [],
    code: 0,
  },
  {
    fault: 'whoever asks gets a token of whom the body names',
    faults: { ...anybody, ...bodys },
    wrong: [
      'fail session.not-required',
      'fail other-user.minted',
      'fail injection.minted',
      'fail input.minted missing-user',
      'fail input.minted empty-user',
      'fail input.minted huge-user',
    ],
    code: 1,
  },
  {
    fault: 'the session is wanted, and the body believed',
    faults: { whose: (_, named) => (typeof named === 'string' && /^[\w-]{1,99}$/.test(named) ? named : json(400, {})) },
    wrong: ['fail other-user.minted'],
    code: 1,
  },
  {
    fault: 'a user id is compared up to its first space',
    faults: { whose: (own, named) => (String(named).split(' ')[0] === own ? String(named) : json(403, {})) },
    wrong: ['fail injection.minted'],
    code: 1,
  },
  {
    fault: 'no session is a crash',
    faults: { anonymous: crash },
    wrong: ['fail session.crashed'],
    code: 1,
  },
  {
    fault: 'another user is a crash',
    faults: { whose: (own, named) => (named === own ? own : named === 'courier-jwt-other' ? crash() : json(400, {})) },
    wrong: ['fail other-user.crashed'],
    code: 1,
  },
  {
    fault: 'a user id with scopes in it is a crash',
    faults: { whose: (own, named) => (named === own ? own : /\s/.test(String(named)) ? crash() : json(403, {})) },
    wrong: ['fail injection.crashed'],
    code: 1,
  },
  {
    fault: 'malformed JSON is a crash',
    faults: { unreadable: crash },
    wrong: ['fail input.crashed malformed'],
    code: 1,
  },
  {
    fault: 'no user id is one that is called undefined',
    faults: { whose: (own, named) => (named === own || named === undefined ? String(named) : json(403, {})) },
    wrong: ['fail input.minted missing-user'],
    code: 1,
  },
  {
    fault: 'an empty user id is nobody',
    faults: { whose: (own, named) => (named === own || named === '' ? named : json(403, {})) },
    wrong: ['fail input.minted empty-user'],
    code: 1,
  },
  {
    fault: 'a huge user id is a crash',
    faults: { whose: (own, named) => (named === own ? own : String(named).length > 9999 ? crash() : json(403, {})) },
    wrong: ['fail input.crashed huge-user'],
    code: 1,
  },
  {
    fault: 'a stack trace of JavaScript',
    faults: { unreadable: stack },
    wrong: ['fail answer.stack-trace', 'warn answer.error-text'],
    code: 1,
  },
  {
    fault: 'a stack trace of Python',
    faults: {
      unreadable: () => ({ status: 400, body: 'Traceback (most recent call last):\n  File "/srv/app.py", line 3' }),
    },
    wrong: ['fail answer.stack-trace'],
    code: 1,
  },
  {
    fault: "an error's own text",
    faults: { unreadable: ({ message }) => json(400, { message }) },
    wrong: ['warn answer.error-text'],
    code: 0,
  },
  {
    fault: "an error's own text, strictly",
    faults: { unreadable: ({ message }) => json(400, { message }) },
    argv: [...session, '--strict'],
    wrong: ['fail answer.error-text'],
    code: 1,
  },
  {
    fault: 'the API key is in an answer',
    faults: { unreadable: () => json(400, { error: 'POST failed', authorization: 'Bearer token_0fThEendp0int' }) },
    wrong: ['fail answer.api-key'],
    code: 1,
  },
  {
    fault: "Courier's own answer is handed on",
    faults: {
      whose: (own, named) =>
        named === own ? own : json(400, { message: 'Invalid scope', type: 'invalid_request_error' }),
    },
    wrong: ['fail answer.courier-error'],
    code: 1,
  },
  { fault: 'caches may keep it', faults: { headers: {} }, wrong: ['fail cache.storable'], code: 1 },
  {
    fault: 'caches may keep it for a while',
    faults: { headers: { 'cache-control': 'private, max-age=60' } },
    wrong: ['fail cache.storable'],
    code: 1,
  },
  {
    fault: 'CORS for anybody, with credentials',
    faults: { cors: () => allows('*', true) },
    wrong: ['fail cors.wildcard-credentials https://127.0.0.1.courier-jwt-probe.invalid'],
    code: 1,
  },
  {
    fault: 'CORS for anybody',
    faults: { cors: () => allows('*') },
    wrong: ['warn cors.any-origin https://127.0.0.1.courier-jwt-probe.invalid'],
    code: 0,
  },
  {
    fault: 'CORS for whoever asks',
    faults: { cors: (origin) => (origin ? allows(origin, true) : {}) },
    wrong: ['fail cors.reflected https://127.0.0.1.courier-jwt-probe.invalid'],
    code: 1,
  },
  {
    fault: 'CORS for whoever begins alike',
    faults: { cors: (origin) => (origin?.startsWith('https://127.0.0.1') ? allows(origin) : {}) },
    wrong: ['fail cors.reflected https://127.0.0.1.courier-jwt-probe.invalid'],
    code: 1,
  },
  {
    fault: 'CORS for pages of no origin',
    faults: { cors: () => allows('null', true) },
    wrong: ['fail cors.reflected https://127.0.0.1.courier-jwt-probe.invalid'],
    code: 1,
  },
  {
    fault: 'none, the page to sign in has a JWT of its own',
    faults: { anonymous: () => ({ status: 200, body: `<form data-csrf="${foreignJwt}">` }) },
    wrong: [],
    code: 0,
  },
  { fault: 'GET mints, too', faults: { methods: ['GET'] }, wrong: ['fail method.minted'], code: 1 },
  {
    fault: 'GET is a crash',
    faults: { first: ({ method }) => (method === 'GET' ? crash() : undefined) },
    wrong: ['fail method.crashed'],
    code: 1,
  },
  {
    fault: 'a scope is missing',
    faults: { scopes: howToScopes.replace('inbox:read:messages ', '') },
    wrong: ['fail scope.missing inbox:read:messages'],
    code: 1,
  },
  {
    fault: 'scopes that nobody needs',
    faults: { scopes: `${howToScopes} read:messages write:brands` },
    wrong: ['fail scope.excess read:messages', 'fail scope.excess write:brands'],
    code: 1,
  },
  {
    fault: 'more than the preference center needs',
    faults: {},
    argv: [...session, '--for', 'preferences'],
    wrong: ['fail scope.excess inbox:read:messages', 'fail scope.excess inbox:write:events'],
    code: 1,
  },
  { fault: 'a token without end', faults: { expiresIn: undefined }, wrong: ['fail expiry.never'], code: 1 },
  {
    fault: 'a token of two months',
    faults: { expiresIn: '60d', minted: (token) => json(200, { token }) },
    wrong: ['fail expiry.long'],
    code: 1,
  },
  {
    fault: 'a token of twenty seconds',
    faults: { expiresIn: '20s', minted: (token) => json(200, { token }) },
    wrong: ['warn expiry.short'],
    code: 0,
  },
  {
    fault: 'says half an hour of three quarters',
    faults: { expiresIn: '45m', minted: (token) => json(200, { token, expiresIn: '30m' }) },
    wrong: ['warn expiry.told'],
    code: 0,
  },
  {
    fault: 'none, a kept token says what is left of it',
    faults: {
      minted: (token) =>
        json(200, {
          token: withClaims(token, { iat: nowInSeconds - 43_200, exp: nowInSeconds + 43_200 }),
          expiresIn: '43200s',
        }),
    },
    wrong: [],
    code: 0,
  },
  {
    fault: 'none, says it in seconds',
    faults: { minted: (token) => json(200, { token, expiresIn: 86_400 }) },
    wrong: [],
    code: 0,
  },
  {
    fault: 'says an hour in seconds of a day',
    faults: { minted: (token) => json(200, { token, expiresIn: 3600 }) },
    wrong: ['warn expiry.told'],
    code: 0,
  },
  {
    fault: 'one brand is asked for, and all are given',
    faults: { scopes: `${howToScopes} read:brands:one` },
    wrong: [],
    code: 0,
  },
  { fault: 'says another life than it gives', faults: { expiresIn: '1h' }, wrong: ['warn expiry.told'], code: 0 },
  {
    fault: 'a token of yesterday, kept too long',
    faults: {
      minted: (token) =>
        json(200, { token: withClaims(token, { iat: nowInSeconds - 90_000, exp: nowInSeconds - 3600 }) }),
    },
    wrong: ['fail expiry.expired'],
    code: 1,
  },
  {
    fault: "always bob's token, or a session of bob's",
    faults: { whose: () => 'bob' },
    wrong: ['fail user.mismatch bob'],
    code: 1,
  },
  {
    fault: 'the token is elsewhere',
    faults: { minted: (token) => json(200, { data: { jwt: token } }) },
    wrong: ['fail token.not-found token'],
    code: 1,
  },
  {
    fault: 'none, the token is where it is said to be',
    faults: { minted: (token) => json(200, { data: { jwt: token } }) },
    argv: [...session, '--token-path', 'data.jwt'],
    wrong: [],
    code: 0,
  },
  {
    fault: 'none, the answer is the token',
    faults: { minted: (token) => ({ status: 200, body: `${token}\n` }) },
    argv: [...session, '--token-path', '-'],
    wrong: [],
    code: 0,
  },
  {
    fault: 'no token in a 200',
    faults: { minted: () => json(200, { ok: true }) },
    wrong: ['fail token.not-found token'],
    code: 1,
  },
  {
    fault: 'a token that is cut short',
    faults: { minted: (token) => json(200, { token: token.slice(0, 40) }) },
    wrong: ['fail token.cut-short the token'],
    code: 1,
  },
  { fault: 'fails for everybody', faults: { minted: crash }, wrong: ['fail endpoint.status'], code: 1 },
  {
    fault: 'Courier is not there',
    faults: { minted: () => json(503, {}) },
    wrong: ['unknown endpoint.unavailable session'],
    code: 4,
  },
  {
    fault: 'a token with Bearer before it',
    faults: { minted: (token) => json(200, { token: `Bearer ${token}` }) },
    wrong: ['fail token.not-bare token'],
    code: 1,
  },
  {
    fault: 'a CSRF token is missing, in Laravel',
    faults: { first: () => json(419, { message: 'CSRF token mismatch.' }) },
    wrong: ['unknown session.refused'],
    code: 4,
  },
  {
    fault: 'none, the body is another',
    faults: { whose: () => json(422, {}) },
    wrong: ['unknown endpoint.status'],
    code: 4,
  },
  {
    fault: 'a session that has ended',
    faults: { session: () => null },
    wrong: ['unknown session.refused'],
    code: 4,
  },
  {
    fault: 'moved',
    faults: { first: () => ({ status: 308, headers: { location: 'https://evil.test/api' }, body: '' }) },
    wrong: ['unknown endpoint.redirect'],
    code: 4,
  },
  {
    fault: 'hangs up',
    faults: { first: (_, response) => (response.destroy(), 'handled') },
    wrong: ['unknown endpoint.unreachable session'],
    code: 4,
  },
  {
    fault: 'never answers',
    faults: { first: () => 'handled' },
    argv: [...session, '--timeout', '300ms'],
    wrong: ['unknown endpoint.unreachable session'],
    code: 4,
  },
  {
    fault: 'answers without end',
    faults: { minted: () => ({ status: 200, body: 'x'.repeat(2_000_000) }) },
    wrong: ['unknown endpoint.unreachable session'],
    code: 4,
  },
  {
    fault: 'slows down whoever asks often',
    faults: { whose: (own, named) => (named === own ? own : json(429, {})) },
    wrong: [
      'unknown endpoint.unavailable other-user',
      'unknown endpoint.unavailable injection',
      'unknown endpoint.unavailable missing-user',
      'unknown endpoint.unavailable empty-user',
      'unknown endpoint.unavailable huge-user',
    ],
    code: 4,
  },
])('finds: $fault', async ({ faults, wrong, code, argv = session }) => {
  const found = await probed(faults, argv);
  expect({ wrong: found.wrong, code: found.code }).toEqual({ wrong, code });
  // Of these the request may be wrong, and not the endpoint.
  const isMended = (one: string) => one.startsWith('fail') && !/^fail (?:endpoint|token|user)\./.test(one);
  expect(found.findings.flatMap(({ fix, status }) => (fix && status === 'fail' ? [fix.slice(0, 3)] : []))).toEqual(
    wrong.filter(isMended).map(() => ['courier-jwt', 'snippet', '--lang']),
  );
});

it.each<[body: (token: string) => unknown, place: string | null, said: string]>([
  [(token) => ({ jwt: token }), 'jwt', '; there is one at jwt: --token-path jwt.'],
  [(token) => ({ data: { auth: { token: `Bearer ${token}` } } }), 'data.auth.token', ''],
  [(token) => ({ tokens: [{ value: token }] }), 'tokens.0.value', ''],
  [(token) => ({ 'a.b': token }), null, '. --token-path says where it is: data.token, or - for the whole body.'],
  [() => ({ ok: true }), null, ''],
])('says where the token is instead: %s', async (bodyOf, place, said) => {
  await withEndpoint({ minted: (token) => json(200, bodyOf(token) as object) }, async ({ url }) => {
    const argv = ['probe', url, '--user', 'alice', ...session];
    const { findings } = documentOf<{ findings: Finding[] }>(await courierJwt([...argv, '--json']));
    const { stdout } = await courierJwt(argv);
    const found = findings.find(({ code }) => code === 'token.not-found');
    expect([found?.facts, stdout.includes(`no token is at token${said}`)]).toEqual([{ place }, true]);
    if (place?.endsWith('value')) expect((await courierJwt([...argv, '--token-path', place])).code).toBe(0);
  });
});

it('takes no refusal for safety where nobody gets a token', async () => {
  const { code, findings } = await probed({ first: () => json(404, {}) });
  expect(findings.find(({ code: one }) => one === 'endpoint.status')?.facts).toEqual({ status: 404, hasSession: true });
  expect({ code, told: toldOf(findings) }).toEqual({
    code: 4,
    told: [
      expect.stringMatching(/^pass transport\.safe /),
      'unknown endpoint.status',
      'skip probe.not-tried no-session',
      'skip probe.not-tried other-user',
      'skip probe.not-tried injection',
      'skip probe.not-tried malformed',
      'skip probe.not-tried missing-user',
      'skip probe.not-tried empty-user',
      'skip probe.not-tried huge-user',
      'skip probe.not-tried get',
      'pass cors.closed https://127.0.0.1.courier-jwt-probe.invalid',
      'pass answer.clean',
    ],
  });
});

it('finds: CORS for whoever ends alike, where the endpoint has a name', async () => {
  const cors = (origin: string | undefined) => (origin?.endsWith('localhost') ? allows(origin, true) : {});
  await withEndpoint({ cors }, async ({ url }) => {
    const named = url.replace('127.0.0.1', 'localhost');
    const ran = await courierJwt(['probe', named, '--user', 'alice', '--json', ...session]);
    const { findings } = documentOf<{ findings: Finding[] }>(ran);
    expect(findings.filter(({ status }) => status === 'fail').map(({ code, subject }) => [code, subject])).toEqual([
      ['cors.reflected', 'https://localhost.courier-jwt-probe-localhost'],
    ]);
  });
});

it.each<{ fault: string; faults: Partial<Endpoint>; wrong: string[]; skipped: string[]; code: number }>([
  {
    fault: 'none',
    faults: {},
    wrong: [],
    skipped: ['session', 'other-user', 'injection', 'malformed', 'missing-user', 'empty-user', 'huge-user'],
    code: 0,
  },
  {
    fault: 'it is not there',
    faults: { first: () => ({ status: 404, body: 'Not Found' }) },
    wrong: ['unknown endpoint.status'],
    skipped: ['other-user', 'injection', 'malformed', 'missing-user', 'empty-user', 'huge-user', 'get'],
    code: 4,
  },
  {
    fault: 'the page of an app is there, whatever is asked for',
    faults: { first: () => ({ status: 200, body: '<!doctype html>' }) },
    wrong: ['unknown endpoint.status'],
    skipped: ['other-user', 'injection', 'malformed', 'missing-user', 'empty-user', 'huge-user', 'get'],
    code: 4,
  },
  {
    fault: 'it has moved for good',
    faults: { first: () => ({ status: 301, headers: { location: 'https://app.test/api' }, body: '' }) },
    wrong: ['unknown endpoint.redirect'],
    skipped: ['other-user', 'injection', 'malformed', 'missing-user', 'empty-user', 'huge-user', 'get'],
    code: 4,
  },
  {
    fault: 'none, the session is in front of all methods',
    faults: { first: () => json(401, {}) },
    wrong: [],
    skipped: ['session', 'other-user', 'injection', 'malformed', 'missing-user', 'empty-user', 'huge-user', 'get'],
    code: 0,
  },
  {
    fault: 'a stack trace before the session is looked at',
    faults: { ...anybody, unreadable: stack, whose: () => json(401, {}) },
    wrong: ['fail answer.stack-trace', 'warn answer.error-text'],
    skipped: ['session', 'other-user', 'injection', 'missing-user', 'empty-user', 'huge-user'],
    code: 1,
  },
  {
    fault: 'anybody may ask, for anybody',
    faults: { ...anybody, ...bodys, headers: {} },
    wrong: [
      'fail session.not-required',
      'fail cache.storable',
      'fail other-user.minted',
      'fail injection.minted',
      'fail input.minted missing-user',
      'fail input.minted empty-user',
      'fail input.minted huge-user',
    ],
    skipped: [],
    code: 1,
  },
  {
    fault: 'GET mints where POST does not',
    faults: {
      first: ({ method }) => (method === 'GET' ? undefined : json(401, {})),
      ...anybody,
      ...bodys,
      methods: ['GET'],
    },
    wrong: ['fail method.minted'],
    skipped: ['session', 'other-user', 'injection', 'malformed', 'missing-user', 'empty-user', 'huge-user'],
    code: 1,
  },
])('finds without a session: $fault', async ({ faults, wrong, skipped, code }) => {
  const found = await probed(faults, []);
  const notTried = found.findings.filter((finding) => finding.code === 'probe.not-tried');
  expect({ wrong: found.wrong, skipped: notTried.map(({ subject }) => subject), code: found.code }).toEqual({
    wrong,
    skipped,
    code,
  });
});
