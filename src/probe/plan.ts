import type { HttpRequest } from '../courier/transport.js';
import { userAgent } from '../courier/user-agent.js';
import { bodyFor, bodyWithoutUser, contentTypeOf, namesUser, queryFor, urlFor } from './template.js';

/** Somebody's endpoint, and who asks it. */
export interface ProbeRequest {
  /** `{user}` in it stands for the user's id. */
  url: string;
  method: 'GET' | 'POST' | 'PUT';
  /** As `url`; undefined for none. */
  body: string | undefined;
  /** What makes a session: cookies, an Authorization. Lower-case names. None, without a session. */
  headers: Record<string, string>;
  user: string;
  /** Somebody who is not signed in; `nobody` unless somebody is named. */
  otherUser: string;
  /** Per request, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export type TrialName =
  | 'session'
  | 'no-session'
  | 'other-user'
  | 'injection'
  | 'malformed'
  | 'missing-user'
  | 'empty-user'
  | 'huge-user'
  | 'foreign-origin'
  | 'null-origin'
  | 'preflight'
  | 'get';

/** One request, and what it is to show. */
export interface Trial {
  name: TrialName;
  request: HttpRequest;
}

/** Whom no endpoint knows. */
export const nobody = 'courier-jwt-other';

/** In no surface: whoever gets it has put it there. */
export const injectedScope = 'write:brands';

/** Longer than any id, shorter than what servers take as a body. */
const hugeLength = 50_000;

/**
 * All that is asked of an endpoint, in order: the first request is what its own front end would send. Those that would name
 * another user are left out where none can be named.
 */
export function planFor(probe: ProbeRequest): Trial[] {
  const { url, method, body, user, otherUser } = probe;
  const asking = (as: string, more: Partial<HttpRequest> = {}) =>
    requestFor(probe, { url: urlFor(url, as), body: body === undefined ? undefined : bodyFor(body, as), ...more });
  const trial = (name: TrialName, request: HttpRequest): Trial => ({ name, request });
  const nameable = [
    trial('other-user', asking(otherUser)),
    trial('injection', asking(`${user} user_id:${otherUser} ${injectedScope}`)),
    trial(
      'missing-user',
      requestFor(probe, { url: urlFor(url, ''), body: body === undefined ? undefined : bodyWithoutUser(body) }),
    ),
    trial('empty-user', asking('')),
    trial('huge-user', asking('a'.repeat(hugeLength))),
  ];
  return [
    ...(hasSession(probe) ? [trial('session', asking(user))] : []),
    trial('no-session', withoutSession(asking(user), probe)),
    ...(hasPlace(probe) ? nameable : []),
    ...(method === 'GET' ? [] : [trial('malformed', malformed(asking(user)))]),
    trial('foreign-origin', withHeaders(asking(user), { origin: foreignOrigins(url)['foreign-origin'] })),
    trial('null-origin', withHeaders(asking(user), { origin: foreignOrigins(url)['null-origin'] })),
    trial('preflight', preflight(asking(user), probe)),
    ...(method === 'GET' ? [] : [trial('get', getting(probe))]),
  ];
}

/** Whether there is a place where another user can be named. */
export function hasPlace({ url, body }: Pick<ProbeRequest, 'url' | 'body'>): boolean {
  return namesUser(url) || namesUser(body ?? '');
}

/** Of a header that makes no session, and holds no secret. */
export const sessionless = new Set([
  'accept',
  'accept-language',
  'content-type',
  'origin',
  'referer',
  'user-agent',
  'x-requested-with',
]);

export function hasSession({ headers }: Pick<ProbeRequest, 'headers'>): boolean {
  return Object.keys(headers).some((name) => !sessionless.has(name));
}

/**
 * As pages of attackers who know how a server may compare: one begins as the endpoint's own host does, and ends as its
 * domain does, unless that is an address, which no name ends with; one has all of it inside; and any page can make itself
 * one of no origin.
 */
export function foreignOrigins(url: string): Record<'foreign-origin' | 'null-origin' | 'preflight', string> {
  const name = new URL(urlFor(url, '')).hostname.replace(/[^\w.-]/g, '');
  const labels = name.split('.');
  // A page below the domain would be its owner's; `co.uk` is nobody's.
  const domain = labels.slice(/^(?:ac|co|com|edu|go|gov|ne|net|or|org)$/.test(labels.at(-2) ?? '') ? -3 : -2).join('.');
  return {
    'foreign-origin': `https://${name}.courier-jwt-probe${/\d$/.test(name) ? '.invalid' : `-${domain}`}`,
    'null-origin': 'null',
    preflight: `https://www.${name}.courier-jwt-probe.invalid`,
  };
}

function requestFor(
  { method, headers, timeoutMs, signal, body: template }: ProbeRequest,
  { url, body, method: other }: { url: string; body?: string | undefined; method?: HttpRequest['method'] },
): HttpRequest {
  const own = {
    accept: 'application/json',
    // What is left of a connection after an answer is not relied on.
    connection: 'close',
    'user-agent': userAgent,
    ...(body !== undefined && { 'content-type': contentTypeOf(template ?? '') }),
  };
  return {
    method: other ?? method,
    url,
    headers: { ...own, ...headers },
    ...(body !== undefined && { body }),
    timeoutMs,
    signal,
  };
}

function malformed(request: HttpRequest): HttpRequest {
  return withHeaders({ ...request, body: '{"userId":' }, { 'content-type': 'application/json' });
}

function withHeaders(request: HttpRequest, headers: Record<string, string>): HttpRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

function withoutSession(request: HttpRequest, probe: ProbeRequest): HttpRequest {
  const kept = Object.entries(probe.headers).filter(([name]) => sessionless.has(name));
  const { headers } = requestFor({ ...probe, headers: Object.fromEntries(kept) }, request);
  return { ...request, headers };
}

/** As a browser asks before a page of another origin may send the request. It never sends a session. */
function preflight({ body: _, ...request }: HttpRequest, probe: ProbeRequest): HttpRequest {
  const { headers, ...rest } = withoutSession(request, { ...probe, headers: {} });
  const asked = {
    origin: foreignOrigins(probe.url).preflight,
    'access-control-request-method': probe.method,
    'access-control-request-headers': 'content-type',
  };
  return { ...rest, method: 'OPTIONS', headers: { ...headers, ...asked } };
}

function getting(probe: ProbeRequest): HttpRequest {
  const url = new URL(urlFor(probe.url, probe.user));
  const query = queryFor(probe.body ?? '', probe.user);
  url.search = [url.search.slice(1), query].filter(Boolean).join('&');
  return requestFor(probe, { url: url.href, method: 'GET' });
}
