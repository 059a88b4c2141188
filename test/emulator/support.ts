import type { Answer } from '../../src/emulator/answer.js';
import { Refusal } from '../../src/emulator/answer.js';
import { EmulatedCourier } from '../../src/emulator/courier.js';
import type { Silence } from '../../src/emulator/faults.js';
import { mint } from '../../src/emulator/mint.js';
import { type Seed, readSeed, worldOf } from '../../src/emulator/seed.js';
import type { StateOptions } from '../../src/emulator/state.js';
import type { Message, World } from '../../src/emulator/world.js';

/** 2026-01-01T00:00:00Z, in seconds. */
export const now = 1_767_225_600;

export const testKey = 'pk_test_emulated';
export const productionKey = 'pk_prod_emulated';

/** A token that the emulator minted, with an hour to live. */
export function tokenFor(scope: string, key = testKey, at = now): string {
  return String(mint({ scope, expires_in: '1h' }, { now: at, id: 'an-id', key }).body.token);
}

/** What a caller sends: `as` is a token or a key; a body that is a text goes as it is. */
export interface Sent {
  as?: string | undefined;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A courier whose time stands still and whose ids count up; `ask` gives what goes over the wire. */
export function makeCourier(options: StateOptions = {}) {
  const slept: number[] = [];
  const outside = {
    clock: () => now,
    uptime: () => slept.reduce((total, ms) => total + ms / 1000, 0),
    newId: () => 'an-id',
    sleep: async (ms: number) => void slept.push(ms),
  };
  const courier = new EmulatedCourier({ startAt: now, sequentialIds: true, ...options }, outside);
  const ask = async (method: string, url: string, { as, body, headers }: Sent = {}): Promise<Answer | Silence> => {
    const answer = await courier.handle({
      method,
      url,
      headers: { ...(as !== undefined && { authorization: `Bearer ${as}` }), ...headers },
      body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
    });
    return JSON.parse(JSON.stringify(answer)) as Answer | Silence;
  };
  const query = async (path: '/q' | '/client/q', as: string, text: string, variables = {}, headers = {}) =>
    ask('POST', path, { as, body: { query: text, variables }, headers });
  return { courier, ask, query, slept };
}

/** An error's answer as Courier words it; with the verdict where a credential is the reason. */
export function refused(status: 400 | 401 | 403 | 404 | 409, text: string, verdict?: string): Answer {
  const types = {
    400: 'invalid_request_error',
    401: 'authentication_error',
    403: 'authorization_error',
    404: 'invalid_request_error',
    409: 'invalid_request_error',
  };
  return {
    status,
    body: { message: text, type: types[status] },
    ...(verdict !== undefined && { headers: { 'x-emulator-verdict': verdict } }),
  };
}

export const notEmulated = (call: string) =>
  refused(404, `Not Found: not emulated by courier-jwt: ${call}`, 'not-emulated');
export const unauthorized = (verdict: string) => refused(401, 'Unauthorized', verdict);
export const forbidden = (verdict: string) => refused(403, 'Forbidden', verdict);

/** What `work` refuses with; what it gives, if it does not. */
export function refusalOf(work: () => unknown): unknown {
  try {
    return { returned: work() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { answer: error.answer, verdict: error.verdict };
  }
}

export function makeWorld(seed: Seed = {}): World {
  const read = readSeed(seed);
  if ('problem' in read) throw new TypeError(read.problem);
  return worldOf(read.value, now);
}

/** A message in full, with what is told of it. */
export function message(told: Partial<Message> & Pick<Message, 'messageId'>): Message {
  const id = told.messageId;
  return {
    user: 'alice',
    tenant: null,
    title: '',
    body: '',
    created: '2026-01-01T00:00:00.000Z',
    read: null,
    opened: null,
    clicked: null,
    archived: null,
    tags: [],
    data: null,
    actions: [],
    trackingIds: {
      archiveTrackingId: `${id}-archive`,
      openTrackingId: `${id}-open`,
      clickTrackingId: `${id}-click`,
      deliverTrackingId: `${id}-deliver`,
      readTrackingId: `${id}-read`,
      unreadTrackingId: `${id}-unread`,
    },
    ...told,
  };
}
