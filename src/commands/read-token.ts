import { Failure, errnoOf, isFailure } from '../errors.js';
import { short } from '../output/escape.js';
import { surfaces } from '../scopes/catalogue.js';
import { type FoundToken, findToken } from '../token/find.js';
import { jwtStart } from '../token/signatures.js';
import type { Tools } from './tools.js';

export interface TokenSource {
  tokenFile?: string;
}

/** A HAR of a long session fits; a disk image does not. */
const limitBytes = 64 * 1024 * 1024;

/** The token of the argument, else of `--token-file`, else of stdin when it is `-` or no terminal. */
export async function readToken(
  operand: string | undefined,
  { tokenFile }: TokenSource,
  tools: Tools,
): Promise<FoundToken> {
  const text = await readText(operand, tokenFile, tools);
  const token = find(text, operand);
  tools.secrets.addSignature(token.signature);
  return token;
}

/**
 * The token of an operand of `diff`, and where it was: the word is the token, or a text with it; or `-` for stdin, or a file's
 * path. A failure says which of them it was by its `name`.
 */
export async function readOperand(
  word: string,
  name: string,
  tools: Tools,
): Promise<{ token: FoundToken; from: string }> {
  const { text, from } = await textOf(word, name, tools);
  try {
    const token = findToken(sound(text, from));
    tools.secrets.addSignature(token.signature);
    return { token, from };
  } catch (error) {
    const of = from === argument ? name : `${name} (${short(from)})`;
    throw error instanceof Failure ? new Failure(error.code, { ...error.facts, of }) : error;
  }
}

const argument = 'the argument';

async function textOf(
  word: string,
  name: string,
  { context }: Tools,
): Promise<{ text: string | undefined; from: string }> {
  if (word === '-') return { text: await context.stdin.read(limitBytes), from: 'stdin' };
  const reason = reasonAgainst(word);
  if (reason === undefined) return { text: word, from: argument };
  try {
    return { text: await context.files.read(word, limitBytes), from: word };
  } catch (error) {
    if (error instanceof Failure) throw error;
    // What is too long for a name or has more than one word was meant as a text.
    if (!isFailure(reason, 'token.none') || !/^[^\s"'{}]{1,255}$/.test(word)) return { text: word, from: argument };
    const problem = `it is no token, and opened as a file: ${errnoOf(error)}`;
    throw new Failure('usage.file', { option: name, path: word, reason: problem });
  }
}

function reasonAgainst(text: string): unknown {
  try {
    findToken(text);
    return undefined;
  } catch (error) {
    return error;
  }
}

function find(text: string, operand: string | undefined): FoundToken {
  try {
    return findToken(text);
  } catch (error) {
    if (operand !== undefined && isPath(operand) && isFailure(error, 'token.none'))
      throw new Failure('token.none', { ...error.facts, path: operand });
    throw error;
  }
}

/** Whether a word that is no token may be a file's name. */
export function isPath(operand: string): boolean {
  return /^[^\s{"']*(?:[\\/]|\.\w{1,5}$)[^\s{"']*$/.test(operand);
}

async function readText(operand: string | undefined, tokenFile: string | undefined, tools: Tools): Promise<string> {
  const { stdin } = tools.context;
  judgeSources(operand, tokenFile);
  if (tokenFile !== undefined) return sound(await readFile(tokenFile, tools), tokenFile);
  if (operand !== undefined && operand !== '-') return sound(operand, argument);
  if (operand === undefined && stdin.isTerminal) throw new Failure('token.no-source', {});
  if (stdin.isTerminal) tools.console.note('paste the token, then press Enter and Ctrl-D:');
  return sound(await stdin.read(limitBytes), 'stdin');
}

/** @throws {Failure} for a surface where a token belongs, and for two sources */
export function judgeSources(operand: string | undefined, tokenFile: string | undefined): void {
  if (surfaces.some(({ id }) => id === operand))
    throw new Failure('usage.value', {
      option: '--for',
      value: operand ?? '',
      reason: 'surfaces have commas between them: --for inbox,preferences',
    });
  if (operand !== undefined && tokenFile !== undefined)
    throw new Failure('token.two-sources', {
      sources: [operand === '-' ? 'stdin (-)' : argument, '--token-file'],
    });
}

async function readFile(path: string, { context }: Tools): Promise<string | undefined> {
  try {
    return await context.files.read(path, limitBytes);
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(path, errnoOf(error));
  }
}

/** Of `--token-file`. */
export function unreadable(path: string, reason: string): Failure {
  if (jwtStart.test(path) && path.includes('.') && path.length > 40)
    return new Failure('usage.token-option', { option: '--token-file' });
  return new Failure('usage.file', { option: '--token-file', path, reason });
}

function sound(text: string | undefined, source: string): string {
  if (text === undefined) throw new Failure('token.too-large', { limitBytes });
  if (text.trim() === '') throw new Failure('token.empty', { source });
  return text;
}
