import { type Region } from '../courier/regions.js';

/** What `env add` records of an environment; one JSON file each. */
export interface EnvironmentRecord {
  version: 1;
  storage: Storage;
  /** The key itself; null when it is in the keychain. */
  key: string | null;
  /** The keychain's account; a new one with every rotation, so that the old key stays until the record is written. */
  account: string | null;
  /** The key as it may be shown. */
  keyHint: string;
  region: Region;
  /** Courier somewhere else than in a region: an emulator, a proxy. */
  baseUrl: string | null;
  /** The workspace; null when the key was never proved. */
  tenantId: string | null;
  /** State and environment: `published/test`. */
  tenantScope: string | null;
  /** Whether the key mints production tokens, as far as known. */
  production: boolean;
  /** ISO 8601. */
  addedAt: string;
}

export type Storage = 'file' | 'keychain';

/** Reads a record, or undefined when this is not one of ours. */
export function readRecord(value: unknown): EnvironmentRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Record<keyof EnvironmentRecord, unknown>;
  const textOrNull = (field: unknown) => field === null || typeof field === 'string';
  const sound =
    record.version === 1 &&
    (record.storage === 'file' ? typeof record.key === 'string' : record.storage === 'keychain') &&
    (record.storage === 'file' || typeof record.account === 'string') &&
    (record.region === 'us' || record.region === 'eu') &&
    [record.key, record.account, record.baseUrl, record.tenantId, record.tenantScope].every(textOrNull) &&
    [record.keyHint, record.addedAt].every((field) => typeof field === 'string') &&
    typeof record.production === 'boolean';
  return sound ? (value as EnvironmentRecord) : undefined;
}
