import { readdirSync, rmSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Failure, errnoOf } from '../errors.js';
import { readJson, sweep, target, unwritable, writeJson } from './json-file.js';
import { isName } from './name.js';
import { type EnvironmentRecord, readRecord } from './record.js';
import type { EnvironmentStore } from './store.js';

/**
 * One file an environment in `<directory>/environments`, so that two processes never overwrite each other's; the
 * default stands in `<directory>/config.json`. Reading is one `readFile`: conf, which writes, costs 50 ms to load.
 */
export function fileStore(directory: string): EnvironmentStore {
  const folder = join(directory, 'environments');
  const pathOf = (name: string) => join(folder, `${name}.json`);
  const configPath = join(directory, 'config.json');

  const names = () => {
    sweep(folder);
    const files = list(folder).filter((file) => file.endsWith('.json'));
    return files
      .map((file) => file.slice(0, -'.json'.length))
      .filter(isName)
      .toSorted();
  };

  return {
    directory,
    names,
    read(name) {
      const path = pathOf(name);
      const json = readJson(path);
      if (json === undefined) return undefined;
      if ('problem' in json) throw new Failure('environment.broken', { name, path, problem: json.problem });
      const record = readRecord(json.value);
      if (record) return record;
      throw new Failure('environment.broken', { name, path, problem: 'not-ours' });
    },
    async write(name, record: EnvironmentRecord, { isNew = false } = {}) {
      await writeJson(pathOf(name), { ...record }, isNew ? new Failure('usage.exists', { name }) : undefined);
    },
    remove(name) {
      try {
        // Of a link, what it points to: the key is there.
        rmSync(target(pathOf(name)), { force: true });
        rmSync(pathOf(name), { force: true });
        sweep(folder);
      } catch (error) {
        throw unwritable(pathOf(name), error);
      }
    },
    readDefault() {
      const json = readJson(configPath);
      if (json === undefined) return undefined;
      if ('problem' in json)
        throw new Failure('environment.default-broken', { path: configPath, problem: json.problem, known: names() });
      const value = json.value as { default?: unknown } | null;
      return typeof value?.default === 'string' ? value.default : undefined;
    },
    async writeDefault(name) {
      await writeJson(configPath, name === undefined ? {} : { default: name });
    },
    isExposed(name) {
      // Windows has no such bits: there the folder under %APPDATA% is its owner's.
      const mode = (path: string) => statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
      // In a folder like /tmp only the owner of a file can take it away.
      const isOpen = (path: string) => (mode(path) & 0o022) !== 0 && (mode(path) & 0o1000) === 0;
      return sep === '/' && ((mode(pathOf(name)) & 0o077) !== 0 || isOpen(folder) || isOpen(directory));
    },
  };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw new Failure('environment.unreadable', { path: folder, reason: errnoOf(error) });
  }
}
