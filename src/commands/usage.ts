import type { Command, CommanderError } from 'commander';
import { Failure } from '../errors.js';
import { jwtStart } from '../token/signatures.js';
import { operandsIn } from './argv.js';
import { suggestCommand, suggestOperand, suggestOption, suggestRun } from './suggest.js';
import { commandIn, splitCommand } from './table.js';

/** What commander could not parse, with what was probably meant. Loaded only then. */
export function usageFailure(error: CommanderError, argv: string[], program: Command): Failure {
  const [, quoted = ''] = /'(.*)'/s.exec(error.message) ?? [];
  const path = commandIn(argv);
  const command = path.reduce((parent, name) => parent.commands.find((one) => one.name() === name) ?? parent, program);
  const name = path.join(' ');
  const takesToken = command.registeredArguments.some((argument) => argument.name() === 'token');
  if (error.code === 'commander.unknownCommand') return unknownCommand(name, quoted, argv);
  const [, loose] = name === 'exec' ? operandsIn(splitCommand(argv).own) : [];
  if (loose !== undefined) return new Failure('usage.no-dashes', { word: loose, suggestion: suggestRun(argv) });
  if (error.code === 'commander.unknownOption') {
    if (takesToken && /^--(?:token|jwt)(?:=|$)/.test(quoted))
      return new Failure('usage.token-option', { option: quoted.split('=')[0]! });
    const options = [...program.options, ...command.options];
    // It stood before the command that has it.
    if (options.some(({ short, long }) => quoted === short || quoted.split('=')[0] === long))
      return new Failure('usage.option-first', { option: quoted, command: name });
    const known = options.flatMap(({ long }) => long ?? []);
    const suggestion = suggestOption(quoted, known);
    return new Failure('usage.unknown-option', { option: quoted, command: name, suggestion });
  }
  if (error.code === 'commander.excessArguments') {
    return new Failure('usage.excess', { command: name, suggestion: suggestOperand(name, argv), takesToken });
  }
  if (error.code === 'commander.help') return new Failure('usage.missing', { option: 'a command', command: name });
  const message = `${error.message.replace(/^error: /, '').replace(/\.?$/, '')}.`;
  return new Failure('usage.parser', { message, command: name || undefined });
}

/** `group` is empty for a command of the program itself. */
export function unknownCommand(group: string, word: string, argv: string[]): Failure {
  // After other flags, where it is not the first word.
  if (jwtStart.test(word.slice(0, 3))) return new Failure('usage.token-first', {});
  const suggestion = suggestCommand(group, word, argv.slice(argv.indexOf(word) + 1));
  return new Failure('usage.unknown-command', {
    word: [group, word].join(' ').trim(),
    suggestion: suggestion ?? (group === '' ? undefined : ['courier-jwt', group, '--help']),
  });
}
