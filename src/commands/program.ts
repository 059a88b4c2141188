import { Command, CommanderError } from 'commander';
import type { Context, Stream } from '../context.js';
import { Failure } from '../errors.js';
import { makeConsole } from '../output/console.js';
import { toJson } from '../output/escape.js';
import type { Secrets } from '../output/secrets.js';
import { version } from '../version.js';
import { addGlobalOptions } from './options.js';
import { suggestCommand, suggestOperand, suggestOption } from './suggest.js';
import { type CommandEntry, commandIn, commandTable, operandsIn } from './table.js';
import type { Act, GlobalFlags } from './tools.js';

const exitCodes = `
Exit codes:
  0    yes
  1    the answer is no: expired, a scope is missing, another user, less granted than asked
  2    usage: unknown flag, not a JWT, bad duration, Courier cannot mint what was asked
  3    credentials: no key, unknown or unreadable environment, Courier refused the key
  4    could not tell: network, timeout, rate limit, Courier in trouble
  130  interrupted`;

/**
 * Parses and runs a command line; resolves with the exit code.
 * @throws {Failure}
 */
export async function dispatch(argv: string[], context: Context, secrets: Secrets): Promise<number> {
  let exitCode = 0;
  const act: Act =
    (runner) =>
    async (...args) => {
      const command = args.at(-1) as Command;
      const flags = command.optsWithGlobals<GlobalFlags>();
      const console = await makeConsole(context, secrets, flags);
      const operands = command.args;
      exitCode = await runner(command.opts<never>(), { context, console, secrets, flags }, operands);
    };
  const named = commandTable.filter(({ name }) => argv.includes(name));
  // Where the first word names the command, the others need not be there.
  const entries = named.some(({ name }) => name === argv[0]) ? named : commandTable;
  // Commander gives help in pieces.
  let said = '';
  const program = await buildProgram(entries, named, act, { write: (text) => void (said += text) });
  try {
    judgeHelp(argv);
    // A group alone means: what is there?
    const words = argv.length === 0 || (argv.length === 1 && argv[0] === 'env') ? [...argv, '--help'] : argv;
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return tellHelp(said, argv, context);
    throw usageFailure(error, argv, program);
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

function usageFailure(error: CommanderError, argv: string[], program: Command): Failure {
  const [, quoted = ''] = /'(.*)'/s.exec(error.message) ?? [];
  const path = commandIn(argv);
  const command = path.reduce((parent, name) => parent.commands.find((one) => one.name() === name) ?? parent, program);
  const name = path.join(' ');
  if (error.code === 'commander.unknownCommand') return unknownCommand(name, quoted, argv);
  if (error.code === 'commander.unknownOption') {
    if (/^--(?:token|jwt)(?:=|$)/.test(quoted))
      return new Failure('usage.token-option', { option: quoted.split('=')[0]! });
    const known = [...program.options, ...command.options].flatMap(({ long }) => long ?? []);
    const suggestion = suggestOption(quoted, known);
    return new Failure('usage.unknown-option', { option: quoted, command: name, suggestion });
  }
  if (error.code === 'commander.excessArguments') {
    const takesToken = command.registeredArguments.some((argument) => argument.name() === 'token');
    return new Failure('usage.excess', { command: name, suggestion: suggestOperand(name, argv), takesToken });
  }
  if (error.code === 'commander.help') return new Failure('usage.missing', { option: 'a command', command: name });
  const message = `${error.message.replace(/^error: /, '').replace(/\.?$/, '')}.`;
  return new Failure('usage.parser', { message, command: name || undefined });
}

function unknownCommand(group: string, word: string, argv: string[]): Failure {
  // After other flags, where it is not the first word.
  if (word.startsWith('eyJ')) return new Failure('usage.token-first', {});
  const suggestion = suggestCommand(group, word, argv.slice(argv.indexOf(word) + 1));
  return new Failure('usage.unknown-command', {
    word: [group, word].join(' ').trim(),
    suggestion: suggestion ?? (group === '' ? undefined : ['courier-jwt', group, '--help']),
  });
}

/** Commander would give help to a command that is none: that of what stands before it. */
function judgeHelp(argv: string[]): void {
  const words = operandsIn(argv);
  const isHelp = words[0] === 'help' || argv.some((word) => word === '-h' || word === '--help');
  const [first, second] = words[0] === 'help' ? words.slice(1) : words;
  const entry = commandTable.find(({ name }) => name === first);
  if (!isHelp || first === undefined) return;
  if (!entry) throw unknownCommand('', first, argv);
  if (entry.commands && second !== undefined && !entry.commands.includes(second))
    throw unknownCommand(entry.name, second, argv);
}
