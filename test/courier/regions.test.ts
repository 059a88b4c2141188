import { describe, expect, it } from 'vitest';
import { checkBaseUrl, courierUrls, isLoopback, regionBaseUrls, regionOf } from '../../src/courier/regions.js';
import { failureOf } from '../token/failure-of.js';

describe('checkBaseUrl', () => {
  it.each([
    { url: 'https://api.courier.com', expected: 'https://api.courier.com' },
    { url: 'https://api.courier.com/', expected: 'https://api.courier.com' },
    { url: 'https://api.courier.com///', expected: 'https://api.courier.com' },
    { url: 'https://proxy.example.com/courier/v1/', expected: 'https://proxy.example.com/courier/v1' },
    { url: 'HTTPS://API.Courier.com:443', expected: 'https://api.courier.com' },
    { url: 'https://api.courier.com:8443', expected: 'https://api.courier.com:8443' },
    { url: 'https://api.courier.com/?x=1#y', expected: 'https://api.courier.com' },
    { url: 'http://localhost:8080', expected: 'http://localhost:8080' },
    { url: 'http://127.0.0.1:8080/base/', expected: 'http://127.0.0.1:8080/base' },
    { url: 'http://127.1', expected: 'http://127.0.0.1' },
    { url: 'http://127.255.0.3', expected: 'http://127.255.0.3' },
    { url: 'http://[::1]:8080', expected: 'http://[::1]:8080' },
  ])('$url → $expected', ({ url, expected }) => {
    expect(checkBaseUrl(url)).toBe(expected);
  });

  it.each([
    { url: '', reason: 'invalid' },
    { url: 'api.courier.com', reason: 'invalid' },
    { url: 'localhost:8080', reason: 'invalid' },
    { url: '//api.courier.com', reason: 'invalid' },
    { url: 'https://', reason: 'invalid' },
    { url: 'ftp://api.courier.com', reason: 'invalid' },
    { url: 'file:///etc/passwd', reason: 'invalid' },
    { url: 'http://api.courier.com', reason: 'plain-http' },
    { url: 'http://localhost.example.com', reason: 'plain-http' },
    { url: 'http://127.0.0.1.example.com', reason: 'plain-http' },
    { url: 'http://0.0.0.0', reason: 'plain-http' },
    { url: 'http://10.0.0.1', reason: 'plain-http' },
    { url: 'http://[::2]', reason: 'plain-http' },
  ])('$url is $reason', ({ url, reason }) => {
    expect(failureOf(() => checkBaseUrl(url))).toEqual({ code: 'usage.base-url', facts: { url, reason } });
  });

  it.each([
    'https://user:secret@api.courier.com:8443/x',
    'https://user@api.courier.com:8443',
    'http://:secret@api.courier.com:8443',
  ])('names only the host of %s', (url) => {
    const facts = { url: 'api.courier.com:8443', reason: 'credentials' };
    expect(failureOf(() => checkBaseUrl(url))).toEqual({ code: 'usage.base-url', facts });
  });
});

it.each([
  'ftp://user:secret@api.courier.com',
  'user:secret@api.courier.com',
  'https://user:secret@api.courier.com:port',
])('a password stands in no failure: %s', (url) => {
  expect(JSON.stringify(failureOf(() => checkBaseUrl(url)))).toMatch(/^\{"code":"usage.base-url"(?!.*secret)/);
});

it.each([
  { hostname: 'localhost', expected: true },
  { hostname: '127.0.0.1', expected: true },
  { hostname: '127.9.9.9', expected: true },
  { hostname: '[::1]', expected: true },
  { hostname: '128.0.0.1', expected: false },
  { hostname: 'localhost.localdomain', expected: false },
  { hostname: 'xlocalhost', expected: false },
  { hostname: '127.0.0.1.example.com', expected: false },
  { hostname: 'api.courier.com', expected: false },
])('isLoopback $hostname: $expected', ({ hostname, expected }) => {
  expect(isLoopback(hostname)).toBe(expected);
});

it("the regions' own URLs pass the same check", () => {
  expect(Object.entries(regionBaseUrls).map(([region, url]) => [region, checkBaseUrl(url)])).toEqual([
    ['us', 'https://api.courier.com'],
    ['eu', 'https://api.eu.courier.com'],
  ]);
});

it.each([
  {
    baseUrl: 'https://api.courier.com',
    region: 'us',
    urls: {
      rest: 'https://api.courier.com',
      client: 'https://api.courier.com/client/q',
      inbox: 'https://inbox.courier.com/q',
      socket: 'wss://realtime.courier.io',
    },
  },
  {
    baseUrl: 'https://api.eu.courier.com',
    region: 'eu',
    urls: {
      rest: 'https://api.eu.courier.com',
      client: 'https://api.eu.courier.com/client/q',
      inbox: 'https://inbox.eu.courier.io/q',
      socket: 'wss://realtime.eu.courier.io',
    },
  },
  {
    baseUrl: 'http://127.0.0.1:4010',
    region: undefined,
    urls: {
      rest: 'http://127.0.0.1:4010',
      client: 'http://127.0.0.1:4010/client/q',
      inbox: 'http://127.0.0.1:4010/q',
      socket: 'ws://127.0.0.1:4010',
    },
  },
  {
    baseUrl: 'https://proxy.example.com/courier',
    region: undefined,
    urls: {
      rest: 'https://proxy.example.com/courier',
      client: 'https://proxy.example.com/courier/client/q',
      inbox: 'https://proxy.example.com/courier/q',
      socket: 'wss://proxy.example.com/courier',
    },
  },
])('$baseUrl is $region, with all its hosts', ({ baseUrl, region, urls }) => {
  expect([regionOf(baseUrl), courierUrls(baseUrl)]).toEqual([region, urls]);
});
