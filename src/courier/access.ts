import { type Answered, promises, readable } from '../checks/access.js';
import { socketSubject } from '../checks/subjects.js';
import { Failure } from '../errors.js';
import type { Claims } from '../token/claims.js';
import { idProblem } from '../token/user.js';
import { fieldOf, hostOf, parseJson, statusFailure } from './answers.js';
import { type CourierUrls, courierUrls } from './regions.js';
import { type RetryContext, withRetries } from './retry.js';
import type { HttpRequest, HttpResponse, Network } from './transport.js';
import { userAgent } from './user-agent.js';

export interface AccessRequest {
  /** The user's token. */
  token: string;
  /** Whose data to ask for: what the app passes to `signIn`. Without it only what belongs to nobody is asked. */
  user: string | undefined;
  /** What to try: scopes, and `socket`. */
  scopes: string[];
  /** Without a slash at its end. */
  baseUrl: string;
  /** Per attempt, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** How it went, each in the order of `scopes`. */
export interface Access {
  answers: (Answered | Unanswered)[];
  /** Seconds that Courier's clock is ahead of ours, by its `Date`, where that can be told; else null. */
  skewSeconds: number | null;
}

export interface Unanswered {
  scope: string;
  call: string;
  failure: Failure;
}

/** What is read for a scope, changing nothing. */
interface Trial {
  method: 'GET' | 'POST';
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Whether one thing is asked for, which need not be there. */
  isOne?: boolean;
  /** Finds what was asked for in the JSON of a 200: how many there are, or undefined where it is not there. */
  count(body: unknown): number | undefined;
}

/** The scopes that a call can try, as far as the claims promise them or something requires them. */
export function triedScopes(claims: Claims, required: string[], user: string | undefined): string[] {
  const wanted = [...claims.scopes, ...required];
  const fixed = [...(user === undefined ? [] : readable), 'read:brands'].filter(
    (scope) => promises(claims, scope) || required.includes(scope),
  );
  const brands = new Set(wanted.filter((scope) => brandOf(scope) !== undefined));
  const socket = fixed.includes('inbox:read:messages') ? [socketSubject] : [];
  // A token does not decide how many requests are sent.
  return [...fixed, ...[...brands].slice(0, mostBrands), ...socket];
}

const mostBrands = 5;

/** The one brand that a scope is for, where there can be such a one. */
function brandOf(scope: string): string | undefined {
  const [, id] = /^read:brands:([^:]+)$/.exec(scope) ?? [];
  return id !== undefined && canBeAsked(id) ? id : undefined;
}

/** Whether an id can stand in a URL as what it is: what is none, or a way up in its path, is not asked for. */
export function canBeAsked(id: string): boolean {
  return idProblem(id) === undefined && id !== '.' && id !== '..';
}

/**
 * Tries a token on Courier, one call a scope, all at once. Nothing is changed by them. What fails is told beside what
 * was answered. `now` in seconds, for the clocks.
 * @throws {Failure} `interrupted.signal`, or of the `usage` family
 */
export async function tryAccess(
  network: Network,
  request: AccessRequest,
  outside: RetryContext & { now(): number },
): Promise<Access> {
  const skews: { seconds: number; precision: number }[] = [];
  const timed: Network = {
    ...network,
    async send(one) {
      const began = outside.now();
      const response = await network.send(one);
      const ended = outside.now();
      const date = dateOf(response);
      // A `Date` is cut to seconds: half a second off on average.
      if (date !== undefined)
        skews.push({ seconds: date + 0.5 - (began + ended) / 2, precision: 0.5 + (ended - began) / 2 });
      return response;
    },
  };
  const answers = await Promise.all(request.scopes.map(async (scope) => tryScope(timed, scope, request, outside)));
  return { answers, skewSeconds: skewIn(skews) };
}

/** Seconds since the epoch, of a `Date` as HTTP writes it and of this century: a server may say anything. Source: RFC 9110, 5.6.7. */
function dateOf({ headers: { date = '' } }: HttpResponse): number | undefined {
  return /^\w{3}, \d\d \w{3} 20[2-9]\d \d\d:\d\d:\d\d GMT$/.test(date) ? Date.parse(date) / 1000 : undefined;
}

/** By the answer that came the quickest; what may be the way's delay is none. */
function skewIn(skews: { seconds: number; precision: number }[]): number | null {
  const [best] = skews.toSorted((a, b) => a.precision - b.precision);
  if (!best) return null;
  return Math.abs(best.seconds) <= best.precision + 1 ? 0 : Math.round(best.seconds);
}

async function tryScope(
  network: Network,
  scope: string,
  request: AccessRequest,
  retry: RetryContext,
): Promise<Answered | Unanswered> {
  const urls = courierUrls(request.baseUrl);
  const call = callOf(scope, urls, request.user);
  try {
    if (scope === socketSubject) return await trySocket(network, urls, { call, request }, retry);
    const trial = trialFor(scope, urls, request.user ?? '');
    const response = await withRetries(async () => network.send(httpRequest(trial, request)), retry);
    return { scope, call, ...answerIn(response, trial) };
  } catch (error) {
    if (!(error instanceof Failure) || !error.code.startsWith('courier.')) throw error;
    return { scope, call, failure: error };
  }
}

function callOf(scope: string, urls: CourierUrls, user = ''): string {
  if (scope === socketSubject) return `WebSocket ${urls.socket}`;
  const { method, url } = trialFor(scope, urls, user);
  return `${method} ${url}`;
}

function trialFor(scope: string, urls: CourierUrls, user: string): Trial {
  const ofUser = `${urls.rest}/users/${encodeURIComponent(user)}`;
  const graphql = (url: string, query: string, field: string): Trial => ({
    method: 'POST',
    url,
    headers: { 'Content-Type': 'application/json', ...userHeader(user) },
    body: JSON.stringify({ query }),
    count: (body) => numberIn(fieldOf(fieldOf(body, 'data'), field)),
  });
  const list = (url: string, field: string): Trial => ({
    method: 'GET',
    url,
    count: (body) => lengthOf(fieldOf(body, field)) ?? lengthOf(body),
  });
  switch (scope) {
    case 'inbox:read:messages':
      return graphql(urls.inbox, 'query { count(params: {}) }', 'count');
    case 'read:messages':
      return graphql(urls.client, 'query { messages(limit: 1) { totalCount } }', 'messages');
    case 'read:preferences':
      return list(`${ofUser}/preferences`, 'items');
    case 'read:user-tokens':
      return list(`${ofUser}/tokens`, 'tokens');
    case 'read:brands':
      return list(`${urls.rest}/brands`, 'results');
    default:
      return {
        method: 'GET',
        url: `${urls.rest}/brands/${encodeURIComponent(brandOf(scope) ?? '')}`,
        isOne: true,
        count: (body) => (typeof fieldOf(body, 'id') === 'string' ? 1 : undefined),
      };
  }
}

/** From `signIn`, not from the token. A header cannot hold more than Latin-1; without it the token's own user is taken. */
function userHeader(user: string): Record<string, string> {
  return /^[\x21-\x7e\xa1-\xff]+$/.test(user) ? { 'x-courier-user-id': user } : {};
}

function httpRequest({ method, url, headers, body }: Trial, { token, timeoutMs, signal }: AccessRequest): HttpRequest {
  return {
    method,
    url,
    headers: { Accept: 'application/json', Authorization: `Bearer ${token}`, 'User-Agent': userAgent, ...headers },
    ...(body === undefined ? {} : { body }),
    timeoutMs,
    signal,
  };
}

async function trySocket(
  network: Network,
  { socket }: CourierUrls,
  { call, request: { token, user = '', timeoutMs, signal } }: { call: string; request: AccessRequest },
  retry: RetryContext,
): Promise<Answered> {
  // Source: `getWebSocketUrl` of @trycourier/courier-js.
  const query = new URLSearchParams({ auth: token, cid: 'courier-jwt', iwpv: 'v1', userId: user });
  const url = `${socket}?${query.toString()}`;
  const headers = { 'User-Agent': userAgent };
  const open = async () => ({
    ...(await network.openSocket({ url, headers, timeoutMs, signal })),
    headers: {},
    body: '',
  });
  const { status } = await withRetries(open, retry);
  if (![101, 401, 403].includes(status)) throw statusFailure({ status, headers: {}, body: '' }, new URL(socket).host);
  return { scope: socketSubject, call, status, items: null };
}

/** @throws {Failure} of the `courier` family, for what is neither an answer nor a refusal */
function answerIn(
  response: HttpResponse,
  { url, count, isOne = false }: Trial,
): Pick<Answered, 'status' | 'items' | 'isCouriers'> {
  const { status, body } = response;
  const host = hostOf(url);
  const answer = parseJson(body);
  const isCouriers = typeof fieldOf(answer, 'type') === 'string';
  if (status === 401 || status === 403) return { status, items: null, isCouriers };
  // The call was let in, and there is no such thing.
  if (status === 404 && isOne && isCouriers) return { status, items: 0 };
  if (status !== 200) throw statusFailure(response, host);
  if (answer === undefined) throw new Failure('courier.nonsense', { host, problem: 'not-json' });
  // GraphQL may refuse within a 200.
  if (/unauthori[sz]ed|not authori[sz]ed|unauthenticated/i.test(errorsIn(answer))) return { status: 401, items: null };
  if (/forbidden|access denied/i.test(errorsIn(answer))) return { status: 403, items: null, isCouriers: true };
  const items = count(answer);
  if (items !== undefined) return { status, items };
  throw new Failure('courier.nonsense', { host, problem: 'not-asked-for' });
}

function errorsIn(answer: unknown): string {
  const errors = fieldOf(answer, 'errors');
  return Array.isArray(errors) ? errors.map((one) => String(fieldOf(one, 'message'))).join('\n') : '';
}

/** A count, or a page with its `totalCount`. */
function numberIn(value: unknown): number | undefined {
  const total = fieldOf(value, 'totalCount') ?? value;
  return Number.isSafeInteger(total) && Number(total) >= 0 ? Number(total) : undefined;
}

function lengthOf(value: unknown): number | undefined {
  return Array.isArray(value) ? value.length : undefined;
}
