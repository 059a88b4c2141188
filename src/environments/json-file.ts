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
import { dirname, join } from 'node:path';
import { Failure, errnoOf } from '../errors.js';

const stagedPrefix = '.staged-';
/** Ours and conf's, while they are written; in a folder of ours, also those of conf alone. */
const staging = /^\.staged-/;
const temporary = /^\.staged-|\.json\.tmp-/;
/** One of a writer that is still at work is younger. */
const staleMs = 1000;

/**
 * The value of a JSON file, or why there is none; undefined for a file that is not there.
 * @throws {Failure} `environment.unreadable`
 */
export function readJson(path: string): { value: unknown } | { problem: 'empty' | 'not-json' } | undefined {
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

/** Of a path that leads nowhere: whether it is a link. */
function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Written beside its place by conf, read again, and only then put there: conf does not notice that a full disk took a
 * part of it. `ifTaken` is thrown where something stands there already: of several that write at once, one succeeds.
 * @throws {Failure} `environment.unwritable`; then everything is as it was
 */
export async function writeJson(path: string, value: Record<string, unknown>, ifTaken?: Failure): Promise<void> {
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
export function target(path: string): string {
  let real = path;
  quietly(() => (real = realpathSync(path)));
  return real;
}

export function unwritable(path: string, error: unknown): Failure {
  return new Failure('environment.unwritable', { path, reason: errnoOf(error) });
}

/** A writer that was killed leaves a temporary file with a key in it. */
export function sweep(folder: string, names = temporary): void {
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
