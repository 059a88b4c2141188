import type { JsonObject } from '../token/decode.js';

/** All that one environment of the emulated workspace holds, as plain JSON. Times are ISO 8601. */
export interface World {
  messages: Message[];
  brands: Brand[];
  sections: Section[];
  tenants: Tenant[];
  templates: Template[];
  preferences: Preference[];
  pushTokens: PushToken[];
  lists: List[];
  events: InboundEvent[];
}

/** A message in a user's inbox, or, with a tenant, in what the user sees as a member of it. */
export interface Message {
  messageId: string;
  user: string;
  tenant: string | null;
  title: string;
  body: string;
  created: string;
  read: string | null;
  opened: string | null;
  clicked: string | null;
  archived: string | null;
  tags: string[];
  data: JsonObject | null;
  actions: Action[];
  trackingIds: Record<`${(typeof trackings)[number]}TrackingId`, string>;
}

export const trackings = ['archive', 'open', 'click', 'deliver', 'read', 'unread'] as const;

export interface Action {
  content: string;
  href: string;
  data: JsonObject | null;
  background_color: string | null;
  style: string | null;
}

export interface Brand {
  id: string;
  name: string;
  /** Milliseconds since the epoch. */
  created: number;
  updated: number;
  published: number;
  version: string;
  settings: JsonObject | null;
  snippets: JsonObject | null;
  logo: { href: string | null; image: string | null } | null;
  links: JsonObject | null;
}

export interface Section {
  id: string;
  name: string;
  routingOptions: Channel[];
  hasCustomRouting: boolean;
  topics: Topic[];
}

export interface Topic {
  id: string;
  name: string;
  defaultStatus: PreferenceStatus;
  digestSchedules: DigestSchedule[];
}

export interface DigestSchedule {
  scheduleId: string;
  period: string | null;
  recurrence: string | null;
  repeat: JsonObject | null;
  repetition: string | null;
  start: string | null;
  default: boolean;
}

export const statuses = ['OPTED_IN', 'OPTED_OUT', 'REQUIRED'] as const;
export type PreferenceStatus = (typeof statuses)[number];
export const channels = ['direct_message', 'email', 'inbox', 'push', 'sms', 'webhook'] as const;
export type Channel = (typeof channels)[number];

export interface Tenant {
  id: string;
  name: string;
  users: string[];
  defaultPreferences: { topic: string; status: PreferenceStatus }[];
}

export interface Template {
  id: string;
  title: string;
  body: string;
}

/** What a user chose for a topic; within a tenant, for what that tenant sends. */
export interface Preference {
  user: string;
  tenant: string | null;
  topic: string;
  status: PreferenceStatus;
  hasCustomRouting: boolean;
  customRouting: Channel[];
  digestSchedule: string | null;
}

export interface PushToken {
  user: string;
  token: string;
  provider_key: string;
  device: JsonObject | null;
  expiry_date: string | boolean | null;
  properties: JsonObject | null;
  tracking: JsonObject | null;
}

export interface List {
  id: string;
  users: string[];
}

export interface InboundEvent {
  event: string;
  messageId: string;
  userId: string | null;
  properties: JsonObject;
  received: string;
}
