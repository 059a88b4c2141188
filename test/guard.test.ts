import { expect, it } from 'vitest';
import { asNamed, bracketed, isThisMachine, strangerIn } from '../src/guard.js';

const here = { host: '127.0.0.1', allowedHosts: [], allowedOrigins: [] };
const everywhere = { ...here, host: '0.0.0.0' };
const host = (subject: string) => ({ code: 'host.refused', subject });
const origin = (subject: string) => ({ code: 'origin.refused', subject });

it.each([
  { headers: { host: '127.0.0.1:4010' }, expected: undefined },
  { headers: { host: 'LOCALHOST:4010' }, expected: undefined },
  { headers: { host: 'app.localhost' }, expected: undefined },
  { headers: { host: '[::1]:4010' }, expected: undefined },
  { headers: {}, expected: host('') },
  { headers: { host: 'evil.test:4010' }, expected: host('evil.test:4010') },
  { headers: { host: 'evil.test/@127.0.0.1' }, expected: host('evil.test/@127.0.0.1') },
  { headers: { host: '127.0.0.1@evil.test' }, expected: host('127.0.0.1@evil.test') },
  { headers: { host: 'localhost.evil.test' }, expected: host('localhost.evil.test') },
  { headers: { host: 'notlocalhost' }, expected: host('notlocalhost') },
  { headers: { host: '[::1]:99999' }, expected: host('[::1]:99999') },
  { headers: { host: '192.168.0.5' }, expected: host('192.168.0.5') },
  { headers: { host: '[2001:db8::1]' }, expected: host('[2001:db8::1]') },
  { headers: { host: 'app.test' }, guarding: { ...here, allowedHosts: ['app.test'] }, expected: undefined },
  {
    headers: { host: 'sub.app.test' },
    guarding: { ...here, allowedHosts: ['app.test'] },
    expected: host('sub.app.test'),
  },
  { headers: { host: '192.168.0.5:4010' }, guarding: everywhere, expected: undefined },
  { headers: { host: '[2001:db8::1]' }, guarding: everywhere, expected: undefined },
  { headers: { host: 'evil.test' }, guarding: everywhere, expected: host('evil.test') },
  { headers: { host: 'box.lan' }, guarding: { ...here, host: 'box.lan' }, expected: undefined },
  { headers: { host: '[fd00::5]' }, guarding: { ...here, host: 'fd00::5' }, expected: undefined },
  { headers: { host: 'localhost', origin: 'http://localhost:3000' }, expected: undefined },
  { headers: { host: 'localhost', origin: 'https://127.0.0.1' }, expected: undefined },
  { headers: { host: 'localhost', origin: 'http://app.localhost:5173' }, expected: undefined },
  { headers: { host: 'localhost', origin: 'https://evil.test' }, expected: origin('https://evil.test') },
  { headers: { host: 'localhost', origin: 'null' }, expected: origin('null') },
  { headers: { host: 'localhost', origin: '' }, expected: origin('') },
  { headers: { host: 'localhost', origin: 'http://' }, expected: origin('http://') },
  {
    headers: { host: 'localhost', origin: 'chrome-extension://localhost' },
    expected: origin('chrome-extension://localhost'),
  },
  {
    headers: { host: 'localhost', origin: 'https://app.test' },
    guarding: { ...here, allowedOrigins: ['https://app.test'] },
    expected: undefined,
  },
  {
    headers: { host: 'localhost', origin: 'http://app.test' },
    guarding: { ...here, allowedOrigins: ['https://app.test'] },
    expected: origin('http://app.test'),
  },
  { headers: { host: '10.0.0.5:4010', origin: 'http://10.0.0.5:3000' }, guarding: everywhere, expected: undefined },
  {
    headers: { host: '10.0.0.5:4010', origin: 'http://10.0.0.6' },
    guarding: everywhere,
    expected: origin('http://10.0.0.6'),
  },
  { headers: { host: 'evil.test', origin: 'http://localhost' }, expected: host('evil.test') },
])('$headers', ({ headers, guarding = here, expected }) => {
  expect(strangerIn(headers, guarding)).toEqual(expected);
});

it.each([
  { given: { allowedHosts: ['App.Test:8443'] }, expected: { allowedHosts: ['app.test'] } },
  {
    given: { allowedHosts: ['app.test/path', '[2001:DB8::1]:80'] },
    expected: { allowedHosts: ['app.test', '[2001:db8::1]'] },
  },
  { given: { allowedHosts: ['no name'] }, expected: { allowedHosts: ['no name'] } },
  {
    given: { allowedOrigins: ['https://App.Test:8443/path?x'] },
    expected: { allowedOrigins: ['https://app.test:8443'] },
  },
  {
    given: { allowedOrigins: ['https://app.test:443/', 'http://'] },
    expected: { allowedOrigins: ['https://app.test', 'http://'] },
  },
  { given: { allowedOrigins: ['chrome-extension://Abc'] }, expected: { allowedOrigins: ['chrome-extension://Abc'] } },
])('$given is named $expected', ({ given, expected }) => {
  expect(asNamed({ ...here, ...given })).toEqual({ ...here, ...expected });
});

it.each([
  { name: 'localhost', expected: true },
  { name: 'app.localhost', expected: true },
  { name: '127.9.9.9', expected: true },
  { name: '[::1]', expected: true },
  { name: '0.0.0.0', expected: false },
  { name: 'localhost.test', expected: false },
])('$name is this machine: $expected', ({ name, expected }) => {
  expect(isThisMachine(name)).toBe(expected);
});

it.each([
  { host: '::1', expected: '[::1]' },
  { host: '127.0.0.1', expected: '127.0.0.1' },
])('$host in a URL', ({ host: given, expected }) => {
  expect(bracketed(given)).toBe(expected);
});
