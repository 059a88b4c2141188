import { Failure } from '../errors.js';

export type Region = 'us' | 'eu';

/** Source: `getCourierApiUrlsForRegion` of @trycourier/courier-js. */
export const regionBaseUrls: Record<Region, string> = {
  us: 'https://api.courier.com',
  eu: 'https://api.eu.courier.com',
};

/**
 * A base URL without a slash at its end. Plain http is for loopback only: the request carries an API key.
 * @throws {Failure} `usage.base-url`
 */
export function checkBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Failure('usage.base-url', { url: withoutUser(text), reason: 'invalid' });
  if (url.username || url.password) throw new Failure('usage.base-url', { url: url.host, reason: 'credentials' });
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw new Failure('usage.base-url', { url: text, reason: 'plain-http' });
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** A password in a URL is not repeated. */
function withoutUser(url: string): string {
  return url.slice(url.lastIndexOf('@') + 1);
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
