import { type Command, Option } from 'commander';
import type { Shard } from '../../bulk/jobs.js';
import { Failure } from '../../errors.js';
import type { MintOptions } from '../minting.js';
import { once, wholeNumber } from '../options.js';

/** Of `issue` for many users. */
export interface UsersOptions extends MintOptions {
  users?: string;
  usersColumn?: string;
  concurrency?: number;
  /** A second. */
  rate?: number;
  out?: string;
  resume?: string;
  shard?: Shard;
}

export function addUsersOptions(command: Command): Command {
  return command
    .option('--users <file>', 'many users: an id or {"user": …} a line, or CSV; - for stdin', once('--users'))
    .option('--users-column <name>', 'of --users: it is CSV, and this column has the ids', once('--users-column'))
    .option('--out <path>', 'of --users: a new file for what comes out', once('--out'))
    .option('--resume <path>', 'of --users: the file of an earlier run, to go on with', once('--resume'))
    .option('--shard <i/n>', 'of --users: one of n parts of them: 3/8', shard)
    .option('--rate <n/unit>', 'of --users: no faster than 50/s, or 3000/m', rate)
    .addOption(
      new Option('--concurrency <n>', 'of --users: so many at once (default: 64)').argParser(
        wholeNumber('--concurrency', 1000),
      ),
    );
}

const unitSeconds: Record<string, number> = {
  s: 1,
  sec: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
};

/** A second. */
function rate(value: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,9})?)\/([a-z]+)$/i.exec(value) ?? [];
  const perSecond = Number(number) / (unitSeconds[unit.toLowerCase()] ?? NaN);
  if (perSecond > 0) return perSecond;
  throw new Failure('usage.value', {
    option: '--rate',
    value,
    reason: 'it takes so many a second, minute or hour: 50/s, 3000/m',
  });
}

function shard(value: string): Shard {
  const [, index = NaN, count = NaN] = (/^(\d{1,9})\/(\d{1,9})$/.exec(value) ?? []).map(Number);
  if (index >= 1 && index <= count) return { index, count };
  throw new Failure('usage.value', {
    option: '--shard',
    value,
    reason: 'it takes the number of a part, from 1, and of all parts: 3/8',
  });
}

const ofUsers = ['usersColumn', 'concurrency', 'rate', 'out', 'resume', 'shard'] as const;

/** @throws {Failure} `usage.needs` for what means nothing for one user */
export function refuseUsersOptions(options: UsersOptions): void {
  const given = ofUsers.find((name) => options[name] !== undefined);
  if (given) throw new Failure('usage.needs', { option: flagOf(given), needs: '--users <file>' });
}

/** @throws {Failure} `usage.conflict` and others */
export function judgeUsersUsage(
  options: UsersOptions & { output?: string; dryRun?: boolean },
  word: string | undefined,
): void {
  const conflict = (one: string, other: string, reason?: string) =>
    new Failure('usage.conflict', { options: [one, other], ...(reason && { reason }) });
  const { users, out, resume } = options;
  if (word !== undefined)
    throw conflict('--users', 'another word', 'it takes one file; - is stdin, for what comes from several');
  if (options.user !== undefined) throw conflict('--users', '--user');
  if (options.output !== undefined) throw conflict('--users', '--output', 'what comes out is a line of JSON a user');
  if (options.dryRun) throw conflict('--users', '--dry-run');
  if (out !== undefined && resume !== undefined) throw conflict('--out', '--resume', '--resume writes to its own file');
  if (options.apiKeyStdin && users === '-') throw conflict('--users -', '--api-key-stdin');
  for (const [option, value] of [
    ['--users', users],
    ['--out', out],
    ['--resume', resume],
  ] as const)
    if (value === '' || (value === '-' && option !== '--users'))
      throw new Failure('usage.value', {
        option,
        value,
        reason:
          value === '-'
            ? 'it takes the name of a file; without it, stdout is where results go'
            : 'it takes the name of a file',
      });
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
