import * as v from 'valibot';
import type { JsonObject } from '../../token/decode.js';
import { invalid, notFound } from '../answer.js';
import { notTooDeep } from '../body.js';
import { object } from '../schema.js';
import type { PushToken, World } from '../world.js';
import { type Route, bodyAs, noContent } from './route.js';

const nullable = v.optional(v.nullable(object), null);

/** Source: `UserToken` of @trycourier/courier. */
const tokenSchema = v.object({
  provider_key: v.picklist(['firebase-fcm', 'apn', 'expo', 'onesignal']),
  device: nullable,
  expiry_date: v.optional(v.nullable(v.union([v.string(), v.boolean()])), null),
  properties: nullable,
  tracking: nullable,
});

const manySchema = v.object({ tokens: v.array(v.object({ ...tokenSchema.entries, token: v.string() })) });

const stepSchema = v.variant('op', [
  v.object({ op: v.picklist(['add', 'replace']), path: v.pipe(v.string(), v.startsWith('/')), value: v.unknown() }),
  v.object({ op: v.literal('remove'), path: v.pipe(v.string(), v.startsWith('/')) }),
]);

const patchSchema = v.object({ patch: v.array(stepSchema) });

const reading = { by: 'token', scope: 'read:user-tokens', user: true } as const;
const writing = { by: 'token', scope: 'write:user-tokens', user: true } as const;

/** Push tokens of devices. Source: https://www.courier.com/docs/api-reference/device-tokens. */
export const userTokenRoutes: Route[] = [
  {
    method: 'GET',
    path: '/users/:user/tokens',
    access: reading,
    answer: ({ parameters: { user } }, { world }) => {
      const tokens = world.pushTokens.filter((one) => one.user === user).map(view);
      return { status: 200, body: { tokens } };
    },
  },
  {
    method: 'PUT',
    path: '/users/:user/tokens',
    access: writing,
    answer: ({ parameters, body }, { world }) => {
      const { tokens } = bodyAs(manySchema, body);
      put(world, parameters.user!, tokens);
      return noContent;
    },
  },
  {
    method: 'GET',
    path: '/users/:user/tokens/:token',
    access: reading,
    answer: ({ parameters: { user, token } }, { world }) => {
      const found = tokenOf(world, user!, token!);
      return { status: 200, body: { ...view(found), status: 'active', status_reason: null } };
    },
  },
  {
    method: 'PUT',
    path: '/users/:user/tokens/:token',
    access: writing,
    answer: ({ parameters, body }, { world }) => {
      put(world, parameters.user!, [{ ...bodyAs(tokenSchema, body), token: parameters.token! }]);
      return noContent;
    },
  },
  {
    method: 'PATCH',
    path: '/users/:user/tokens/:token',
    access: writing,
    answer: ({ parameters: { user, token }, body }, { world }) => {
      const found = tokenOf(world, user!, token!);
      const { patch } = bodyAs(patchSchema, body);
      const { user: _, token: __, ...rest } = found;
      const changed = patch.reduce<JsonObject>(
        (value, step) => patched(value, step),
        structuredClone(rest) as unknown as JsonObject,
      );
      put(world, user!, [{ ...bodyAs(tokenSchema, notTooDeep(changed)), token: token! }]);
      return noContent;
    },
  },
  {
    method: 'DELETE',
    path: '/users/:user/tokens/:token',
    access: writing,
    answer: ({ parameters: { user, token } }, { world }) => {
      const found = tokenOf(world, user!, token!);
      world.pushTokens = world.pushTokens.filter((one) => one !== found);
      return noContent;
    },
  },
];

function tokenOf(world: World, user: string, token: string): PushToken {
  const found = world.pushTokens.find((one) => one.user === user && one.token === token);
  if (!found) throw notFound('Token not found');
  return found;
}

/** In the place of the user's own of the same name; of several of one name the last one stays. */
function put(world: World, user: string, tokens: Omit<PushToken, 'user'>[]): void {
  const byName = new Map(tokens.map((token) => [token.token, { ...token, user }]));
  const others = world.pushTokens.filter((one) => one.user !== user || !byName.has(one.token));
  world.pushTokens = [...others, ...byName.values()];
}

function view({ user: _, ...token }: PushToken) {
  return token;
}

/** One step of RFC 6902 on a copy, through objects alone: a token has no lists. */
function patched(value: JsonObject, step: v.InferOutput<typeof stepSchema>): JsonObject {
  const nothing = invalid(`patch: there is nothing at ${step.path}`);
  const names = step.path
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = names.pop()!;
  let inside = value;
  for (const name of names) {
    const next = Object.hasOwn(inside, name) ? inside[name] : undefined;
    if (typeof next !== 'object' || next === null || Array.isArray(next)) throw nothing;
    inside = next as JsonObject;
  }
  if (last === '__proto__' || (step.op !== 'add' && !Object.hasOwn(inside, last))) throw nothing;
  if (step.op === 'remove') delete inside[last];
  else inside[last] = step.value;
  return value;
}
