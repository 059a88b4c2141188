import { issueToken } from '../courier/client.js';
import { type Environment, keyLabelOf } from '../environments/resolve.js';
import type { Jwt } from '../token/decode.js';
import { embedded, network, retrying } from './network.js';
import type { Tools } from './tools.js';

/** Where to mint, with which key. */
export interface MintTarget {
  local: boolean;
  baseUrl: string;
  apiKey: string;
  /** For messages. */
  label: string;
}

/** Where an environment mints. */
export function targetOf({ choice, apiKey }: Environment): MintTarget {
  return { ...choice, apiKey, label: keyLabelOf(choice) };
}

/** Mints over the network or from the embedded Courier: the same client either way. `tell` says what is tried again. */
export async function mintToken(
  target: MintTarget,
  asked: { scopes: string[]; expiresIn: string },
  tools: Tools,
  tell = tools.console.note,
): Promise<Jwt> {
  const { context, flags, secrets } = tools;
  const token = await issueToken(
    target.local ? await embedded(tools) : await network(tools),
    {
      ...asked,
      baseUrl: target.baseUrl,
      apiKey: target.apiKey,
      environment: target.label,
      timeoutMs: flags.timeout * 1000,
      signal: target.local ? undefined : context.interruption,
    },
    retrying(tools, tell),
  );
  secrets.addSignature(token.signature);
  return token;
}
