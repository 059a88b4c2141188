import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import type { Transport } from '../courier/transport.js';
import type { RequestEntry } from '../request-entry.js';
import { Refusal } from './answer.js';
import type { EnvironmentName } from './caller.js';
import { type ClockRequest, type FaultRequest, type RateLimitRequest, control } from './control.js';
import { EmulatedCourier } from './courier.js';
import { inProcess } from './portless.js';
import { isoTime, read } from './schema.js';
import type { Seed } from './seed.js';
import { type ApiUrls, type ListenOptions, type Listening, listen } from './server.js';
import type { State, StateOptions } from './state.js';
import type { World } from './world.js';

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
  /** On a port of loopback: REST, both GraphQLs and the socket. */
  listen(options?: ListenOptions): Promise<Listening>;
  control: EmulatorControl;
}

/** What a test asks of the emulator; `/__emulator/…` over HTTP. Throws a TypeError for what it cannot do. */
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
 * @throws {TypeError} for an option that is not known or of the wrong kind, and for a seed that is none
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const courier = new EmulatedCourier(stateOptions(options), {
    clock: () => Date.now() / 1000,
    uptime: () => performance.now() / 1000,
    newId: randomUUID,
    sleep: async (ms) => sleep(ms, undefined, { ref: false }),
  });
  return {
    transport: inProcess(courier),
    listen: async (at) => listen(courier, at),
    control: controlOf(courier.state),
  };
}

const optionsSchema = v.strictObject({
  seed: v.optional(v.unknown()),
  apiKey: v.optional(v.string()),
  missingScope: v.optional(v.picklist(['refuse', 'empty'])),
  clock: v.optional(isoTime),
  sequentialIds: v.optional(v.boolean()),
  onRequest: v.optional(v.function()),
});

/** A misspelt option would be one that does nothing. */
function stateOptions(options: EmulatorOptions): StateOptions {
  const known = read(optionsSchema, options);
  if ('problem' in known) throw new TypeError(`createEmulator: ${known.problem}`);
  const { clock, ...rest } = options;
  return clock === undefined ? rest : { ...rest, startAt: Date.parse(clock) / 1000 };
}

function controlOf(state: State): EmulatorControl {
  const ask = (method: string, path: string, body?: object, query = {}) => {
    try {
      return control(state, method, path, new URLSearchParams(query), body ? JSON.stringify(body) : '').body;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new TypeError((error.answer.body as { message: string }).message, { cause: error });
    }
  };
  const clock = (request: ClockRequest) => void ask('POST', '/clock', request);
  return {
    reset: () => void ask('POST', '/reset'),
    state: (environment = 'test') => structuredClone(ask('GET', '/state', undefined, { environment }) as World),
    requests: () => state.log.newest(),
    fail: (fault) => void ask('POST', '/fail', fault),
    recover: () => state.faults.reset(),
    latency: (ms) => void ask('POST', '/latency', { ms }),
    rateLimit: (limit) => void ask('POST', '/rate-limit', limit),
    advance: (duration) => clock({ advance: duration }),
    setTime: (now) => clock({ now }),
    now: () => (ask('GET', '/clock') as { now: string }).now,
    missingScope: (how) => void ask('POST', '/settings', { missingScope: how }),
  };
}
