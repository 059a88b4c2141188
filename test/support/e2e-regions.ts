import type { CourierServer } from './courier-server.js';
import { withProxy } from './e2e-network.js';
import { apiKey, selfSigned, withCourier } from './e2e-world.js';

/** Courier's hosts, all of them on one server, behind a proxy: which is asked stands in the Host header. */
const hosts = [
  'api.courier.com',
  'api.eu.courier.com',
  'inbox.courier.com',
  'inbox.eu.courier.io',
  'realtime.courier.io',
  'realtime.eu.courier.io',
  // Somebody's own backend, in README's recipe.
  'staging.example.com',
];
const certificate = selfSigned(hosts.map((host) => `DNS:${host}`));

/** A Courier at its own hosts: the variables lead there. */
export async function withRegions<T>(
  work: (courier: CourierServer, variables: Record<string, string>) => Promise<T>,
): Promise<T> {
  return withCourier(
    async (courier) =>
      withProxy({ port: Number(new URL(courier.url).port) }, async (proxy) =>
        work(courier, {
          HTTPS_PROXY: proxy.url,
          NODE_EXTRA_CA_CERTS: certificate.certPath,
          COURIER_API_KEY: apiKey,
        }),
      ),
    certificate,
  );
}
