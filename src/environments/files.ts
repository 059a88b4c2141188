import {
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { Failure, errnoOf } from '../errors.js';
import { isName } from './name.js';
import { type EnvironmentRecord, readRecord } from './record.js';
import type { EnvironmentStore } from './store.js';

const stagedPrefix = '.staged-';
/** Ours and conf's, while they are written; in a folder of ours, also those of conf alone. */
const staging = /^\.staged-/;
const temporary = /^\.staged-|\.json\.tmp-/;
/** One of a writer that is still at work is younger. */
const staleMs = 1000;

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

function readJson(path: string): { value: unknown } | { problem: 'empty' | 'not-json' } | undefined {
  let text: string;
  try {
    // A pipe would keep its reader waiting.
    const stats = statSync(path);
    if (!stats.isFile() && !stats.isDirectory()) throw new Error('it is no file');
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' && !isLink(path)) return undefined;
    throw new Failure('environment.unreadable', { path, reason: errnoOf(error) });
  }
  if (text.trim() === '') return { problem: 'empty' };
  try {
    return { value: JSON.parse(text) };
  } catch {
    // Without the cause: the parser quotes the text, and with it the key.
    return { problem: 'not-json' };
  }
}

/** Where nothing can be read: whether a link to nowhere stands there. */
function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Written beside its place by conf, read again, and only then put there: conf does not notice that a full disk took a
 * part of it. `ifTaken` is thrown where something stands there already: of several that write at once, one succeeds.
 */
async function writeJson(path: string, value: Record<string, unknown>, ifTaken?: Failure): Promise<void> {
  const place = target(path);
  const folder = dirname(place);
  const staged = `${stagedPrefix}${Math.random().toString(36).slice(2)}`;
  const stagedPath = join(folder, `${staged}.json`);
  try {
    // conf would make it 0755.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    sweep(folder, place === path ? temporary : staging);
    await writeByConf(folder, staged, value);
    const written = readJson(stagedPath);
    if (JSON.stringify(written) !== JSON.stringify({ value })) throw new Error('not all of it could be written');
    put(stagedPath, place, ifTaken);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unwritable(path, error);
  } finally {
    // Where it was linked it is there still; where it failed it may be.
    quietly(() => rmSync(stagedPath, { force: true }));
  }
}

async function writeByConf(folder: string, name: string, value: Record<string, unknown>): Promise<void> {
  const { default: Conf } = await import('conf');
  const conf = new Conf({
    cwd: folder,
    configName: name,
    projectSuffix: '',
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
  });
  conf.store = value;
}

function put(staged: string, place: string, ifTaken: Failure | undefined): void {
  if (!ifTaken) return renameSync(staged, place);
  try {
    // Unlike a rename it fails where another process was quicker.
    linkSync(staged, place);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw ifTaken;
    // A file system without links: then it is there for a moment before it is whole.
    try {
      copyFileSync(staged, place, constants.COPYFILE_EXCL);
    } catch (failed) {
      throw errnoOf(failed) === 'EEXIST' ? ifTaken : failed;
    }
  }
}

/** What a path stands for: of a link, what it points to. */
function target(path: string): string {
  let real = path;
  quietly(() => (real = realpathSync(path)));
  return real;
}

function unwritable(path: string, error: unknown): Failure {
  return new Failure('environment.unwritable', { path, reason: errnoOf(error) });
}

/** A writer that was killed leaves a temporary file with a key in it. */
function sweep(folder: string, names = temporary): void {
  quietly(() => {
    for (const file of readdirSync(folder).filter((name) => names.test(name))) {
      const path = join(folder, file);
      if (Date.now() - statSync(path).mtimeMs > staleMs) rmSync(path, { force: true });
    }
  });
}

/** As far as it goes: a folder may not be there, or another process was quicker. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // As said.
  }
}
