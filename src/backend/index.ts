import type { ServerResponse } from 'node:http';
import { speaking } from '../speaking.js';
import { idProblem } from '../token/user.js';
import { type Call, Refusal } from './call.js';
import { answerCall } from './endpoint.js';
import { namedUser } from './named-user.js';
import { type NodeRequest, callOf as nodeCall, respond } from './node.js';
import { type Session, type TokenHandlerOptions, judgedOptions } from './options.js';
import { callOf, responseOf } from './web.js';

export type { Region } from '../courier/regions.js';
export type { Transport } from '../courier/transport.js';
export { Failure } from '../errors.js';
export type { RefusalCode } from './call.js';
export type { LogEntry } from './log.js';
export { toRequest } from './node.js';
export type { CacheOptions } from './tokens.js';
export type { NodeRequest, TokenHandlerOptions };

/** Never rejects, and answers with JSON: `{token, expiresIn, expiresAt}`, or `{error}`, often a `code`, and a status. */
export interface TokenHandler<Context = unknown> {
  (request: Request, context?: Context): Promise<Response>;
  /** The same for node:http, Express and what else calls a listener. */
  node(this: void, request: NodeRequest, response: ServerResponse): Promise<void>;
}

/**
 * The how-to's backend: `POST`, and the answer is a token for whoever is signed in.
 * @throws {Failure} `key.malformed`, `usage.value` and others, for options that could never mint; its message is a sentence
 */
export function createTokenHandler<Context = unknown>(options: TokenHandlerOptions<Context>): TokenHandler<Context> {
  return speaking(() => {
    const { authenticate, ...endpoint } = judgedOptions(options);
    const answer = async (call: Call, context: Context) =>
      answerCall(call, { ...endpoint, userOf: async () => signedIn(call, await authenticated(call, context)) });
    const authenticated = async (call: Call, context: Context) => authenticate(call.request(), context);
    const handler = async (request: Request, context?: Context) =>
      responseOf(await answer(callOf(request), context as Context));
    return Object.assign(handler, {
      node: async (request: NodeRequest, response: ServerResponse) =>
        respond(response, await answer(nodeCall(request), request as Context)),
    });
  });
}

/**
 * The user of the session, whom a body may name, but no other.
 * @throws {Refusal} 401, 400, 403 or 413
 */
async function signedIn(call: Call, user: Session): Promise<string> {
  if (user === null || user === undefined || user === '') throw new Refusal(401, 'session.missing', 'Unauthorized');
  if (typeof user !== 'string') throw new TypeError('authenticate gives a user id, which is text, or null');
  if (idProblem(user)) throw new Refusal(400, 'user.invalid', 'Invalid userId', user);
  const named = await namedUser(call).catch((error: unknown) => {
    throw error instanceof Refusal ? error.of(user) : error;
  });
  if (named !== undefined && named !== user) throw new Refusal(403, 'user.mismatch', 'Forbidden', user);
  return user;
}
