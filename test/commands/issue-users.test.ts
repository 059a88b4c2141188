import { describe, expect, it } from 'vitest';
import { runInMemory } from '../support/context.js';

const local = ['--env', 'local', '--for', 'brands'];

it.each([
  ['--users-column', 'id'],
  ['--concurrency', '8'],
  ['--rate', '5/s'],
  ['--out', 'o'],
  ['--resume', 'o'],
  ['--shard', '1/2'],
])('%s %s means nothing for one user', async (option, value) => {
  const { code, stdout, stderr } = await runInMemory(['issue', '-u', 'alice', option, value, ...local]);
  expect([code, stdout, stderr.split('\n')[0]]).toEqual([
    2,
    '',
    `error: ${option} means nothing without --users <file>.`,
  ]);
});

it.each([
  { argv: ['--users', '-', '--api-key-stdin'], error: '--users - and --api-key-stdin do not go together.' },
  { argv: ['--users', 'u', '--dry-run'], error: '--users and --dry-run do not go together.' },
  {
    argv: ['--users', 'u', '--output', 'env'],
    error: '--users and --output do not go together: what comes out is a line of JSON a user.',
  },
  { argv: ['--users', 'u', '--out', './u'], error: '--users and --out do not go together: they are one file.' },
  {
    argv: ['--users', 'u', '--out', 'u', '--yes'],
    error: '--users and --out do not go together: they are one file.',
  },
])('$argv', async ({ argv, error }) => {
  const ran = await runInMemory(['issue', ...argv], { stdin: 'alice\n', files: { u: 'alice\n' } });
  expect([ran.code, ran.stdout, ran.stderr.split('\n')[0]]).toEqual([2, '', `error: ${error}`]);
  expect(ran.requests).toEqual([]);
});

it('of those who stand there twice the first is told', async () => {
  const { code, stderr } = await runInMemory(['issue', '--users', '-', ...local], {
    stdin: 'a\nb\na\nb\n',
    runsOn: true,
  });
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining(
      'note: 2 lines name a user who stands before: each is minted for once. The first is line 3, a.\n',
    ),
  ]);
});

describe('--rate', () => {
  it.each(['4/s', '4.0/SEC', '240/minute', '14400/h'])('%s is one each quarter of a second', async (rate) => {
    const began = performance.now();
    const { code } = await runInMemory(['issue', '--users', '-', '--rate', rate, ...local], {
      stdin: 'a\nb\nc\n',
      runsOn: true,
    });
    const ms = performance.now() - began;
    expect([code, ms > 450 && ms < 5000]).toEqual([0, true]);
  });
});
