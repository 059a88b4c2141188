import { checkBaseUrl, regionBaseUrls } from './courier/regions.js';
import type { WideNetwork } from './courier/transport.js';
import { Failure } from './errors.js';

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

/** @throws {Failure} `interrupted.signal` */
export async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { setTimeout: delay } = await import('node:timers/promises');
  await delay(ms, undefined, signal ? { signal } : {}).catch(() => {
    throw new Failure('interrupted.signal', {});
  });
}
