import { type Answer, Refusal, errorAnswer, notFound } from './answer.js';
import { bodyOf } from './body.js';
import type { Call, Settings } from './call.js';
import { type Caller, type EnvironmentName, bearerIn, callerOf, requireKey, requireScope, userOf } from './caller.js';
import { Clock, isoOf } from './clock.js';
import { control } from './control.js';
import { defaultSeed } from './default-seed.js';
import { Faults, type Silence } from './faults.js';
import { clientRoot, clientSchema } from './graphql/client.js';
import { inboxRoot, inboxSchema } from './graphql/inbox.js';
import { runGraphql } from './graphql/run.js';
import { Realtime, type Connection } from './realtime.js';
import { type RequestEntry, RequestLog, type Told } from './requests.js';
import { type Access, methodsFor, routeFor } from './rest/route.js';
import { routes } from './rest/routes.js';
import { type Seed, readSeed, worldOf } from './seed.js';
import { verdictHeader, verdictText } from './verdict-header.js';
import type { World } from './world.js';

/** A request, from the network or in-process. */
export interface EmulatedRequest {
  method: string;
  /** Path and query. */
  url: string;
  /** Lower-case names. */
  headers: Record<string, string | undefined>;
  body: string;
}

export interface CourierOptions {
  seed?: Seed | undefined;
  /** The only key that is accepted; without it any that has the look of one. */
  apiKey?: string | undefined;
  missingScope?: Settings['missingScope'] | undefined;
  /** Seconds since the epoch at which time begins, and stands still. */
  startAt?: number | undefined;
  /** Ids that count up, the same in every run. */
  sequentialIds?: boolean | undefined;
  onRequest?: ((entry: RequestEntry) => void) | undefined;
}

/** What the emulator needs of the outside. */
export interface Outside {
  /** Seconds since the epoch. */
  clock(): number;
  /** Seconds that run on, whatever the date. */
  uptime(): number;
  newId(): string;
  sleep(ms: number): Promise<void>;
}

/** How long an `Idempotency-Key` is known, in seconds. Source: https://www.courier.com/docs/reference/get-started. */
const idempotencySeconds = 86_400;

const controlPath = '/__emulator';

/** The scope that reading an inbox takes, over the socket too. */
const readingScope = 'inbox:read:messages';

/** A local Courier: its state, and what it answers. Who carries requests to it is not its business. */
export class EmulatedCourier {
  readonly clock: Clock;
  readonly faults = new Faults();
  readonly realtime = new Realtime();
  readonly log: RequestLog;
  settings: Settings;

  readonly #options: CourierOptions;
  readonly #outside: Outside;
  readonly #seed: ReturnType<typeof seedOf>;
  #worlds: Record<EnvironmentName, World>;
  readonly #answered = new Map<string, { at: number; answer: Answer }>();
  #ids = 0;

  /** @throws {TypeError} for a seed that is none */
  constructor(options: CourierOptions, outside: Outside) {
    this.#options = options;
    this.#outside = outside;
    this.#seed = seedOf(options.seed ?? defaultSeed);
    this.clock = new Clock(outside.clock, options.startAt);
    this.settings = settingsOf(options);
    this.log = new RequestLog(options.onRequest ?? (() => {}));
    this.#worlds = this.#seeded();
  }

  /** As it was in the beginning; sockets are closed, for what they know is no more. */
  reset(): void {
    this.clock.reset();
    this.faults.reset();
    this.realtime.closeAll(1012, 'The emulator was reset');
    this.log.entries = [];
    this.settings = settingsOf(this.#options);
    this.#worlds = this.#seeded();
    this.#answered.clear();
    this.#ids = 0;
  }

  /** What an environment holds. */
  world(environment: EnvironmentName): World {
    return this.#worlds[environment];
  }

  #seeded(): Record<EnvironmentName, World> {
    const seeded = () => worldOf(structuredClone(this.#seed), this.clock.now());
    return { test: seeded(), production: seeded() };
  }

  /** Answers a request, and writes it in the log. Never throws. */
  handle(request: EmulatedRequest): Promise<Answer | Silence> {
    const { method, url, headers, body } = request;
    const { path, query } = addressOf(url);
    if (path === controlPath || path.startsWith(`${controlPath}/`))
      return Promise.resolve(orError(() => control(this, method, path.slice(controlPath.length), query, body)));
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
      if (path !== '/') throw notFound();
      const caller = this.#user(query.get('auth') ?? undefined, told);
      const user = userOf(caller, query.get('userId') ?? undefined);
      requireScope(caller, readingScope);
      join = (connection) => this.realtime.connect(caller, user, query.get('cid'), connection);
      return { status: 101 };
    };
    const answer = await this.#logged(told, () => orError(admitted, told, true));
    return join ? { join } : { answer };
  }

  /** Writes in the log how it ended; where a fault was asked for, by that. */
  async #logged(told: Told, answering: () => Answer | Promise<Answer>): Promise<Answer | Silence> {
    const began = this.#outside.uptime();
    if (this.faults.latencyMs > 0) await this.#outside.sleep(this.faults.latencyMs);
    const failed = this.faults.next(told.method, told.path, this.#outside.uptime());
    const answered = failed ?? answering();
    const answer = answered instanceof Promise ? await answered : answered;
    const { method, path, operation, user, verdict } = told;
    this.log.add({
      at: isoOf(this.clock.now()),
      method,
      path,
      operation,
      status: typeof answer === 'string' ? null : answer.status,
      user,
      verdict,
      fault: failed !== undefined,
      milliseconds: Math.round((this.#outside.uptime() - began) * 1000),
    });
    return answer;
  }

  async #graphql(request: EmulatedRequest, schema: typeof inboxSchema, root: unknown, told: Told): Promise<Answer> {
    if (request.method !== 'POST') throw methodNotAllowed(['POST']);
    const caller = this.#user(bearerIn(request.headers.authorization), told);
    return runGraphql(schema, root, bodyOf(request.body), this.#call(caller, request, told));
  }

  #rest(request: EmulatedRequest, path: string, query: URLSearchParams, told: Told): Answer {
    const found = routeFor(routes, request.method, path);
    if (!found) throw notHere(path);
    const { route, parameters } = found;
    const caller = this.#admitted(route.access, request, parameters, told);
    const call = this.#call(caller, request, told);
    const answer = () => route.answer({ parameters, query, body: bodyOf(request.body) }, call);
    return route.method === 'POST' ? this.#once(request, caller, path, answer) : answer();
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
    const caller = callerOf(bearer, { now: this.clock.now(), apiKey: this.#options.apiKey });
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
    const { environment } = caller;
    return {
      caller,
      world: this.world(environment),
      worlds: this.#worlds,
      settings: this.settings,
      headers,
      now: this.clock.now(),
      newId: () => this.#newId(),
      newMessageId: () => this.#newMessageId(),
      publish: (envelope, audience) => this.realtime.publish(envelope, { environment, ...audience }, this.clock.now()),
      note: (operation) => (told.operation = operation),
    };
  }

  /** The same `Idempotency-Key` once more gets the same answer, and nothing is done twice. */
  #once({ headers }: EmulatedRequest, caller: Caller, path: string, answer: () => Answer): Answer {
    const name = headers['idempotency-key'];
    if (!name || caller.key === undefined) return answer();
    const known = JSON.stringify([caller.key, path, name]);
    const before = this.#answered.get(known);
    if (before && this.clock.now() - before.at < idempotencySeconds) return before.answer;
    const first = answer();
    if (first.status >= 400) return first;
    this.#answered.set(known, { at: this.clock.now(), answer: first });
    return first;
  }

  /** A UUID; or one that counts up. */
  #newId(): string {
    if (!this.#options.sequentialIds) return this.#outside.newId();
    this.#ids += 1;
    return `00000000-0000-4000-8000-${this.#ids.toString(16).padStart(12, '0')}`;
  }

  /** As Courier writes them: `1-5e2b2615-05efbb3acab9172f88dd3f6f`. */
  #newMessageId(): string {
    const hex = this.#newId().replaceAll('-', '');
    return `1-${hex.slice(0, 8)}-${hex.slice(8)}`;
  }
}

type Join = (connection: Connection) => ReturnType<Realtime['connect']>;
type Admission = { join: Join } | { answer: Answer | Silence };

function untold(method: string, path: string, user: string | null | undefined): Told {
  return { method, path, operation: null, user: user || null, verdict: { code: 'open' } };
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
  if (!(error instanceof Refusal)) return errorAnswer(500, 'Internal Server Error');
  const { answer, verdict } = error;
  if (!told || !verdict) return answer;
  told.verdict = verdict;
  // Of the Inbox only 401 is known, whatever its token lacks: https://www.courier.com/docs/platform/inbox/authentication.
  const { status, body } = ofInbox ? errorAnswer(401, 'Unauthorized') : answer;
  return { status, body, headers: { [verdictHeader]: verdictText(verdict) } };
}

function notHere(path: string): Refusal {
  const methods = methodsFor(routes, path);
  return methods.length > 0 ? methodNotAllowed(methods) : notFound();
}

function methodNotAllowed(allowed: string[]): Refusal {
  return new Refusal(errorAnswer(405, 'Method Not Allowed', { allow: allowed.join(', ') }));
}

/** As it was sent: what a URL would make of `..` and of two slashes is not what was asked for. */
function addressOf(url: string): { path: string; query: URLSearchParams } {
  const [path = ''] = url.split('?');
  return { path, query: new URLSearchParams(url.slice(path.length)) };
}

function settingsOf({ missingScope = 'refuse' }: CourierOptions): Settings {
  return { missingScope };
}

function seedOf(seed: Seed) {
  const read = readSeed(seed);
  if ('problem' in read) throw new TypeError(`seed: ${read.problem}`);
  return read.value;
}
