import { join } from 'node:path';
import Courier from '@trycourier/courier';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launch } from '../support/browser.js';
import { type RunningEmulator, withEmulator } from '../support/e2e-emulator.js';
import { type InboxPage, servePage } from '../support/inbox-page.js';

/** The picture that README shows; made anew with UPDATE_SCREENSHOT=1. */
const screenshot = join(import.meta.dirname, 'emulator-inbox.png');

describe.skipIf(!hasBrowser)("Courier's Inbox component in a browser", () => {
  let browser: Browser;
  let pages: InboxPage;
  beforeAll(async () => {
    browser = await launch();
    pages = await servePage();
  });
  afterAll(async () => {
    await browser.close();
    await pages.close();
  });

  /** The app with `userId` signed in, and what its console complained of. */
  async function signIn({ apiUrls }: RunningEmulator, userId: string, jwt: string) {
    const page = await browser.newPage({ viewport: { width: 520, height: 470 } });
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(pages.urlFor({ userId, jwt, apiUrls }));
    return { page, complaints };
  }

  const item = (page: Page, title: string) => page.locator('courier-inbox-list-item', { hasText: title });
  const shows = async (page: Page, title: string) => item(page, title).waitFor();
  const titles = async (page: Page) => page.locator('courier-inbox-list-item p.title').allInnerTexts();
  const unread = async (page: Page) => page.locator('courier-inbox-list-item.unread p.title').allInnerTexts();

  it('shows the messages, a new one while it is open, and what is marked elsewhere', async () => {
    await withEmulator([], async (emulator) => {
      const jwt = await emulator.issue('alice');
      const { page } = await signIn(emulator, 'alice', jwt);
      const { page: other } = await signIn(emulator, 'alice', jwt);
      await Promise.all([shows(page, 'Your invoice is ready'), shows(other, 'Your invoice is ready')]);
      await emulator.running.until(() => emulator.requests().filter(({ method }) => method === 'SOCKET').length === 2);
      const sdk = new Courier({ apiKey: 'token_emulated', baseURL: emulator.url });
      const content = { title: 'Sent while you look', body: 'It came over the socket.' };
      const { requestId } = await sdk.send.message({ message: { to: { user_id: 'alice' }, content } });
      await Promise.all([shows(page, content.title), shows(other, content.title)]);
      const before = { titles: await titles(page), unread: await unread(other) };
      if (process.env.UPDATE_SCREENSHOT) await page.screenshot({ path: screenshot });
      await item(page, content.title).hover();
      await item(page, content.title).locator('courier-icon-button').first().click();
      await page.locator('courier-inbox-list-item:not(.unread)', { hasText: content.title }).waitFor();
      await other.locator('courier-inbox-list-item:not(.unread)', { hasText: content.title }).waitFor();
      const { messages } = await emulator.control<{ messages: { messageId: string; read: string | null }[] }>(
        'GET',
        'state',
      );
      const all = [
        content.title,
        'Welcome to Courier',
        'Your order has shipped',
        'Bob mentioned you',
        'Your invoice is ready',
      ];
      expect({
        before,
        after: await unread(other),
        read: messages.find(({ messageId }) => messageId === requestId)?.read !== null,
        refused: emulator.requests().filter(({ status }) => status !== null && status >= 400),
      }).toEqual({
        before: { titles: all, unread: all.slice(0, 4) },
        after: all.slice(1, 4),
        read: true,
        refused: [],
      });
      await Promise.all([page.close(), other.close()]);
    });
  });

  const requests = ({ requests: all }: RunningEmulator) =>
    all()
      .filter(({ path }) => path === '/q')
      .map(({ user, status, verdict }) => ({ user, status, verdict }));

  it.each([
    {
      name: 'lacks a scope',
      issue: ['alice', '--scope', 'inbox:write:events,read:brands'] as const,
      user: 'alice',
      verdict: { code: 'scope.missing', subject: 'inbox:read:messages' },
    },
    {
      name: 'is expired',
      issue: ['alice', '--expires-in', '1h'] as const,
      user: 'alice',
      verdict: { code: 'expiry.expired' },
    },
    {
      name: "is another user's",
      issue: ['bob'] as const,
      user: 'alice',
      verdict: { code: 'user.mismatch', subject: 'alice' },
    },
  ])(
    'stays empty with a token that $name, and says 401',
    async ({ issue: [user, ...flags], user: signedIn, verdict }) => {
      await withEmulator([], async (emulator) => {
        const jwt = await emulator.issue(user, ...flags);
        await emulator.control('POST', 'clock', { advance: '2h' });
        const { page, complaints } = await signIn(emulator, signedIn, jwt);
        await emulator.running.until(() => requests(emulator).length > 0 && complaints.length > 0);
        expect({ titles: await titles(page), complaint: complaints[0], request: requests(emulator)[0] }).toEqual({
          titles: [],
          complaint: 'Failed to load resource: the server responded with a status of 401 (Unauthorized)',
          request: { user: signedIn, status: 401, verdict },
        });
        await page.close();
      });
    },
  );

  it('of another origin than this machine gets nothing', async () => {
    await withEmulator([], async (emulator) => {
      const jwt = await emulator.issue('alice');
      const page = await browser.newPage();
      // A page of the Internet, as the browser has it.
      await page.route('http://evil.example/', async (route) =>
        route.fulfill({ contentType: 'text/html', body: '<p>evil' }),
      );
      await page.goto('http://evil.example/');
      const outcome = await page.evaluate(
        async ([url, token]) =>
          fetch(`${url}/q`, {
            method: 'POST',
            headers: { authorization: `Bearer ${token}` },
            body: '{"query":"{count}"}',
          }).then(
            () => 'read',
            () => 'kept out',
          ),
        [emulator.url, jwt],
      );
      expect(outcome).toBe('kept out');
      await page.close();
    });
  });
});
