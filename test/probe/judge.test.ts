import { expect, it } from 'vitest';
import type { HttpResponse } from '../../src/courier/transport.js';
import { Failure } from '../../src/errors.js';
import { judgeOutcomes } from '../../src/probe/judge.js';
import { type ProbeRequest, type TrialName, planFor } from '../../src/probe/plan.js';
import { runTrials } from '../../src/probe/run.js';
import { localWorkspace, signLocally } from '../../src/token/local.js';
import { sign } from '../support/courier-server.js';
import { howToScopes } from '../support/endpoint.js';
import { toldOf } from '../support/found.js';

const now = 1_800_000_000;
const cookie = 'sid=c2Vzc2lvbg';
const asked: ProbeRequest = {
  url: 'https://app.test/api/token',
  method: 'POST',
  body: '{"userId":"{user}"}',
  headers: { cookie },
  user: 'alice',
  otherUser: 'bob',
  timeoutMs: 1000,
};

const answer = (status: number, body: unknown = {}, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers: { 'cache-control': 'no-store', ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const tokenOf = (scope: string) =>
  answer(200, {
    token: sign({ scope, tenant_scope: 'published/test', tenant_id: 'w', iat: now, exp: now + 86_400 }),
  });
const own = tokenOf(`user_id:alice ${howToScopes}`);
const localToken = ((claims: object) => {
  const input = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${input}.${signLocally(input)}`;
})({
  scope: `user_id:alice ${howToScopes}`,
  tenant_scope: localWorkspace.tenantScope,
  tenant_id: localWorkspace.tenantId,
  iat: now,
  exp: now + 86_400,
});
const bobs = tokenOf(`user_id:bob ${howToScopes}`);
const dropped = new Failure('courier.unreachable', { host: 'app.test', reason: 'dropped', detail: '' });
const timeout = new Failure('courier.timeout', { host: 'app.test', seconds: 1 });

type Answers = Partial<Record<TrialName, HttpResponse | Failure>>;

/** Without a hole; a row changes what some requests get. */
const sound: Answers = {
  session: own,
  'no-session': answer(401),
  preflight: answer(204),
  get: answer(405),
};

/** What the endpoint is found to be, and which requests it got. */
async function judged(answers: Answers, probe: Partial<ProbeRequest> = {}, tokenPath = 'token') {
  const request = { ...asked, ...probe };
  const plan = planFor(request);
  const sent: TrialName[] = [];
  const send = async () => {
    const { name } = plan[sent.length]!;
    sent.push(name);
    const given = { ...sound, ...answers }[name] ?? answer(403);
    if (given instanceof Failure) throw given;
    return given;
  };
  const outcomes = await runTrials(plan, tokenPath, { transport: { send }, now: () => now });
  const findings = judgeOutcomes(outcomes, request, { for: undefined, tokenPath, keys: [], now });
  return { sent, findings };
}

const everything = [
  'session',
  'no-session',
  'other-user',
  'injection',
  'missing-user',
  'empty-user',
  'huge-user',
  'malformed',
  'foreign-origin',
  'null-origin',
  'preflight',
  'get',
];
const injected = `user_id:alice ${howToScopes}`;
const foreign = 'https://app.test.courier-jwt-probe-app.test';
const below = 'https://www.app.test.courier-jwt-probe.invalid';
const allowed = (origin: string, more: Record<string, string> = {}) => ({
  'access-control-allow-origin': origin,
  ...more,
});
const withCookies = { 'access-control-allow-credentials': 'true' };

it.each<{
  name: string;
  answers: Answers;
  probe?: Partial<ProbeRequest>;
  wrong: string[];
  facts?: object;
  tokenPath?: string;
}>([
  { name: 'nothing', answers: {}, wrong: [] },
  { name: 'a session that is another’s', answers: { session: answer(403) }, wrong: ['unknown session.refused'] },
  { name: 'a CSRF token that is missing', answers: { session: answer(419) }, wrong: ['unknown session.refused'] },
  { name: 'a crash', answers: { session: answer(500) }, wrong: ['fail endpoint.status'], facts: { status: 500 } },
  {
    name: 'a token in quotes, where all of it is one',
    answers: { session: { ...own, body: JSON.stringify((JSON.parse(own.body) as { token: string }).token) } },
    tokenPath: '-',
    wrong: [],
  },
  {
    name: 'more than a token',
    answers: { session: { ...own, body: own.body.replace('"ey', '"Bearer ey') } },
    wrong: ['fail token.not-bare token'],
  },
  {
    name: 'a token for another user that is cut short, and whole elsewhere',
    answers: { 'other-user': { ...bobs, body: JSON.stringify({ token: 'eyJhbGciOiJIUzI1NiJ9.eyJ', all: bobs.body }) } },
    wrong: ['fail other-user.minted'],
    facts: { status: 200, users: ['bob'], scopes: [] },
  },
  {
    name: 'CORS for pages of no origin, whoever asks',
    answers: { 'foreign-origin': { ...own, headers: { ...own.headers, ...allowed('null') } } },
    wrong: [`fail cors.reflected ${foreign}`],
    facts: { credentials: false },
  },
  {
    name: 'no-store in capitals, among others',
    answers: { session: { ...own, headers: { 'cache-control': 'private, No-Store' } } },
    wrong: [],
  },
  {
    name: 'a word that only ends so',
    answers: { session: { ...own, headers: { 'cache-control': 'x-no-store' } } },
    wrong: ['fail cache.storable'],
    facts: { cacheControl: 'x-no-store' },
  },
  {
    name: 'another user by a space',
    answers: { injection: tokenOf(`${injected} user_id:bob`) },
    wrong: ['fail injection.minted'],
    facts: { status: 200, users: ['alice', 'bob'], scopes: [] },
  },
  {
    name: 'a scope by a space',
    answers: { injection: tokenOf(`${injected} write:brands`) },
    wrong: ['fail injection.minted'],
    facts: { status: 200, users: ['alice'], scopes: ['write:brands'] },
  },
  {
    name: 'an id with its spaces taken out',
    answers: { injection: tokenOf('user_id:aliceuser_id:bobwrite:brands') },
    wrong: [],
  },
  {
    name: 'own token, whoever is named',
    answers: { 'other-user': own, 'empty-user': own, 'huge-user': own },
    wrong: [],
  },
  {
    name: 'own token with more in it',
    answers: { 'other-user': tokenOf(`${injected} tenants:read`) },
    wrong: ['fail other-user.minted'],
    facts: { status: 200, users: ['alice'], scopes: ['tenants:read'] },
  },
  {
    name: 'a token of both',
    answers: { 'other-user': tokenOf(`user_id:alice user_id:bob ${howToScopes}`) },
    wrong: ['fail other-user.minted'],
    facts: { status: 200, users: ['alice', 'bob'], scopes: [] },
  },
  {
    name: 'a session of carol, and what she may not get',
    answers: {
      session: tokenOf(`user_id:carol ${howToScopes}`),
      'other-user': tokenOf(`user_id:carol ${howToScopes}`),
      'empty-user': own,
    },
    wrong: ['fail user.mismatch carol', 'fail input.minted empty-user'],
  },
  {
    name: 'CORS in the answer alone',
    answers: { 'foreign-origin': { ...own, headers: { ...own.headers, ...allowed(foreign) } } },
    wrong: [`fail cors.reflected ${foreign}`],
    facts: { credentials: false },
  },
  {
    name: 'CORS in the preflight alone',
    answers: { preflight: answer(204, '', allowed(below, withCookies)) },
    wrong: [`fail cors.reflected ${below}`],
    facts: { credentials: true },
  },
  {
    name: 'CORS for all, credentials in the preflight',
    answers: { preflight: answer(204, '', allowed('*', withCookies)), 'foreign-origin': answer(200, '', allowed('*')) },
    wrong: [`fail cors.wildcard-credentials ${foreign}`],
    facts: { credentials: true },
  },
  {
    name: 'credentials that are not true',
    answers: { preflight: answer(204, '', allowed('*', { 'access-control-allow-credentials': 'false' })) },
    wrong: [`warn cors.any-origin ${below}`],
    facts: { credentials: false },
  },
  {
    name: 'CORS for pages of no origin',
    answers: { 'null-origin': { ...own, headers: { ...own.headers, ...allowed('null', withCookies) } } },
    wrong: ['fail cors.reflected null'],
    facts: { credentials: true },
  },
  {
    name: 'nothing of CORS, where it was not answered',
    answers: { 'foreign-origin': dropped, 'null-origin': answer(429) },
    wrong: ['unknown endpoint.unreachable foreign-origin', 'unknown endpoint.unavailable null-origin'],
    facts: { reason: 'dropped', detail: '' },
  },
  {
    name: 'that nobody knows the other user',
    answers: { 'other-user': answer(404) },
    probe: { otherUser: 'courier-jwt-other' },
    wrong: ['unknown other-user.unknown'],
    facts: { status: 404 },
  },
  { name: 'nothing in a 404 for somebody who is named', answers: { 'other-user': answer(404) }, wrong: [] },
  {
    name: 'a 200 with no token for what is malformed',
    answers: { malformed: answer(200, { error: 'oops' }) },
    wrong: ['warn input.answered malformed'],
    facts: { status: 200 },
  },
  { name: 'nothing in a redirect for what is malformed', answers: { malformed: answer(302) }, wrong: [] },
  { name: 'nothing in a server that has no GET', answers: { get: answer(501) }, wrong: [] },
  {
    name: 'a token that is elsewhere, for somebody else',
    answers: { 'other-user': answer(200, { token: '', jwt: (JSON.parse(bobs.body) as { token: string }).token }) },
    wrong: ['fail other-user.minted'],
    facts: { status: 200, users: ['bob'], scopes: [] },
  },
  {
    name: 'two tokens that are elsewhere',
    answers: { 'other-user': answer(200, `${bobs.body} ${own.body}`.replaceAll('"token"', '"jwt"')) },
    wrong: [],
  },
  {
    name: 'two tokens that are elsewhere, in JSON',
    answers: { 'other-user': answer(200, { jwt: JSON.parse(bobs.body), refresh: JSON.parse(own.body) }) },
    wrong: ['fail other-user.minted'],
    facts: { status: 200, users: ['bob'], scopes: [] },
  },
  {
    name: "no error of Courier's where nobody is signed in",
    answers: { 'no-session': answer(401, { message: 'Sign in', type: 'authentication_error' }) },
    wrong: [],
  },
  {
    name: "an error of Courier's where somebody is",
    answers: { injection: answer(401, { message: 'Unauthorized', type: 'authentication_error' }) },
    wrong: ['fail answer.courier-error'],
    facts: { trials: ['injection'] },
  },
  {
    name: 'nothing in a page that repeats where it was looked for',
    answers: { get: answer(404, 'Cannot GET /api/auth/issue-token') },
    probe: { url: 'https://app.test/api/auth/issue-token' },
    wrong: [],
  },
  {
    name: 'a token of the embedded Courier, beyond this machine',
    answers: { session: { ...own, body: JSON.stringify({ token: localToken }) } },
    wrong: ['warn signature.local'],
  },
  {
    name: 'an API key in a header',
    answers: { get: answer(405, {}, { 'x-debug': 'Bearer pk_test_ABCDEFGHIJKLMNOP' }) },
    wrong: ['fail answer.api-key'],
    facts: { trials: ['get'] },
  },
  {
    name: 'what Courier fails with, as a gateway',
    answers: { 'other-user': answer(502) },
    wrong: ['unknown endpoint.unavailable other-user'],
    facts: { status: 502 },
  },
])('finds $name', async ({ answers, probe, wrong, facts, tokenPath }) => {
  const { findings, sent } = await judged(answers, probe, tokenPath);
  const bad = findings.filter(({ status }) => !['pass', 'skip'].includes(status));
  expect({ wrong: toldOf(bad), sent, facts: facts && bad[0]?.facts }).toEqual({ wrong, sent: everything, facts });
  const language = ['courier-jwt', 'snippet', '--lang', 'node'];
  expect(bad.flatMap(({ fix }) => (fix ? [fix] : []))).toEqual(
    wrong.filter((one) => !/^unknown|^fail (?:endpoint|token|user)\./.test(one)).map(() => language),
  );
});

it.each<{ name: string; answers: Answers; probe?: Partial<ProbeRequest>; sent: string[]; skipped: string[] }>([
  {
    name: 'after the first request, when nothing answers it',
    answers: { session: new Failure('courier.unreachable', { host: 'app.test', reason: 'refused', detail: '' }) },
    sent: ['session'],
    skipped: ['stopped rest'],
  },
  {
    name: 'after two that time out',
    answers: { 'no-session': timeout, injection: timeout },
    sent: everything.slice(0, 4),
    skipped: [
      'stopped missing-user',
      'stopped empty-user',
      'stopped huge-user',
      'stopped malformed',
      'stopped get',
      'stopped foreign-origin',
    ],
  },
  {
    name: 'not after one that hangs up',
    answers: { 'no-session': dropped },
    sent: everything,
    skipped: [],
  },
  {
    name: 'before what there is no place for',
    answers: {},
    probe: { body: '{}' },
    sent: ['session', 'no-session', 'malformed', 'foreign-origin', 'null-origin', 'preflight', 'get'],
    skipped: [
      'no-place other-user',
      'no-place injection',
      'no-place missing-user',
      'no-place empty-user',
      'no-place huge-user',
    ],
  },
  {
    name: 'before what says nothing, where the session has ended',
    answers: { session: answer(401), 'other-user': answer(401), injection: answer(400), get: answer(401) },
    sent: everything,
    skipped: [
      'no-token other-user',
      'no-token missing-user',
      'no-token empty-user',
      'no-token huge-user',
      'no-token malformed',
      'no-token get',
    ],
  },
  {
    name: 'before what needs a session, without one',
    answers: { 'no-session': answer(401), 'other-user': answer(401), injection: answer(400), get: answer(401) },
    probe: { headers: {} },
    sent: everything.slice(1),
    skipped: [
      'no-session session',
      'no-session other-user',
      'no-session missing-user',
      'no-session empty-user',
      'no-session huge-user',
      'no-session malformed',
      'no-session get',
    ],
  },
])('ends $name', async ({ answers, probe, sent, skipped }) => {
  const found = await judged(answers, probe);
  const skips = found.findings.filter(({ code }) => code === 'probe.not-tried');
  const reasons = skips.map(({ subject, facts }) => `${String(facts.reason)} ${subject}`);
  expect({ sent: found.sent, skipped: reasons.toSorted() }).toEqual({ sent, skipped: skipped.toSorted() });
});
