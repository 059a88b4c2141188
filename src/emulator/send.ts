import * as v from 'valibot';
import type { JsonObject } from '../token/decode.js';
import { invalid } from './answer.js';
import { maxBodyBytes } from './body.js';
import { isoOf } from './clock.js';
import { choiceOf, chosenTopic } from './preferences.js';
import { object } from './schema.js';
import { trackingIds } from './seed.js';
import type { Action, Message, World } from './world.js';

const text = v.nullish(v.string());
const data = v.nullish(object);
/** To valibot a list is an object, too. */
const loose = <T extends v.ObjectEntries>(entries: T) => v.pipe(object, v.looseObject(entries));
const context = v.nullish(loose({ tenant_id: text }));

const recipientSchema = loose({
  user_id: text,
  tenant_id: text,
  /** The older name of `tenant_id`. */
  account_id: text,
  list_id: text,
  context,
  data,
});

const elementSchema = loose({
  type: v.string(),
  title: text,
  content: text,
  href: text,
  background_color: text,
  style: text,
});

/** `POST /send`, as far as it says what lands in an inbox. Source: `SendMessageParams` of @trycourier/courier. */
export const sendSchema = v.looseObject({
  message: v.pipe(
    v.looseObject({
      to: v.union([v.pipe(v.array(recipientSchema), v.minLength(1)), recipientSchema]),
      content: v.nullish(
        v.union([
          loose({ elements: v.array(elementSchema) }),
          loose({ title: v.nullish(v.string(), ''), body: v.nullish(v.string(), '') }),
        ]),
      ),
      template: text,
      data,
      context,
      metadata: v.nullish(loose({ tags: v.nullish(v.array(v.string())) })),
      routing: v.nullish(loose({ channels: v.array(v.unknown()) })),
      preferences: v.nullish(loose({ subscription_topic_id: text })),
    }),
    v.check(({ content, template }) => Boolean(content ?? template), 'message needs content or a template'),
  ),
});

type Sent = v.InferOutput<typeof sendSchema>['message'];
type Recipient = v.InferOutput<typeof recipientSchema>;

interface Outside {
  now: number;
  newMessageId(): string;
  /** Told why there is no message for somebody. */
  because(reason: string): void;
}

/** What one request may make, in characters: a long value, put in often, for many, would be far too much. */
const maxCharacters = 16 * maxBodyBytes;

/** As many as a list may have. */
const maxInboxes = 10_000;

/** The messages that land in inboxes: kept in `world`, and given back. Without a recipient or an inbox there are none. */
export function deliver(world: World, sent: Sent, outside: Outside): Message[] {
  const { because } = outside;
  if (sent.routing && !sent.routing.channels.some(includesInbox)) return nothing(because, 'its routing names no inbox');
  const content = contentOf(world, sent);
  if (!content) return nothing(because, `there is no template ${sent.template}`);
  const to = Array.isArray(sent.to) ? sent.to : [sent.to];
  const room = { left: maxCharacters };
  const inboxes: Inbox[] = [];
  for (const recipient of to) {
    inboxes.push(...inboxesOf(world, recipient, sent, room, because));
    if (inboxes.length > maxInboxes) throw invalid('the message is for too many');
  }
  const messages = inboxes
    .filter((inbox) => wants(world, inbox, sent.preferences?.subscription_topic_id, because))
    .map((inbox) => messageFor(inbox, content, sent, outside, room));
  world.messages.push(...messages);
  return messages;
}

type Because = Outside['because'];

function nothing(because: Because, reason: string): [] {
  because(reason);
  return [];
}

interface Inbox {
  user: string;
  tenant: string | null;
  data: JsonObject;
}

function inboxesOf(world: World, recipient: Recipient, sent: Sent, room: { left: number }, because: Because): Inbox[] {
  const tenant =
    recipient.tenant_id || recipient.account_id || recipient.context?.tenant_id || sent.context?.tenant_id || null;
  // Copied only where it differs: it may be long, and for many.
  const own = recipient.data ? { ...sent.data, ...recipient.data } : (sent.data ?? {});
  if (recipient.data) room.left -= 100 * Object.keys(own).length;
  if (room.left < 0) throw invalid('the message is too long');
  const inboxOf = (user: string) => ({ user, tenant, data: own });
  if (recipient.user_id) return [inboxOf(recipient.user_id)];
  const list = recipient.list_id;
  if (!list && tenant === null) return nothing(because, 'a recipient has neither user_id, list_id nor tenant_id');
  const group = list ? world.lists.find(({ id }) => id === list) : world.tenants.find(({ id }) => id === tenant);
  return group
    ? group.users.map(inboxOf)
    : nothing(because, `there is no ${list ? 'list' : 'tenant'} ${list || tenant}`);
}

/** A channel, or a rule that holds channels. */
function includesInbox(channel: unknown): boolean {
  if (channel === 'inbox') return true;
  const inside = (channel as { channels?: unknown } | null)?.channels;
  return Array.isArray(inside) && inside.some(includesInbox);
}

function wants(world: World, { user, tenant }: Inbox, topicId: string | null | undefined, because: Because): boolean {
  if (!topicId) return true;
  const topic = chosenTopic(world, user, tenant, topicId);
  const chosen = choiceOf(world, user, tenant, topicId);
  const isWanted =
    topic?.status !== 'OPTED_OUT' && (!chosen?.hasCustomRouting || chosen.customRouting.includes('inbox'));
  if (!isWanted) because(`${user} does not want ${topicId} in the inbox`);
  return isWanted;
}

interface Content {
  title: string;
  body: string;
  actions: Action[];
}

/** Undefined for a template that is not there: Courier takes the request, and sends nothing. */
function contentOf(world: World, { content, template }: Sent): Content | undefined {
  if (!content) {
    const found = world.templates.find(({ id }) => id === template);
    return found && { ...found, actions: [] };
  }
  const { elements } = content as { elements?: v.InferOutput<typeof elementSchema>[] };
  if (!elements) {
    const { title, body } = content as { title: string; body: string };
    return { title, body, actions: [] };
  }
  const of = (type: string) => elements.filter((element) => element.type === type);
  return {
    title: of('meta').at(0)?.title ?? '',
    body: of('text')
      .map((element) => element.content ?? '')
      .join('\n'),
    actions: of('action').map((element) => ({
      content: element.content ?? '',
      href: element.href ?? '',
      data: null,
      background_color: element.background_color ?? null,
      style: element.style ?? null,
    })),
  };
}

function messageFor(
  inbox: Inbox,
  content: Content,
  sent: Sent,
  { now, newMessageId }: Outside,
  room: { left: number },
): Message {
  const messageId = newMessageId();
  const fill = (template: string) => filled(template, inbox.data, room);
  return {
    messageId,
    user: inbox.user,
    tenant: inbox.tenant,
    title: fill(content.title),
    body: fill(content.body),
    created: isoOf(now),
    read: null,
    opened: null,
    clicked: null,
    archived: null,
    tags: sent.metadata?.tags ?? [],
    data: Object.keys(inbox.data).length > 0 ? inbox.data : null,
    actions: content.actions.map((action) => ({ ...action, content: fill(action.content), href: fill(action.href) })),
    trackingIds: trackingIds(messageId),
  };
}

/** `{{order.id}}` by its value in `data`; what is not there becomes nothing. */
function filled(template: string, values: JsonObject, room: { left: number }): string {
  const take = (characters: string) => {
    room.left -= characters.length;
    if (room.left < 0) throw invalid('the message is too long');
    return characters;
  };
  take(template);
  return template.replace(/\{\{ ?([\w.]{1,200}) ?\}\}/g, (_, path: string) => take(textAt(values, path.split('.'))));
}

function textAt(values: JsonObject, path: string[]): string {
  const inside = (value: unknown, name: string) =>
    isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  const found = path.reduce<unknown>(inside, values);
  if (typeof found === 'string') return found;
  return found == null ? '' : JSON.stringify(found);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}
