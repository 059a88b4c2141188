import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

/** A file that README shows whole. */
export interface Example {
  path: string;
  what: string;
  code: string;
}

/** README's blocks that begin with a file's name, and what they are for. */
export const examples = [...readme.matchAll(/```js\n\/\/ (\S+): (.*)\n([^]*?)```/g)].map(
  ([, path, what, code]): Example => ({ path: path!, what: what!, code: code! }),
);

/** It signs in, and gets a new token before the old one ends. */
export const frontEnd = examples.find(({ path }) => path === 'courier.js')!.code;
