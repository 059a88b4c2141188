import type { Again } from '../output/messages/failures/sentences.js';
import { partsOf } from './argv.js';
import { commandIn, splitCommand } from './table.js';

/** How a token is given, or what people take for it. */
const tokenFlags = ['--token-file', '--token', '--jwt'];

/** The words of a command line once more, changed; undefined where that is for other commands, or cannot be said. */
export function wordsAgain(argv: string[], again: Again): string[] | undefined {
  const { commands, without = [], replace = [], add = [], token } = again;
  const { own, command } = splitCommand(argv);
  const named = commandIn(own);
  if (commands && !commands.includes(named.join(' '))) return undefined;
  // What reads JSON asks for it itself: the command is the same that is printed.
  const dropped = ['--json', ...without, ...(token ? tokenFlags : [])];
  const parts = partsOf(own);
  // The command comes first, wherever it stood.
  const names = parts.filter(({ flag }) => flag === undefined).slice(0, named.length);
  const rest = parts.filter((part) => !names.includes(part));
  // Where a token belongs, every word that is no flag may be a part of one.
  const kept = rest.filter(({ flag }) => (flag === undefined ? !token : !dropped.includes(flag)));
  // They stood after `--`, which is not kept.
  if (kept.some(({ flag, words }) => flag === undefined && /^-./.test(words[0]!))) return undefined;
  const words = kept.flatMap((part) => part.words.map((word) => replaced(word, replace)));
  return [...named, ...words, ...add, ...(token ?? []), ...(command ? ['--', ...command] : [])];
}

/** A flag, the value after its `=`, or one of a list. */
function replaced(word: string, pairs: [from: string, to: string][]): string {
  const to = new Map(pairs);
  const [, flag = '', value = word] = /^(--?[\w-]+=?)(.*)$/s.exec(word) ?? [];
  const name = flag.replace(/=$/, '');
  const list = value
    .split(',')
    .map((one) => to.get(one) ?? one)
    .join(',');
  return flag === '' ? list : (to.get(name) ?? name) + (flag.endsWith('=') ? `=${list}` : '');
}
