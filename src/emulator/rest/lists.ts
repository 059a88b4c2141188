import * as v from 'valibot';
import type { Call } from '../call.js';
import type { List, World } from '../world.js';
import { type Route, bodyAs, noContent } from './route.js';

const recipientsSchema = v.object({ recipients: v.array(v.object({ recipientId: v.string() })) });

/** What the web SDK calls, with the user's token: no scope of Courier's names lists. */
const byUser = { by: 'token', user: true } as const;
const byKey = { by: 'key' } as const;

/** Source: ListClient of @trycourier/courier-js; https://www.courier.com/docs/api-reference/lists. */
export const listRoutes: Route[] = [
  {
    method: 'PUT',
    path: '/client/lists/:list/subscribe/:user',
    access: byUser,
    answer: ({ parameters: { list, user } }, { world }) => subscribe(world, list!, [user!]),
  },
  {
    method: 'DELETE',
    path: '/client/lists/:list/unsubscribe/:user',
    access: byUser,
    answer: ({ parameters: { list, user } }, { world }) => unsubscribe(world, list!, user!),
  },
  {
    method: 'GET',
    path: '/lists/:list/subscriptions',
    access: byKey,
    answer: ({ parameters: { list } }, { world }) => {
      const items = (listOf(world, list!)?.users ?? []).map((recipientId) => ({ recipientId }));
      return { status: 200, body: { items, paging: { cursor: null, more: false } } };
    },
  },
  {
    method: 'POST',
    path: '/lists/:list/subscriptions',
    access: byKey,
    answer: ({ parameters: { list }, body }, { world }) => subscribe(world, list!, recipientsIn(body)),
  },
  {
    method: 'PUT',
    path: '/lists/:list/subscriptions',
    access: byKey,
    answer: ({ parameters: { list }, body }, { world }) => {
      const users = recipientsIn(body);
      world.lists = world.lists.filter(({ id }) => id !== list);
      return subscribe(world, list!, users);
    },
  },
  {
    method: 'PUT',
    path: '/lists/:list/subscriptions/:user',
    access: byKey,
    answer: ({ parameters: { list, user } }, { world }) => subscribe(world, list!, [user!]),
  },
  {
    method: 'DELETE',
    path: '/lists/:list/subscriptions/:user',
    access: byKey,
    answer: ({ parameters: { list, user } }, { world }: Call) => unsubscribe(world, list!, user!),
  },
];

function recipientsIn(body: unknown): string[] {
  return bodyAs(recipientsSchema, body).recipients.map(({ recipientId }) => recipientId);
}

function listOf(world: World, id: string): List | undefined {
  return world.lists.find((list) => list.id === id);
}

/** A list that is not there is made. */
function subscribe(world: World, id: string, users: string[]) {
  const list = listOf(world, id) ?? { id, users: [] };
  if (!world.lists.includes(list)) world.lists.push(list);
  list.users = [...new Set([...list.users, ...users])];
  return noContent;
}

function unsubscribe(world: World, id: string, user: string) {
  const list = listOf(world, id);
  if (list) list.users = list.users.filter((one) => one !== user);
  return noContent;
}
