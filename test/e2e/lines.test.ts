import { execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { sign } from '../support/courier-server.js';
import { start } from '../support/e2e-running.js';
import { exitOf, fileWith, shell } from '../support/e2e-world.js';
import { configFolder, courierJwt, executable } from '../support/run.js';

const scope = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';
const exp = Math.floor(Date.now() / 1000) + 86_400;
const token = (user: string) => sign({ scope: `user_id:${user} ${scope}`, tenant_scope: 'published/test', exp });
const tokens = (count: number) => Array.from({ length: count }, (_, i) => `${token(`user-${i}`)}\n`).join('');

interface Verdict {
  line: number;
  users: string[];
  ok: boolean;
}

function verdictsIn(stdout: string): Verdict[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Verdict);
}

/** The summary without its pace. */
const summary = (stderr: string) => stderr.replace(/; [\d,]+ a second/, '');

describe('check-scopes --lines', () => {
  const count = 3000;
  const all = tokens(count);
  const expected = Array.from({ length: count }, (_, i) => [i + 1, `user-${i}`, true]);
  const seen = (stdout: string) => verdictsIn(stdout).map(({ line, users, ok }) => [line, users[0], ok]);

  it.each([
    { name: 'stdin', run: async () => courierJwt(['check-scopes', '--lines'], { stdin: all }) },
    { name: 'a file', run: async () => courierJwt(['check-scopes', '--lines', '--token-file', fileWith(all)]) },
  ])('$name: a verdict for each, in order', async ({ run }) => {
    const ran = await run();
    expect([ran.code, summary(ran.stderr)]).toEqual([0, `3,000 tokens: 3,000 yes\n`]);
    expect(seen(ran.stdout)).toEqual(expected);
  });

  it.each([
    {
      name: 'a pipe with a name',
      command: 'mkfifo p; cat tokens > p & courier-jwt check-scopes --lines --token-file p',
    },
    { name: '<(…)', command: "bash -c 'courier-jwt check-scopes --lines --token-file <(cat tokens)'" },
    { name: 'stdin that is a file', command: 'courier-jwt check-scopes --lines - < tokens' },
    { name: 'a slow reader', command: 'courier-jwt check-scopes --lines --token-file tokens | { sleep 1; cat; }' },
  ])('$name', async ({ command }) => {
    const ran = await shell(command, { cwd: folderWith(all) });
    expect([ran.code, summary(ran.stderr)]).toEqual([0, `3,000 tokens: 3,000 yes\n`]);
    expect(seen(ran.stdout)).toEqual(expected);
  });

  it('paste puts verdicts beside tokens', async () => {
    const command = "courier-jwt decode --lines -q < tokens | paste - tokens | awk -F'\\t' 'END { print NF, NR }'";
    const { stdout } = await shell(command, { cwd: folderWith(`${token('a')}\n\n${token('b')}`) });
    expect(stdout).toBe('2 3\n');
  });

  it.each([
    { name: 'all yes', lines: all, code: 0 },
    { name: 'a no', lines: `${sign({ scope: '' })}\n${all}`, code: 1 },
  ])('a reader that goes away ends it at once and silently: $name', async ({ lines, code }) => {
    // It never ends by itself.
    const command =
      'set -o pipefail; { while cat tokens; do :; done; } 2>/dev/null | courier-jwt check-scopes --lines | head -3; echo "${PIPESTATUS[1]}" >&2';
    const started = performance.now();
    const ran = await shell(`bash -c '${command}'`, { cwd: folderWith(lines) });
    expect([ran.stdout.split('\n').length, ran.stderr]).toEqual([4, `${code}\n`]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('a slow reader stops the reading, and memory stays flat', async () => {
    const child = spawn(process.execPath, ['--', executable, 'check-scopes', '--lines'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let taken = 0;
    const more = () => {
      while (child.stdin.write(all)) taken += 1;
      taken += 1;
      child.stdin.once('drain', more);
    };
    more();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const before = taken;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const rss = Number(
      /VmRSS:\s+(\d+)/.exec((await promisify(execFile)('cat', [`/proc/${child.pid}/status`])).stdout)![1],
    );
    child.stdin.on('error', () => {});
    child.kill();
    expect([taken - before, rss < 150_000]).toEqual([0, true]);
  });

  it('Ctrl-C: what was read is judged, and the line that it cut is not', async () => {
    const running = start(['check-scopes', '--lines']);
    running.child.stdin!.write(`${all}${token('cut').slice(0, 50)}`);
    await running.until(() => running.output.stdout.split('\n').length > count);
    const ran = await running.endBy('SIGINT');
    expect([exitOf(ran), summary(ran.stderr)]).toEqual([130, '3,000 tokens: 3,000 yes\nerror: interrupted.\n']);
    expect(seen(ran.stdout)).toEqual(expected);
  });
});

describe('what cannot be read', () => {
  const fails = (stderr: string) => stderr.split('\n')[0];

  it.each([
    { name: 'a directory', argv: ['--token-file', configFolder()], reason: 'EISDIR' },
    { name: 'a file that is not there', argv: ['--token-file', '/nowhere/t'], reason: 'ENOENT' },
  ])('$name', async ({ argv, reason }) => {
    const ran = await courierJwt(['decode', '--lines', ...argv]);
    expect([ran.code, ran.stdout, fails(ran.stderr)]).toEqual([
      2,
      '',
      `error: --token-file ${argv[1]} cannot be read: ${reason}.`,
    ]);
  });

  it('a directory as stdin', async () => {
    const ran = await shell('courier-jwt decode --lines < .', { cwd: configFolder() });
    expect([ran.code, ran.stdout, fails(ran.stderr)]).toEqual([2, '', 'error: stdin cannot be read: EISDIR.']);
  });

  it('a line of 10 MB, and binary: errors of their own, and the rest is judged', async () => {
    const bytes = Buffer.concat([
      Buffer.alloc(10_000_000, 'x'),
      Buffer.from('\n\u0000'),
      Buffer.from([0xff, 0x0a]),
      Buffer.from(token('alice')),
    ]);
    const ran = await courierJwt(['decode', '--lines'], { stdin: bytes });
    const documents = ran.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { error?: { code: string }; users?: string[] });
    expect(documents.map(({ error, users }) => error?.code ?? users)).toEqual([
      'token.too-large',
      'token.none',
      ['alice'],
    ]);
    expect([ran.code, summary(ran.stderr)]).toEqual([
      2,
      '3 tokens: 1 readable, 2 unreadable\nerror  token.too-large  1\nerror  token.none  1\n',
    ]);
  });

  it('a disk that is full', async () => {
    const ran = await shell('courier-jwt decode --lines --token-file tokens > /dev/full', {
      cwd: folderWith(tokens(3000)),
    });
    expect([ran.code, ran.stderr]).toEqual([
      4,
      expect.stringContaining('error: the output could not be written: ENOSPC.'),
    ]);
  });
});

/** A folder with a file `tokens`. */
function folderWith(content: string): string {
  const folder = configFolder();
  writeFileSync(join(folder, 'tokens'), content);
  return folder;
}
