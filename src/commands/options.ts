import { type Command, Option } from 'commander';
import type { Region } from '../courier/regions.js';
import { Failure } from '../errors.js';
import { parseDuration } from '../token/duration.js';

/** Parsers for commander: a flag's words in, its value out, or a usage failure. */

/** Comma-separated, or the flag repeated. */
export function list(option: string) {
  return (value: string, before: string[] = []): string[] => {
    const items = value.split(',').map((item) => item.trim());
    if (items.every((item) => item === '')) throw new Failure('usage.value', { option, value, reason: 'it is empty' });
    return [...before, ...items.filter(Boolean)];
  };
}

/** One value: two would have to be two tokens. */
export function once(option: string) {
  return (value: string, before: string | undefined): string => {
    if (before !== undefined) throw new Failure('usage.repeated', { option });
    return value;
  };
}

/** A duration, as seconds. */
export function seconds(option: string, { zero = false, least = 0 } = {}) {
  return (value: string): number => {
    const parsed = parseDuration(value, { zero });
    if ('problem' in parsed) throw new Failure('duration.invalid', { option, value, problem: parsed.problem });
    if (parsed.seconds < least) throw new Failure('duration.invalid', { option, value, problem: 'too-short' });
    return parsed.seconds;
  };
}

/** A whole number, from 1. */
export function wholeNumber(option: string, most: number) {
  return (value: string): number => {
    const number = Number(value);
    if (/^\d{1,9}$/.test(value) && number >= 1 && number <= most) return number;
    throw new Failure('usage.value', { option, value, reason: `it takes a number from 1 to ${most}` });
  };
}

export function oneOf<T extends string>(option: string, choices: readonly T[]) {
  return (value: string): T => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    throw new Failure('usage.value', {
      option,
      value,
      reason: `it takes ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`,
    });
  };
}

/** A longer wait overflows Node's timers. */
const longestTimeoutSeconds = 86_400;

function timeout(value: string): number {
  return Math.min(longestTimeoutSeconds, seconds('--timeout')(value));
}

export function addGlobalOptions(program: Command): void {
  program
    .option('-e, --env <name>', 'the environment whose key to use; local needs none', once('--env'))
    .option('--region <region>', 'us or eu', oneOf<Region>('--region', ['us', 'eu']))
    .option('--json', 'one JSON document on stdout, on failure too')
    .option('--color', 'colour, whatever the terminal says')
    .option('--no-color', 'no colour')
    .option('--no-input', 'never ask; name the missing flag and exit 2')
    .option('-q, --quiet', 'no summary, notes or warnings')
    .option('--debug', 'say what is done, on stderr; never a key or a signature')
    .addOption(
      new Option('--timeout <duration>', 'how long one attempt may take').argParser(timeout).default(10, '10s'),
    )
    .option('--env-file <path>', 'read COURIER_ variables from this file too; real ones win', once('--env-file'))
    .option('-y, --yes', 'yes to what is destructive');
}

export interface KeyOptions {
  apiKeyStdin?: boolean;
  apiKeyFile?: string;
}

export function addKeyOptions(command: Command): Command {
  return command
    .option('--api-key-stdin', 'read the API key from stdin')
    .option('--api-key-file <path>', 'read the API key from a file', once('--api-key-file'));
}

export function addTokenSource(command: Command): Command {
  return command
    .argument('[token]', 'the token, or any text with it; - reads stdin')
    .option('--token-file <path>', 'read the token, or any text with it, from a file', once('--token-file'));
}

export interface LinesFlags {
  lines?: boolean;
  tokenPath?: string;
}

export function addLines(command: Command): Command {
  return command
    .option('--lines', 'many tokens, one a line: in any text or JSON, or bare')
    .option('--token-path <path>', 'where a line of JSON has it: data.token (default: token)', once('--token-path'));
}

/** @throws {Failure} `usage.needs` */
export function judgeLinesFlags({ lines, tokenPath }: LinesFlags): void {
  if (tokenPath !== undefined && !lines) throw new Failure('usage.needs', { option: '--token-path', needs: '--lines' });
}

export function examples(...lines: [command: string, what: string][]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  const rows = lines.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`);
  return ['', 'Examples:', ...rows].join('\n');
}
