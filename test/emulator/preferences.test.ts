import { describe, expect, it } from 'vitest';
import { choiceOf, choose, chosenTopic, chosenTopics, forget } from '../../src/emulator/preferences.js';
import type { Preference, World } from '../../src/emulator/world.js';
import { makeWorld } from './support.js';

const choice = (told: Partial<Preference>): Preference => ({
  user: 'alice',
  tenant: null,
  topic: 'news',
  status: 'OPTED_OUT',
  hasCustomRouting: false,
  customRouting: [],
  digestSchedule: null,
  ...told,
});

const schedules = [{ scheduleId: 'daily' }, { scheduleId: 'weekly', default: true }];
const worldWith = (preferences: Preference[] = []): World =>
  makeWorld({
    sections: [
      { id: 'one', name: 'One', topics: [{ id: 'news' }, { id: 'digest', digestSchedules: schedules }] },
      { id: 'two', topics: [{ id: 'security', defaultStatus: 'REQUIRED' }] },
    ],
    tenants: [
      { id: 'acme', defaultPreferences: [{ topic: 'news', status: 'OPTED_OUT' }] },
      { id: 'strict', defaultPreferences: [{ topic: 'news', status: 'REQUIRED' }] },
      { id: 'lax', defaultPreferences: [{ topic: 'security', status: 'OPTED_OUT' }] },
    ],
    preferences,
  });

describe('chosenTopics', () => {
  const [one, two] = worldWith().sections;
  const unchosen = { hasCustomRouting: false, customRouting: [], digestSchedule: null };
  const [news, digest] = one!.topics;
  const all = (status: string) => ({ defaultStatus: status, status });
  const topics = (told: object) => [
    { topic: news, section: one, ...all('OPTED_IN'), ...unchosen, ...told },
    { topic: digest, section: one, ...all('OPTED_IN'), ...unchosen, digestSchedule: 'weekly' },
    { topic: two!.topics[0], section: two, ...all('REQUIRED'), ...unchosen },
  ];
  const routed = choice({ hasCustomRouting: true, customRouting: ['sms'] });
  it.each([
    { name: 'without a choice', preferences: [], tenant: null, expected: topics({}) },
    { name: "a tenant's default", preferences: [], tenant: 'acme', expected: topics(all('OPTED_OUT')) },
    { name: 'what a tenant requires', preferences: [], tenant: 'strict', expected: topics(all('REQUIRED')) },
    { name: 'what is required in every tenant', preferences: [], tenant: 'lax', expected: topics({}) },
    { name: 'a tenant without any', preferences: [], tenant: 'other', expected: topics({}) },
    {
      name: 'a choice',
      preferences: [routed],
      tenant: null,
      expected: topics({ status: 'OPTED_OUT', hasCustomRouting: true, customRouting: ['sms'] }),
    },
    { name: 'not within a tenant', preferences: [choice({})], tenant: 'other', expected: topics({}) },
    {
      name: "before the tenant's default",
      preferences: [choice({ tenant: 'acme', status: 'OPTED_IN' })],
      tenant: 'acme',
      expected: topics({ defaultStatus: 'OPTED_OUT' }),
    },
    { name: "somebody else's", preferences: [choice({ user: 'bob' })], tenant: null, expected: topics({}) },
  ])('$name', ({ preferences, tenant, expected }) => {
    const world = worldWith(preferences);
    expect([chosenTopics(world, 'alice', tenant), chosenTopic(world, 'alice', tenant, 'news')]).toEqual([
      expected,
      expected[0],
    ]);
  });

  it('a chosen schedule comes before the default one', () => {
    const world = worldWith([choice({ topic: 'digest', status: 'OPTED_IN', digestSchedule: 'daily' })]);
    expect(chosenTopic(world, 'alice', null, 'digest')?.digestSchedule).toBe('daily');
  });

  it('an unknown topic is none', () => {
    expect(chosenTopic(worldWith(), 'alice', null, 'none')).toBe(undefined);
  });
});

describe('choose', () => {
  const required = { topic: 'security', status: 'REQUIRED' } as const;
  it.each([
    { name: 'out', given: choice({}), problem: undefined },
    { name: 'within a tenant', given: choice({ tenant: 'acme' }), problem: undefined },
    { name: 'a schedule', given: choice({ topic: 'digest', digestSchedule: 'daily' }), problem: undefined },
    { name: 'what is required', given: choice(required), problem: undefined },
    { name: 'an unknown topic', given: choice({ topic: 'none' }), problem: 'there is no topic none' },
    {
      name: 'out of what is required',
      given: choice({ topic: 'security', status: 'OPTED_OUT' }),
      problem: 'security is required',
    },
    {
      name: 'into what is required',
      given: choice({ topic: 'security', status: 'OPTED_IN' }),
      problem: 'security is required',
    },
    {
      name: 'out of what the tenant requires',
      given: choice({ tenant: 'strict' }),
      problem: 'news is required',
    },
    {
      name: 'out of what is required, in a tenant that lets out',
      given: choice({ topic: 'security', tenant: 'lax' }),
      problem: 'security is required',
    },
    { name: 'what the tenant requires', given: choice({ tenant: 'strict', status: 'REQUIRED' }), problem: undefined },
    { name: 'out, in another tenant', given: choice({ tenant: 'lax' }), problem: undefined },
    { name: 'to require', given: choice({ status: 'REQUIRED' }), problem: 'news is not required' },
    {
      name: 'an unknown schedule',
      given: choice({ topic: 'digest', digestSchedule: 'hourly' }),
      problem: 'digest has no digest schedule hourly',
    },
    {
      name: 'the schedule of another topic',
      given: choice({ digestSchedule: 'daily' }),
      problem: 'news has no digest schedule daily',
    },
  ])('$name', ({ given, problem }) => {
    const world = worldWith();
    expect([choose(world, given), world.preferences]).toEqual([problem, problem === undefined ? [given] : []]);
  });

  it('puts it in the place of the one before', () => {
    const others = [choice({ user: 'bob' }), choice({ tenant: 'acme' }), choice({ topic: 'digest' })];
    const world = worldWith([...others, choice({})]);
    choose(world, choice({ status: 'OPTED_IN' }));
    expect(world.preferences).toEqual([...others, choice({ status: 'OPTED_IN' })]);
  });
});

it('forgets one choice only', () => {
  const others = [choice({ user: 'bob' }), choice({ tenant: 'acme' }), choice({ topic: 'digest' })];
  const world = worldWith([choice({}), ...others]);
  forget(world, 'alice', null, 'news');
  forget(world, 'alice', null, 'none');
  expect([world.preferences, choiceOf(world, 'alice', 'acme', 'news'), choiceOf(world, 'alice', null, 'news')]).toEqual(
    [others, others[1], undefined],
  );
});
