import type { Region } from '../../courier/regions.js';
import { keyVariable } from '../../environments/name.js';
import type { EnvironmentRecord } from '../../environments/record.js';
import { ownServer } from '../../environments/resolve.js';
import type { VariableOrigin, Variables } from '../../environments/variables.js';
import { Failure } from '../../errors.js';
import { say } from '../../output/escape.js';
import { keyByHand } from '../environment.js';
import type { KeyOptions } from '../options.js';
import type { Tools } from '../tools.js';

export interface GivenKey {
  text: string;
  /** For messages. */
  source: string;
  /** Undefined for a key that `COURIER_BASE_URL` does not go with. */
  origin?: VariableOrigin;
}

/** The key as it was given: by hand, in a variable, or typed. */
export async function readKey(
  name: string,
  options: KeyOptions & { fromEnv?: boolean },
  variables: Variables,
  tools: Tools,
): Promise<GivenKey> {
  const byHand = await keyByHand(options, tools);
  if (byHand) return { text: byHand.key, source: byHand.flag, origin: 'shell' };
  if (options.fromEnv) return keyFromVariables(name, variables);
  // A URL that cannot be used is usage: said before anybody types a key.
  if (!tools.flags.region) ownServer('the terminal', 'shell', variables);
  const text = await tools.context.prompts.secret(say`API key of ${name} (not shown):`);
  return { text: text.trim(), source: 'the terminal', origin: 'shell' };
}

function keyFromVariables(name: string, variables: Variables): GivenKey {
  const own = variables(keyVariable(name));
  if (own) return { text: own.value, source: keyVariable(name) };
  const general = variables('COURIER_API_KEY');
  if (general) return { text: general.value, source: 'COURIER_API_KEY', origin: general.origin };
  throw new Failure('key.missing', { variables: [keyVariable(name), 'COURIER_API_KEY'] });
}

export interface Place {
  region: Region;
  baseUrl: string | null;
}

/** Where the key belongs: what is said now, else where the key that it replaces belonged. */
export function placeOf(
  { source, origin }: GivenKey,
  before: EnvironmentRecord | undefined,
  variables: Variables,
  tools: Tools,
): Place {
  const { region } = tools.flags;
  if (variables('COURIER_BASE_URL') && (region || !origin))
    tools.console.note(`note: COURIER_BASE_URL is not used: ${region ? '--region' : source} wins.`);
  if (region) return { region, baseUrl: null };
  const own = origin && ownServer(source, origin, variables);
  return { region: before?.region ?? 'us', baseUrl: own ?? before?.baseUrl ?? null };
}
