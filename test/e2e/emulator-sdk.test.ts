import Courier from '@trycourier/courier';
import { CourierClient, type CourierProps } from '@trycourier/courier-js';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningEmulator, withEmulator } from '../support/e2e-emulator.js';
import { claimsOf } from '../support/e2e-world.js';

// What a browser has and Node 20 has not.
vi.stubGlobal('window', globalThis);
vi.stubGlobal('WebSocket', WebSocket);

type Client = InstanceType<typeof CourierClient>;

const serverOf = ({ url }: RunningEmulator, apiKey = 'pk_test_ABCDEFGH') =>
  new Courier({ apiKey, baseURL: url, maxRetries: 0 });

/** The web SDK as an app has it, with a token of `courier-jwt issue`. */
async function clientOf(emulator: RunningEmulator, user: string, more: Partial<CourierProps> = {}): Promise<Client> {
  const jwt = await emulator.issue(user, '--for', 'inbox,preferences,push,brands');
  return new CourierClient({ userId: user, jwt, apiUrls: emulator.apiUrls, ...more });
}

async function titles(client: Client, ...asked: Parameters<Client['inbox']['getMessages']>): Promise<unknown[]> {
  const { data } = await client.inbox.getMessages(...asked);
  return (data?.messages?.nodes ?? []).map(({ title }) => title);
}

const [welcome, order, mention, invoice, report] = [
  'Welcome to Courier',
  'Your order has shipped',
  'Bob mentioned you',
  'Your invoice is ready',
  'Last month’s report',
];

describe('@trycourier/courier', () => {
  it('mints, for the environment of its key', async () => {
    await withEmulator([], async (emulator) => {
      const minted = async (key: string) => {
        const { token } = await serverOf(emulator, key).auth.issueToken({
          scope: 'user_id:alice inbox:read:messages',
          expires_in: '2 hours',
        });
        const { scope, tenant_scope, iat, exp } = claimsOf(token) as Record<string, number>;
        return { scope, tenant_scope, lifetime: exp! - iat! };
      };
      const scope = 'user_id:alice inbox:read:messages';
      expect([
        await minted('pk_test_ABCDEFGH'),
        await minted('pk_prod_ABCDEFGH'),
        await minted('dk_prod_ABCDEFGH'),
      ]).toEqual([
        { scope, tenant_scope: 'published/test', lifetime: 7200 },
        { scope, tenant_scope: 'published/production', lifetime: 7200 },
        { scope, tenant_scope: 'draft/production', lifetime: 7200 },
      ]);
    });
  });

  it('is refused as by Courier, with its own kinds of errors', async () => {
    await withEmulator([], async (emulator) => {
      const outcome = async (work: Promise<unknown>) =>
        work.then(
          () => 'taken',
          (error: unknown) => `${(error as Error).constructor.name} ${(error as { status: number }).status}`,
        );
      const sdk = serverOf(emulator);
      expect({
        noScope: await outcome(sdk.auth.issueToken({ scope: '', expires_in: '1d' })),
        badDuration: await outcome(sdk.auth.issueToken({ scope: 'read:brands', expires_in: 'soon' })),
        clientKey: await outcome(serverOf(emulator, 'ck_ABCDEFGH').brands.list()),
        noBrand: await outcome(sdk.brands.retrieve('none')),
        noRecipient: await outcome(sdk.send.message({ message: { content: { title: 'T', body: 'B' } } })),
      }).toEqual({
        noScope: 'BadRequestError 400',
        badDuration: 'BadRequestError 400',
        clientKey: 'AuthenticationError 401',
        noBrand: 'NotFoundError 404',
        noRecipient: 'BadRequestError 400',
      });
    });
  });

  it('sends to a user, to a tenant, to a list, and by a template', async () => {
    await withEmulator([], async (emulator) => {
      const { send } = serverOf(emulator);
      const content = { title: 'Hello {{name}}', body: 'For {{name}}.' };
      await send.message({ message: { to: { user_id: 'carol' }, content, data: { name: 'Carol' } } });
      await send.message({ message: { to: { tenant_id: 'acme' }, content, data: { name: 'Acme' } } });
      await send.message({ message: { to: { list_id: 'team' }, content, data: { name: 'team' } } });
      await send.message({ message: { to: { user_id: 'carol' }, template: 'welcome', data: { name: 'Carol' } } });
      const [carol, bob] = [await clientOf(emulator, 'carol'), await clientOf(emulator, 'bob')];
      const acme = await clientOf(emulator, 'alice', { tenantId: 'acme' });
      expect([await titles(carol), await titles(bob), await titles(acme)]).toEqual([
        ['Welcome, Carol', 'Hello Carol'],
        ['Hello team', welcome],
        ['Hello Acme', 'Welcome to Acme'],
      ]);
    });
  });

  it('keeps push tokens, preferences, brands, lists and events', async () => {
    await withEmulator([], async (emulator) => {
      const { users, brands, lists, inbound } = serverOf(emulator);
      await users.tokens.addSingle('device-1', { user_id: 'alice', provider_key: 'apn' });
      await users.tokens.update('device-1', {
        user_id: 'alice',
        patch: [{ op: 'replace', path: '/provider_key', value: 'expo' }],
      });
      await users.preferences.updateOrCreateTopic('marketing', { user_id: 'alice', topic: { status: 'OPTED_IN' } });
      const brand = await brands.create({ name: 'Second', id: 'second' });
      await lists.subscriptions.subscribeUser('carol', { list_id: 'team' });
      const track = { event: 'Ordered', messageId: 'event-1', type: 'track', properties: {} } as const;
      const tracked = await inbound.trackEvent(track);
      const again = await inbound.trackEvent(track).catch((error: unknown) => (error as { status: number }).status);
      const { tokens } = await users.tokens.list('alice');
      const { topic } = await users.preferences.retrieveTopic('marketing', { user_id: 'alice' });
      const { items } = await lists.subscriptions.list('team');
      await users.tokens.delete('device-1', { user_id: 'alice' });
      await brands.delete('second');
      expect({
        tokens: tokens.map(({ token, provider_key }) => ({ token, provider_key })),
        left: await users.tokens.list('alice'),
        status: topic.status,
        brand: brand.name,
        brands: (await brands.list()).results.map(({ id }) => id),
        subscribed: items.map(({ recipientId }) => recipientId),
        tracked,
        again,
      }).toEqual({
        tokens: [{ token: 'device-1', provider_key: 'expo' }],
        left: { tokens: [] },
        status: 'OPTED_IN',
        brand: 'Second',
        brands: ['default'],
        subscribed: ['alice', 'bob', 'carol'],
        tracked: { messageId: 'event-1' },
        again: 409,
      });
    });
  });
});

describe('@trycourier/courier-js', () => {
  it('reads the inbox: pages, filters, counts, tenants', async () => {
    await withEmulator([], async (emulator) => {
      const { inbox } = await clientOf(emulator, 'alice');
      const first = await inbox.getMessages({ paginationLimit: 3 });
      const cursor = first.data!.messages!.pageInfo!.startCursor!;
      const second = await inbox.getMessages({ paginationLimit: 3, startCursor: cursor });
      const read = (page: typeof first) => ({
        titles: page.data?.messages?.nodes?.map(({ title }) => title),
        more: page.data?.messages?.pageInfo?.hasNextPage,
        count: page.data?.count,
        unread: page.data?.unreadCount,
      });
      const alice = await clientOf(emulator, 'alice');
      expect({
        first: read(first),
        second: read(second),
        archived: read(await inbox.getArchivedMessages()).titles,
        tagged: await titles(alice, { filter: { tags: ['orders', 'billing'] } }),
        unread: await titles(alice, { filter: { status: 'unread' } }),
        read: await titles(alice, { filter: { status: 'read' } }),
        future: await titles(alice, { filter: { from: '2100-01-01T00:00:00.000Z' } }),
        past: (await titles(alice, { filter: { from: '2000-01-01T00:00:00.000Z' } })).length,
        counts: await inbox.getUnreadCounts({ all: {}, 'my-orders': { tags: ['orders'] }, seen: { status: 'read' } }),
        unreadCount: await inbox.getUnreadMessageCount(),
        acme: await titles(await clientOf(emulator, 'alice', { tenantId: 'acme' })),
        acmeUnread: await (await clientOf(emulator, 'alice', { tenantId: 'acme' })).inbox.getUnreadMessageCount(),
        nobody: await titles(await clientOf(emulator, 'nobody')),
      }).toEqual({
        first: { titles: [welcome, order, mention], more: true, count: 4, unread: 3 },
        second: { titles: [invoice], more: false, count: 4, unread: 3 },
        archived: [report],
        tagged: [order, invoice],
        unread: [welcome, order, mention],
        read: [invoice],
        future: [],
        past: 4,
        counts: { all: 3, 'my-orders': 1, seen: 0 },
        unreadCount: 3,
        acme: ['Welcome to Acme'],
        acmeUnread: 1,
        nobody: [],
      });
    });
  });

  it('marks messages, one and all', async () => {
    await withEmulator([], async (emulator) => {
      const { inbox } = await clientOf(emulator, 'alice');
      const state = async () => {
        const { data } = await inbox.getMessages();
        const nodes = [...data!.messages!.nodes!, ...(await inbox.getArchivedMessages()).data!.messages!.nodes!];
        return Object.fromEntries(
          nodes.map(({ title, read, opened, archived }) => [
            title,
            [read && 'read', opened && 'opened', archived && 'archived'].filter(Boolean).join(' '),
          ]),
        );
      };
      const { nodes } = (await inbox.getMessages()).data!.messages!;
      const [a, b, c, d] = nodes!;
      const begun = await state();
      await inbox.read(a!);
      await inbox.unread(d!);
      await inbox.open(a!);
      await inbox.batchOpen([b!.messageId, c!.messageId]);
      await inbox.archive(b!);
      await inbox.click({ messageId: c!.messageId, trackingId: c!.trackingIds!.clickTrackingId! });
      const each = await state();
      await inbox.unarchive(b!);
      await inbox.archiveRead();
      const archivedRead = await state();
      await inbox.readAll();
      const allRead = await state();
      await inbox.archiveAll();
      const { messages } = await emulator.control<{ messages: { title: string; clicked: string | null }[] }>(
        'GET',
        'state',
      );
      expect({
        begun,
        each,
        archivedRead,
        allRead,
        left: await inbox.getMessages().then(({ data }) => data?.count),
        clicked: messages.filter(({ clicked }) => clicked !== null).map(({ title }) => title),
      }).toEqual({
        begun: {
          [welcome]: '',
          [order]: '',
          [mention]: 'opened',
          [invoice]: 'read opened',
          [report]: 'read opened archived',
        },
        each: {
          [welcome]: 'read opened',
          [order]: 'opened archived',
          [mention]: 'opened',
          [invoice]: 'opened',
          [report]: 'read opened archived',
        },
        archivedRead: {
          [welcome]: 'read opened archived',
          [order]: 'opened',
          [mention]: 'opened',
          [invoice]: 'opened',
          [report]: 'read opened archived',
        },
        allRead: {
          [welcome]: 'read opened archived',
          [order]: 'read opened',
          [mention]: 'read opened',
          [invoice]: 'read opened',
          [report]: 'read opened archived',
        },
        left: 0,
        clicked: [mention],
      });
    });
  });

  it('keeps preferences, and shows the page of them', async () => {
    await withEmulator([], async (emulator) => {
      const { preferences } = await clientOf(emulator, 'alice');
      const updated = await preferences.putUserPreferenceTopic({
        topicId: 'digest',
        status: 'OPTED_OUT',
        hasCustomRouting: true,
        customRouting: ['email', 'push'],
        digestSchedule: 'weekly',
      });
      const page = await preferences.getPreferencePage({ brandId: 'default' });
      const acme = await clientOf(emulator, 'alice', { tenantId: 'acme' });
      expect({
        updated,
        statuses: (await preferences.getUserPreferences()).items.map(({ topicId, status }) => `${topicId} ${status}`),
        acme: (await acme.preferences.getUserPreferenceTopic({ topicId: 'mentions' })).status,
        schedules: (await preferences.getDigestSchedules({ topicId: 'digest' })).map(({ scheduleId }) => scheduleId),
        page: {
          brand: page?.brand?.settings?.colors?.primary,
          sections: page?.sections.map(({ name, topics }) => [name, ...topics.map(({ templateName }) => templateName)]),
          schedules: page?.sections[0]?.topics[1]?.digestSchedules?.length,
          chosen: page?.recipientPreferences.find(({ templateId }) => templateId === 'digest'),
        },
        unknown: await preferences.getUserPreferenceTopic({ topicId: 'none' }).catch((error: unknown) => String(error)),
      }).toEqual({
        updated: {
          topicId: 'digest',
          topicName: 'Weekly digest',
          sectionId: 'product',
          sectionName: 'Product',
          status: 'OPTED_OUT',
          defaultStatus: 'OPTED_IN',
          hasCustomRouting: true,
          customRouting: ['email', 'push'],
          digestSchedule: 'weekly',
        },
        statuses: ['mentions OPTED_IN', 'digest OPTED_OUT', 'marketing OPTED_OUT', 'security REQUIRED'],
        acme: 'OPTED_OUT',
        schedules: ['daily', 'weekly'],
        page: {
          brand: '#9121c2',
          sections: [
            ['Product', 'Mentions', 'Weekly digest', 'News and offers'],
            ['Account', 'Security'],
          ],
          schedules: 2,
          chosen: {
            templateId: 'digest',
            status: 'OPTED_OUT',
            hasCustomRouting: true,
            routingPreferences: ['email', 'push'],
            digestSchedule: 'weekly',
          },
        },
        unknown: 'Error: Preference topic not found: none',
      });
    });
  });

  it('brands, push tokens, lists and tracking', async () => {
    await withEmulator([], async (emulator) => {
      const { brands, tokens, lists, tracking } = await clientOf(emulator, 'carol');
      const state = async () => {
        const world = await emulator.control<Record<'pushTokens' | 'lists' | 'events' | 'messages', never[]>>(
          'GET',
          'state',
        );
        const { pushTokens, lists: all, events } = world as Record<string, Record<string, unknown>[]>;
        return {
          tokens: pushTokens!.map(({ user, token, provider_key, device }) => ({ user, token, provider_key, device })),
          team: all![0]!.users,
          events: events!.map(({ event, userId }) => ({ event, userId })),
        };
      };
      await tokens.putUserToken({
        token: 'device-1',
        provider: 'firebase-fcm',
        device: { platform: 'web', appId: 'app' },
      });
      await lists.putSubscription({ listId: 'team', clientKey: 'empty' });
      const inbound = await tracking.postInboundCourier({
        event: 'Ordered',
        messageId: 'event-1',
        type: 'track',
        clientKey: 'empty',
        properties: {},
      });
      await tracking.postTrackingUrl({
        url: `${emulator.url}/t/1-00000000-000000000000000000000007-read`,
        event: 'READ',
      });
      const kept = await state();
      await tokens.deleteUserToken({ token: 'device-1' });
      await lists.deleteSubscription({ listId: 'team', clientKey: 'empty' });
      const bob = await clientOf(emulator, 'bob');
      expect({
        brand: await brands.getBrand({ brandId: 'default' }),
        inbound,
        kept,
        left: await state(),
        bobUnread: await bob.inbox.getUnreadMessageCount(),
      }).toEqual({
        brand: {
          settings: {
            colors: { primary: '#9121c2', secondary: '#4b1f64', tertiary: '#f5ebfa' },
            inapp: { borderRadius: '8px', disableCourierFooter: false },
          },
          logo: { href: 'https://example.com', image: 'https://example.com/logo.png' },
          links: { twitter: { url: 'https://example.com/twitter' } },
        },
        inbound: { messageId: 'event-1' },
        kept: {
          tokens: [
            {
              user: 'carol',
              token: 'device-1',
              provider_key: 'firebase-fcm',
              device: { platform: 'web', app_id: 'app' },
            },
          ],
          team: ['alice', 'bob', 'carol'],
          events: [{ event: 'Ordered', userId: 'carol' }],
        },
        left: { tokens: [], team: ['alice', 'bob'], events: [{ event: 'Ordered', userId: 'carol' }] },
        bobUnread: 0,
      });
    });
  });

  it('hears of new messages, and of what another connection does, but not of what it does itself', async () => {
    await withEmulator([], async (emulator) => {
      const [one, other] = [await clientOf(emulator, 'alice'), await clientOf(emulator, 'alice')];
      const acme = await clientOf(emulator, 'alice', { tenantId: 'acme' });
      const bob = await clientOf(emulator, 'bob');
      const heard = { one: [], other: [], acme: [], bob: [] } as Record<string, string[]>;
      for (const [name, client] of Object.entries({ one, other, acme, bob })) {
        client.inbox.socket.addMessageEventListener(({ event, data, messageId }) =>
          heard[name]!.push(`${event} ${data?.title ?? messageId ?? ''}`.trim()),
        );
        await client.inbox.socket.connect();
      }
      const subscribed = () => emulator.requests().filter(({ method }) => method === 'SOCKET').length === 4;
      await emulator.running.until(subscribed);
      const { send } = serverOf(emulator);
      const { requestId } = await send.message({
        message: { to: { user_id: 'alice' }, content: { title: 'New', body: '' } },
      });
      await send.message({
        message: { to: { user_id: 'alice', tenant_id: 'acme' }, content: { title: 'Acme', body: '' } },
      });
      await one.inbox.read({ messageId: requestId });
      await one.inbox.archive({ messageId: requestId });
      await other.inbox.readAll();
      await emulator.running.until(() => heard.one!.length > 1 && heard.other!.length > 2 && heard.acme!.length > 1);
      for (const client of [one, other, acme, bob]) client.inbox.socket.close();
      expect(heard).toEqual({
        one: ['message New', 'mark-all-read'],
        other: ['message New', `read ${requestId}`, `archive ${requestId}`],
        acme: ['message Acme', 'mark-all-read'],
        bob: [],
      });
    });
  });
});

describe('a token that does not do', () => {
  const refused = 'CourierRequestError 401 Unauthorized';
  const outcome = async (work: Promise<unknown>) =>
    work.then(
      () => 'taken',
      (error: unknown) => `${(error as Error).name} ${(error as { code: number }).code} ${(error as Error).message}`,
    );

  it('is refused by each part, for what it lacks', async () => {
    await withEmulator([], async (emulator) => {
      const ask = async (userId: string, jwt: string) => {
        const client = new CourierClient({ userId, jwt, apiUrls: emulator.apiUrls });
        const socket = client.inbox.socket.connect().then(
          () => 'open',
          () => 'refused',
        );
        const outcomes = {
          inbox: await outcome(client.inbox.getMessages()),
          marking: await outcome(client.inbox.readAll()),
          preferences: await outcome(client.preferences.getUserPreferences()),
          brands: await outcome(client.brands.getBrand({ brandId: 'default' })),
          push: await outcome(client.tokens.deleteUserToken({ token: 'none' })),
          socket: await socket,
        };
        client.inbox.socket.close();
        return outcomes;
      };
      const forbidden = 'CourierRequestError 403 Forbidden';
      const everything = await emulator.issue('alice');
      const brandsOnly = await emulator.issue('alice', '--scope', 'read:brands');
      const wrongUser = await ask('bob', everything);
      const lacking = await ask('alice', brandsOnly);
      const foreign = await ask('alice', `${everything.slice(0, -6)}AAAAAA`);
      await emulator.control('POST', 'clock', { advance: '25h' });
      const all = {
        inbox: refused,
        marking: refused,
        preferences: refused,
        brands: refused,
        push: refused,
        socket: 'refused',
      };
      expect({ wrongUser, lacking, foreign, expired: await ask('alice', everything) }).toEqual({
        wrongUser: { ...all, preferences: forbidden, brands: 'taken', push: forbidden },
        lacking: { ...all, preferences: forbidden, brands: 'taken', push: forbidden },
        foreign: all,
        expired: all,
      });
    });
  });

  it('sees an empty inbox instead, with --missing-scope empty', async () => {
    await withEmulator(['--missing-scope', 'empty'], async (emulator) => {
      const jwt = await emulator.issue('alice', '--scope', 'read:brands');
      const { inbox } = new CourierClient({ userId: 'alice', jwt, apiUrls: emulator.apiUrls });
      const { data } = await inbox.getMessages();
      expect(data).toEqual({
        count: 0,
        unreadCount: 0,
        messages: { totalCount: 0, pageInfo: { startCursor: null, hasNextPage: false }, nodes: [] },
      });
    });
  });
});
