import { GraphQLError, buildSchema } from 'graphql';
import type { Call } from '../call.js';
import { hasScope, requireScope, userOf } from '../caller.js';
import { filtered, pageOf } from '../inbox.js';
import { type ChosenTopic, choiceOf, choose, chosenTopic, chosenTopics } from '../preferences.js';
import type { Brand, Channel, Message, PreferenceStatus } from '../world.js';

/** The client API's GraphQL. Source: BrandClient and PreferenceClient of @trycourier/courier-js; messages of @trycourier/client-graphql. */
export const clientSchema = buildSchema(/* GraphQL */ `
  scalar JSON

  enum PreferenceStatus {
    OPTED_IN
    OPTED_OUT
    REQUIRED
  }

  enum ChannelClassification {
    direct_message
    email
    inbox
    push
    sms
    webhook
  }

  input FilterParamsInput {
    accountId: String
    archived: Boolean
    isRead: Boolean
    tags: [String!]
  }

  input PreferencesInput {
    status: PreferenceStatus!
    hasCustomRouting: Boolean = false
    routingPreferences: [ChannelClassification!] = []
    digestSchedule: String
  }

  type Query {
    brand(brandId: String!): Brand
    inAppBrand: Brand
    digestSchedulesForTopic(templateId: String!): [DigestSchedule!]
    messages(params: FilterParamsInput, limit: Int = 10, after: String): Messages!
    preferencePage(accountId: String): PreferencePage
    recipientPreference(templateId: String!, accountId: String): RecipientPreference
    recipientPreferences(accountId: String): RecipientPreferences
  }

  type Mutation {
    updatePreferenceV2(templateId: String!, preferences: PreferencesInput!, accountId: String): RecipientPreference
  }

  type Brand {
    id: String
    name: String
    settings: BrandSettings
    logo: Logo
    links: JSON
  }

  type BrandSettings {
    colors: Colors
    inapp: InApp
  }

  type Colors {
    primary: String
    secondary: String
    tertiary: String
  }

  type InApp {
    borderRadius: String
    disableCourierFooter: Boolean
    disableMessageIcon: Boolean
    placement: String
  }

  type Logo {
    href: String
    image: String
  }

  type PreferencePage {
    showCourierFooter: Boolean
    brand(brandId: String): Brand
    channelConfigs: ChannelConfigs
    sections: Sections
  }

  type ChannelConfigs {
    channelLabels: [ChannelLabel!]
  }

  type ChannelLabel {
    channel: ChannelClassification
    name: String
  }

  type Sections {
    nodes: [Section!]
  }

  type Section {
    name: String
    sectionId: String
    routingOptions: [ChannelClassification!]
    hasCustomRouting: Boolean
    topics: Topics
  }

  type Topics {
    nodes: [Topic!]
  }

  type Topic {
    templateId: String
    templateName: String
    defaultStatus: PreferenceStatus
    data: JSON
    digestSchedules: JSON
  }

  type RecipientPreferences {
    nodes: [RecipientPreference!]
  }

  type RecipientPreference {
    templateId: String
    templateName: String
    sectionId: String
    sectionName: String
    defaultStatus: PreferenceStatus
    status: PreferenceStatus
    hasCustomRouting: Boolean
    routingPreferences: [ChannelClassification!]
    digestSchedule: String
  }

  type DigestSchedule {
    scheduleId: String!
    period: String
    recurrence: String
    repeat: JSON
    repetition: String
    start: String
    default: Boolean
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
    id: String!
    messageId: String!
    created: String
    read: String
    tags: [String!]
    content: Content
  }

  type Content {
    title: String
    body: String
    data: JSON
    blocks: [Block!]
    trackingIds: JSON
  }

  union Block = TextBlock | ActionBlock

  type TextBlock {
    type: String
    text: String
  }

  type ActionBlock {
    type: String
    text: String
    url: String
  }
`);

interface Topical {
  templateId: string;
  accountId?: string | null;
}

interface MessagesArguments {
  params?: {
    accountId?: string | null;
    archived?: boolean | null;
    isRead?: boolean | null;
    tags?: string[] | null;
  } | null;
  limit: number;
  after?: string | null;
}

export const clientRoot = {
  brand({ brandId }: { brandId: string }, call: Call) {
    requireScope(call.caller, `read:brands:${brandId}`);
    return brandView(call.world.brands.find(({ id }) => id === brandId));
  },
  inAppBrand(_: unknown, call: Call) {
    requireScope(call.caller, 'read:brands');
    return brandView(call.world.brands[0]);
  },
  messages({ params, limit, after }: MessagesArguments, call: Call) {
    const user = allowed(call, 'read:messages');
    const { isRead, ...rest } = params ?? {};
    const status = isRead == null ? null : isRead ? 'read' : 'unread';
    if (limit < 1) throw new GraphQLError('limit must be at least 1');
    const page = pageOf(filtered(call.world, user, { ...rest, status }), Math.min(limit, 100), after);
    if (!page) throw new GraphQLError('after is no cursor');
    return { ...page, nodes: page.nodes.map(olderView) };
  },
  digestSchedulesForTopic({ templateId }: { templateId: string }, call: Call) {
    const user = allowed(call, 'read:preferences');
    return chosenTopic(call.world, user, null, templateId)?.topic.digestSchedules ?? [];
  },
  preferencePage({ accountId }: { accountId?: string | null }, call: Call) {
    const topics = chosenTopics(call.world, allowed(call, 'read:preferences'), accountId || null);
    return {
      showCourierFooter: true,
      brand: pageBrand,
      channelConfigs: { channelLabels: channelLabels() },
      sections: {
        nodes: call.world.sections.map((section) => ({
          ...section,
          sectionId: section.id,
          topics: { nodes: topics.filter((one) => one.section === section).map(topicView) },
        })),
      },
    };
  },
  recipientPreference({ templateId, accountId }: Topical, call: Call) {
    const user = allowed(call, 'read:preferences');
    const topic = chosenTopic(call.world, user, accountId || null, templateId);
    return topic ? preferenceView(topic) : null;
  },
  recipientPreferences({ accountId }: { accountId?: string | null }, call: Call) {
    const user = allowed(call, 'read:preferences');
    return { nodes: chosenTopics(call.world, user, accountId || null).map(preferenceView) };
  },
  updatePreferenceV2(given: Topical & { preferences: PreferencesInput }, call: Call) {
    const user = allowed(call, 'write:preferences');
    const { templateId: topic, preferences } = given;
    const tenant = given.accountId || null;
    const before = choiceOf(call.world, user, tenant, topic);
    const problem = choose(call.world, {
      user,
      tenant,
      topic,
      status: preferences.status,
      hasCustomRouting: preferences.hasCustomRouting ?? false,
      customRouting: preferences.routingPreferences ?? [],
      digestSchedule: preferences.digestSchedule ?? before?.digestSchedule ?? null,
    });
    if (problem !== undefined) throw new GraphQLError(problem);
    return preferenceView(chosenTopic(call.world, user, tenant, topic)!);
  },
};

interface PreferencesInput {
  status: PreferenceStatus;
  hasCustomRouting?: boolean | null;
  routingPreferences?: Channel[] | null;
  digestSchedule?: string | null;
}

/** The user that the call is about, where the caller may do that. */
function allowed(call: Call, scope: string): string {
  const user = userOf(call.caller, call.headers['x-courier-user-id']);
  requireScope(call.caller, scope);
  return user;
}

/** Inside the page brands are recommended and not required: without the scope there is none. */
function pageBrand({ brandId }: { brandId?: string | null }, { caller, world }: Call) {
  const brand = brandId ? world.brands.find(({ id }) => id === brandId) : world.brands[0];
  return brand && hasScope(caller, `read:brands:${brand.id}`) ? brandView(brand) : null;
}

function brandView(brand: Brand | undefined) {
  if (!brand) return null;
  const { id, name, settings, logo, links } = brand;
  return { id, name, settings, logo, links };
}

function topicView({ topic: { id, name, digestSchedules }, defaultStatus }: ChosenTopic) {
  return { templateId: id, templateName: name, defaultStatus, data: null, digestSchedules };
}

function preferenceView({ topic, section, ...chosen }: ChosenTopic) {
  return {
    templateId: topic.id,
    templateName: topic.name,
    sectionId: section.id,
    sectionName: section.name,
    defaultStatus: chosen.defaultStatus,
    status: chosen.status,
    hasCustomRouting: chosen.hasCustomRouting,
    routingPreferences: chosen.customRouting,
    digestSchedule: chosen.digestSchedule,
  };
}

function channelLabels() {
  const names: Record<string, string> = { email: 'Email', inbox: 'Inbox', push: 'Push', sms: 'SMS' };
  return Object.entries(names).map(([channel, name]) => ({ channel, name }));
}

function olderView({ messageId, created, read, tags, title, body, data, actions, trackingIds }: Message) {
  const blocks = [
    { __typename: 'TextBlock', type: 'text', text: body },
    ...actions.map(({ content, href }) => ({ __typename: 'ActionBlock', type: 'action', text: content, url: href })),
  ];
  return { id: messageId, messageId, created, read, tags, content: { title, body, data, blocks, trackingIds } };
}
