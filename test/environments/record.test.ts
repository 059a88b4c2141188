import { describe, expect, it } from 'vitest';
import { readRecord } from '../../src/environments/record.js';
import { someRecord } from './memory.js';

const inKeychain = { storage: 'keychain', key: null, account: 'test-1' } as const;

describe('readRecord', () => {
  it.each([
    { name: 'a key in the file', record: someRecord() },
    { name: 'a key in the keychain', record: someRecord(inKeychain) },
    { name: 'one that was never proved', record: someRecord({ tenantId: null, tenantScope: null }) },
    { name: 'another server', record: someRecord({ baseUrl: 'http://localhost:8080' }) },
    { name: 'the EU, production', record: someRecord({ region: 'eu', production: true }) },
    { name: 'a field of a later version beside', record: { ...someRecord(), later: 1 } },
  ])('reads $name', ({ record }) => {
    expect(readRecord(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  it.each([
    { name: 'null', value: null },
    { name: 'a text', value: 'record' },
    { name: 'a list', value: [] },
    { name: 'an empty object', value: {} },
    { name: 'another version', value: { ...someRecord(), version: 2 } },
    { name: 'no version', value: { ...someRecord(), version: undefined } },
    { name: 'another storage', value: { ...someRecord(), storage: 'cloud' } },
    { name: 'a file without a key', value: { ...someRecord(), key: null } },
    { name: 'a key that is no text', value: { ...someRecord(), key: 1 } },
    { name: 'a keychain without an account', value: { ...someRecord(inKeychain), account: null } },
    { name: 'a keychain with an account that is no text', value: { ...someRecord(inKeychain), account: 1 } },
    { name: 'a keychain with a key that is no text', value: { ...someRecord(inKeychain), key: {} } },
    { name: 'a file with an account that is no text', value: { ...someRecord(), account: 1 } },
    { name: 'another region', value: { ...someRecord(), region: 'asia' } },
    { name: 'a base URL that is no text', value: { ...someRecord(), baseUrl: 1 } },
    { name: 'no base URL', value: { ...someRecord(), baseUrl: undefined } },
    { name: 'a workspace that is no text', value: { ...someRecord(), tenantId: {} } },
    { name: 'a tenant scope that is no text', value: { ...someRecord(), tenantScope: [] } },
    { name: 'no hint of the key', value: { ...someRecord(), keyHint: null } },
    { name: 'no time', value: { ...someRecord(), addedAt: 1 } },
    { name: 'production that is no yes or no', value: { ...someRecord(), production: 'false' } },
  ])('is none: $name', ({ value }) => {
    expect(readRecord(value)).toBe(undefined);
  });
});
