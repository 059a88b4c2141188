import { Failure } from '../errors.js';

/** The operating system's keychain, one password an account. */
export interface Keychain {
  /** @throws {Failure} of the `keychain` family; `name` is the environment's, for messages */
  get(account: string, name: string): Promise<string>;
  /** @throws {Failure} `keychain.unavailable` where there is none */
  set(account: string, key: string, name: string): Promise<void>;
  /** Succeeds when there is nothing to remove. */
  remove(account: string, name: string): Promise<void>;
}

export interface KeychainRequest {
  action: 'get' | 'set' | 'remove';
  account: string;
  key?: string;
}

/** What `bin/keychain.cjs` answers on its stdout. */
export interface KeychainAnswer {
  error?: 'unavailable' | 'refused';
  reason?: string;
  key?: string | null;
}

/** Runs `bin/keychain.cjs` with the request on its stdin; undefined when it had to be killed. */
export type AskKeychain = (request: KeychainRequest, timeoutMs: number) => Promise<KeychainAnswer | undefined>;

/**
 * The keychain, asked in a child process: a D-Bus that never answers blocks the asking thread for 45 seconds, and no
 * timer fires. On a terminal there is more time, for an unlock dialog may show.
 */
export function keychain(ask: AskKeychain, { onTerminal }: { onTerminal(): boolean }): Keychain {
  const answerTo = async (request: KeychainRequest, name: string) => {
    const seconds = onTerminal() ? 60 : 3;
    const answer = await ask(request, seconds * 1000);
    if (answer === undefined) throw new Failure('keychain.timeout', { name, seconds });
    if (answer.error === 'unavailable') throw new Failure('keychain.unavailable', { name });
    if (answer.error === 'refused') throw new Failure('keychain.refused', { name, reason: answer.reason ?? '' });
    return answer;
  };
  return {
    async get(account, name) {
      const { key } = await answerTo({ action: 'get', account }, name);
      if (!key) throw new Failure('keychain.missing', { name });
      return key;
    },
    async set(account, key, name) {
      await answerTo({ action: 'set', account, key }, name);
    },
    async remove(account, name) {
      await answerTo({ action: 'remove', account }, name);
    },
  };
}
