import { Command, CommanderError } from 'commander';
import type { Context } from '../context.js';
import { Failure } from '../errors.js';
import { makeConsole } from '../output/console.js';
import type { Secrets } from '../output/secrets.js';
import { version } from '../version.js';
import { addGlobalOptions } from './options.js';
import { suggestCommand, suggestOption } from './suggest.js';
import { type CommandEntry, commandTable } from './table.js';
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
  const program = await buildProgram(entries, named, act, context);
  try {
    // A group alone means: what is there?
    const words = argv.length === 0 || (argv.length === 1 && argv[0] === 'env') ? [...argv, '--help'] : argv;
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    throw usageFailure(error, argv, program);
  }
  return exitCode;
}

/** The `entries` by name, and in full those that are `named`: a command's chunk is loaded only to be run. */
export async function buildProgram(
  entries: CommandEntry[],
  named: CommandEntry[],
  act: Act,
  context: Pick<Context, 'stdout'>,
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
      writeOut: (text) => context.stdout.write(text),
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
  const command = commandIn(argv, program);
  if (error.code === 'commander.unknownCommand') {
    const rest = argv.slice(argv.indexOf(quoted) + 1);
    const group = command === program ? [] : [command.name()];
    return new Failure('usage.unknown-command', {
      word: [...group, quoted].join(' '),
      suggestion: group.length > 0 ? ['courier-jwt', ...group, '--help'] : suggestCommand(quoted, rest),
    });
  }
  const name = command === program ? '' : fullName(command);
  if (error.code === 'commander.unknownOption') {
    const known = [...program.options, ...command.options].flatMap(({ long }) => long ?? []);
    const suggestion = suggestOption(quoted, known);
    return new Failure('usage.unknown-option', { option: quoted, command: name, suggestion });
  }
  if (error.code === 'commander.excessArguments') {
    const takesToken = command.registeredArguments.some((argument) => argument.name() === 'token');
    return new Failure('usage.excess', {
      command: name,
      suggestion: takesToken ? ['courier-jwt', name, '-'] : undefined,
    });
  }
  if (error.code === 'commander.help') return new Failure('usage.missing', { option: 'a command', command: name });
  const message = `${error.message.replace(/^error: /, '').replace(/\.?$/, '')}.`;
  return new Failure('usage.parser', { message, command: name || undefined });
}

/** The command, or the subcommand of a group, that the words name. */
function commandIn(argv: string[], program: Command): Command {
  const find = (parent: Command) => parent.commands.find((command) => argv.includes(command.name()));
  const command = find(program);
  return (command && find(command)) ?? command ?? program;
}

function fullName(command: Command): string {
  const parent = command.parent;
  return parent?.parent ? `${parent.name()} ${command.name()}` : command.name();
}
