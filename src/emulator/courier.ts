import { type Answer, Refusal, errorAnswer } from './answer.js';
import { bodyOf } from './body.js';
import type { Call } from './call.js';
import { type Caller, bearerIn, callerOf, environments, requireKey, requireScope, userOf } from './caller.js';
import { isoOf } from './clock.js';
import { control } from './control.js';
import type { Silence } from './faults.js';
import { clientRoot, clientSchema } from './graphql/client.js';
import { inboxRoot, inboxSchema } from './graphql/inbox.js';
import { runGraphql } from './graphql/run.js';
import { isForBrowser, page } from './page.js';
import type { Connection, Realtime } from './realtime.js';
import { withoutSecrets } from './redact.js';
import type { Told } from './requests.js';
import { type Access, methodsFor, routeFor } from './rest/route.js';
import { routes } from './rest/routes.js';
import { type Outside, State, type StateOptions } from './state.js';
import { verdictHeader, verdictText } from './verdict-header.js';

/** A request, from the network or in-process. */
export interface EmulatedRequest {
  method: string;
  /** Path and query. */
  url: string;
  /** Lower-case names. */
  headers: Record<string, string | undefined>;
  body: string;
}

const controlPath = '/__emulator';

/** The scope that reading an inbox takes, over the socket too. */
const readingScope = 'inbox:read:messages';

/** A local Courier: what it answers. Who carries requests to it is not its business. */
export class EmulatedCourier {
  readonly state: State;

  /** @throws {Failure} `usage.seed` */
  constructor(options: StateOptions, outside: Outside) {
    this.state = new State(options, outside);
  }

  /** Answers a request, and writes it in the log. Never throws. */
  handle(request: EmulatedRequest): Promise<Answer | Silence> {
    const { method, url, headers, body } = request;
    const { path, query } = addressOf(url);
    if (path === controlPath || path.startsWith(`${controlPath}/`))
      return Promise.resolve(orError(() => control(this.state, method, path.slice(controlPath.length), query, body)));
    const told = untold(method, path, headers['x-courier-user-id']);
    return this.#logged(told, () => {
      if (path === '/q') return orError(async () => this.#graphql(request, inboxSchema, inboxRoot, told), told, true);
      if (path === '/client/q')
        return orError(async () => this.#graphql(request, clientSchema, clientRoot, told), told);
      return orError(() => this.#rest(request, path, query, told), told);
    });
  }

  /** Lets a socket in, as `?auth=…&userId=…&cid=…` asks, or says why not. Source: `getWebSocketUrl` of @trycourier/courier-js. */
  async admit(url: string): Promise<Admission> {
    const { path, query } = addressOf(url);
    const told = untold('SOCKET', path, query.get('userId'));
    let join: Join | undefined;
    const admitted = () => {
      if (path !== '/') throw notEmulated('SOCKET', path);
      const caller = this.#user(query.get('auth') ?? undefined, told);
      const user = userOf(caller, query.get('userId') ?? undefined);
      requireScope(caller, readingScope);
      join = (connection) => this.state.realtime.connect(caller, user, query.get('cid'), connection);
      return { status: 101 };
    };
    const answer = await this.#logged(told, () => orError(admitted, told, true));
    return join ? { join } : { answer };
  }

  /** Writes in the log how it ended; where a fault was asked for, by that. */
  async #logged(told: Told, answering: () => Answer | Promise<Answer>): Promise<Answer | Silence> {
    const { clock, faults, log, outside } = this.state;
    const began = outside.uptime();
    if (faults.latencyMs > 0) await outside.sleep(faults.latencyMs);
    const failed = faults.next(told.method, told.path, outside.uptime());
    const answered = failed?.answer ?? answering();
    const answer = answered instanceof Promise ? await answered : answered;
    const { method, path, operation, user, verdict } = told;
    log.add({
      at: isoOf(clock.now()),
      method,
      path,
      operation,
      status: typeof answer === 'string' ? null : answer.status,
      user,
      verdict,
      reason: failed ? failed.reason : (told.reason ?? reasonIn(answer)),
      fault: failed !== undefined,
      milliseconds: Math.round((outside.uptime() - began) * 1000),
    });
    return answer;
  }

  async #graphql(request: EmulatedRequest, schema: typeof inboxSchema, root: unknown, told: Told): Promise<Answer> {
    if (request.method !== 'POST') throw methodNotAllowed(['POST']);
    const caller = this.#user(bearerIn(request.headers.authorization), told);
    return runGraphql(schema, root, bodyOf(request.body), this.#call(caller, request, told));
  }

  #rest(request: EmulatedRequest, path: string, query: URLSearchParams, told: Told): Answer {
    if (isForBrowser(request.method, path, request.headers.accept)) return page;
    const found = routeFor(routes, request.method, path);
    if (!found) throw notHere(request.method, path);
    const { route, parameters } = found;
    const caller = this.#admitted(route.access, request, parameters, told);
    const call = this.#call(caller, request, told);
    const answer = () => route.answer({ parameters, query, body: bodyOf(request.body) }, call);
    const once = request.headers['idempotency-key'];
    if (!once || caller.key === undefined || route.method !== 'POST') return answer();
    return this.state.once(JSON.stringify([caller.key, path, once]), answer);
  }

  /** Who calls, where the route is for them. */
  #admitted(access: Access, { headers }: EmulatedRequest, parameters: Record<string, string>, told: Told): Caller {
    const bearer = bearerIn(headers.authorization);
    if (access.by === 'anyone' && bearer === undefined) return anonymous;
    const caller = this.#caller(bearer, told);
    if (access.by === 'key') requireKey(caller);
    if (access.by === 'token') {
      const scope = typeof access.scope === 'function' ? access.scope(parameters) : access.scope;
      requireScope(caller, scope, access.user ? parameters.user : undefined);
    }
    return caller;
  }

  #caller(bearer: string | undefined, told: Told): Caller {
    const caller = callerOf(bearer, { now: this.state.clock.now(), apiKey: this.state.options.apiKey });
    told.user ??= caller.users[0] ?? null;
    told.verdict = { code: caller.by === 'key' ? 'key.accepted' : 'token.accepted' };
    return caller;
  }

  /** GraphQL and the socket are for user tokens alone. */
  #user(bearer: string | undefined, told: Told): Caller {
    const caller = this.#caller(bearer, told);
    if (caller.by === 'key') throw new Refusal(errorAnswer(401, 'Unauthorized'), { code: 'token.needed' });
    return caller;
  }

  #call(caller: Caller, { headers }: EmulatedRequest, told: Told): Call {
    const { state } = this;
    const { environment } = caller;
    return {
      caller,
      world: state.worlds[environment],
      worlds: state.worlds,
      reach: caller === anonymous ? environments : [environment],
      settings: state.settings,
      headers,
      now: state.clock.now(),
      newId: () => state.newId(),
      newMessageId: () => state.newMessageId(),
      publish: (envelope, audience) =>
        state.realtime.publish(envelope, { environment, ...audience }, state.clock.now()),
      note: (operation) => (told.operation = operation),
      because: (reason) => (told.reason ??= reason),
    };
  }
}

type Join = (connection: Connection) => ReturnType<Realtime['connect']>;
type Admission = { join: Join } | { answer: Answer | Silence };

function untold(method: string, path: string, user: string | null | undefined): Told {
  return { method, path, operation: null, user: user || null, verdict: { code: 'open' }, reason: null };
}

const anonymous: Caller = { environment: 'test', by: 'token', users: [], scopes: [], expiresAt: null };

/** The answer, or the refusal's; at once where the work is. */
function orError(work: () => Answer | Promise<Answer>, told?: Told, ofInbox = false): Answer | Promise<Answer> {
  try {
    const answer = work();
    return answer instanceof Promise ? answer.catch((error: unknown) => refused(error, told, ofInbox)) : answer;
  } catch (error) {
    return refused(error, told, ofInbox);
  }
}

/** What Courier does not say of the credentials stands in a header of the emulator's own. */
function refused(error: unknown, told: Told | undefined, ofInbox: boolean): Answer {
  if (!(error instanceof Refusal)) {
    if (told) told.reason = `failed inside: ${String(error)}`;
    return errorAnswer(500, 'Internal Server Error');
  }
  const { answer, verdict } = error;
  if (!told || !verdict) return answer;
  told.verdict = verdict;
  // Of the Inbox only 401 is known, whatever its token lacks: https://www.courier.com/docs/platform/inbox/authentication.
  const { status, body } = ofInbox && answer.status === 403 ? errorAnswer(401, 'Unauthorized') : answer;
  return { status, body, headers: { [verdictHeader]: verdictText(verdict) } };
}

/** What an error says, where no verdict has said it. */
function reasonIn(answer: Answer | Silence): string | null {
  if (typeof answer === 'string' || answer.status < 400 || answer.headers?.[verdictHeader] !== undefined) return null;
  const { message } = (answer.body ?? {}) as { message?: unknown };
  return typeof message === 'string' ? message : null;
}

function notHere(method: string, path: string): Refusal {
  const methods = methodsFor(routes, path);
  return methods.length > 0 ? methodNotAllowed(methods) : notEmulated(method, path);
}

/** Whoever takes it for Courier's own word would look for the mistake in the path. */
function notEmulated(method: string, path: string): Refusal {
  const place = withoutSecrets(path).slice(0, 200);
  const answer = errorAnswer(404, `Not Found: not emulated by courier-jwt: ${method} ${place}`);
  return new Refusal(answer, { code: 'not-emulated' });
}

function methodNotAllowed(allowed: string[]): Refusal {
  return new Refusal(errorAnswer(405, 'Method Not Allowed', { allow: allowed.join(', ') }));
}

/** As it was sent: what a URL would make of `..` and of two slashes is not what was asked for. */
function addressOf(url: string): { path: string; query: URLSearchParams } {
  const [path = ''] = url.split('?');
  return { path, query: new URLSearchParams(url.slice(path.length)) };
}
