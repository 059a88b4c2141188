import { isName } from '../environments/name.js';
import { Failure } from '../errors.js';
import { jwtStart, mapSignatures } from '../token/signatures.js';
import { isSeen } from '../token/unseen.js';
import { keyFlag, operandsIn, partsOf } from './argv.js';

const firstToken = new RegExp(`^(?:bearer\\s+){0,9}${jwtStart.source}[\\w-]{7}`, 'i');

/** Every secret among the words: a failure may repeat any of them. */
export function secretsIn(argv: string[]): string[] {
  const keys = argv.flatMap((word, i) => {
    const flag = keyFlag.exec(word);
    return flag
      ? [flag[1] ?? flag[2] ?? argv[i + 1] ?? '']
      : (word.match(/(?:pk|dk)_(?:prod|test)_[\w-]+|token_[\w-]{8,}/g) ?? []);
  });
  const signatures: string[] = [];
  for (const word of argv) mapSignatures(word, (signature) => String(signatures.push(signature)));
  return [...keys, ...signatures];
}

/**
 * What commander cannot say well: a key on the command line, a token where a command belongs.
 * @throws {Failure} `usage.key-in-argv` or `usage.token-first`
 */
export function judgeWords(argv: string[]): void {
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const flag = words.find((word) => keyFlag.test(word));
  const named = operandsIn(words);
  const place = nameOfAdd(named);
  const command = named[0] === 'emulator' ? { command: 'emulator' } : {};
  if (flag !== undefined) throw new Failure('usage.key-in-argv', { option: flag.split('=')[0]!, ...place, ...command });
  const valueless = partsOf(argv).find(({ flag: name, words: [, next = ''] }) => name && /^--\w|^-[euqyh]$/.test(next));
  if (valueless) throw new Failure('usage.no-value', { option: valueless.flag!, next: valueless.words[1]! });
  const takesKey = ['issue', 'exec', 'env'].includes(named[0] ?? '');
  if (takesKey && words.some((word) => /^[pd]k_(?:prod|test)_\w{8,}$/.test(word)))
    throw new Failure('usage.key-in-argv', place);
  if (firstToken.test(named[0] ?? '')) throw new Failure('usage.token-first', {});
}

/** The environment that `env add` names, for its fix. */
function nameOfAdd([group, command, name]: string[]): { name?: string } {
  if (group !== 'env' || command !== 'add') return {};
  return { name: name !== undefined && isName(name) ? name : 'test' };
}

/** Words that may be a token or a key: a suggestion must not repeat them. */
const secretLike = new RegExp(`${jwtStart.source}[\\w-]|(?:pk|dk|ck)_|token_|^[\\w-]{32,}$`);

/** `courier-jwt …` to be pasted, or undefined when a word of it may be a secret. */
export function pasteable(words: string[]): string[] | undefined {
  return words.some((word) => secretLike.test(word) || !isSeen(word)) ? undefined : ['courier-jwt', ...words];
}
