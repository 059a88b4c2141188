import { Failure, errnoOf } from '../errors.js';
import type { Tools } from './tools.js';

/** Nothing that is read whole, such as keys and seeds, is larger. */
export const limitBytes = 1024 * 1024;

/** Whether something is there: a folder, say, or a file that cannot be read, is. */
export async function isThere(path: string, { context }: Tools): Promise<boolean> {
  try {
    await context.files.read(path, limitBytes);
    return true;
  } catch (error) {
    if (error instanceof Failure) throw error;
    return errnoOf(error) !== 'ENOENT';
  }
}

/** @throws {Failure} `usage.file` */
export async function readTextFile(option: string, path: string, { context }: Tools): Promise<string> {
  try {
    const text = await context.files.read(path, limitBytes);
    if (text !== undefined) return text;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('usage.file', { option, path, reason: errnoOf(error) });
  }
  throw new Failure('usage.file', { option, path, reason: 'it is larger than 1 MB' });
}
