import { isFailure } from '../errors.js';
import type { Keychain } from './keychain.js';
import type { EnvironmentRecord, Storage } from './record.js';
import type { EnvironmentStore } from './store.js';

export interface Keeping {
  /** Without it, the keychain where there is one, else a file. */
  storage: Storage | undefined;
  /** Whether there must be none of that name. */
  isNew: boolean;
  /** The record whose place it takes; it stays until the new one is written. */
  replaces: EnvironmentRecord | undefined;
  newId(): string;
}

type Kept = Omit<EnvironmentRecord, 'version' | 'storage' | 'account' | 'key'> & { key: string };

/**
 * Writes an environment and its key. `fellBack`: there is no keychain, and nobody chose, so the key is in the file.
 * @throws {Failure} `environment.unwritable` or of the `keychain` family; then everything is as it was
 */
export async function keepEnvironment(
  name: string,
  kept: Kept,
  { storage, isNew, replaces, newId }: Keeping,
  { store, keychain }: { store: EnvironmentStore; keychain: Keychain },
): Promise<{ record: EnvironmentRecord; fellBack: boolean }> {
  // An account of its own for every key: the old one's entry is not touched until the record points to the new one.
  const account = `${name}-${newId().slice(0, 8)}`;
  const inKeychain = storage !== 'file' && (await storedInKeychain());
  const place = inKeychain
    ? ({ storage: 'keychain', key: null, account } as const)
    : ({ storage: 'file', key: kept.key, account: null } as const);
  const record: EnvironmentRecord = { version: 1, ...kept, ...place };
  try {
    await store.write(name, record, { isNew });
  } catch (error) {
    if (inKeychain) await keychain.remove(account, name).catch(() => {});
    throw error;
  }
  // Best effort: an entry that nothing points to any more does no harm.
  if (replaces?.account) await keychain.remove(replaces.account, name).catch(() => {});
  return { record, fellBack: !inKeychain && storage === undefined };

  async function storedInKeychain(): Promise<boolean> {
    try {
      await keychain.set(account, kept.key, name);
      return true;
    } catch (error) {
      if (storage === undefined && isFailure(error, 'keychain.unavailable')) return false;
      throw error;
    }
  }
}
