import { describe, expect, it } from 'vitest';
import { type Console, type ConsoleFlags, makeConsole } from '../../src/output/console.js';
import { Secrets } from '../../src/output/secrets.js';

const key = 'pk_test_0123456789ABCDEFGHIJ';

async function written(
  use: (console: Console) => void,
  {
    flags = {},
    variables = {},
    terminal = false,
  }: { flags?: ConsoleFlags; variables?: Record<string, string>; terminal?: boolean } = {},
) {
  const output = { stdout: '', stderr: '' };
  const secrets = new Secrets();
  secrets.add(key);
  const stream = (name: 'stdout' | 'stderr') => ({
    isTerminal: terminal,
    write: (text: string) => void (output[name] += text),
  });
  use(await makeConsole({ stdout: stream('stdout'), stderr: stream('stderr'), variables }, secrets, flags));
  return output;
}

const everything = (console: Console) => {
  console.result('result');
  console.note('note');
  console.warn({ code: 'expiry.never', status: 'warn', facts: {} });
  console.debug('debug');
  console.error('error');
};
const warning =
  'warning: never expires: it was minted without expires_in. Tokens cannot be revoked: mint a shorter one, 1d for a usual session.\n';

describe('where it goes', () => {
  it.each([
    { name: 'as a rule', flags: {}, stderr: `note\n${warning}error\n` },
    { name: '--quiet', flags: { quiet: true }, stderr: 'error\n' },
    { name: '--debug', flags: { debug: true }, stderr: `note\n${warning}debug: debug\nerror\n` },
    { name: '--quiet --debug', flags: { quiet: true, debug: true }, stderr: 'debug: debug\nerror\n' },
    { name: '--json', flags: { json: true }, stderr: `note\n${warning}error\n` },
  ])('$name', async ({ flags, stderr }) => {
    expect(await written(everything, { flags })).toEqual({ stdout: 'result\n', stderr });
  });
});

it('redacts whatever is written', async () => {
  const leak = (console: Console) => {
    console.result(key);
    console.note(key);
    console.warn({ code: 'user.match', status: 'warn', subject: key, facts: {} });
    console.debug(key);
    console.error(key);
  };
  expect(await written(leak, { flags: { debug: true } })).toEqual({
    stdout: '[redacted]\n',
    stderr: '[redacted]\nwarning: is for [redacted], and for nobody else.\ndebug: [redacted]\n[redacted]\n',
  });
});

it('reveals the one token that is the artifact', async () => {
  expect(await written((console) => console.result(`${key} and ${key}`, key))).toEqual({
    stdout: `${key} and ${key}\n`,
    stderr: '',
  });
});

it.each([
  { name: 'in GitHub Actions', variables: { GITHUB_ACTIONS: 'true' }, flags: {}, expected: '::add-mask::a.b.c\n' },
  {
    name: 'whatever --quiet says',
    variables: { GITHUB_ACTIONS: 'true' },
    flags: { quiet: true },
    expected: '::add-mask::a.b.c\n',
  },
  { name: 'nowhere else', variables: {}, flags: {}, expected: '' },
  { name: 'not for another value', variables: { GITHUB_ACTIONS: '1' }, flags: {}, expected: '' },
])('masks the token $name', async ({ variables, flags, expected }) => {
  expect(await written((console) => console.maskInActions('a.b.c'), { variables, flags })).toEqual({
    stdout: '',
    stderr: expected,
  });
});

it.each([
  { name: 'a terminal', terminal: true, flags: {}, expected: { out: true, err: true } },
  { name: 'no terminal', terminal: false, flags: {}, expected: { out: false, err: false } },
  { name: 'JSON is never coloured', terminal: true, flags: { json: true }, expected: { out: false, err: true } },
  {
    name: 'not even with --color',
    terminal: false,
    flags: { json: true, color: true },
    expected: { out: false, err: true },
  },
  { name: '--no-color', terminal: true, flags: { color: false }, expected: { out: false, err: false } },
])('colours: $name', async ({ terminal, flags, expected }) => {
  const colours = (console: Console) => {
    console.result(console.out.red('x'));
    console.error(console.err.red('x'));
  };
  const { stdout, stderr } = await written(colours, { terminal, flags });
  expect({ out: stdout.includes('\u001b'), err: stderr.includes('\u001b') }).toEqual(expected);
});
