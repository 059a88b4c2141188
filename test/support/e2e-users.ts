import { type CourierServer, type Misbehaviour, json } from './courier-server.js';
import { claimsOf } from './e2e-world.js';

/** A line of `issue --users`. */
export interface UserLine {
  user: string;
  token?: string;
  expiresAt?: string | null;
  error?: { code: string; message: string };
}

/** The lines, of which the last one has its end, too. */
export function userLinesIn(ndjson: string): UserLine[] {
  if (ndjson !== '' && !ndjson.endsWith('\n')) throw new Error(`torn: ${ndjson.slice(-100)}`);
  return ndjson
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as UserLine);
}

/** What came of each user, in order: `alice: token`, `a b: user.invalid line 2: …`. One who is there twice is here twice. */
export function outcomesIn(ndjson: string): string[] {
  return userLinesIn(ndjson)
    .map((line) => `${line.user}: ${outcomeOf(line)}`)
    .toSorted();
}

/** `token` where the line has nothing but a token of this user, and its own expiry. */
function outcomeOf(line: UserLine): string {
  const { user, token, error } = line;
  if (error) return `${error.code} ${error.message}`;
  const { scope, exp } = claimsOf(token ?? '') as { scope: string; exp: number };
  const whole = { user, token, expiresAt: new Date(exp * 1000).toISOString().replace('.000', '') };
  return scope.split(' ')[0] === `user_id:${user}` && JSON.stringify(line) === JSON.stringify(whole)
    ? 'token'
    : JSON.stringify(line);
}

/** The users that have a token, in order; one who has two is there twice. */
export function mintedIn(ndjson: string): string[] {
  return userLinesIn(ndjson)
    .filter(({ token }) => token !== undefined)
    .map(({ user }) => user)
    .toSorted();
}

/** Whom Courier was asked for, in the order of the requests. */
export function askedOf({ requests }: Pick<CourierServer, 'requests'>): string[] {
  return requests.map(({ body }) => userOf(body));
}

export function userOf(body: string): string {
  const { scope } = JSON.parse(body) as { scope: string };
  return scope.split(' ')[0]!.replace('user_id:', '');
}

/** In the order that `toSorted` gives. */
export function usersNamed(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `user-${at}`).toSorted();
}

export function linesFor(users: string[]): string {
  return users.map((user) => `${user}\n`).join('');
}

/** Counts what is under way at once, and lets `then` answer. */
export function counting(then: Misbehaviour): { most(): number; now(): number; how: Misbehaviour } {
  let now = 0;
  let most = 0;
  return {
    now: () => now,
    most: () => most,
    how(request, response) {
      now += 1;
      most = Math.max(most, now);
      response.once('close', () => (now -= 1));
      return then(request, response);
    },
  };
}

/** Rejects when it does not come to that. */
export async function until(condition: () => boolean, limitMs = 15_000): Promise<void> {
  const limit = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > limit) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A limit as an API gateway has one: so many at once, and so many a second again. Counts what it lets through, and what it refuses. */
export function tokenBucket({
  perSecond,
  burst,
  retryAfter,
}: {
  perSecond: number;
  burst: number;
  retryAfter?: string | undefined;
}) {
  let tokens = burst;
  let filled = performance.now();
  const seen: { at: number; isRefused: boolean }[] = [];
  const how: Misbehaviour = (request, response) => {
    const now = performance.now();
    tokens = Math.min(burst, tokens + ((now - filled) / 1000) * perSecond);
    filled = now;
    const isRefused = tokens < 1;
    seen.push({ at: now, isRefused });
    if (isRefused) return json(429, {}, retryAfter ? { 'retry-after': retryAfter } : {})(request, response);
    tokens -= 1;
    return false;
  };
  return { how, seen };
}

/** The most of these times, in milliseconds, that lie within a second. */
export function mostInASecond(times: number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
}
