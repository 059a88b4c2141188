import { operandsIn } from './argv.js';
import type { CommandModule } from './tools.js';

export interface CommandEntry {
  name: string;
  summary: string;
  /** The commands of a group. */
  commands?: string[];
  /** Whether what stands after `--` is another program's command line. */
  runs?: boolean;
  /** Chunks of their own: a command loads its code and no other's. */
  load(): Promise<CommandModule>;
}

export const commandTable: CommandEntry[] = [
  { name: 'issue', summary: 'mint a token for a user, or one for each of many', load: () => import('./issue.js') },
  { name: 'decode', summary: 'show what is in a token', load: () => import('./decode.js') },
  {
    name: 'check-scopes',
    summary: 'judge a token: what it lacks, and how to mend it',
    load: () => import('./check-scopes.js'),
  },
  {
    name: 'doctor',
    summary: 'why is the Inbox empty? The likeliest cause, and what mends it',
    load: () => import('./doctor.js'),
  },
  {
    name: 'diff',
    summary: 'two tokens, the one that works beside the one that does not',
    load: () => import('./diff.js'),
  },
  {
    name: 'exec',
    summary: 'run a command with a fresh token in its environment, and no API key',
    runs: true,
    load: () => import('./exec.js'),
  },
  {
    name: 'scopes',
    summary: 'the scopes and what needs them; a ready scope string',
    load: () => import('./scopes.js'),
  },
  {
    name: 'env',
    summary: 'keep an API key for each environment',
    commands: ['add', 'list', 'use', 'check', 'remove'],
    load: () => import('./env/index.js'),
  },
  {
    name: 'smoke',
    summary: 'mint and judge tokens for environments, users and surfaces: before a release',
    load: () => import('./smoke.js'),
  },
  {
    name: 'probe',
    summary: 'is the endpoint that mints for your front end safe? Tries it as a stranger would',
    load: () => import('./probe.js'),
  },
  {
    name: 'snippet',
    summary: 'the endpoint that mints for a front end, to paste into your backend',
    load: () => import('./snippet.js'),
  },
  {
    name: 'serve',
    summary: 'the endpoint that mints for a front end, while you develop one',
    load: () => import('./serve.js'),
  },
  {
    name: 'emulator',
    summary: 'a local Courier, for a front end and its backend, without account or key',
    load: () => import('./emulator.js'),
  },
  { name: 'completion', summary: 'a completion script for bash, zsh or fish', load: () => import('./completion.js') },
];

/** The command that the words name: `issue`, `env add`; nothing where they name none. */
export function commandIn(argv: string[]): string[] {
  const [name, second = ''] = operandsIn(argv);
  const entry = commandTable.find((one) => one.name === name);
  if (!entry) return [];
  return entry.commands?.includes(second) ? [entry.name, second] : [entry.name];
}

/** The words that are ours, and the command that they run: what stands after the `--` of `exec`, whose flags are none of ours. */
export function splitCommand(argv: string[]): { own: string[]; command?: string[] } {
  const end = argv.indexOf('--');
  const own = argv.slice(0, Math.max(0, end));
  const [name] = operandsIn(own);
  const isRun = commandTable.some((one) => one.name === name && one.runs);
  return isRun ? { own, command: argv.slice(end + 1) } : { own: argv };
}
