import { mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { Failure, errnoOf } from '../errors.js';
import { isName } from './name.js';
import { type EnvironmentRecord, readRecord } from './record.js';
import type { EnvironmentStore } from './store.js';

/** A temporary file of a writer that is still at work is younger. */
const staleMs = 1000;

/**
 * One file an environment in `<directory>/environments`, so that two processes never overwrite each other's; the
 * default stands in `<directory>/config.json`. Reading is one `readFile`: conf, which writes, costs 50 ms to load.
 */
export function fileStore(directory: string): EnvironmentStore {
  const folder = join(directory, 'environments');
  const pathOf = (name: string) => join(folder, `${name}.json`);
  const configPath = join(directory, 'config.json');

  return {
    directory,
    names() {
      sweep(folder);
      return list(folder)
        .filter((file) => file.endsWith('.json'))
        .map((file) => file.slice(0, -'.json'.length))
        .filter(isName)
        .toSorted();
    },
    read(name) {
      const value = readJson(pathOf(name), name);
      if (value === undefined) return undefined;
      const record = readRecord(value);
      if (record) return record;
      throw new Failure('environment.broken', { name, path: pathOf(name), problem: 'not-ours' });
    },
    async write(name, record: EnvironmentRecord) {
      sweep(folder);
      await writeJson(folder, name, { ...record });
    },
    remove(name) {
      try {
        rmSync(pathOf(name), { force: true });
        sweep(folder);
      } catch (error) {
        throw unwritable(pathOf(name), error);
      }
    },
    readDefault() {
      const value = readJson(configPath, 'config') as { default?: unknown } | undefined;
      return typeof value?.default === 'string' ? value.default : undefined;
    },
    async writeDefault(name) {
      await writeJson(directory, 'config', name === undefined ? {} : { default: name });
    },
    isExposed(name) {
      // Windows has no such bits: there the folder under %APPDATA% is its owner's.
      const mode = statSync(pathOf(name), { throwIfNoEntry: false })?.mode ?? 0;
      return sep === '/' && (mode & 0o077) !== 0;
    },
  };
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw new Failure('environment.unreadable', { name: '', path: folder, reason: errnoOf(error) });
  }
}

function readJson(path: string, name: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw new Failure('environment.unreadable', { name, path, reason: errnoOf(error) });
  }
  if (text.trim() === '') throw new Failure('environment.broken', { name, path, problem: 'empty' });
  try {
    return JSON.parse(text);
  } catch {
    // Without the cause: the parser quotes the text, and with it the key.
    throw new Failure('environment.broken', { name, path, problem: 'not-json' });
  }
}

async function writeJson(folder: string, name: string, value: Record<string, unknown>): Promise<void> {
  const path = join(folder, `${name}.json`);
  try {
    // conf would make it 0755.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { default: Conf } = await import('conf');
    const conf = new Conf({
      cwd: folder,
      configName: name,
      projectSuffix: '',
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      // What stands there is replaced whole; reading a broken file would throw, and quote it.
      deserialize: () => ({}),
    });
    conf.store = value;
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): Failure {
  return new Failure('environment.unwritable', { path, reason: errnoOf(error) });
}

/** A writer that was killed leaves a temporary file with a key in it. */
function sweep(folder: string): void {
  try {
    for (const file of readdirSync(folder).filter((name) => name.includes('.json.tmp-'))) {
      const path = join(folder, file);
      if (Date.now() - statSync(path).mtimeMs > staleMs) rmSync(path, { force: true });
    }
  } catch {
    // Best effort: the folder may not be there, or another process was quicker.
  }
}
