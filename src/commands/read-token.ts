import { Failure, errnoOf, isFailure } from '../errors.js';
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

function find(text: string, operand: string | undefined): FoundToken {
  try {
    return findToken(text);
  } catch (error) {
    const isPath = operand !== undefined && /^[^\s{"']*(?:[\\/]|\.\w{1,5}$)[^\s{"']*$/.test(operand);
    if (isPath && isFailure(error, 'token.none')) throw new Failure('token.none', { ...error.facts, path: operand });
    throw error;
  }
}

async function readText(operand: string | undefined, tokenFile: string | undefined, tools: Tools): Promise<string> {
  const { stdin } = tools.context;
  if (surfaces.some(({ id }) => id === operand))
    throw new Failure('usage.value', {
      option: '--for',
      value: operand ?? '',
      reason: 'surfaces have commas between them: --for inbox,preferences',
    });
  if (operand !== undefined && tokenFile !== undefined)
    throw new Failure('token.two-sources', {
      sources: [operand === '-' ? 'stdin (-)' : 'the argument', '--token-file'],
    });
  if (tokenFile !== undefined) return sound(await readFile(tokenFile, tools), tokenFile);
  if (operand !== undefined && operand !== '-') return sound(operand, 'the argument');
  if (operand === undefined && stdin.isTerminal) throw new Failure('token.no-source', {});
  return sound(await stdin.read(limitBytes), 'stdin');
}

async function readFile(path: string, { context }: Tools): Promise<string | undefined> {
  try {
    return await context.files.read(path, limitBytes);
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (jwtStart.test(path) && path.includes('.') && path.length > 40)
      throw new Failure('usage.token-option', { option: '--token-file' });
    throw new Failure('usage.file', { option: '--token-file', path, reason: errnoOf(error) });
  }
}

function sound(text: string | undefined, source: string): string {
  if (text === undefined) throw new Failure('token.too-large', { limitBytes });
  if (text.trim() === '') throw new Failure('token.empty', { source });
  return text;
}
