import { issueToken } from '../courier/client.js';
import type { Transport } from '../courier/transport.js';
import { visible } from '../output/escape.js';
import type { Jwt } from '../token/decode.js';
import type { Tools } from './tools.js';

/** Where to mint, with which key. */
export interface MintTarget {
  local: boolean;
  baseUrl: string;
  apiKey: string;
  /** For messages. */
  label: string;
}

/** Mints over the network or from the embedded Courier: the same client either way. */
export async function mintToken(
  target: MintTarget,
  asked: { scopes: string[]; expiresIn: string },
  tools: Tools,
): Promise<Jwt> {
  const { context, console, flags, secrets } = tools;
  const transport = target.local ? await embedded(tools) : await context.network();
  const token = await issueToken(
    logged(transport, tools),
    {
      ...asked,
      baseUrl: target.baseUrl,
      apiKey: target.apiKey,
      environment: target.label,
      timeoutMs: flags.timeout * 1000,
      signal: target.local ? undefined : context.interruption,
    },
    {
      sleep: context.sleep,
      random: context.random,
      onRetry: ({ reason, delayMs, attempt, of }) =>
        console.note(visible(`${reason}: trying again in ${(delayMs / 1000).toFixed(1)} s (${attempt} of ${of})`)),
    },
  );
  secrets.addSignature(token.signature);
  return token;
}

async function embedded({ context }: Tools): Promise<Transport> {
  const { embeddedCourier } = await import('../emulator/transport.js');
  return embeddedCourier({ clock: context.now, newId: context.newId });
}

function logged(transport: Transport, { context, console }: Tools): Transport {
  return {
    async send(request) {
      const started = context.now();
      const took = () => `${Math.round((context.now() - started) * 1000)} ms`;
      const line = (outcome: string) =>
        console.debug(visible(`${request.method} ${request.url} → ${outcome}, ${took()}`));
      try {
        const response = await transport.send(request);
        line(String(response.status));
        return response;
      } catch (error) {
        line(error instanceof Error ? error.message : 'failed');
        throw error;
      }
    },
  };
}
