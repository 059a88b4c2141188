import type { Transport } from '../courier/transport.js';
import type { JsonObject } from '../token/decode.js';
import { mint } from './mint.js';

/** The embedded Courier, answering in-process: `--env local`. `clock` gives seconds since the epoch, `newId` UUIDs. */
export function embeddedCourier(outside: { clock(): number; newId(): string }): Transport {
  return {
    async send({ method, url, body }) {
      const answer =
        method === 'POST' && url.endsWith('/auth/issue-token')
          ? mint(parseJson(body ?? ''), { now: outside.clock(), id: outside.newId() })
          : { status: 404, body: { message: 'Not Found', type: 'invalid_request_error' } };
      return json(answer);
    },
  };
}

function json({ status, body }: { status: number; body: JsonObject }) {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
