import type { EnvironmentRecord } from '../../src/environments/record.js';
import type { EnvironmentStore } from '../../src/environments/store.js';

export const key = 'pk_test_0123456789ABCDEF';

/** A record with its key in the file, but for what is given. */
export function someRecord(record: Partial<EnvironmentRecord> = {}): EnvironmentRecord {
  return {
    version: 1,
    storage: 'file',
    key,
    account: null,
    keyHint: 'pk_test_…CDEF',
    region: 'us',
    baseUrl: null,
    tenantId: 'w/test',
    tenantScope: 'published/test',
    production: false,
    addedAt: '2026-01-01T00:00:00Z',
    ...record,
  };
}

export interface MemoryStore extends EnvironmentStore {
  records: Record<string, EnvironmentRecord>;
}

export function memoryStore(records: Record<string, EnvironmentRecord> = {}, first?: string): MemoryStore {
  let current = first;
  return {
    records,
    directory: '/memory',
    names: () => Object.keys(records).toSorted(),
    read: (name) => records[name],
    write: async (name, record) => void (records[name] = record),
    remove: (name) => void delete records[name],
    readDefault: () => current,
    writeDefault: async (name) => void (current = name),
    isExposed: () => false,
  };
}
