import type { CommandModule } from './tools.js';

export interface CommandEntry {
  name: string;
  summary: string;
  /** The commands of a group. */
  commands?: string[];
  /** Chunks of their own: a command loads its code and no other's. */
  load(): Promise<CommandModule>;
}

export const commandTable: CommandEntry[] = [
  { name: 'issue', summary: 'mint a token for a user', load: () => import('./issue.js') },
  { name: 'decode', summary: 'show what is in a token', load: () => import('./decode.js') },
  {
    name: 'check-scopes',
    summary: 'judge a token: what it lacks, and how to mend it',
    load: () => import('./check-scopes.js'),
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
  { name: 'completion', summary: 'a completion script for bash, zsh or fish', load: () => import('./completion.js') },
];

/** The command that the words name: `issue`, `env add`; nothing where they name none. */
export function commandIn(argv: string[]): string[] {
  const [name, second = ''] = operandsIn(argv);
  const entry = commandTable.find((one) => one.name === name);
  if (!entry) return [];
  return entry.commands?.includes(second) ? [entry.name, second] : [entry.name];
}

/** The flags that take the next word; a test holds them against the parser's. */
export const valuedFlags = new Set(
  [
    '-e --env --region --timeout --env-file -u --user --for --scope --tenant --expires-in --output --api-key-file',
    '--storage --require --tenant-scope --min-ttl --leeway --token-file',
    // Not ours, but tried.
    '--api-key --apikey --key --secret --auth-token --courier-api-key',
  ].flatMap((names) => names.split(' ')),
);

/** The words that are neither flags nor a flag's value. */
export function operandsIn(argv: string[]): string[] {
  return partsOf(argv).flatMap(({ flag, words }) => (flag === undefined ? words : []));
}

/** A command line in its parts: a flag with its value, or a word. What stands after `--` is words, and so is `-`. */
export function partsOf(argv: string[]): { flag?: string; words: string[] }[] {
  const parts: { flag?: string; words: string[] }[] = [];
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  for (let i = 0; i < end; i += 1) {
    const word = argv[i]!;
    const isFlag = word.startsWith('-') && word !== '-';
    const [flag = ''] = word.split('=');
    const takesNext = isFlag && valuedFlags.has(word) && i + 1 < end;
    parts.push(isFlag ? { flag, words: takesNext ? [word, argv[i + 1]!] : [word] } : { words: [word] });
    if (takesNext) i += 1;
  }
  return [...parts, ...argv.slice(end + 1).map((word) => ({ words: [word] }))];
}
