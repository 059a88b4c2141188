import { Failure } from '../errors.js';

/**
 * The proxy that `HTTPS_PROXY` (or `https_proxy`) names for a URL, unless `NO_PROXY` exempts its host; undefined for
 * none. `NO_PROXY` is a comma-separated list of hosts, `.suffixes`, `host:port` and `*`, as curl reads it.
 * @throws {Failure} `usage.value` for a proxy of another kind, such as SOCKS
 */
export function proxyFor(url: URL, variables: Record<string, string | undefined>): string | undefined {
  const variable = (name: string) => variables[name.toLowerCase()] || variables[name];
  const proxy = variable('HTTPS_PROXY');
  if (!proxy || url.protocol !== 'https:' || exempt(url, variable('NO_PROXY') ?? '')) return undefined;
  const [, scheme] = /^(\w[\w+.-]*):\/\//.exec(proxy) ?? [];
  const address = scheme === undefined ? `http://${proxy}` : proxy;
  if (!URL.canParse(address))
    throw new Failure('usage.value', { option: 'HTTPS_PROXY', value: '…', reason: 'it is no URL' });
  if (/^https?$/i.test(scheme ?? 'http')) return address;
  // Of the proxy, which may hold a password, no more than this.
  const reason = 'only http:// and https:// proxies are supported';
  throw new Failure('usage.value', { option: 'HTTPS_PROXY', value: `${scheme}://…`, reason });
}

function exempt(url: URL, noProxy: string): boolean {
  return noProxy
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      const [host = '', port] = entry.toLowerCase().split(':');
      if (port !== undefined && port !== (url.port || '443')) return false;
      const suffix = host.replace(/^\*?\.?/, '');
      return host === '*' || url.hostname === suffix || url.hostname.endsWith(`.${suffix}`);
    });
}
