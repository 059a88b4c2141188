import { isoOf } from './clock.js';
import type { Message, World } from './world.js';

/** What an inbox is asked for. Each field narrows. Source: `FilterParamsInput` as @trycourier/courier-js builds it. */
export interface Filter {
  accountId?: string | null;
  /** Any of these. */
  tags?: string[] | null;
  status?: 'read' | 'unread' | null;
  /** Archived messages only; without it only those that are not. */
  archived?: boolean | null;
  /** Created then or later; milliseconds since the epoch. */
  from?: number | null;
  /** Nothing is ever pinned here. */
  pinned?: boolean | null;
}

/** The user's messages that pass, newest first. */
export function filtered(world: World, user: string, filter: Filter): Message[] {
  const { accountId, tags, status, archived, from, pinned } = filter;
  return world.messages
    .filter(
      (message) =>
        message.user === user &&
        message.tenant === (accountId || null) &&
        (message.archived !== null) === (archived ?? false) &&
        (!tags || tags.length === 0 || tags.some((tag) => message.tags.includes(tag))) &&
        (!status || (message.read === null) === (status === 'unread')) &&
        (from == null || Date.parse(message.created) >= from) &&
        pinned !== true,
    )
    .toSorted((a, b) => compare(keyOf(b), keyOf(a)));
}

export interface Page {
  totalCount: number;
  pageInfo: { startCursor: string | null; hasNextPage: boolean };
  nodes: Message[];
}

/** A page of `messages`; the next one comes after its `startCursor`, as courier-js asks for it. Undefined for no cursor. */
export function pageOf(messages: Message[], limit: number, after: string | null | undefined): Page | undefined {
  const key = after ? Buffer.from(after, 'base64url').toString() : undefined;
  if (key !== undefined && !/^\d{4}-.*Z .+$/.test(key)) return undefined;
  const rest = key === undefined ? messages : messages.filter((message) => compare(keyOf(message), key) < 0);
  const nodes = rest.slice(0, limit);
  const last = nodes.at(-1);
  return {
    totalCount: messages.length,
    pageInfo: {
      startCursor: last ? Buffer.from(keyOf(last)).toString('base64url') : null,
      hasNextPage: rest.length > nodes.length,
    },
    nodes,
  };
}

/** The order of messages: what a cursor holds, so that one that is archived meanwhile moves no page. */
function keyOf({ created, messageId }: Message): string {
  return `${created} ${messageId}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The events of the realtime protocol. Source: `InboxMessageEvent` of @trycourier/courier-js. */
export type MarkEvent = 'read' | 'unread' | 'opened' | 'unopened' | 'clicked' | 'archive' | 'unarchive';
export type MarkAllEvent = 'mark-all-read' | 'archive-read' | 'archive-all';

const marks: Record<MarkEvent, (message: Message, at: string) => void> = {
  read: (message, at) => (message.read ??= at),
  unread: (message) => (message.read = null),
  opened: (message, at) => (message.opened ??= at),
  unopened: (message) => (message.opened = null),
  clicked: (message, at) => (message.clicked ??= at),
  archive: (message, at) => (message.archived ??= at),
  unarchive: (message) => (message.archived = null),
};

export function mark(message: Message, event: MarkEvent, now: number): void {
  marks[event](message, isoOf(now));
}

const allMarks: Record<MarkAllEvent, (message: Message, now: number) => void> = {
  'mark-all-read': (message, now) => mark(message, 'read', now),
  'archive-read': (message, now) => message.read !== null && mark(message, 'archive', now),
  'archive-all': (message, now) => mark(message, 'archive', now),
};

export function markAll(world: World, user: string, event: MarkAllEvent, now: number): void {
  for (const message of world.messages) if (message.user === user) allMarks[event](message, now);
}

/** A user's own message; somebody else's is as unknown as one that does not exist. */
export function messageOf(world: World, user: string, messageId: string): Message | undefined {
  return world.messages.find((message) => message.messageId === messageId && message.user === user);
}
