import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../src/courier/proxy.js';

const proxy = 'http://proxy:3128';
const courier = 'https://api.courier.com';

describe('proxyFor', () => {
  it.each([
    { name: 'no proxy', url: courier, variables: {}, expected: undefined },
    { name: 'HTTPS_PROXY', url: courier, variables: { HTTPS_PROXY: proxy }, expected: proxy },
    { name: 'https_proxy', url: courier, variables: { https_proxy: proxy }, expected: proxy },
    {
      name: 'the lower case first',
      url: courier,
      variables: { https_proxy: proxy, HTTPS_PROXY: 'http://other' },
      expected: proxy,
    },
    {
      name: 'an empty lower case counts as unset',
      url: courier,
      variables: { https_proxy: '', HTTPS_PROXY: proxy },
      expected: proxy,
    },
    { name: 'an empty one', url: courier, variables: { HTTPS_PROXY: '' }, expected: undefined },
    { name: 'one without a scheme', url: courier, variables: { HTTPS_PROXY: 'proxy:3128' }, expected: proxy },
    {
      name: 'one by https',
      url: courier,
      variables: { HTTPS_PROXY: 'HTTPS://proxy:3128' },
      expected: 'HTTPS://proxy:3128',
    },
    {
      name: 'HTTP_PROXY is for http',
      url: courier,
      variables: { HTTP_PROXY: proxy, ALL_PROXY: proxy },
      expected: undefined,
    },
    { name: 'nothing for http', url: 'http://api.courier.com', variables: { HTTPS_PROXY: proxy }, expected: undefined },
  ])('$name', ({ url, variables, expected }) => {
    expect(proxyFor(new URL(url), variables)).toBe(expected);
  });

  it('refuses what is no URL, and does not show it', () => {
    const facts = { option: 'HTTPS_PROXY', value: '…', reason: 'it is no URL' };
    const refused = expect.objectContaining({ code: 'usage.value', facts });
    expect(() => proxyFor(new URL(courier), { HTTPS_PROXY: 'http://u:secret@@:99:bad' })).toThrow(refused);
  });

  it.each(['socks5://user:secret@proxy:1080', 'SOCKS5H://proxy', 'ftp://proxy'])('refuses %s', (url) => {
    const scheme = url.split(':')[0];
    const facts = {
      option: 'HTTPS_PROXY',
      value: `${scheme}://…`,
      reason: 'only http:// and https:// proxies are supported',
    };
    const refused = expect.objectContaining({ code: 'usage.value', facts });
    expect(() => proxyFor(new URL(courier), { HTTPS_PROXY: url })).toThrow(refused);
  });

  it.each([
    { noProxy: '', url: courier, exempt: false },
    { noProxy: '*', url: courier, exempt: true },
    { noProxy: 'api.courier.com', url: courier, exempt: true },
    { noProxy: 'API.Courier.COM', url: courier, exempt: true },
    { noProxy: 'courier.com', url: courier, exempt: true },
    { noProxy: '.courier.com', url: courier, exempt: true },
    { noProxy: '*.courier.com', url: courier, exempt: true },
    { noProxy: '.courier.com', url: 'https://courier.com', exempt: true },
    { noProxy: 'ourier.com', url: courier, exempt: false },
    { noProxy: 'other.com', url: courier, exempt: false },
    { noProxy: 'x.api.courier.com', url: courier, exempt: false },
    { noProxy: 'api.courier.com.evil.com', url: courier, exempt: false },
    { noProxy: 'other.com,api.courier.com', url: courier, exempt: true },
    { noProxy: ' other.com , api.courier.com ', url: courier, exempt: true },
    { noProxy: 'other.com api.courier.com', url: courier, exempt: true },
    { noProxy: ',,', url: courier, exempt: false },
    { noProxy: 'api.courier.com:443', url: courier, exempt: true },
    { noProxy: 'api.courier.com:8443', url: courier, exempt: false },
    { noProxy: 'api.courier.com:8443', url: 'https://api.courier.com:8443', exempt: true },
    { noProxy: 'api.courier.com:443', url: 'https://api.courier.com:8443', exempt: false },
    { noProxy: 'api.courier.com', url: 'https://api.courier.com:8443', exempt: true },
    { noProxy: '10.0.0.1', url: 'https://10.0.0.1', exempt: true },
  ])('NO_PROXY=$noProxy, $url: $exempt', ({ noProxy, url, exempt }) => {
    const expected = exempt ? undefined : proxy;
    expect(proxyFor(new URL(url), { HTTPS_PROXY: proxy, NO_PROXY: noProxy })).toBe(expected);
    expect(proxyFor(new URL(url), { HTTPS_PROXY: proxy, no_proxy: noProxy })).toBe(expected);
  });
});
