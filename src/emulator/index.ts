import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Transport } from '../courier/transport.js';
import { Failure } from '../errors.js';
import type { RequestEntry } from '../request-entry.js';
import { speaking } from '../speaking.js';
import { judged } from '../untyped.js';
import { Refusal } from './answer.js';
import type { EnvironmentName } from './caller.js';
import { type ClockRequest, type FaultRequest, type RateLimitRequest, control } from './control.js';
import { EmulatedCourier } from './courier.js';
import { inProcess } from './portless.js';
import { isIsoTime } from './schema.js';
import type { Seed } from './seed.js';
import { type ApiUrls, type ListenOptions, type Listening, listen } from './server.js';
import type { State, StateOptions } from './state.js';
import type { World } from './world.js';

export { Failure };
export type { ApiUrls, EnvironmentName, FaultRequest, ListenOptions, Listening, RateLimitRequest };
export type { RequestEntry, Seed, Transport, World };
export type { Verdict, VerdictCode } from '../request-entry.js';

export interface EmulatorOptions {
  /** What each environment begins with; alice, bob, a tenant, a brand and topics unless given. */
  seed?: Seed;
  /** The only API key that is accepted; any that has the look of one unless given. */
  apiKey?: string;
  /** A token without `inbox:read:messages`: `refuse` (401, the default), or `empty` (200 without messages). */
  missingScope?: 'refuse' | 'empty';
  /** ISO 8601: time begins there, and stands still until `control.advance` moves it. */
  clock?: string;
  /** Ids that count up, so that two runs answer the same. */
  sequentialIds?: boolean;
  /** Called with each request, as `control.requests` has it. */
  onRequest?: (entry: RequestEntry) => void;
}

export interface Emulator {
  /** In-process, without a network: what `issueToken({ transport })` of courier-jwt takes. */
  transport: Transport;
  /** On a port of loopback: REST, both GraphQLs and the socket. Rejects with a Failure, `usage.listen` where it cannot. */
  listen(options?: ListenOptions): Promise<Listening>;
  control: EmulatorControl;
}

/** What a test asks of the emulator; `/__emulator/…` over HTTP. Throws a Failure for what it cannot do: `usage.value`. */
export interface EmulatorControl {
  /** As it was in the beginning. */
  reset(): void;
  /** A copy of what an environment holds; `test` unless given. */
  state(environment?: EnvironmentName): World;
  /** The newest thousand. */
  requests(): RequestEntry[];
  /** The next `count` requests, or all, that match `path` and `method`, fail with `status`, hang or drop. */
  fail(fault: FaultRequest): void;
  /** No fault, latency or limit any more. */
  recover(): void;
  latency(milliseconds: number): void;
  rateLimit(limit: RateLimitRequest): void;
  /** Moves time forward by a duration (`2h`), or seconds. */
  advance(duration: string | number): void;
  /** ISO 8601. */
  setTime(time: string): void;
  now(): string;
  missingScope(how: 'refuse' | 'empty'): void;
}

/**
 * A local Courier for a test suite or a program.
 * @throws {Failure} `usage.option`, `usage.value` or `usage.seed`
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  return speaking(() => {
    const courier = new EmulatedCourier(stateOptions(options), {
      clock: () => Date.now() / 1000,
      uptime: () => performance.now() / 1000,
      newId: randomUUID,
      sleep: async (ms) => sleep(ms, undefined, { ref: false }),
    });
    return {
      transport: inProcess(courier),
      listen: async (at) => speaking(async () => listen(courier, at)),
      control: controlOf(courier.state),
    };
  });
}

/** A misspelt option would be one that does nothing. */
function stateOptions(options: EmulatorOptions): StateOptions {
  const { clock, ...rest } = judged(options, {
    seed: 'any',
    apiKey: 'text',
    missingScope: 'any',
    clock: 'any',
    sequentialIds: 'flag',
    onRequest: 'function',
  });
  const { missingScope = 'refuse' } = rest;
  if (!['refuse', 'empty'].includes(missingScope))
    throw wrong('missingScope', missingScope, 'it takes refuse or empty');
  if (clock === undefined) return rest;
  if (!isIsoTime(clock)) throw wrong('clock', clock, 'it takes an ISO 8601 time, such as 2026-01-01T00:00:00Z');
  return { ...rest, startAt: Date.parse(clock) / 1000 };
}

function wrong(option: string, value: unknown, reason: string): Failure {
  return new Failure('usage.value', { option, value: String(value), reason });
}

function controlOf(state: State): EmulatorControl {
  const ask = (method: string, path: string, body?: object, query = {}) =>
    control(state, method, path, new URLSearchParams(query), body ? JSON.stringify(body) : '').body;
  /** With what was given, for the sentence. */
  const asking = <T>(name: string, given: unknown, work: () => T): T =>
    speaking(() => {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const { message } = error.answer.body as { message: string };
        const [value, reason] =
          typeof given === 'object' ? [JSON.stringify(given), message] : [given, message.replace(/^\w+: /, '')];
        throw wrong(`control.${name}`, value, reason);
      }
    });
  const post = (name: string, given: unknown, path: string, body: object) =>
    asking(name, given, () => void ask('POST', path, body));
  return {
    reset: () => state.reset(),
    state: (environment = 'test') =>
      asking('state', environment, () => structuredClone(ask('GET', '/state', undefined, { environment }) as World)),
    requests: () => state.log.newest(),
    fail: (fault) => post('fail', fault, '/fail', fault),
    recover: () => state.faults.reset(),
    latency: (ms) => post('latency', ms, '/latency', { ms }),
    rateLimit: (limit) => post('rateLimit', limit, '/rate-limit', limit),
    advance: (duration) => post('advance', duration, '/clock', { advance: duration } satisfies ClockRequest),
    setTime: (now) => post('setTime', now, '/clock', { now } satisfies ClockRequest),
    now: () => (ask('GET', '/clock') as { now: string }).now,
    missingScope: (how) => post('missingScope', how, '/settings', { missingScope: how }),
  };
}
