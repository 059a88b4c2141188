import { linesOf } from '../bulk/lines.js';
import { lineReader, longestLine } from '../bulk/read-line.js';
import { type Tally, emptyTally, exitOf, unreadableIn, worstFirst } from '../bulk/tally.js';
import { type Cleaner, type Judge, checking, cleanerOf, decoding, verdictsOf } from '../bulk/verdicts.js';
import type { Expectations } from '../checks/expectations.js';
import type { Chunks } from '../context.js';
import { prints } from '../courier/node-debug.js';
import { sign } from '../emulator/sign.js';
import { Failure, errnoOf } from '../errors.js';
import { countedText } from '../output/lines-text.js';
import type { LinesFlags } from './options.js';
import { type TokenSource, isPath, judgeSources, unreadable } from './read-token.js';
import type { Tools } from './tools.js';

/** `--lines`: a stream of tokens in, a verdict a line out. */

type LinesOptions = TokenSource & LinesFlags;

export async function decodeLines(operand: string | undefined, options: LinesOptions, tools: Tools): Promise<number> {
  const tally = await judgeLines(chunksOf(operand, options, tools), decoding, options, tools, readableIn);
  return tally.failures.size > 0 ? 2 : 0;
}

export async function checkLines(
  operand: string | undefined,
  options: LinesOptions & { strict?: boolean },
  expected: Expectations,
  tools: Tools,
): Promise<number> {
  const chunks = chunksOf(operand, options, tools);
  const judgeOf = (cleaner: Cleaner) => checking(expected, options.strict ?? false, cleaner);
  return exitOf(await judgeLines(chunks, judgeOf, options, tools, verdictsIn));
}

type Kinds = [kind: string, count: number][];

function readableIn(tally: Tally): Kinds {
  return [['readable', tally.lines - unreadableIn(tally)]];
}

function verdictsIn({ exits }: Tally): Kinds {
  return [
    ['yes', exits[0]],
    ['no', exits[1] + exits[3]],
    ['could not be told', exits[4]],
  ];
}

/** Writes a verdict for each line as they come, at the pace of their reader, and says what came of them all. */
async function judgeLines(
  { chunks, name }: Source,
  judgeOf: (cleaner: Cleaner) => Judge,
  { tokenPath }: LinesOptions,
  { console, context, secrets }: Tools,
  kindsIn: (tally: Tally) => Kinds,
): Promise<Tally> {
  const cleaner = cleanerOf(secrets);
  const way = { read: lineReader(sign, tokenPath), judge: judgeOf(cleaner), cleaner };
  const tally = emptyTally();
  const started = context.now();
  const sink = await context.stdout.sink(room);
  const sweep = await context.sweeper();
  let chunkCount = 0;
  try {
    for await (const lines of linesOf(
      chunks(() => tally.lines),
      longestLine,
    )) {
      await sink.write(verdictsOf(lines, way, tally, context.now()));
      chunkCount += 1;
      if (chunkCount % sweepEvery === 0) sweep();
      if (!sink.isOpen) break;
    }
  } finally {
    await sink.end();
    if (sink.isOpen && tally.lines > 0) {
      const kinds: Kinds = [...kindsIn(tally), ['unreadable', unreadableIn(tally)]];
      const seconds = context.now() - started;
      console.note(countedText({ lines: tally.lines, kinds, codes: worstFirst(tally), seconds }, console.err));
    }
  }
  if (tally.lines === 0) throw new Failure('token.empty', { source: name });
  return tally;
}

/** In characters: while they are written, the next are judged. */
const room = 1024 * 1024;

/** So many chunks leave some megabytes behind. */
const sweepEvery = 4;

interface Source {
  name: string;
  /** A failure says after how many lines it came. */
  chunks(linesBefore: () => number): Chunks;
}

/** @throws {Failure} of the `usage` or `token` family: what cannot be a stream of tokens */
function chunksOf(operand: string | undefined, { tokenFile }: TokenSource, { console, context }: Tools): Source {
  const { files, interruption, stdin, variables } = context;
  judgeSources(operand, tokenFile);
  if (operand !== undefined && operand !== '-') throw notStreamed(operand);
  const value = variables.NODE_DEBUG ?? '';
  if (prints(value, 'streams')) throw new Failure('usage.node-debug', { value, isInput: true });
  if (tokenFile !== undefined)
    return {
      name: tokenFile,
      chunks: (linesBefore) =>
        told(files.chunks(tokenFile, interruption), interruption, (error) =>
          unreadable(tokenFile, reasonOf(error, linesBefore())),
        ),
    };
  if (operand === undefined && stdin.isTerminal) throw new Failure('token.no-source', {});
  if (stdin.isTerminal) console.note('paste the tokens, one a line, then press Enter and Ctrl-D:');
  return {
    name: 'stdin',
    chunks: (linesBefore) =>
      told(stdin.chunks(interruption), interruption, (error) => {
        return new Failure('usage.file', { option: 'stdin', path: '', reason: reasonOf(error, linesBefore()) });
      }),
  };
}

function notStreamed(operand: string): Failure {
  if (isPath(operand)) return new Failure('token.none', { bytes: operand.length, binary: false, path: operand });
  const reason = 'it reads many, from stdin or --token-file';
  return new Failure('usage.conflict', { options: ['--lines', 'a token'], reason });
}

function reasonOf(error: unknown, linesBefore: number): string {
  return linesBefore === 0 ? errnoOf(error) : `${errnoOf(error)}, after line ${linesBefore}`;
}

/** The chunks, and what ends them early as a failure: a line that an interruption cut is none. */
async function* told(chunks: Chunks, interruption: AbortSignal, failureOf: (error: unknown) => Failure): Chunks {
  try {
    yield* chunks;
  } catch (error) {
    throw failureOf(error);
  }
  if (interruption.aborted) throw new Failure('interrupted.signal', {});
}
