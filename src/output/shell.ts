import { isSeen } from '../token/unseen.js';
import { visible } from './escape.js';

/**
 * An argv as a line for a POSIX shell: pasted, it gives the same words and runs nothing. `::` and `##[` are taken
 * apart by quotes, so that a CI log does not read them as commands. Nothing where a word has what nobody sees in it.
 */
export function shellLine(argv: string[]): string {
  if (!argv.every(isSeen)) return '';
  return argv.map(shellWord).join(' ');
}

export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word) && !word.includes('::')) return word;
  const quoted = `'${word.replaceAll("'", String.raw`'\''`)}'`;
  return visible(quoted.replaceAll('::', ":'':").replaceAll('::', ":'':").replaceAll('##[', "#''#["));
}
