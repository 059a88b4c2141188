import type { HttpRequest } from '../courier/transport.js';
import { inertJson } from './escape.js';
import { shellWord } from './shell.js';

/** Stands in for the key in a request that is shown: pasted, the shell puts the real one in. */
export const placeholderKey = '$COURIER_API_KEY';

/** A request as curl, for a shell. Its headers are our own, with `placeholderKey` for the key. */
export function curlText({ method, url, headers, body = '' }: HttpRequest): string {
  return [
    `curl -X ${method} ${shellWord(url)}`,
    // In double quotes, unlike in Courier's own sample, where the shell never puts the value in.
    ...Object.entries(headers).map(([name, value]) => `-H "${name}: ${value}"`),
    `-d ${shellWord(inertJson(body))}`,
  ].join(' \\\n  ');
}

/** The same as data, for JSON. */
export function requestView({ method, url, headers, body = '' }: HttpRequest) {
  return { method, url, headers, body: JSON.parse(body) as unknown };
}
