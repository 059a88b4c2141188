import * as v from 'valibot';
import { isoOf } from './clock.js';
import { brandId, isoTime, meant, object, pathOf, read } from './schema.js';
import { type Message, type World, channels, statuses, trackings } from './world.js';

/** What an environment begins with: a JSON file's shape, where nearly everything may be left out. Documented in README. */
export type Seed = v.InferInput<typeof seedSchema>;

const id = v.pipe(v.string(), v.nonEmpty());
const list = <T extends v.GenericSchema>(item: T) => v.optional(v.array(item), []);
/** `true` means: as soon as it was there. */
const moment = v.optional(v.union([v.boolean(), isoTime]), false);
const status = v.picklist(statuses);
const channel = v.picklist(channels);

const actionSchema = v.strictObject({
  content: v.string(),
  href: v.optional(v.string(), ''),
  data: v.optional(v.nullable(object), null),
  background_color: v.optional(v.nullable(v.string()), null),
  style: v.optional(v.nullable(v.string()), null),
});

const messageSchema = v.strictObject({
  messageId: v.optional(id),
  user: id,
  tenant: v.optional(v.nullable(id), null),
  title: v.optional(v.string(), ''),
  body: v.optional(v.string(), ''),
  created: v.optional(isoTime),
  read: moment,
  opened: moment,
  archived: moment,
  tags: list(v.string()),
  data: v.optional(v.nullable(object), null),
  actions: list(actionSchema),
});

const logoSchema = v.strictObject({
  href: v.optional(v.nullable(v.string()), null),
  image: v.optional(v.nullable(v.string()), null),
});

const brandSchema = v.strictObject({
  id: brandId,
  name: v.optional(v.string()),
  settings: v.optional(v.nullable(object), null),
  snippets: v.optional(v.nullable(object), null),
  logo: v.optional(v.nullable(v.pipe(object, logoSchema)), null),
  links: v.optional(v.nullable(object), null),
});

const digestSchema = v.strictObject({
  scheduleId: id,
  period: v.optional(v.nullable(v.string()), null),
  recurrence: v.optional(v.nullable(v.string()), null),
  repeat: v.optional(v.nullable(object), null),
  repetition: v.optional(v.nullable(v.string()), null),
  start: v.optional(v.nullable(v.string()), null),
  default: v.optional(v.boolean(), false),
});

const sectionSchema = v.strictObject({
  id,
  name: v.optional(v.string(), ''),
  routingOptions: v.optional(v.array(channel), ['email', 'push', 'inbox']),
  hasCustomRouting: v.optional(v.boolean(), false),
  topics: list(
    v.strictObject({
      id,
      name: v.optional(v.string(), ''),
      defaultStatus: v.optional(status, 'OPTED_IN'),
      digestSchedules: list(digestSchema),
    }),
  ),
});

const seedSchema = v.strictObject({
  messages: list(messageSchema),
  brands: list(brandSchema),
  sections: list(sectionSchema),
  tenants: list(
    v.strictObject({
      id,
      name: v.optional(v.string(), ''),
      users: list(id),
      defaultPreferences: list(v.strictObject({ topic: id, status })),
    }),
  ),
  templates: list(v.strictObject({ id, title: v.optional(v.string(), ''), body: v.optional(v.string(), '') })),
  preferences: list(
    v.strictObject({
      user: id,
      tenant: v.optional(v.nullable(id), null),
      topic: id,
      status,
      hasCustomRouting: v.optional(v.boolean(), false),
      customRouting: list(channel),
      digestSchedule: v.optional(v.nullable(id), null),
    }),
  ),
  lists: list(v.strictObject({ id, users: list(id) })),
});

/** A seed in full, or where and why it is none. */
export function readSeed(value: unknown): { value: v.InferOutput<typeof seedSchema> } | { problem: string } {
  const found = read(seedSchema, value);
  if ('problem' in found) return found;
  const problem = twiceIn(found.value) ?? danglingIn(found.value);
  return problem === undefined ? found : { problem };
}

type FullSeed = v.InferOutput<typeof seedSchema>;

/** What is looked for by its id is found once: the second would never be seen. */
function twiceIn({ messages, brands, sections, tenants, templates, lists }: FullSeed): string | undefined {
  const ids = (name: string, all: { id: string }[]) =>
    all.map(({ id: one }, i) => ({ id: one, path: [name, i, 'id'] }));
  const groups: { id: string | undefined; path: (string | number)[] }[][] = [
    messages.map(({ messageId }, i) => ({ id: messageId, path: ['messages', i, 'messageId'] })),
    ids('brands', brands),
    ids('sections', sections),
    sections.flatMap(({ topics }, i) =>
      topics.map((topic, j) => ({ id: topic.id, path: ['sections', i, 'topics', j, 'id'] })),
    ),
    ids('tenants', tenants),
    ids('templates', templates),
    ids('lists', lists),
  ];
  for (const group of groups) {
    const seen = new Set<string>();
    for (const { id: one, path } of group) {
      if (one === undefined) continue;
      if (seen.has(one)) return `${pathOf(path)} is there twice`;
      seen.add(one);
    }
  }
  return undefined;
}

/** A choice for a topic that is not there would never be obeyed. */
function danglingIn({ sections, tenants, preferences }: FullSeed): string | undefined {
  const known = sections.flatMap(({ topics }) => topics.map((topic) => topic.id));
  const chosen = [
    ...tenants.flatMap(({ defaultPreferences }, i) =>
      defaultPreferences.map(({ topic }, j) => ({ topic, path: ['tenants', i, 'defaultPreferences', j, 'topic'] })),
    ),
    ...preferences.map(({ topic }, i) => ({ topic, path: ['preferences', i, 'topic'] })),
  ];
  const lost = chosen.find(({ topic }) => !known.includes(topic));
  return lost && `${pathOf(lost.path)}: there is no topic ${lost.topic}${meant(lost.topic, known)}`;
}

/** The environment that a seed describes. Messages that name no time are a minute apart, the first is the newest. */
export function worldOf(seed: v.InferOutput<typeof seedSchema>, now: number): World {
  const milliseconds = Math.round(now * 1000);
  return {
    ...seed,
    messages: seed.messages.map((message, i) => messageOf(message, i, now - 60 * i)),
    brands: seed.brands.map((brand) => ({
      ...brand,
      name: brand.name ?? brand.id,
      created: milliseconds,
      updated: milliseconds,
      published: milliseconds,
      version: isoOf(now),
    })),
    pushTokens: [],
    events: [],
  };
}

function messageOf(seeded: v.InferOutput<typeof messageSchema>, i: number, seconds: number): Message {
  const utc = (time: string) => new Date(time).toISOString();
  const created = seeded.created === undefined ? isoOf(seconds) : utc(seeded.created);
  const at = (given: string | boolean) => (given === true ? created : given ? utc(given) : null);
  const number = String(i + 1).padStart(24, '0');
  const messageId = seeded.messageId ?? `1-00000000-${number}`;
  return {
    ...seeded,
    messageId,
    created,
    read: at(seeded.read),
    opened: at(seeded.opened),
    archived: at(seeded.archived),
    clicked: null,
    trackingIds: trackingIds(messageId),
  };
}

/** Each kind of event of a message has an id of its own. */
export function trackingIds(messageId: string): Message['trackingIds'] {
  const entries = trackings.map((kind) => [`${kind}TrackingId`, `${messageId}-${kind}`]);
  return Object.fromEntries(entries) as Message['trackingIds'];
}
