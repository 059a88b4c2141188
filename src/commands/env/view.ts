import { regionBaseUrls } from '../../courier/regions.js';
import type { EnvironmentRecord } from '../../environments/record.js';

/** A workspace and its environment, in a sentence. */
export function workspaceName(one: { tenantId: string | null; tenantScope: string | null }): string {
  return `${one.tenantScope ?? 'no environment'} of workspace ${one.tenantId ?? 'unknown'}`;
}

/** An environment as `env list --json` shows it, documented in README. The key is a hint: prefix and last four. */
export interface EnvironmentView {
  name: string;
  default: boolean;
  storage: 'file' | 'keychain' | null;
  key: string | null;
  region: 'us' | 'eu' | null;
  baseUrl: string | null;
  workspace: { tenantId: string | null; tenantScope: string | null };
  production: boolean;
  addedAt: string | null;
  /** Why it cannot be used: a failure's code. */
  problem: string | null;
}

export function viewOf(name: string, record: EnvironmentRecord, isDefault: boolean): EnvironmentView {
  return {
    name,
    default: isDefault,
    storage: record.storage,
    key: record.keyHint,
    region: record.region,
    baseUrl: record.baseUrl ?? regionBaseUrls[record.region],
    workspace: { tenantId: record.tenantId, tenantScope: record.tenantScope },
    production: record.production,
    addedAt: record.addedAt,
    problem: null,
  };
}

export function brokenView(name: string, problem: string, isDefault: boolean): EnvironmentView {
  return {
    name,
    default: isDefault,
    storage: null,
    key: null,
    region: null,
    baseUrl: null,
    workspace: { tenantId: null, tenantScope: null },
    production: false,
    addedAt: null,
    problem,
  };
}
