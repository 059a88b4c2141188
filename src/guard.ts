import { isIPv6 } from 'node:net';
import { isLoopback } from './courier/regions.js';
import type { Verdict } from './request-entry.js';

const plainLoopback = /^(?:localhost|127\.0\.0\.1)(?::\d+)?$/;

/** A name or an address, and a port: what else a URL may hold would be read in two ways. */
const authority = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i;

/** Whom a server answers, besides pages and programs of this machine. */
export interface Guarding {
  /** Where it listens: an address or a name. */
  host: string;
  /** Other names that it is called by. */
  allowedHosts: string[];
  /** Origins of pages: `https://app.test:8443`. */
  allowedOrigins: string[];
}

/**
 * Why a request is turned away before anything is looked at, or undefined. A page on the Internet can make its own name
 * point to this machine (DNS rebinding): then the `Host` is that name. It can call this machine by its right name, too:
 * then the `Origin` is the page's.
 */
export function strangerIn(headers: Record<string, string | undefined>, guarding: Guarding): Verdict | undefined {
  const { host = '', origin } = headers;
  // Nearly all requests: parsing a URL costs a tenth of minting a token.
  if (origin === undefined && plainLoopback.test(host)) return undefined;
  const name = authority.test(host) ? hostnameOf(`http://${host}`) : undefined;
  if (name === undefined || !isOurs(name, guarding)) return { code: 'host.refused', subject: host };
  if (origin === undefined || guarding.allowedOrigins.includes(origin)) return undefined;
  const page = authority.test(origin.replace(/^https?:\/\//, '')) ? hostnameOf(origin) : undefined;
  if (page !== undefined && (isThisMachine(page) || page === name)) return undefined;
  return { code: 'origin.refused', subject: origin };
}

function isOurs(name: string, { host, allowedHosts }: Guarding): boolean {
  if (isThisMachine(name) || allowedHosts.includes(name) || name === bracketed(host)) return true;
  // Beyond loopback by any of the machine's addresses: no name can be made to be one.
  return !isThisMachine(bracketed(host)) && isAddress(name);
}

/** `localhost` and what is below it is this machine in every browser. Source: RFC 6761, 6.3. */
export function isThisMachine(name: string): boolean {
  return isLoopback(name) || name.endsWith('.localhost');
}

function isAddress(name: string): boolean {
  return name.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(name);
}

/** As `Host` and `Origin` headers have them: lower-case, no port behind a host, no path behind an origin. */
export function asNamed({ host, allowedHosts, allowedOrigins }: Guarding): Guarding {
  const name = (given: string) =>
    hostnameOf(`http://${isIPv6(given) ? `[${given}]` : given.replace(/^\w+:\/\//, '')}`) ?? given;
  const origin = (given: string) => (/^https?:/i.test(given) && URL.canParse(given) ? new URL(given).origin : given);
  return { host: host.toLowerCase(), allowedHosts: allowedHosts.map(name), allowedOrigins: allowedOrigins.map(origin) };
}

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** As a URL has it. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
