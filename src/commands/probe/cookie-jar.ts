/** A line of a cookie jar as curl writes it: domain, whether below it too, path, https only, expiry, name, value. */
type Line = [domain: string, below: string, path: string, secure: string, expiry: string, name: string, value: string];

/**
 * The `Cookie` header for a URL from a cookie jar; undefined for a text that is none. `now` in seconds.
 * Source: Netscape's format, as curl --cookie-jar writes it.
 */
export function cookiesIn(text: string, url: URL, now: number): string | undefined {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/^#HttpOnly_/, '').split('\t'));
  const isJar = /^# (?:Netscape )?HTTP Cookie File/.test(text) || lines.some(isLine);
  if (!isJar) return undefined;
  return lines
    .filter(isLine)
    .filter((line) => isFor(line, url, now))
    .map(([, , , , , name, value]) => `${name}=${value}`)
    .join('; ');
}

function isLine(fields: string[]): fields is Line {
  return fields.length === 7 && !fields[0]!.startsWith('#') && /^(?:TRUE|FALSE)$/.test(fields[1]!);
}

function isFor(
  [domain, below, path, secure, expiry]: Line,
  { protocol, hostname, pathname }: URL,
  now: number,
): boolean {
  const name = domain.replace(/^\./, '');
  const isHere = hostname === name || (below === 'TRUE' && hostname.endsWith(`.${name}`));
  const isBelow = pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
  const isAlive = expiry === '0' || Number(expiry) > now;
  return isHere && isBelow && isAlive && (secure === 'FALSE' || protocol === 'https:');
}
