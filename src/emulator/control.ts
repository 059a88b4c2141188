import * as v from 'valibot';
import { parseDuration } from '../token/duration.js';
import { type Answer, Refusal, errorAnswer, invalid } from './answer.js';
import { bodyOf } from './body.js';
import { environments } from './caller.js';
import { isoOf } from './clock.js';
import { bodyAs } from './rest/route.js';
import { isoTime, lastMoment } from './schema.js';
import type { State } from './state.js';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));

const failSchema = v.strictObject({
  status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)), 500),
  how: v.optional(v.picklist(['status', 'hang', 'drop']), 'status'),
  path: v.optional(v.nullable(v.string()), null),
  method: v.optional(v.nullable(v.pipe(v.string(), v.toUpperCase())), null),
  count: v.optional(v.nullable(count), null),
  retryAfter: v.optional(v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0))), null),
});

const latencySchema = v.strictObject({ ms: v.pipe(v.number(), v.minValue(0), v.maxValue(600_000)) });
const rateLimitSchema = v.strictObject({
  requests: count,
  seconds: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0.001)), 1),
});
const clockSchema = v.union([
  v.strictObject({ advance: v.union([v.string(), v.pipe(v.number(), v.minValue(0))]) }),
  v.strictObject({ now: isoTime }),
]);
const settingsSchema = v.strictObject({ missingScope: v.picklist(['refuse', 'empty']) });
const environment = v.picklist(environments);

export type FaultRequest = v.InferInput<typeof failSchema>;
export type ClockRequest = v.InferInput<typeof clockSchema>;
export type RateLimitRequest = v.InferInput<typeof rateLimitSchema>;

type Action = (state: State, body: unknown, query: URLSearchParams) => unknown;

/** What a test asks of the emulator, by method and path below `/__emulator`. */
const actions: Record<string, Record<string, Action>> = {
  '': { GET: () => ({ endpoints: endpoints() }) },
  '/health': { GET: () => ({ ready: true }) },
  '/reset': {
    POST: (state) => {
      state.reset();
      return { reset: true };
    },
  },
  '/state': { GET: (state, _, query) => state.worlds[bodyAs(environment, query.get('environment') ?? 'test')] },
  '/requests': {
    GET: (state) => ({ requests: state.log.newest() }),
    DELETE: (state) => {
      state.log.entries = [];
      return { requests: [] };
    },
  },
  '/fail': {
    GET: ({ faults }) => ({ faults: faults.faults }),
    POST: ({ faults }, body) => {
      faults.faults.push(bodyAs(failSchema, body ?? {}));
      return { faults: faults.faults };
    },
    DELETE: ({ faults }) => {
      faults.faults = [];
      return { faults: [] };
    },
  },
  '/latency': {
    GET: ({ faults }) => ({ ms: faults.latencyMs }),
    POST: ({ faults }, body) => {
      faults.latencyMs = bodyAs(latencySchema, body).ms;
      return { ms: faults.latencyMs };
    },
    DELETE: ({ faults }) => {
      faults.latencyMs = 0;
      return { ms: 0 };
    },
  },
  '/rate-limit': {
    GET: ({ faults }) => ({ rateLimit: faults.rateLimit }),
    POST: ({ faults }, body) => {
      faults.rateLimit = bodyAs(rateLimitSchema, body);
      return { rateLimit: faults.rateLimit };
    },
    DELETE: ({ faults }) => {
      faults.rateLimit = null;
      return { rateLimit: null };
    },
  },
  '/clock': {
    GET: ({ clock }) => ({ now: isoOf(clock.now()) }),
    POST: ({ clock }, body) => {
      const asked = bodyAs(clockSchema, body);
      if ('now' in asked) clock.set(Date.parse(asked.now) / 1000);
      else clock.advance(forward(clock.now(), asked.advance));
      return { now: isoOf(clock.now()) };
    },
    DELETE: ({ clock }) => {
      clock.reset();
      return { now: isoOf(clock.now()) };
    },
  },
  '/settings': {
    GET: ({ settings }) => settings,
    POST: (state, body) => (state.settings = bodyAs(settingsSchema, body)),
  },
};

/** @throws {Refusal} 400, 404 or 405 */
export function control(state: State, method: string, path: string, query: URLSearchParams, body: string): Answer {
  const methods = Object.hasOwn(actions, path.replace(/\/$/, '')) ? actions[path.replace(/\/$/, '')] : undefined;
  if (!methods) throw new Refusal(errorAnswer(404, `there is none: there are ${endpoints().join(', ')}`));
  const action = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!action) {
    const allow = Object.keys(methods).join(', ');
    throw new Refusal(errorAnswer(405, `it takes ${allow}`, { allow }));
  }
  return { status: 200, body: action(state, bodyOf(body), query) };
}

function endpoints(): string[] {
  return Object.entries(actions).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} /__emulator${path}`),
  );
}

/** Seconds of a step from `now`. */
function forward(now: number, by: string | number): number {
  const parsed = typeof by === 'string' ? parseDuration(by) : { seconds: by };
  if ('problem' in parsed) throw invalid(`advance: ${by} is no duration, such as "2h"`);
  if (!((now + parsed.seconds) * 1000 <= lastMoment)) throw invalid(`advance: ${by} is too far`);
  return parsed.seconds;
}
