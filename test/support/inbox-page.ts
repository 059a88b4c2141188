import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';

const packages = ['courier-js', 'courier-ui-core', 'courier-ui-inbox'];
const modules = Object.fromEntries(packages.map((name) => [`@trycourier/${name}`, `/${name}.mjs`]));

/** As the component's README has it: who signs in stands in the fragment, as JSON. */
const signIn = `
  import { Courier } from '@trycourier/courier-ui-inbox';
  Courier.shared.signIn(JSON.parse(decodeURIComponent(location.hash.slice(1))));
  window.Courier = Courier;`;

/** A page with Courier's own Inbox component. */
const pageWith = (script: string) => `<!doctype html>
<meta charset="utf-8">
<title>An app with Courier's Inbox</title>
<style>body { margin: 0; font-family: sans-serif } courier-inbox { display: block; height: 460px }</style>
<script type="importmap">${JSON.stringify({ imports: modules })}</script>
<courier-inbox></courier-inbox>
<script type="module">${script}
</script>`;

export interface InboxPage {
  /** The page for one user: what `signIn` takes. */
  urlFor(props: object): string;
  close(): Promise<void>;
}

/** Serves the page and the packages as npm has them, from an origin of its own. */
export async function servePage(script = signIn): Promise<InboxPage> {
  const server = createServer((request, response) => {
    const name = packages.find((one) => request.url === `/${one}.mjs`);
    if (name === undefined) return response.setHeader('content-type', 'text/html').end(pageWith(script));
    const path = join(resolve(import.meta.dirname, '../../node_modules/@trycourier'), name, 'dist/index.mjs');
    return response.setHeader('content-type', 'text/javascript').end(readFileSync(path));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    urlFor: (props) => `http://localhost:${port}/#${encodeURIComponent(JSON.stringify(props))}`,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
