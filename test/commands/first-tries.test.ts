import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { valuedFlags } from '../../src/commands/argv.js';
import { buildProgram } from '../../src/commands/program.js';
import { commandTable } from '../../src/commands/table.js';
import { someRecord } from '../environments/memory.js';
import { type Outside, runInMemory } from '../support/context.js';

const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzY29wZSI6InVzZXJfaWQ6YWxpY2UifQ.c2lnbmF0dXJlLXRoYXQtbm9ib2R5LXNlZXM';

/** What is said, and the command that is offered to be pasted. */
async function tried(argv: string[], outside: Outside = {}) {
  const { code, stdout, stderr } = await runInMemory(argv, outside);
  const [said = '', offered = ''] = stderr.split('\n');
  return [code, stdout, said.replace('error: ', ''), offered.replace('  try: ', '')];
}

describe('what people try first is answered with what they meant', () => {
  const none = (word: string) => `there is no command ${word}.`;
  const beforeDashes = (word: string) =>
    `exec takes no ${word} before --: the command stands after it, and what is before it is for courier-jwt.`;
  const rows: { argv: string[]; said: string; offered: string }[] = [
    { argv: ['foo'], said: none('foo'), offered: 'courier-jwt --help' },
    { argv: ['foo', '--help'], said: none('foo'), offered: 'courier-jwt --help' },
    { argv: ['help', 'foo'], said: none('foo'), offered: 'courier-jwt --help' },
    { argv: ['mint', '-h'], said: none('mint'), offered: 'courier-jwt issue -h' },
    { argv: ['env', 'foo', '--help'], said: none('env foo'), offered: 'courier-jwt env --help' },
    { argv: ['env', 'foo'], said: none('env foo'), offered: 'courier-jwt env --help' },
    { argv: ['env', 'ls'], said: none('env ls'), offered: 'courier-jwt env list' },
    { argv: ['env', 'lst'], said: none('env lst'), offered: 'courier-jwt env list' },
    { argv: ['env', 'show'], said: none('env show'), offered: 'courier-jwt env list' },
    { argv: ['env', 'current'], said: none('env current'), offered: 'courier-jwt env list' },
    { argv: ['env', 'rm', 'old'], said: none('env rm'), offered: 'courier-jwt env remove old' },
    { argv: ['env', 'set', 'new'], said: none('env set'), offered: 'courier-jwt env add new' },
    { argv: ['env', 'switch', 'prod'], said: none('env switch'), offered: 'courier-jwt env use prod' },
    { argv: ['env', 'verify'], said: none('env verify'), offered: 'courier-jwt env check' },
    { argv: ['version'], said: none('version'), offered: 'courier-jwt --version' },
    { argv: ['-v'], said: 'there is no option -v. Did you mean --version?', offered: 'courier-jwt --version' },
    { argv: ['-V'], said: 'there is no option -V. Did you mean --version?', offered: 'courier-jwt --version' },
    { argv: ['emu'], said: none('emu'), offered: 'courier-jwt emulator' },
    { argv: ['mock', '--port', '0'], said: none('mock'), offered: 'courier-jwt emulator --port 0' },
    {
      argv: ['decode', '--ndjson', '--token-file', 't'],
      said: 'decode has no option --ndjson. Did you mean --lines?',
      offered: 'courier-jwt decode --lines --token-file t',
    },
    {
      argv: ['check-scopes', '--stream'],
      said: 'check-scopes has no option --stream. Did you mean --lines?',
      offered: 'courier-jwt check-scopes --lines',
    },
    {
      argv: ['check-scopes', '--batch'],
      said: 'check-scopes has no option --batch. Did you mean --lines?',
      offered: 'courier-jwt check-scopes --lines',
    },
    {
      argv: ['emulator', 'start', '--port', '0'],
      said: 'emulator takes no such word. Did you mean:',
      offered: 'courier-jwt emulator --port 0',
    },
    {
      argv: ['emulator', '4010'],
      said: 'emulator takes no such word. Did you mean:',
      offered: 'courier-jwt emulator --port 4010',
    },
    {
      argv: ['emulator', 'start', '--host', '127.0.0.1', '3000', '--fixed-ids'],
      said: 'emulator takes no such word. Did you mean:',
      offered: 'courier-jwt emulator --host 127.0.0.1 --port 3000 --fixed-ids',
    },
    {
      argv: ['emulator', 'inbox'],
      said: 'emulator takes no such word: see its help.',
      offered: 'courier-jwt emulator --help',
    },
    {
      argv: ['emulator', '-p', '3000'],
      said: 'emulator has no option -p. Did you mean --port?',
      offered: 'courier-jwt emulator --port 3000',
    },
    {
      argv: ['emulator', '--api-key', 'x', '--port', '0'],
      said: '--api-key is not an option: other users of this machine can see what stands on a command line. Without one the emulator takes any key; name a file, and it takes that one alone. If the key is real, rotate it (https://app.courier.com/settings/api-keys).',
      offered: 'courier-jwt emulator --api-key-file key.txt',
    },
    {
      argv: ['emulator', '-e', 'local', '--port', '0'],
      said: 'emulator and --env do not go together: it needs no key, and holds test and production both: the key of a request says which.',
      offered: 'courier-jwt emulator --port 0',
    },
    {
      argv: ['--region=eu', 'emulator', '--port', '0'],
      said: 'emulator and --region do not go together: --host and --port say where it listens.',
      offered: 'courier-jwt emulator --port 0',
    },
    {
      argv: ['emulator', '--env-file', '.env', '--seed', 'a.json'],
      said: 'emulator and --env-file do not go together: it reads no variables. --api-key-file takes the key of a file.',
      offered: 'courier-jwt emulator --seed a.json',
    },
    {
      argv: ['emulator', '--origin', 'http://app.test'],
      said: 'emulator has no option --origin. Did you mean --allow-origin?',
      offered: 'courier-jwt emulator --allow-origin http://app.test',
    },
    { argv: ['example'], said: none('example'), offered: 'courier-jwt snippet' },
    { argv: ['template', 'Express'], said: none('template'), offered: 'courier-jwt snippet --lang express' },
    {
      argv: ['scaffold', 'python', '--for', 'inbox'],
      said: none('scaffold'),
      offered: 'courier-jwt snippet --lang flask --for inbox',
    },
    { argv: ['boilerplate', '--lang', 'node'], said: none('boilerplate'), offered: 'courier-jwt snippet --lang node' },
    { argv: ['code'], said: none('code'), offered: 'courier-jwt snippet' },
    { argv: ['snipet', '--lang', 'curl'], said: none('snipet'), offered: 'courier-jwt snippet --lang curl' },
    {
      argv: ['snippet'],
      said: 'snippet needs --lang express, flask, spring, laravel, rails, node or curl.',
      offered: 'courier-jwt snippet --help',
    },
    {
      argv: ['snippet', 'flask', '--for', 'inbox'],
      said: 'snippet takes no such word. Did you mean:',
      offered: 'courier-jwt snippet --lang flask --for inbox',
    },
    {
      argv: ['-q', 'snippet', 'ruby'],
      said: 'snippet takes no such word. Did you mean:',
      offered: 'courier-jwt -q snippet --lang rails',
    },
    {
      argv: ['snippet', 'cobol'],
      said: 'snippet takes no such word: see its help.',
      offered: 'courier-jwt snippet --help',
    },
    ...(
      [
        ['python', 'flask'],
        ['django', 'flask'],
        ['js', 'express'],
        ['expresss', 'express'],
        ['nodejs', 'node'],
        ['Ruby', 'rails'],
        ['php', 'laravel'],
        ['java', 'spring'],
        ['sh', 'curl'],
      ] as const
    ).map(([other, meant]) => ({
      argv: ['snippet', '--lang', other, '--for', 'inbox'],
      said: `--lang ${other}: it takes express, flask, spring, laravel, rails, node or curl. Did you mean ${meant}?`,
      offered: `courier-jwt snippet --lang ${meant} --for inbox`,
    })),
    {
      argv: ['snippet', '--lang', 'cobol'],
      said: '--lang cobol: it takes express, flask, spring, laravel, rails, node or curl.',
      offered: 'courier-jwt snippet --help',
    },
    {
      argv: ['snippet', '--framework', 'rails'],
      said: 'snippet has no option --framework. Did you mean --lang?',
      offered: 'courier-jwt snippet --lang rails',
    },
    {
      argv: ['snippet', '-l', 'rails'],
      said: 'snippet has no option -l. Did you mean --lang?',
      offered: 'courier-jwt snippet --lang rails',
    },
    {
      argv: ['snippet', '--lang', 'rails', '--for', 'inbx'],
      said: '--for inbx: there is no such surface: inbox, toast, preferences, push, brands, create, inbox-legacy. Did you mean inbox?',
      offered: 'courier-jwt snippet --lang rails --for inbox',
    },
    {
      argv: ['snippet', '-e', 'test', '--lang', 'rails'],
      said: 'snippet and --env do not go together: it needs no key: the code takes COURIER_API_KEY from its own environment.',
      offered: 'courier-jwt snippet --lang rails',
    },
    {
      argv: ['snippet', '--region', 'eu', '--lang', 'rails'],
      said: 'snippet and --region do not go together: the code asks https://api.courier.com, or what COURIER_BASE_URL says: https://api.eu.courier.com.',
      offered: 'courier-jwt snippet --lang rails',
    },
    {
      argv: ['snippet', '--env-file', '.env', '--lang', 'rails'],
      said: 'snippet and --env-file do not go together: it reads no variables: the code does, where it runs.',
      offered: 'courier-jwt snippet --lang rails',
    },
    {
      argv: ['server', '--allow-user', 'alice'],
      said: none('server'),
      offered: 'courier-jwt serve --allow-user alice',
    },
    {
      argv: ['serve', 'alice', '8080'],
      said: 'serve takes no such word. Did you mean:',
      offered: 'courier-jwt serve --allow-user alice --port 8080',
    },
    {
      argv: ['serve', '-u', 'alice', '--port', '0'],
      said: 'serve has no option -u. Did you mean --allow-user?',
      offered: 'courier-jwt serve --allow-user alice --port 0',
    },
    {
      argv: ['serve', '--allow-user', 'alice', '--cors', 'http://app.test'],
      said: 'serve has no option --cors. Did you mean --origin?',
      offered: 'courier-jwt serve --allow-user alice --origin http://app.test',
    },
    { argv: ['serve', 'help'], said: 'serve takes no such word. Did you mean:', offered: 'courier-jwt serve --help' },
    {
      argv: ['serve', '-e', 'local', '--allow-user', 'alice bob'],
      said: '--allow-user alice bob cannot be a user id: it has white space in it, and a space in a user id adds scopes to the token.',
      offered: 'courier-jwt serve --help',
    },
    {
      argv: ['serve', '--allow-user', 'alice', '--host', '0.0.0.0'],
      said: 'serve has no option --host.',
      offered: 'courier-jwt serve --help',
    },
    {
      argv: ['probe', 'http://localhost:1/', '-u', 'alice', '-H', 'Cookie:sid=1'],
      said: 'probe has no option -H. Did you mean --header?',
      offered: 'courier-jwt probe http://localhost:1/ -u alice --header Cookie:sid=1',
    },
    { argv: ['serve'], said: 'serve needs --allow-user <id>.', offered: 'courier-jwt serve --help' },
    {
      argv: ['run', '-u', 'alice', '--', 'npm', 'test', '--json'],
      said: none('run'),
      offered: 'courier-jwt exec -u alice -- npm test --json',
    },
    { argv: ['compare', 'a', 'b'], said: none('compare'), offered: 'courier-jwt diff a b' },
    {
      argv: ['exec', '-u', 'alice', 'npm', 'test', '--watch', '--json=x'],
      said: beforeDashes('npm'),
      offered: 'courier-jwt exec -u alice -- npm test --watch --json=x',
    },
    {
      argv: ['exec', '-u', 'npm', '-e', 'local', 'npm', 'run', '--', 'test', '-u'],
      said: beforeDashes('npm'),
      offered: 'courier-jwt exec -u npm -e local -- npm run -- test -u',
    },
    {
      argv: ['exec', 'alice', '-e', 'local', '--', 'npm', 'test'],
      said: beforeDashes('alice'),
      offered: 'courier-jwt exec --user alice -e local -- npm test',
    },
    {
      argv: ['exec', 'local', '-u', 'alice', '--', 'npm', 'test'],
      said: beforeDashes('local'),
      offered: 'courier-jwt exec --env local -u alice -- npm test',
    },
    {
      argv: ['-qe', 'local', 'exec', '--userid=alice', '--', 'npm', '--userid', 'x'],
      said: 'exec has no option --userid=alice. Did you mean --user?',
      offered: 'courier-jwt exec -qe local --user=alice -- npm --userid x',
    },
    {
      argv: ['-u', 'alice', 'exec', '--', 'npm', '-u', 'x'],
      said: '-u belongs behind exec.',
      offered: 'courier-jwt exec -u alice -- npm -u x',
    },
    { argv: ['exec', '-u', 'alice'], said: 'exec needs a command after --.', offered: 'courier-jwt exec --help' },
    { argv: ['exec', '-u', 'alice', '--'], said: 'exec needs a command after --.', offered: 'courier-jwt exec --help' },
    { argv: ['exec', '--', 'npm', '-u', 'x'], said: 'exec needs --user <id>.', offered: 'courier-jwt exec --help' },
    { argv: ['login'], said: none('login'), offered: 'courier-jwt env add test' },
    { argv: ['login', 'prod'], said: none('login'), offered: 'courier-jwt env add prod' },
    {
      argv: ['login', '--api-key-stdin'],
      said: none('login'),
      offered: 'courier-jwt env add test --api-key-stdin',
    },
    {
      argv: ['scopes', 'inbox'],
      said: 'scopes takes no such word. Did you mean:',
      offered: 'courier-jwt scopes --for inbox',
    },
    {
      argv: ['issue', '--userid', 'alice', '--env', 'local'],
      said: 'issue has no option --userid. Did you mean --user?',
      offered: 'courier-jwt issue --user alice --env local',
    },
    {
      argv: ['check-scopes', '--ttl=1h', '-'],
      said: 'check-scopes has no option --ttl=1h. Did you mean --min-ttl?',
      offered: 'courier-jwt check-scopes --min-ttl=1h -',
    },
    {
      argv: ['check-scopes', '--scope', 'read:brands', '-'],
      said: 'check-scopes has no option --scope. Did you mean --require?',
      offered: 'courier-jwt check-scopes --require read:brands -',
    },
    {
      argv: ['-u', 'alice', 'issue', '--env', 'local'],
      said: '-u belongs behind issue.',
      offered: 'courier-jwt issue -u alice --env local',
    },
    {
      argv: ['issue', '-u', 'alice', '--for', 'push,inbx'],
      said: '--for inbx: there is no such surface: inbox, toast, preferences, push, brands, create, inbox-legacy. Did you mean inbox?',
      offered: 'courier-jwt issue -u alice --for push,inbox',
    },
    {
      argv: ['scopes', '--token', 'abc'],
      said: 'scopes has no option --token.',
      offered: 'courier-jwt scopes --help',
    },
    {
      argv: ['check-scopes', '--for', 'inbox', 'preferences'],
      said: '--for preferences: surfaces have commas between them: --for inbox,preferences.',
      offered: 'courier-jwt scopes',
    },
    {
      argv: ['check-scopes', '-u', '--strict'],
      said: '-u has no value: --strict follows it. Is a variable empty? A value that begins with - goes behind =.',
      offered: 'courier-jwt check-scopes --help',
    },
    {
      argv: ['issue', '--user', '--for', 'inbox'],
      said: '--user has no value: --for follows it. Is a variable empty? A value that begins with - goes behind =.',
      offered: 'courier-jwt issue --help',
    },
    {
      argv: ['--'],
      said: 'courier-jwt needs a command.',
      offered: 'courier-jwt --help',
    },
    { argv: ['scopes', 'x'], said: 'scopes takes no such word: see its help.', offered: 'courier-jwt scopes --help' },
  ];
  it.each(rows)('$argv', async ({ argv, said, offered }) => {
    expect(await tried(argv)).toEqual([2, '', said, offered]);
  });

  const misread = /^usage\.(?:parser|unknown|excess|conflict|value|token|no-value|option|repeated)/;
  it.each(rows)('and what is offered for $argv is understood', async ({ offered }) => {
    const records = { old: someRecord(), prod: someRecord(), test: someRecord() };
    const words = offered.split(' ').slice(1);
    const end = words.includes('--') ? words.indexOf('--') : words.length;
    const { stdout, ran } = await runInMemory(words.toSpliced(end, 0, '--json'), { records, stdin: token });
    // What exec runs has stdout for itself.
    const { error } = JSON.parse(ran.length > 0 ? '{}' : stdout) as { error?: { code: string } };
    expect(error?.code ?? 'understood').not.toMatch(misread);
  });
});

describe('a token in the wrong place', () => {
  const alone =
    'takes no token: it stands alone, or comes on stdin. Run this, paste the token, and press Enter and Ctrl-D:';
  const first = 'a token needs a command before it. Run this, paste the token, and press Enter and Ctrl-D:';
  const one = 'takes one token, or one text with it in quotes. Run this, paste it, and press Enter and Ctrl-D:';
  const rows: { argv: string[]; said: string; offered: string }[] = [
    { argv: [token], said: first, offered: 'courier-jwt decode -' },
    { argv: ['-e', 'local', token], said: first, offered: 'courier-jwt decode -' },
    { argv: ['--timeout', '3s', token], said: first, offered: 'courier-jwt decode -' },
    { argv: ['decode', '--token', token], said: `--token ${alone}`, offered: 'courier-jwt decode -' },
    {
      argv: ['check-scopes', '--for', 'inbox', `--token=${token}`],
      said: `--token ${alone}`,
      offered: 'courier-jwt check-scopes --for inbox -',
    },
    {
      argv: ['check-scopes', '--strict', '--token-file', token],
      said: `--token-file ${alone}`,
      offered: 'courier-jwt check-scopes --strict -',
    },
    {
      argv: ['decode', token.slice(0, 60), token.slice(60)],
      said: `decode ${one}`,
      offered: 'courier-jwt decode -',
    },
    { argv: ['decode', 'Bearer', token], said: `decode ${one}`, offered: 'courier-jwt decode -' },
    { argv: ['decode', token, token], said: `decode ${one}`, offered: 'courier-jwt decode -' },
    {
      argv: ['check-scopes', 'Bearer', token, '-u', 'alice'],
      said: `check-scopes ${one}`,
      offered: 'courier-jwt check-scopes -u alice -',
    },
  ];
  it.each(rows)('$argv', async ({ argv, said, offered }) => {
    expect(await tried(argv)).toEqual([2, '', said, offered]);
  });
});

describe('a file where a token belongs', () => {
  const said = (path: string) => `${path} is no token. If it is a file with one in it, name it with --token-file.`;
  const rows: { argv: string[]; path: string; offered: string }[] = [
    { argv: ['decode', '/tmp/t'], path: '/tmp/t', offered: 'courier-jwt decode --token-file /tmp/t' },
    { argv: ['decode', 'a.har'], path: 'a.har', offered: 'courier-jwt decode --token-file a.har' },
    {
      argv: ['check-scopes', './t', '--for', 'inbox'],
      path: './t',
      offered: 'courier-jwt check-scopes --for inbox --token-file ./t',
    },
  ];
  it.each(rows)('$argv', async ({ argv, path, offered }) => {
    expect(await tried(argv)).toEqual([2, '', said(path), offered]);
  });
});

describe('the same words once more, with what was missing', () => {
  const records = { test: someRecord(), prod: someRecord({ production: true }) };
  const rows: { argv: string[]; outside?: Outside; code: number; offered: string }[] = [
    {
      argv: ['env', 'remove', 'remove'],
      outside: { records: { remove: someRecord() } },
      code: 2,
      offered: 'courier-jwt env remove remove --yes',
    },
    { argv: ['env', 'remove', 'test', '-q'], code: 2, offered: 'courier-jwt env remove test -q --yes' },
    {
      argv: ['issue', '-u', 'alice', '-e', 'prod', '--for', 'inbox'],
      code: 2,
      offered: 'courier-jwt issue -u alice -e prod --for inbox --allow-production',
    },
    {
      argv: ['exec', '-u', 'alice', '-e', 'prod', '--', 'npm', 'run', '--json', '-e', 'x', '--'],
      code: 2,
      offered: 'courier-jwt exec -u alice -e prod --allow-production -- npm run --json -e x --',
    },
    {
      argv: ['exec', '-u', 'alice', '--api-key', 'not-a-real-key-at-all', '--', 'npm', '--api-key', 'x'],
      code: 2,
      offered: 'courier-jwt exec -u alice --api-key-stdin -- npm --api-key x',
    },
    {
      argv: ['issue', '-u', 'alice', '-e', 'prod', '--'],
      code: 2,
      offered: 'courier-jwt issue -u alice -e prod --allow-production',
    },
    {
      argv: ['env', 'add', 'test', '--api-key-stdin', '--storage', 'file'],
      outside: { stdin: 'pk_test_ANOTHERKEY1234' },
      code: 2,
      offered: 'courier-jwt env add test --api-key-stdin --storage file --replace',
    },
    {
      argv: ['issue', '-u', 'alice', '--tenant', 'acme'],
      code: 2,
      offered: 'courier-jwt issue -u alice --tenant acme --for create',
    },
    {
      argv: ['env', 'add', 'new', '--from-env', '--storage', 'keychain', '--no-check'],
      outside: { variables: { COURIER_API_KEY: 'pk_test_ANOTHERKEY1234' } },
      code: 3,
      offered: 'courier-jwt env add new --from-env --no-check --storage file',
    },
    {
      argv: ['env', 'add', 'test', '--from-env', '--no-check'],
      outside: { variables: { COURIER_API_KEY: 'pk_test_ANOTHERKEY1234' } },
      code: 2,
      offered: 'courier-jwt env add test --from-env --replace',
    },
    {
      argv: ['issue', '-u', 'alice', '--for', 'inbox', '--api-key', 'not-a-real-key-at-all'],
      code: 2,
      offered: 'courier-jwt issue -u alice --for inbox --api-key-stdin',
    },
    {
      argv: ['issue', '--API_KEY', 'not-a-real-key-at-all', '-u', 'alice'],
      code: 2,
      offered: 'courier-jwt issue -u alice --api-key-stdin',
    },
    {
      argv: ['issue', '-u', 'alice', '--env', 'tset'],
      code: 3,
      offered: 'courier-jwt issue -u alice --env test',
    },
    { argv: ['smoke-test'], code: 2, offered: 'courier-jwt smoke' },
    {
      argv: ['smoke', '--format', 'junit'],
      code: 2,
      offered: 'courier-jwt smoke --reporter junit',
    },
    { argv: ['smoke', '--workers', '4'], code: 2, offered: 'courier-jwt smoke --concurrency 4' },
    { argv: ['issue', '-u', 'alice'], code: 3, offered: 'courier-jwt env use prod' },
    {
      argv: ['env', 'add', 'new', '--from-env', '--region', 'eu'],
      code: 3,
      offered: 'courier-jwt env add new --region eu',
    },
    {
      argv: ['check-scopes', '--for', 'inbox', token.slice(0, 40)],
      code: 2,
      offered: 'courier-jwt check-scopes --for inbox -',
    },
    {
      argv: ['check-scopes', '-u', 'bob'],
      outside: {
        stdin: `${token}\n${token.replace('eyJzY29wZSI6InVzZXJfaWQ6YWxpY2UifQ', 'eyJzY29wZSI6InVzZXJfaWQ6Ym9iIn0')}`,
      },
      code: 2,
      offered: 'courier-jwt check-scopes -u bob -',
    },
  ];
  it.each(rows)('$argv', async ({ argv, outside, code, offered }) => {
    const { stderr, ...ran } = await runInMemory(argv, { records, ...outside });
    expect([ran.code, /^ {2}try: (.*)$/m.exec(stderr)?.[1]]).toEqual([code, offered]);
  });
});

describe('help is offered for the command that was meant', () => {
  const rows: { argv: string[]; offered: string }[] = [
    { argv: ['decode', '--token-file', 'issue', '--bogus'], offered: 'courier-jwt decode --help' },
    { argv: ['-e', 'env', 'issue', '--bogus'], offered: 'courier-jwt issue --help' },
    { argv: ['issue', '-u', 'a', '--output', 'xml'], offered: 'courier-jwt issue --help' },
    { argv: ['--region', 'us2', 'issue'], offered: 'courier-jwt issue --help' },
    { argv: ['env', 'add', 'test', '--storage', 'x'], offered: 'courier-jwt env add --help' },
    { argv: ['env', 'add'], offered: 'courier-jwt env add --help' },
    { argv: ['check-scopes', '--min-ttl', '7'], offered: 'courier-jwt check-scopes --help' },
    { argv: ['issue', '-u', 'USER_ID'], offered: 'courier-jwt issue --help' },
    { argv: ['--bogus'], offered: 'courier-jwt --help' },
  ];
  it.each(rows)('$argv', async ({ argv, offered }) => {
    const [code, stdout, , shown] = await tried(argv);
    expect([code, stdout, shown]).toEqual([2, '', offered]);
  });
});

it('a stand-in in a command is said to be one', async () => {
  const { stderr } = await runInMemory(['decode', '-'], { stdin: 'pk_test_ABCDEFGHIJ' });
  expect(stderr.split('\n').slice(1)).toEqual([
    '  try: courier-jwt issue --user USER_ID',
    "  (USER_ID stands for the user's own id)",
    '',
  ]);
});

it('knows every flag that takes a value', async () => {
  const program = await buildProgram(commandTable, commandTable, () => async () => {}, { write() {} });
  const below = (command: Command): Command[] => [command, ...command.commands.flatMap(below)];
  const valued = below(program).flatMap(({ options }) => options.filter(({ required }) => required));
  const missing = valued.flatMap(({ short, long }) => [short, long]).filter((flag) => flag && !valuedFlags.has(flag));
  expect([valued.length > 15, missing]).toEqual([true, []]);
});
