import { surfaces } from '../scopes/catalogue.js';
import { similar } from '../scopes/similar.js';
import { languageMeant } from '../snippets/languages.js';
import { operandsIn, partsOf } from './argv.js';
import { commandTable, splitCommand } from './table.js';
import { pasteable } from './words.js';

/** What people type first, by the command that does it. */
const otherNames: Record<string, string[]> = {
  issue: ['mint', 'token', 'create', 'generate', 'sign', 'new', 'jwt', 'issue-token', 'get-token'],
  decode: ['parse', 'show', 'inspect', 'read', 'view', 'debug', 'explain', 'dump'],
  'check-scopes': ['check', 'verify', 'validate', 'lint', 'test', 'check-scope', 'check-token'],
  doctor: ['diagnose', 'diagnostics', 'why', 'troubleshoot', 'examine', 'health', 'prove', 'fix'],
  exec: ['run', 'with', 'execute', 'spawn', 'wrap'],
  diff: ['compare', 'cmp', 'differ', 'versus', 'vs'],
  scopes: ['scope', 'surfaces', 'permissions', 'catalogue', 'catalog'],
  'env add': ['login', 'auth', 'configure', 'config', 'init', 'setup', 'add', 'set-key', 'signin', 'rotate', 'import'],
  'env list': ['list', 'ls', 'envs', 'environments', 'profiles', 'keys', 'current'],
  'env use': ['use', 'switch', 'default', 'select', 'activate'],
  'env check': ['status', 'whoami', 'ping'],
  'env remove': ['logout', 'remove', 'rm', 'delete', 'signout', 'forget', 'unset'],
  emulator: ['emu', 'emulate', 'emulators', 'mock', 'fake', 'serve-emulator', 'local', 'start', 'listen'],
  probe: ['audit', 'scan', 'pentest', 'endpoint', 'check-endpoint', 'attack', 'backend'],
  serve: ['server', 'dev', 'dev-server', 'endpoint-server', 'serve-token', 'serve-tokens', 'devserver'],
  snippet: [
    'snippets',
    'example',
    'examples',
    'sample',
    'template',
    'scaffold',
    'boilerplate',
    'code',
    'codegen',
    'how-to',
  ],
  smoke: ['smoke-test', 'smoketest', 'ci'],
  completion: ['completions', 'autocomplete'],
  '--version': ['version'],
};

/** The same after `env`, where some words mean something else. */
const otherEnvNames: Record<string, string[]> = {
  'env add': ['new', 'create', 'set', 'update', 'replace'],
  'env list': ['show', 'get', 'view', 'all'],
  'env check': ['test', 'verify', 'validate', 'prove'],
};

/** What was probably meant by a command that is none, alone or in a group; `rest` are the words after it. */
export function suggestCommand(group: string, word: string, rest: string[]): string[] | undefined {
  const lower = word.toLowerCase();
  const isEnv = group === 'env';
  const others = Object.entries({ ...(isEnv && otherEnvNames) }).concat(Object.entries(otherNames));
  const byOtherName = others.find(([name, names]) => names.includes(lower) && (!isEnv || name.startsWith('env ')))?.[0];
  const commands = isEnv ? commandTable.flatMap(({ commands: of = [] }) => of) : commandTable.map(({ name }) => name);
  const bySpelling = similar(lower, commands);
  const name = byOtherName ?? (bySpelling && [group, bySpelling].join(' ').trim());
  if (name === undefined) return undefined;
  // It needs a name, and `test` is what most begin with.
  const named = name === 'env add' && operandsIn(rest).length === 0 ? [name, 'test'] : [name];
  const words = named.join(' ').split(' ');
  const all = [...words, ...rest];
  return (name === 'snippet' ? rephrased(all, phrases.snippet) : undefined) ?? pasteable(all) ?? pasteable(words);
}

/** What was probably meant by a word too many: `scopes inbox`. */
export function suggestOperand(command: string, argv: string[]): string[] | undefined {
  const phrase = (phrases as Record<string, Phrase | undefined>)[command];
  if (phrase) return rephrased(argv, phrase);
  const surface = surfaces.find(({ id }) => argv.includes(id));
  return command === 'scopes' && surface ? ['courier-jwt', 'scopes', '--for', surface.id] : undefined;
}

/** What a word means that stands alone: a server starts by itself, and all else is behind its flag. */
const phrases = {
  emulator: (word: string) => ofServer(word) ?? [word],
  serve: (word: string) => ofServer(word) ?? ['--allow-user', word],
  probe: (word: string) => (/[./:]/.test(word) ? [word] : ['--user', word]),
  snippet(word: string) {
    const language = languageMeant(word);
    return language ? ['--lang', language] : [word];
  },
} satisfies Record<string, Phrase>;

type Phrase = (word: string) => string[];

function ofServer(word: string): string[] | undefined {
  if (word === 'help') return ['--help'];
  if (['start', 'run', 'up', 'serve'].includes(word)) return [];
  return /^\d{1,5}$/.test(word) ? ['--port', word] : undefined;
}

/** A command line whose words that are no flags are said in another way; undefined where that changes nothing. */
function rephrased(argv: string[], phrase: Phrase): string[] | undefined {
  const parts = partsOf(argv);
  const command = parts.find(({ flag }) => flag === undefined);
  const words = parts.flatMap((part) =>
    part.flag === undefined && part !== command ? part.words.flatMap(phrase) : part.words,
  );
  return words.join(' ') === argv.join(' ') ? undefined : pasteable(words);
}

/** What was probably meant by a word too many before the `--` of `exec`: as a rule it is where the command begins. */
export function suggestRun(argv: string[]): string[] | undefined {
  const { own, command } = splitCommand(argv);
  const parts = partsOf(own);
  const [, loose, ...more] = parts.flatMap(({ flag }, i) => (flag === undefined ? [i] : []));
  const before = parts.slice(0, loose).flatMap(({ words }) => words);
  const behind = argv.slice(before.length);
  // aws-vault's profile stands there.
  const missing = [/^(?:-u|--user)/, /^(?:-e|--env)$/].findIndex((flag) => !own.some((word) => flag.test(word)));
  const flag = ['--user', '--env'][missing];
  if (command && more.length === 0 && flag) return pasteable([...before, flag, ...behind]);
  // They stood behind the command, where they are its own: whose token it is, it must be told before.
  const user = behind.findIndex((word) => word === '-u' || word === '--user');
  if (flag === '--user' && user > 0 && behind[user + 1] !== undefined)
    return pasteable([...before, ...behind.slice(user, user + 2), '--', ...behind.toSpliced(user, 2)]);
  return pasteable([...before, '--', ...behind]);
}

/** The options that people try, by what does it. */
export function suggestOption(option: string, known: string[]): string | undefined {
  const name = option.split('=')[0]!;
  const others: Record<string, string[]> = {
    '--user-id': ['--user'],
    '--userid': ['--user'],
    '--scopes': ['--scope', '--require'],
    '--scope': ['--require'],
    '--require': ['--scope'],
    '--expires': ['--expires-in', '--min-ttl'],
    '--expiry': ['--expires-in', '--min-ttl'],
    '--ttl': ['--expires-in', '--min-ttl'],
    '--file': ['--token-file', '--users'],
    '-f': ['--token-file', '--users'],
    '--input': ['--token-file', '--users'],
    '--user-file': ['--users'],
    '--users-file': ['--users'],
    '--csv': ['--users'],
    '--column': ['--users-column'],
    '--output-file': ['--out'],
    '-o': ['--out', '--output'],
    '--continue': ['--resume'],
    '--rps': ['--rate'],
    '--rate-limit': ['--rate'],
    '--throttle': ['--rate'],
    '-j': ['--concurrency'],
    '--jobs': ['--concurrency'],
    '--threads': ['--concurrency'],
    '--surface': ['--for'],
    '--surfaces': ['--for'],
    '--environment': ['--env'],
    '--production': ['--allow-production'],
    '--force': ['--yes'],
    '--origin': ['--allow-origin'],
    '--allow-origin': ['--origin'],
    '--cors': ['--allow-origin', '--origin'],
    '-u': ['--allow-user'],
    '--user': ['--allow-user'],
    '--users': ['--allow-user'],
    '--allow': ['--allow-user'],
    '-p': ['--port'],
    '--hostname': ['--host'],
    '--host': ['--allow-host'],
    '--bind': ['--host'],
    '--data': ['--seed', '--body'],
    '-d': ['--body'],
    '-H': ['--header'],
    '--headers': ['--header'],
    '-b': ['--header'],
    '--cookie': ['--header'],
    '-X': ['--method'],
    '--request': ['--method'],
    '--language': ['--lang'],
    '--framework': ['--lang'],
    '-l': ['--lang'],
    '--format': ['--output', '--reporter'],
    '--reporters': ['--reporter'],
    '--workers': ['--concurrency'],
    '--parallel': ['--concurrency'],
    '--stream': ['--lines'],
    '--ndjson': ['--lines', '--users'],
    '--jsonl': ['--lines', '--users'],
    '--batch': ['--lines', '--users'],
    '--bulk': ['--lines', '--users'],
    '--tokens': ['--lines'],
    '-v': ['--version'],
  };
  const meant = others[name] ?? others[name.toLowerCase()];
  return meant ? meant.find((other) => known.includes(other)) : similar(name, known);
}
