import { GraphQLError, buildSchema } from 'graphql';
import type { Call } from '../call.js';
import { hasScope, requireScope, userOf } from '../caller.js';
import {
  type Filter,
  type MarkAllEvent,
  type MarkEvent,
  filtered,
  mark,
  markAll,
  messageOf,
  pageOf,
} from '../inbox.js';
import type { Message } from '../world.js';

/** The Inbox's GraphQL, as far as Courier's SDKs ask it. Source: InboxClient of @trycourier/courier-js, @trycourier/client-graphql. */
export const inboxSchema = buildSchema(/* GraphQL */ `
  scalar JSON
  "ISO 8601, or milliseconds since the epoch"
  scalar Time

  input FilterParamsInput {
    accountId: String
    archived: Boolean
    from: Time
    pinned: Boolean
    status: String
    tags: [String!]
  }

  type Query {
    count(params: FilterParamsInput): Int!
    message(messageId: String!): Message
    messages(params: FilterParamsInput, limit: Int = 10, after: String): Messages!
  }

  type Mutation {
    archive(messageId: String!): Boolean
    archiveAll: Boolean
    archiveRead: Boolean
    clicked(messageId: String!, trackingId: String): Boolean
    markAllRead: Boolean
    opened(messageId: String!): Boolean
    read(messageId: String!): Boolean
    unarchive(messageId: String!): Boolean
    unopened(messageId: String!): Boolean
    unread(messageId: String!): Boolean
  }

  type Messages {
    totalCount: Int!
    pageInfo: PageInfo!
    nodes: [Message!]!
  }

  type PageInfo {
    startCursor: String
    hasNextPage: Boolean
  }

  type Message {
    messageId: String!
    title: String
    body: String
    preview: String
    icon: String
    created: String
    read: String
    opened: String
    archived: String
    tags: [String!]
    data: JSON
    pinned: Pinned
    actions(version: Int): [Action!]
    trackingIds: TrackingIds
  }

  type Pinned {
    slotId: String
  }

  type Action {
    content: String
    href: String
    data: JSON
    background_color: String
    style: String
  }

  type TrackingIds {
    archiveTrackingId: String
    clickTrackingId: String
    deliverTrackingId: String
    openTrackingId: String
    readTrackingId: String
    unreadTrackingId: String
  }
`);

type Params = { params?: (Omit<Filter, 'from' | 'status'> & { from?: unknown; status?: string | null }) | null };

export const inboxRoot = {
  count: ({ params }: Params, call: Call) => readable(call, params).length,
  messages({ params, limit, after }: Params & { limit: number; after?: string | null }, call: Call) {
    const messages = readable(call, params);
    if (limit < 1) throw new GraphQLError('limit must be at least 1');
    const page = pageOf(messages, Math.min(limit, 100), after);
    if (!page) throw new GraphQLError('after is no cursor');
    return { ...page, nodes: page.nodes.map(view) };
  },
  message({ messageId }: { messageId: string }, call: Call) {
    const user = reader(call);
    const message = user === undefined ? undefined : messageOf(call.world, user, messageId);
    return message ? view(message) : null;
  },
  archive: marking('archive'),
  clicked: marking('clicked'),
  opened: marking('opened'),
  read: marking('read'),
  unarchive: marking('unarchive'),
  unopened: marking('unopened'),
  unread: marking('unread'),
  archiveAll: markingAll('archive-all'),
  archiveRead: markingAll('archive-read'),
  markAllRead: markingAll('mark-all-read'),
};

/** The user whose messages may be read; undefined where the setting says that they then seem to be none. */
function reader(call: Call): string | undefined {
  const scope = 'inbox:read:messages';
  const user = userOf(call.caller, call.headers['x-courier-user-id']);
  if (call.settings.missingScope === 'empty' && !hasScope(call.caller, scope)) {
    call.because(`seems empty: the token lacks ${scope}`);
    return undefined;
  }
  requireScope(call.caller, scope);
  return user;
}

function readable(call: Call, params: Params['params']): Message[] {
  const user = reader(call);
  return user === undefined ? [] : filtered(call.world, user, filterOf(params ?? {}));
}

function filterOf({ status, from, ...rest }: NonNullable<Params['params']>): Filter {
  if (status != null && status !== 'read' && status !== 'unread')
    throw new GraphQLError('status must be "read" or "unread"');
  const time = typeof from === 'string' ? Date.parse(from) : from;
  if (time != null && (typeof time !== 'number' || Number.isNaN(time)))
    throw new GraphQLError('from must be an ISO 8601 time');
  return { ...rest, status: status ?? null, from: time ?? null };
}

function marking(event: MarkEvent) {
  return ({ messageId }: { messageId: string }, call: Call): boolean => {
    const user = writer(call);
    const message = messageOf(call.world, user, messageId);
    if (!message) return false;
    mark(message, event, call.now);
    call.publish({ event, messageId }, { user, tenant: message.tenant, except: sourceOf(call) });
    return true;
  };
}

function markingAll(event: MarkAllEvent) {
  return (_: unknown, call: Call): boolean => {
    const user = writer(call);
    markAll(call.world, user, event, call.now);
    call.publish({ event }, { user, except: sourceOf(call) });
    return true;
  };
}

function writer(call: Call): string {
  const user = userOf(call.caller, call.headers['x-courier-user-id']);
  requireScope(call.caller, 'inbox:write:events');
  return user;
}

/** The connection of the SDK that asks: it is not told what it did itself. */
function sourceOf({ headers }: Call): string | undefined {
  return headers['x-courier-client-source-id'];
}

function view(message: Message) {
  return { ...message, preview: message.body, icon: null, pinned: null };
}
