import type { RetryContext } from '../courier/retry.js';
import type { WideNetwork, Transport } from '../courier/transport.js';
import { visible } from '../output/escape.js';
import type { Tools } from './tools.js';

/** Courier over the network; what is sent is told with `--debug`. */
export async function network(tools: Tools): Promise<WideNetwork> {
  const { context } = tools;
  const outside = await context.network();
  return {
    send: async (request) => told(tools, `${request.method} ${request.url}`, outside.send(request)),
    sendMany: async (request) => told(tools, `${request.method} ${request.url}`, outside.sendMany(request)),
    // The token stands in its query.
    openSocket: async (request) =>
      told(tools, `WebSocket ${request.url.replace(/\?.*$/s, '')}`, outside.openSocket(request)),
  };
}

/** The embedded Courier, as far as it mints: all of it takes ten times as long to load. */
export async function embedded(tools: Tools): Promise<Transport> {
  const { context } = tools;
  const { embeddedCourier } = await import('../emulator/transport.js');
  const inside = embeddedCourier({ clock: context.now, newId: context.newId });
  return { send: async (request) => told(tools, `${request.method} ${request.url}`, inside.send(request)) };
}

/** `tell` says what is tried again. */
export function retrying({ context }: Tools, tell: (text: string) => void): RetryContext {
  return {
    sleep: context.sleep,
    random: context.random,
    onRetry: ({ reason, delayMs, attempt, of }) =>
      tell(visible(`${reason}: trying again in ${(delayMs / 1000).toFixed(1)} s (${attempt} of ${of})`)),
  };
}

/** A run of many makes thousands a second: none is written down in vain. */
async function told<T extends { status: number }>(
  { context, console, flags }: Tools,
  what: string,
  asking: Promise<T>,
): Promise<T> {
  if (!flags.debug) return asking;
  const started = context.now();
  const line = (outcome: string) =>
    console.debug(visible(`${what} → ${outcome}, ${Math.round((context.now() - started) * 1000)} ms`));
  try {
    const answer = await asking;
    line(String(answer.status));
    return answer;
  } catch (error) {
    line(error instanceof Error ? error.message : 'failed');
    throw error;
  }
}
