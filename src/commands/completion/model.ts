import type { Command, Option } from 'commander';
import type { Context } from '../../context.js';
import { catalogue, surfaces } from '../../scopes/catalogue.js';
import { languages } from '../../snippets/languages.js';
import { buildProgram } from '../program.js';
import { commandTable } from '../table.js';

/** The command line as a shell must know it: read off the real parser, so that it cannot drift from it. */
export interface CommandModel {
  /** `env use`; empty for the program itself, whose flags every command takes. */
  path: string;
  name: string;
  about: string;
  flags: Flag[];
  commands: CommandModel[];
  /** What the first word after it may be; files may be more of them. */
  operand: Values;
}

export interface Flag {
  long: string;
  short: string | undefined;
  about: string;
  /** Undefined for a flag that takes no value. */
  values: Values | undefined;
}

/** What may stand in a place. One that several flags share is one object. */
export type Values =
  | { kind: 'words'; words: string[] }
  | List
  /** The environments that are kept, and `local` besides. */
  | { kind: 'environments' }
  | { kind: 'kept' }
  | { kind: 'files' }
  /** Nothing can be offered. */
  | { kind: 'anything' };

/** Comma-separated; `name` is what its function in a script is called by. */
export interface List {
  kind: 'list';
  name: string;
  words: { word: string; about: string }[];
}

export const shells = ['bash', 'zsh', 'fish'] as const;

const environments: Values = { kind: 'environments' };
const kept: Values = { kind: 'kept' };
const anything: Values = { kind: 'anything' };
const words = (...list: string[]): Values => ({ kind: 'words', words: list });

/** A scope with a placeholder is left out: what is offered can be sent as it stands. */
const scopes: Values = {
  kind: 'list',
  name: 'scopes',
  words: catalogue
    .filter(({ scope }) => !scope.includes('<'))
    .map(({ scope, grants }) => ({ word: scope, about: grants })),
};

/** By flag, else by what stands in its angle brackets. */
const valuesOfFlags: Record<string, Values> = {
  '--env': environments,
  '--region': words('us', 'eu'),
  '--storage': words('keychain', 'file'),
  '--output': words('token', 'env'),
  '--missing-scope': words('refuse', 'empty'),
  '--reporter': words('human', 'json', 'junit', 'github'),
  '--lang': words(...languages),
  '--method': words('POST', 'PUT', 'GET'),
  '--token-path': words('token', 'data.token', '-'),
  '--concurrency': words('1', '8', '64'),
  '--users': { kind: 'files' },
  '--rate': words('10/s', '50/s', '3000/m'),
  '--shard': words('1/2', '1/4', '1/8'),
  '--port': words('4010', '0'),
  '--host': words('127.0.0.1', '0.0.0.0'),
  '--tenant-scope': words(...['test', 'production'].flatMap((name) => [name, `published/${name}`, `draft/${name}`])),
  '<surfaces>': {
    kind: 'list',
    name: 'surfaces',
    words: surfaces.map(({ id, title }) => ({ word: id, about: title })),
  },
  '<scopes>': scopes,
  '<duration>': words('10s', '1m', '30m', '1h', '12h', '1d', '7d'),
  '<path>': { kind: 'files' },
};

/** By command. `local` is built in: it is neither added nor removed. */
const valuesOfOperands: Record<string, Values> = {
  'env add': kept,
  'env use': environments,
  'env check': environments,
  'env remove': kept,
  diff: { kind: 'files' },
  smoke: words('init'),
  completion: words(...shells),
};

export async function commandLine(context: Pick<Context, 'stdout'>): Promise<CommandModel> {
  const program = await buildProgram(commandTable, commandTable, () => async () => {}, context.stdout);
  const root = modelOf(program, '');
  return { ...root, flags: program.createHelp().visibleOptions(program).map(flagOf) };
}

function modelOf(command: Command, path: string): CommandModel {
  const inside = command.createHelp().visibleCommands(command);
  const names = words(...command.commands.map((one) => one.name()));
  const commands = inside.map((one) => modelOf(one, `${path} ${one.name()}`.trim()));
  return {
    path,
    name: command.name(),
    about: command.description(),
    flags: command.options.filter(({ hidden }) => !hidden).map(flagOf),
    // `help` is about its siblings.
    commands: commands.map((one) => (one.name === 'help' ? { ...one, operand: names } : one)),
    operand: valuesOfOperands[path] ?? anything,
  };
}

function flagOf({ long, short, flags, required, description }: Option): Flag {
  const [placeholder = ''] = /<.*>/.exec(flags) ?? [];
  const values = valuesOfFlags[long ?? ''] ?? valuesOfFlags[placeholder] ?? anything;
  return { long: long ?? '', short, about: description, values: required ? values : undefined };
}

/** A command and all below it. */
export function allOf(model: CommandModel): CommandModel[] {
  return [model, ...model.commands.flatMap(allOf)];
}

/** The lists that flags take, once each. */
export function listsIn(model: CommandModel): List[] {
  const values = allOf(model).flatMap(({ flags }) => flags.map((flag) => flag.values));
  return [...new Set(values)].filter((one) => one?.kind === 'list');
}
