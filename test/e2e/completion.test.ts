import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/commands/program.js';
import { commandTable } from '../../src/commands/table.js';
import { isInstalled } from '../support/keychain-session.js';
import { courierJwt } from '../support/run.js';
import { hasTerminal, openTerminal } from '../support/terminal-session.js';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];
type Offers = [line: string, words: string[]];

const longest = 'n'.repeat(32);
const kept = ['eu-prod', longest, 'test'];
/** No environments: run or expanded, the first of these names would leave a file behind. */
const strangeNames = [
  '$(touch X)',
  '`touch X`',
  'a; touch X',
  '*',
  'Test',
  'test.old',
  '-x',
  `${longest}n`,
  'tes\nt',
  'te st',
  'tést',
];

const root = mkdtempSync(join(tmpdir(), 'courier-jwt-completion-'));
const scripts = join(root, 'scripts');
const config = join(root, 'odd $(touch X) * config');
/** Where the shells are: nothing may appear in it. */
const work = join(root, 'work');
/** A `courier-jwt` that would show that it was started. */
const path = `${join(root, 'bin')}:${process.env.PATH}`;

beforeAll(async () => {
  for (const folder of [scripts, work, join(root, 'bin')]) mkdirSync(folder);
  writeFileSync(join(root, 'bin', 'courier-jwt'), '#!/bin/sh\ntouch started\n', { mode: 0o755 });
  writeFileSync(join(work, 'token.txt'), '');
  keep(config, ...kept, ...strangeNames);
  for (const shell of shells) {
    const { stdout } = await courierJwt(['completion', shell]);
    // The name that zsh looks for.
    writeFileSync(join(scripts, shell === 'zsh' ? '_courier-jwt' : shell), stdout);
  }
});

afterEach(() => expect(readdirSync(work)).toEqual(['token.txt']));

function keep(folder: string, ...names: string[]): void {
  mkdirSync(join(folder, 'environments'), { recursive: true });
  for (const name of names) writeFileSync(join(folder, 'environments', `${name}.json`), '{}');
}

/** Every command, and every long flag of each, as the parser has them. */
const everything = await (async (): Promise<Offers[]> => {
  const program = await buildProgram(commandTable, commandTable, () => async () => {}, { write() {} });
  const help = program.createHelp();
  const all = help.visibleOptions(program);
  const below = (command: Command, line: string): Offers[] => {
    const flags = new Set([...all, ...command.options].map(({ long }) => long!));
    const inside = help.visibleCommands(command).map((one) => one.name());
    return [
      [`${line} --`, [...flags].toSorted()],
      ...(inside.length > 0 ? [[`${line} `, inside.toSorted()] satisfies Offers] : []),
      ...command.commands.flatMap((one) => below(one, `${line} ${one.name()}`)),
    ];
  };
  return below(program, 'courier-jwt');
})();

describe('courier-jwt completion', () => {
  it.each([
    [['tcsh'], 'error: completion tcsh: it takes bash, zsh or fish.\n  try: courier-jwt completion --help\n'],
    [
      ['constructor'],
      'error: completion constructor: it takes bash, zsh or fish.\n  try: courier-jwt completion --help\n',
    ],
    [[], "error: missing required argument 'shell'.\n  try: courier-jwt completion --help\n"],
  ])('%j is a mistake in usage', async (words, stderr) => {
    expect(await courierJwt(['completion', ...words])).toEqual({ code: 2, signal: null, stdout: '', stderr });
  });

  it.each(shells)('%s: the script alone on stdout, with --json in a document', async (shell) => {
    const { stdout: script, ...plain } = await courierJwt(['completion', shell]);
    const { stdout: json, ...document } = await courierJwt(['completion', shell, '--json']);
    expect(plain).toEqual({ code: 0, signal: null, stderr: '' });
    expect(document).toEqual(plain);
    expect(script).toMatch(/^#[^]*[^\n]\n$/);
    expect(JSON.parse(json)).toEqual({ shell, script: script.slice(0, -1) });
  });

  it.each(shells)('%s: every command and every flag is in the script', async (shell) => {
    const { stdout } = await courierJwt(['completion', shell]);
    const words = new Set(everything.flatMap(([line, offered]) => [...line.split(' '), ...offered]));
    const inScript = (word: string) => {
      const named = shell === 'fish' ? word.replace(/^--/, '-l ') : word;
      return new RegExp(`(?<![\\w-])${named}(?![\\w-])`).test(stdout);
    };
    expect([...words].filter((word) => word !== '' && word !== '--' && !inScript(word))).toEqual([]);
  });
});

/**
 * Run in a shell before the first line. TAB then leaves `word …` for all that is offered, whole as it would stand on the
 * line, and ^O leaves `line …` for the line that it finds and clears.
 */
const setups: Record<Shell, string> = {
  bash: `
source "$SCRIPTS/bash"
spy() {
  _courier_jwt "$@"
  local before=\${COMP_LINE:0:COMP_POINT} reply
  before=\${before%"$2"}
  for reply in "\${COMPREPLY[@]}"; do printf 'word %s\\n' "\${before##* }$reply" >> "$OUT"; done
}
eval "$(complete -p courier-jwt | sed 's/_courier_jwt/spy/')"
dump() { printf 'line %s|\\n' "$READLINE_LINE" >> "$OUT"; READLINE_LINE='' READLINE_POINT=0; }
bind -x '"\\C-o": dump'`,
  // Of its own accord zsh runs a $(…) in the word that TAB is on, whoever completes it, unless TAB is complete-word.
  zsh: `
fpath=("$SCRIPTS" $fpath)
autoload -U compinit && compinit -u -d "$SCRIPTS/zcompdump"
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a hits
  builtin compadd -O hits "$@"
  (( $#hits )) && print -rl -- "word $IPREFIX"\${^hits} >> "$OUT"
  builtin compadd "$@"
}
dump() { print -r -- "line $BUFFER|" >> "$OUT"; BUFFER= }
zle -N dump
bindkey '^O' dump
bindkey '^I' complete-word`,
  fish: `
source "$SCRIPTS/fish"
function tab
  for word in (complete -C (commandline -cp)); echo word (string split -f 1 \\t -- $word) >> $OUT; end
  commandline -f complete
end
function dump; echo line (commandline)'|' >> $OUT; commandline ''; end
bind \\t tab
bind \\co dump`,
};

const starts: Record<Shell, (rc: string) => string> = {
  bash: (rc) => `bash --noprofile --rcfile ${rc} -i`,
  zsh: () => 'zsh -d -i',
  fish: (rc) => `fish --no-config -i -C 'source ${rc}'`,
};

interface Seat {
  /** Types `line` and TAB, with `behind` behind the cursor: what was offered, sorted, and what stands there then. */
  tab(line: string, behind?: string): Promise<{ words: string[]; line: string }>;
  run(command: string): Promise<void>;
  close(): void;
}

/** A real shell on a real terminal; `before` and `after` are run around its setup. */
async function sitDown(shell: Shell, { before = '', after = '' } = {}): Promise<Seat> {
  const folder = mkdtempSync(join(root, `${shell}-`));
  const out = join(folder, 'out');
  const rc = join(folder, '.zshrc');
  writeFileSync(out, '');
  writeFileSync(rc, `${before}\n${setups[shell]}\n${after}\n`);
  const variables = {
    HOME: folder,
    PATH: path,
    COURIER_JWT_CONFIG_DIR: config,
    ZDOTDIR: folder,
    SCRIPTS: scripts,
    OUT: out,
  };
  const terminal = await openTerminal(variables, { columns: 200, rows: 50, cwd: work });
  await terminal.run(`exec ${starts[shell](rc)}`);
  const press = async (...keys: string[]) => {
    const from = readFileSync(out, 'utf8').length;
    await terminal.press(...keys, 'C-o');
    const seen = () => readFileSync(out, 'utf8').slice(from);
    await expect.poll(seen, { timeout: 20_000, interval: 20 }).toMatch(/^line .*\|$/m);
    const words = Array.from(seen().matchAll(/^word (.*)$/gm), ([, word]) => word!);
    return { words: [...new Set(words)].toSorted(), line: /^line (.*)\|$/m.exec(seen())![1]! };
  };
  return {
    async tab(line, behind = '') {
      await terminal.type(line + behind);
      return press(...Array.from(behind, () => 'Left'), 'Tab');
    },
    async run(command) {
      await terminal.type(command);
      await press('Enter');
    },
    close: terminal.close,
  };
}

const scopes = [
  'inbox:read:messages',
  'inbox:write:events',
  'read:brands',
  'read:messages',
  'read:preferences',
  'read:user-tokens',
  'tenants:brand:read',
  'tenants:notifications:read',
  'tenants:notifications:write',
  'tenants:read',
  'write:brands',
  'write:preferences',
  'write:user-tokens',
];
const durations = ['10s', '12h', '1d', '1h', '1m', '30m', '7d'];
const withLocal = ['eu-prod', 'local', longest, 'test'];
const behind = (before: string, words: string[]) => words.map((word) => before + word);

const offers: Offers[] = [
  ['courier-jwt iss', ['issue']],
  ['courier-jwt -q --env test iss', ['issue']],
  ['courier-jwt --env=test iss', ['issue']],
  ['X=1 courier-jwt iss', ['issue']],
  ['courier-jwt -e issue --dry', []],
  ['courier-jwt env ', ['add', 'check', 'help', 'list', 'remove', 'use']],
  ['courier-jwt help chec', ['check-scopes']],
  ['courier-jwt env help ', ['add', 'check', 'list', 'remove', 'use']],
  ['courier-jwt completion ', ['bash', 'fish', 'zsh']],
  ['courier-jwt completion bash ', []],
  ['courier-jwt -e test issue ', []],
  ['courier-jwt issue --for inbox in', []],

  ['courier-jwt -e ', withLocal],
  ['courier-jwt --env ', withLocal],
  ['courier-jwt issue --env=', behind('--env=', withLocal)],
  ['courier-jwt issue --env=te', ['--env=test']],
  ['courier-jwt env use ', withLocal],
  ['courier-jwt env check --json ', withLocal],
  ['courier-jwt env add ', kept],
  ['courier-jwt env remove ', kept],
  ['courier-jwt env use -- te', ['test']],
  ['courier-jwt env use test ', []],

  ['courier-jwt issue --for ', ['brands', 'create', 'inbox', 'inbox-legacy', 'preferences', 'push', 'toast']],
  ['courier-jwt scopes --for in', ['inbox', 'inbox-legacy']],
  ['courier-jwt check-scopes --for inbox,to', ['inbox,toast']],
  ['courier-jwt env check --for inbox,toast,in', ['inbox,toast,inbox-legacy']],
  ['courier-jwt issue --for=inbox,p', ['--for=inbox,preferences', '--for=inbox,push']],
  ['courier-jwt issue --for=inbox,i', ['--for=inbox,inbox-legacy']],
  ['courier-jwt issue --for inbox --for in', ['inbox', 'inbox-legacy']],

  ['courier-jwt issue --scope ', scopes],
  ['courier-jwt issue --scope inbox:re', ['inbox:read:messages']],
  ['courier-jwt issue --scope inbox:', ['inbox:read:messages', 'inbox:write:events']],
  ['courier-jwt issue --scope=inbox:', ['--scope=inbox:read:messages', '--scope=inbox:write:events']],
  [
    'courier-jwt issue --scope read:brands,inbox:read:messages,inbox:',
    ['read:brands,inbox:read:messages,inbox:write:events'],
  ],
  [
    'courier-jwt check-scopes --require read:brands,',
    behind(
      'read:brands,',
      scopes.filter((scope) => scope !== 'read:brands'),
    ),
  ],
  ['courier-jwt check-scopes --require=nothing:re', []],

  ['courier-jwt --region ', ['eu', 'us']],
  ['courier-jwt issue --region=e', ['--region=eu']],
  ['courier-jwt env add x --storage ', ['file', 'keychain']],
  ['courier-jwt snippet --lang ', ['curl', 'express', 'flask', 'laravel', 'node', 'rails', 'spring']],
  ['courier-jwt issue --output ', ['env', 'token']],
  [
    'courier-jwt check-scopes --tenant-scope ',
    ['draft/production', 'draft/test', 'production', 'published/production', 'published/test', 'test'],
  ],
  ['courier-jwt issue --expires-in ', durations],
  ['courier-jwt check-scopes --min-ttl ', durations],
  ['courier-jwt check-scopes --leeway ', durations],
  ['courier-jwt env list --timeout ', durations],
  ['courier-jwt issue --user ', []],
  ['courier-jwt issue --user=', []],

  ['courier-jwt issue --a', ['--allow-production', '--api-key-file', '--api-key-stdin']],
  ['courier-jwt decode eyJ --to', ['--token-file', '--token-path']],
  ['courier-jwt issue -- --', []],
  ['courier-jwt exec -u alice --for in', ['inbox', 'inbox-legacy']],
  ['courier-jwt exec -u alice -- --', []],
  ['courier-jwt exec -u alice -- npm --', []],
  ['courier-jwt exec -u alice -- npm ', []],
  ['courier-jwt scopesx --f', []],
  ['courier-jwt issue --nothing', []],
];

/** What is completed has to come all the same, where words are given: or else it might only have given up. */
const hostile: [line: string, words?: string[]][] = [
  ['courier-jwt issue --user "$(touch X)" -e te', ['test']],
  ['courier-jwt issue --user $(touch X) --env=te', ['--env=test']],
  ['courier-jwt issue --user `touch X` -e te', ['test']],
  ["courier-jwt issue --user 'x;touch X' --scope inbox:re", ['inbox:read:messages']],
  ['courier-jwt issue --user * --tenant [a-z]? --for in', ['inbox', 'inbox-legacy']],
  ['courier-jwt issue --user ~/{a,b} --tenant $HOME --for in', ['inbox', 'inbox-legacy']],
  ['courier-jwt issue --user a;courier-jwt -e te', ['test']],
  ['courier-jwt env use $(touch X)', []],
  ['courier-jwt env use \\$(touch'],
  ['courier-jwt issue --for=$(touch X)', []],
  ['courier-jwt $(touch X) -e te'],
  ['courier-jwt `touch X` -e te'],
  ['courier-jwt issue --for $(touch X),in', []],
  ['courier-jwt issue --for `touch X`,in', []],
  ["courier-jwt issue --for '$(touch X)',in", []],
  ['courier-jwt issue --for *,in', []],
  ['courier-jwt issue --for "$(touch X)",in', []],
  ['courier-jwt --$(touch X)=te'],
  ['courier-jwt -e *'],
];

const lines: [line: string, after: Record<Shell, string>][] = [
  ['courier-jwt iss', everywhere('courier-jwt issue ')],
  ['courier-jwt --env=te', everywhere('courier-jwt --env=test ')],
  ['courier-jwt env use te', everywhere('courier-jwt env use test ')],
  // After one of a list there may be another: zsh takes its comma back when no other follows.
  [
    'courier-jwt issue --for inbox,to',
    {
      bash: 'courier-jwt issue --for inbox,toast',
      zsh: 'courier-jwt issue --for inbox,toast,',
      fish: 'courier-jwt issue --for inbox,toast ',
    },
  ],
  [
    'courier-jwt issue --scope=read:brands,inbox:re',
    {
      bash: 'courier-jwt issue --scope=read:brands,inbox:read:messages',
      zsh: 'courier-jwt issue --scope=read:brands,inbox:read:messages,',
      fish: 'courier-jwt issue --scope=read:brands,inbox:read:messages ',
    },
  ],
  [
    'courier-jwt issue --scope "read:brands,inbox:re',
    {
      bash: 'courier-jwt issue --scope "read:brands,inbox:read:messages"',
      zsh: 'courier-jwt issue --scope "read:brands,inbox:read:messages,',
      fish: 'courier-jwt issue --scope "read:brands,inbox:read:messages" ',
    },
  ],
  ['courier-jwt decode --token-file to', everywhere('courier-jwt decode --token-file token.txt ')],
  ['courier-jwt decode --token-file=to', everywhere('courier-jwt decode --token-file=token.txt ')],
  ['courier-jwt env add x --api-key-file to', everywhere('courier-jwt env add x --api-key-file token.txt ')],
  ['courier-jwt issue --env-file to', everywhere('courier-jwt issue --env-file token.txt ')],
  ['courier-jwt decode to', everywhere('courier-jwt decode to')],
  ['courier-jwt diff to', everywhere('courier-jwt diff token.txt ')],
  ['courier-jwt diff - to', everywhere('courier-jwt diff - token.txt ')],
  ['courier-jwt diff token.txt to', everywhere('courier-jwt diff token.txt token.txt ')],
  ['courier-jwt issue --user to', everywhere('courier-jwt issue --user to')],
];

function everywhere(line: string): Record<Shell, string> {
  return { bash: line, zsh: line, fish: line };
}

describe.each(shells)('%s', (shell) => {
  describe.skipIf(!hasTerminal || !isInstalled(shell))('with a real TAB', () => {
    let seat: Seat;
    beforeAll(async () => void (seat = await sitDown(shell)), 60_000);
    afterAll(() => seat.close());

    it.each([...offers, ...everything])('%s', async (line, words) => {
      expect((await seat.tab(line)).words).toEqual(words);
    });

    it.each(hostile)('runs nothing of %s', async (line, words) => {
      const { words: offered } = await seat.tab(line);
      if (words) expect(offered).toEqual(words);
      expect(readdirSync(work)).toEqual(['token.txt']);
    });

    it.each(lines)('%s', async (line, after) => {
      expect((await seat.tab(line)).line).toBe(after[shell]);
    });

    it('does not look behind the cursor', async () => {
      const { words, line } = await seat.tab('courier-jwt env use te', ' --json');
      expect([words, line.replace(/ +/g, ' ')]).toEqual([['test'], 'courier-jwt env use test --json']);
    });
  });

  describe.skipIf(!hasTerminal || !isInstalled(shell))('looks for environments where courier-jwt keeps them', () => {
    const folders = {
      own: join(root, 'own'),
      xdg: join(root, 'xdg'),
      home: join(root, 'home'),
      none: join(root, 'none'),
    };
    let seat: Seat;
    beforeAll(async () => {
      keep(folders.own, 'own');
      keep(join(folders.xdg, 'courier-jwt'), 'xdg');
      keep(join(folders.home, '.config', 'courier-jwt'), 'home');
      seat = await sitDown(shell);
    }, 60_000);
    afterAll(() => seat.close());

    it.each([
      [folders.own, folders.xdg, folders.home, ['local', 'own']],
      ['', folders.xdg, folders.home, ['local', 'xdg']],
      ['', '', folders.home, ['home', 'local']],
      [folders.none, folders.xdg, folders.home, ['local']],
    ])('COURIER_JWT_CONFIG_DIR=%s XDG_CONFIG_HOME=%s HOME=%s', async (own, xdg, home, words) => {
      await seat.run(`export COURIER_JWT_CONFIG_DIR='${own}' XDG_CONFIG_HOME='${xdg}' HOME='${home}'`);
      expect((await seat.tab('courier-jwt env use ')).words).toEqual(words);
    });
  });
});

/** A few lines, in shells that somebody has set up in another way. */
const few: Offers[] = [
  ['courier-jwt -e ', withLocal],
  ['courier-jwt issue --env=te', ['--env=test']],
  ['courier-jwt issue --for=inbox,to', ['--for=inbox,toast']],
  ['courier-jwt issue --scope read:brands,inbox:re', ['read:brands,inbox:read:messages']],
];
const bashCompletion = '/usr/share/bash-completion/bash_completion';

describe.each<[title: string, shell: Shell, setup: { before?: string; after?: string }, needs?: string]>([
  ['bash with the bash-completion package', 'bash', { before: `source ${bashCompletion}` }, bashCompletion],
  ['bash that cuts no words at = and :', 'bash', { before: 'COMP_WORDBREAKS=${COMP_WORDBREAKS//[=:]/}' }],
  ['bash with other options', 'bash', { after: 'set -uf; shopt -s failglob nocasematch; IFS=d' }],
  [
    'zsh that sourced the script',
    'zsh',
    { after: 'unfunction _courier-jwt; compdef -d courier-jwt; source "$SCRIPTS/_courier-jwt"' },
  ],
  [
    'zsh with other options',
    'zsh',
    { after: 'setopt ksh_arrays sh_word_split glob_subst no_unset no_case_glob; IFS=t' },
  ],
])('%s', (_, shell, setup, needs = '/') => {
  describe.skipIf(!hasTerminal || !isInstalled(shell) || !existsSync(needs))('with a real TAB', () => {
    let seat: Seat;
    beforeAll(async () => void (seat = await sitDown(shell, setup)), 60_000);
    afterAll(() => seat.close());

    it.each(few)('%s', async (line, words) => {
      expect((await seat.tab(line)).words).toEqual(words);
    });
  });
});

/** Called by hand, as bash 3.2 does: it leaves the words whole, and tells of its cuts only by the last argument. */
describe.skipIf(!isInstalled('bash'))('bash, by its variables', () => {
  it.each<[words: string[], replaced: string, reply: string[]]>([
    [['courier-jwt', 'issue', '--scope', 'inbox:re'], 're', ['read:messages']],
    [['courier-jwt', 'issue', '--scope', 'read:brands,inbox:'], '', ['read:messages', 'write:events']],
    [['courier-jwt', 'issue', '--scope=inbox:re'], 're', ['read:messages']],
    [['courier-jwt', 'issue', '--env=te'], 'te', ['test']],
    [['courier-jwt', 'issue', '--env', '='], '', []],
    [['courier-jwt', 'issue', '--scope', 'inbox', ':', 're'], 're', []],
    [['courier-jwt', '$(touch X)', '`touch X`', '*', '-e', 'te'], 'te', ['test']],
    [['courier-jwt', 'env', 'use', '$(touch X)'], '$(touch X)', []],
    [['courier-jwt', 'issue', '--for', "'$(touch X)',in"], "'$(touch X)',in", []],
  ])('%j', (words, replaced, reply) => {
    const call = `
      source "$SCRIPTS/bash"
      COMP_LINE=$* COMP_POINT=\${#COMP_LINE} COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
      _courier_jwt courier-jwt "$REPLACED" ''
      for reply in "\${COMPREPLY[@]}"; do printf '%s\\n' "$reply"; done`;
    const env = { PATH: path, HOME: root, COURIER_JWT_CONFIG_DIR: config, SCRIPTS: scripts, REPLACED: replaced };
    const { stdout, stderr } = spawnSync('bash', ['-c', call, 'bash', ...words], { env, cwd: work, encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: reply.map((one) => `${one}\n`).join(''), stderr: '' });
  });
});
