import { checkBaseUrl, regionBaseUrls } from './courier/regions.js';
import type { Transport, WideNetwork } from './courier/transport.js';
import { Failure } from './errors.js';
import { Secrets } from './output/secrets.js';

/** What the library takes of the outside: which Courier, the network, and time. */

/**
 * The base URL of a region, or one's own.
 * @throws {Failure} `usage.value` or `usage.base-url`
 */
export function baseUrlOf({ region = 'us', baseUrl }: { region?: string; baseUrl?: string }): string {
  // Empty as a variable is that is set to nothing.
  if (baseUrl) return checkBaseUrl(baseUrl, 'baseUrl');
  const [, url] = Object.entries(regionBaseUrls).find(([name]) => name === region) ?? [];
  if (url !== undefined) return url;
  throw new Failure('usage.value', { option: 'region', value: region, reason: 'it takes us or eu' });
}

let transport: Promise<WideNetwork> | undefined;

/** One for all, so that connections are kept. */
export async function network(): Promise<WideNetwork> {
  transport ??= import('./courier/https.js').then(({ networkTransport }) => networkTransport(process.env));
  return transport;
}

/** What a server refuses with may repeat the key, and becomes a message that callers log. */
export function withoutKey(inner: Transport, apiKey: string): Transport {
  const secrets = new Secrets();
  secrets.add(apiKey);
  return {
    async send(request) {
      const response = await inner.send(request);
      const { status, headers, body } = response;
      if (status < 300) return response;
      const { location } = headers;
      return {
        status,
        headers: { ...headers, ...(location !== undefined && { location: secrets.redact(location) }) },
        body: secrets.redact(body),
      };
    },
  };
}

/** @throws {Failure} `interrupted.signal` */
export async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { setTimeout: delay } = await import('node:timers/promises');
  await delay(ms, undefined, signal ? { signal } : {}).catch(() => {
    throw new Failure('interrupted.signal', {});
  });
}
