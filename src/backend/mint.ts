import { hostOf } from '../courier/answers.js';
import { issueToken } from '../courier/client.js';
import type { Transport } from '../courier/transport.js';
import { Failure, isFailure } from '../errors.js';
import type { Secrets } from '../output/secrets.js';
import { network, wait } from '../outside.js';
import { grantedOf } from './granted.js';
import type { LogEntry } from './log.js';
import type { Granted } from './tokens.js';

export interface Minting {
  /** Gives the key, judged. */
  key(): Promise<string>;
  baseUrl: string;
  scopesFor(user: string): string[];
  expiresIn: string;
  lifetimeSeconds: number;
  /** For all attempts together. */
  timeoutMs: number;
  transport: Transport | undefined;
  log(entry: LogEntry): void;
  secrets: Secrets;
}

/**
 * Mints a user's token.
 * @throws {Failure} as `issueToken` of the library
 */
export async function mintFor(user: string, minting: Minting): Promise<Granted> {
  const { baseUrl, expiresIn, lifetimeSeconds, timeoutMs, secrets } = minting;
  const apiKey = await minting.key();
  secrets.add(apiKey);
  const scopes = minting.scopesFor(user);
  const signal = AbortSignal.timeout(timeoutMs);
  const deadline = performance.now() + timeoutMs;
  const host = hostOf(baseUrl);
  try {
    const token = await issueToken(
      minting.transport ?? (await network()),
      { baseUrl, apiKey, scopes, expiresIn, timeoutMs, signal, environment: 'apiKey' },
      {
        sleep: async (ms) => wait(ms, signal),
        random: Math.random,
        timeLeftMs: () => deadline - performance.now(),
      },
    );
    const { entry, ...granted } = grantedOf(token, { user, scopes, lifetimeSeconds, expiresIn }, host);
    minting.log(entry);
    return granted;
  } catch (error) {
    if (isFailure(error, 'interrupted.signal'))
      throw new Failure('courier.timeout', { host, seconds: timeoutMs / 1000 }, { cause: error });
    throw error;
  }
}
