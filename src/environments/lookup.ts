import { Failure } from '../errors.js';
import { similar } from '../scopes/similar.js';
import { localEnvironment } from '../token/local.js';
import { isName } from './name.js';
import type { EnvironmentRecord } from './record.js';
import type { EnvironmentStore } from './store.js';

/** The record of an environment, or why there is none: `source` says who asked for it. */
export function recordOf(name: string, source: string, store: EnvironmentStore): EnvironmentRecord {
  const record = isName(name) ? store.read(name) : undefined;
  if (record) return record;
  const known = store.names();
  throw new Failure('environment.unknown', {
    name,
    known,
    suggestion: similar(name, [...known, localEnvironment]),
    source,
  });
}

/** The default, for those who can do without it: none where its file is broken. */
export function readableDefault(store: EnvironmentStore): string | undefined {
  try {
    return store.readDefault();
  } catch {
    return undefined;
  }
}
