import Courier from '@trycourier/courier';
import { expect, it } from 'vitest';
import { hasBrowser, launch } from '../support/browser.js';
import { type RunningEmulator, withEmulator } from '../support/e2e-emulator.js';
import { start } from '../support/e2e-running.js';
import { servePage } from '../support/inbox-page.js';
import { frontEnd } from '../support/readme.js';

/** README's front end as it stands there, but for where the endpoint and Courier are. */
const pageOf = (endpoint: string, { apiUrls }: RunningEmulator) => `
  import { Courier } from '@trycourier/courier-ui-inbox';
  ${frontEnd
    .replace("'/api/generate-courier-jwt'", JSON.stringify(endpoint))
    .replace('jwt: token', `jwt: token, apiUrls: ${JSON.stringify(apiUrls)}`)}
  await signIn(Courier, 'alice');`;

it.skipIf(!hasBrowser)(
  "README's front end keeps its Inbox alive beyond the life of its token",
  { timeout: 90_000 },
  async () => {
    await withEmulator([], async (emulator) => {
      const variables = { COURIER_BASE_URL: emulator.url, COURIER_API_KEY: 'token_emulated' };
      const serve = start(['serve', '--port', '0', '--json', '--allow-user', 'alice', '--expires-in', '8s'], variables);
      const browser = await launch();
      const minted = () => serve.output.stdout.split('\n').filter((line) => line.includes('"event":"token"')).length;
      try {
        await serve.until(() => serve.output.stdout.includes('ready'));
        const { url } = JSON.parse(serve.output.stdout.split('\n')[0]!) as { url: string };
        const pages = await servePage(pageOf(url, emulator));
        const page = await browser.newPage();
        await page.goto(pages.urlFor({}));
        await page.locator('courier-inbox-list-item', { hasText: 'Your invoice is ready' }).waitFor();
        await expect.poll(minted, { timeout: 60_000 }).toBe(4);
        const sdk = new Courier({ apiKey: 'token_emulated', baseURL: emulator.url });
        const content = { title: 'After three tokens', body: 'It came over the socket.' };
        await sdk.send.message({ message: { to: { user_id: 'alice' }, content } });
        await page.locator('courier-inbox-list-item', { hasText: content.title }).waitFor();
        const refused = emulator.requests().filter(({ status }) => status !== null && status >= 400);
        expect(refused).toEqual([]);
        await pages.close();
      } finally {
        await browser.close();
        serve.child.kill('SIGKILL');
      }
    });
  },
);
