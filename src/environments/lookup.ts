import { Failure } from '../errors.js';
import { similar } from '../scopes/similar.js';
import { localEnvironment } from '../token/local.js';
import { isName } from './name.js';
import type { EnvironmentRecord } from './record.js';
import type { EnvironmentStore } from './store.js';

/** The record of an environment, or why there is none: `source` says who asked for it. */
export function recordOf(
  name: string,
  source: string,
  store: EnvironmentStore,
  variable: { empty?: string } = {},
): EnvironmentRecord {
  const record = isName(name) ? store.read(name) : undefined;
  if (record) return record;
  const known = store.names();
  throw new Failure('environment.unknown', {
    name,
    known,
    suggestion: similar(name, [...known, localEnvironment]),
    source,
    ...variable,
  });
}

/** The names, for those who can do without them. */
export function readableNames(store: EnvironmentStore): string[] {
  try {
    return store.names();
  } catch {
    return [];
  }
}

/** The `tenant_scope` that an environment's tokens have, as recorded; null where that cannot be read. */
export function readableScope(name: string, store: EnvironmentStore): string | null {
  try {
    return store.read(name)?.tenantScope ?? null;
  } catch {
    return null;
  }
}

/** The default, for those who can do without it: none where its file is broken. */
export function readableDefault(store: EnvironmentStore): string | undefined {
  try {
    return store.readDefault();
  } catch {
    return undefined;
  }
}
