import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Ran } from './run.js';

const tellingLength = 12;

/** Of each secret the first run of 12 characters that stands in a text: none may. */
export function leaksIn(text: string, secrets: string[]): string[] {
  return secrets.flatMap((secret) => {
    const starts = Array.from({ length: secret.length - tellingLength + 1 }, (_, at) => at);
    const leaking = starts.find((at) => text.includes(secret.slice(at, at + tellingLength)));
    return leaking === undefined ? [] : [secret.slice(leaking, leaking + tellingLength)];
  });
}

/** What leaked to either stream, the artifact and the mask of GitHub Actions left out. */
export function leaksOf(
  { stdout, stderr }: Pick<Ran, 'stdout' | 'stderr'>,
  secrets: string[],
  artifact = '',
): string[] {
  const out = artifact === '' ? stdout : stdout.replace(artifact, '');
  return leaksIn(out + stderr.replace(/^::add-mask::.*\n/m, ''), secrets);
}

/** The files under a folder that hold a part of a secret; the store's own, which hold keys, left out. */
export function leakingFiles(folder: string, secrets: string[]): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/config\/environments\/[a-z0-9-]+\.json$/.test(path))
    .filter((path) => leaksIn(readFileSync(path, 'latin1') + path, secrets).length > 0);
}
