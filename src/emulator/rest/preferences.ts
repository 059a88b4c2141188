import * as v from 'valibot';
import { invalid, notFound } from '../answer.js';
import { type ChosenTopic, choiceOf, choose, chosenTopic, chosenTopics, forget } from '../preferences.js';
import { channels, statuses } from '../world.js';
import { type RestRequest, type Route, bodyAs, noContent } from './route.js';

const topicSchema = v.object({
  topic: v.object({
    status: v.picklist(statuses),
    has_custom_routing: v.optional(v.nullable(v.boolean())),
    custom_routing: v.optional(v.nullable(v.array(v.picklist(channels)))),
  }),
});

const path = '/users/:user/preferences/:topic';
const reading = { by: 'token', scope: 'read:preferences', user: true } as const;
const writing = { by: 'token', scope: 'write:preferences', user: true } as const;

const update: Route['answer'] = (request, { world }) => {
  const { status, has_custom_routing, custom_routing } = bodyAs(topicSchema, request.body).topic;
  const { user, topic, tenant } = placeOf(request);
  if (!chosenTopic(world, user, tenant, topic)) throw notFound('Topic not found');
  const before = choiceOf(world, user, tenant, topic);
  const problem = choose(world, {
    user,
    tenant,
    topic,
    status,
    hasCustomRouting: has_custom_routing ?? before?.hasCustomRouting ?? false,
    customRouting: custom_routing ?? before?.customRouting ?? [],
    digestSchedule: before?.digestSchedule ?? null,
  });
  if (problem !== undefined) throw invalid(problem);
  return { status: 200, body: { message: 'success' } };
};

/** Source: https://www.courier.com/docs/api-reference/user-preferences. */
export const preferenceRoutes: Route[] = [
  {
    method: 'GET',
    path: '/users/:user/preferences',
    access: reading,
    answer: (request, { world }) => {
      const { user, tenant } = placeOf(request);
      const items = chosenTopics(world, user, tenant).map(view);
      return { status: 200, body: { items, paging: { cursor: null, more: false } } };
    },
  },
  {
    method: 'GET',
    path,
    access: reading,
    answer: (request, { world }) => {
      const { user, topic, tenant } = placeOf(request);
      const found = chosenTopic(world, user, tenant, topic);
      if (!found) throw notFound('Topic not found');
      return { status: 200, body: { topic: view(found) } };
    },
  },
  { method: 'PUT', path, access: writing, answer: update },
  { method: 'PATCH', path, access: writing, answer: update },
  {
    method: 'DELETE',
    path,
    access: writing,
    answer: (request, { world }) => {
      const { user, topic, tenant } = placeOf(request);
      if (!chosenTopic(world, user, tenant, topic)) throw notFound('Topic not found');
      forget(world, user, tenant, topic);
      return noContent;
    },
  },
];

function placeOf({ parameters, query }: RestRequest) {
  return { user: parameters.user!, topic: parameters.topic ?? '', tenant: query.get('tenant_id') || null };
}

function view({ topic, section, defaultStatus, status, hasCustomRouting, customRouting }: ChosenTopic) {
  return {
    topic_id: topic.id,
    topic_name: topic.name,
    section_id: section.id,
    section_name: section.name,
    default_status: defaultStatus,
    status,
    has_custom_routing: hasCustomRouting,
    custom_routing: customRouting,
  };
}
