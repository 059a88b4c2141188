import type { Channel, Preference, PreferenceStatus, Section, Topic, World } from './world.js';

/** A topic with what the user chose, or what holds without a choice. */
export interface ChosenTopic {
  topic: Topic;
  section: Section;
  /** In the tenant. */
  defaultStatus: PreferenceStatus;
  status: PreferenceStatus;
  hasCustomRouting: boolean;
  customRouting: Channel[];
  digestSchedule: string | null;
}

/** What holds for a user, in a tenant where one is named: the user's choice, else the tenant's, else the topic's default. */
export function chosenTopics(world: World, user: string, tenant: string | null): ChosenTopic[] {
  return world.sections.flatMap((section) =>
    section.topics.map((topic) => {
      const chosen = choiceOf(world, user, tenant, topic.id);
      const defaultStatus = defaultOf(world, tenant, topic);
      return {
        topic,
        section,
        defaultStatus,
        status: defaultStatus === 'REQUIRED' ? defaultStatus : (chosen?.status ?? defaultStatus),
        hasCustomRouting: chosen?.hasCustomRouting ?? false,
        customRouting: chosen?.customRouting ?? [],
        digestSchedule:
          chosen?.digestSchedule ?? topic.digestSchedules.find((schedule) => schedule.default)?.scheduleId ?? null,
      };
    }),
  );
}

export function chosenTopic(world: World, user: string, tenant: string | null, topicId: string) {
  return chosenTopics(world, user, tenant).find(({ topic }) => topic.id === topicId);
}

/** Keeps a choice; what cannot be chosen is a problem, in words. */
export function choose(world: World, preference: Preference): string | undefined {
  const { user, tenant, topic: topicId, status, digestSchedule } = preference;
  const found = chosenTopic(world, user, tenant, topicId);
  if (!found) return `there is no topic ${topicId}`;
  if (found.defaultStatus === 'REQUIRED' && status !== 'REQUIRED') return `${topicId} is required`;
  if (found.defaultStatus !== 'REQUIRED' && status === 'REQUIRED') return `${topicId} is not required`;
  if (digestSchedule !== null && !found.topic.digestSchedules.some(({ scheduleId }) => scheduleId === digestSchedule))
    return `${topicId} has no digest schedule ${digestSchedule}`;
  forget(world, user, tenant, topicId);
  world.preferences.push(preference);
  return undefined;
}

export function forget(world: World, user: string, tenant: string | null, topicId: string): void {
  world.preferences = world.preferences.filter(
    (one) => one.user !== user || one.tenant !== tenant || one.topic !== topicId,
  );
}

export function choiceOf(world: World, user: string, tenant: string | null, topicId: string): Preference | undefined {
  return world.preferences.find((one) => one.user === user && one.tenant === tenant && one.topic === topicId);
}

/** A tenant may choose for its users, but not let them out of what is required everywhere. */
function defaultOf(world: World, tenant: string | null, topic: Topic): PreferenceStatus {
  if (topic.defaultStatus === 'REQUIRED') return 'REQUIRED';
  const { defaultPreferences = [] } = world.tenants.find(({ id }) => id === tenant) ?? {};
  return defaultPreferences.find((one) => one.topic === topic.id)?.status ?? topic.defaultStatus;
}
