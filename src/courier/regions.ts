import { Failure } from '../errors.js';

export type Region = 'us' | 'eu';

/** Source: `getCourierApiUrlsForRegion` of @trycourier/courier-js. */
export const regionBaseUrls: Record<Region, string> = {
  us: 'https://api.courier.com',
  eu: 'https://api.eu.courier.com',
};

/** Where each part of Courier is. */
export interface CourierUrls {
  rest: string;
  /** The client API's GraphQL. */
  client: string;
  /** The Inbox's GraphQL. */
  inbox: string;
  /** The realtime socket. */
  socket: string;
}

/** Source: `getCourierApiUrlsForRegion` of @trycourier/courier-js. */
const regionHosts: Record<Region, Pick<CourierUrls, 'inbox' | 'socket'>> = {
  us: { inbox: 'https://inbox.courier.com/q', socket: 'wss://realtime.courier.io' },
  eu: { inbox: 'https://inbox.eu.courier.io/q', socket: 'wss://realtime.eu.courier.io' },
};

/** The region that a base URL is of; undefined for a Courier somewhere else, such as the emulator. */
export function regionOf(baseUrl: string): Region | undefined {
  return (['us', 'eu'] as const).find((region) => regionBaseUrls[region] === baseUrl);
}

/** All of a Courier, by its base URL: a region has hosts of its own for the Inbox, any other has all on one. */
export function courierUrls(baseUrl: string): CourierUrls {
  const region = regionOf(baseUrl);
  const hosts = region ? regionHosts[region] : { inbox: `${baseUrl}/q`, socket: baseUrl.replace(/^http/, 'ws') };
  return { rest: baseUrl, client: `${baseUrl}/client/q`, ...hosts };
}

/**
 * A base URL without a slash at its end. Plain http is for loopback only: the request carries an API key. `option`: what
 * gave it, COURIER_BASE_URL unless it is said.
 * @throws {Failure} `usage.base-url`
 */
export function checkBaseUrl(text: string, option?: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const wrong = (reason: 'invalid' | 'credentials' | 'plain-http', shown: string) =>
    new Failure('usage.base-url', { url: shown, reason, ...(option && { option }) });
  if (!url || !/^https?:$/.test(url.protocol)) throw wrong('invalid', withoutUser(text));
  if (url.username || url.password) throw wrong('credentials', url.host);
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) throw wrong('plain-http', text);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** A password in a URL is not repeated. */
function withoutUser(url: string): string {
  return url.slice(url.lastIndexOf('@') + 1);
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
