import { Command, CommanderError } from 'commander';
import type { Context, Stream } from '../context.js';
import { makeConsole } from '../output/console.js';
import { toJson } from '../output/escape.js';
import type { Secrets } from '../output/secrets.js';
import { version } from '../version.js';
import { operandsIn } from './argv.js';
import { addGlobalOptions } from './options.js';
import { type CommandEntry, commandTable, splitCommand } from './table.js';
import type { Act, GlobalFlags } from './tools.js';

const exitCodes = `
Exit codes:
  0    yes
  1    the answer is no: expired, a scope is missing, another user, less granted than asked
  2    usage: unknown flag, not a JWT, bad duration, Courier cannot mint what was asked
  3    credentials: no key, unknown or unreadable environment, Courier refused the key
  4    could not tell: network, timeout, rate limit, Courier in trouble
  130  interrupted
Of exec it is the command's own; 126 it cannot be run, 127 there is none.`;

/**
 * Parses and runs a command line; resolves with the exit code.
 * @throws {Failure}
 */
export async function dispatch(words: string[], context: Context, secrets: Secrets): Promise<number> {
  const { own: argv, command: run } = splitCommand(words);
  const unknown = unknownIn(argv);
  if (unknown) throw (await import('./usage.js')).unknownCommand(unknown.group, unknown.word, argv);
  let exitCode = 0;
  const act: Act =
    (runner) =>
    async (...args) => {
      const command = args.at(-1) as Command;
      const flags = command.optsWithGlobals<GlobalFlags>();
      const console = await makeConsole(context, secrets, flags);
      const operands = run ?? command.args;
      exitCode = await runner(command.opts<never>(), { context, console, secrets, flags, argv }, operands);
    };
  const named = commandTable.filter(({ name }) => argv.includes(name));
  // Where the first word names the command, the others need not be there.
  const entries = named.some(({ name }) => name === argv[0]) ? named : commandTable;
  // Commander gives help in pieces.
  let said = '';
  const program = await buildProgram(entries, named, act, { write: (text) => void (said += text) });
  try {
    // A group alone means: what is there?
    const alone = argv.length === 0 || (argv.length === 1 && argv[0] === 'env');
    await program.parseAsync(alone ? [...argv, '--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return tellHelp(said, argv, context);
    throw (await import('./usage.js')).usageFailure(error, words, program);
  }
  return exitCode;
}

/** Help or the version, with `--json` as one document. */
function tellHelp(said: string, argv: string[], { stdout }: Context): 0 {
  const text = said.trimEnd();
  stdout.write(argv.includes('--json') ? `${toJson(text === version ? { version } : { help: text })}\n` : said);
  return 0;
}

/** The `entries` by name, and in full those that are `named`: a command's chunk is loaded only to be run. */
export async function buildProgram(
  entries: CommandEntry[],
  named: CommandEntry[],
  act: Act,
  out: Pick<Stream, 'write'>,
): Promise<Command> {
  const program = new Command('courier-jwt');
  program
    .description(
      "Courier's user tokens: mint, decode, check.\nWhy is my Inbox empty? pbpaste | courier-jwt check-scopes",
    )
    .usage('<command> [options]')
    .version(version, '--version', 'the version')
    .helpOption('-h, --help', 'help, with examples')
    .helpCommand('help [command]', 'help, with examples')
    .addHelpText('after', exitCodes)
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: () => {},
      // Or commander asks process.stdout, which loads Node's streams; and help is the same everywhere.
      getOutHasColors: () => false,
      getOutHelpWidth: () => 80,
    });
  addGlobalOptions(program);
  for (const entry of entries) {
    const command = program.command(entry.name).description(entry.summary);
    if (named.includes(entry)) (await entry.load()).define(command, act);
  }
  return program;
}

/** The command that help is asked for, and that is none: commander would give the help of what stands before it. */
function unknownIn(argv: string[]): { group: string; word: string } | undefined {
  const words = operandsIn(argv);
  const isHelp = words[0] === 'help' || argv.some((word) => word === '-h' || word === '--help');
  const [first, second] = words[0] === 'help' ? words.slice(1) : words;
  if (!isHelp || first === undefined) return undefined;
  const entry = commandTable.find(({ name }) => name === first);
  if (!entry) return { group: '', word: first };
  const isUnknown = entry.commands && second !== undefined && !entry.commands.includes(second);
  return isUnknown ? { group: first, word: second } : undefined;
}
