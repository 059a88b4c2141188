import { describe, expect, it } from 'vitest';
import { type Outside, now, runInMemory } from '../support/context.js';
import { sign } from '../support/courier-server.js';

const payload = {
  scope: 'user_id:alice read:brands',
  tenant_id: 'w',
  tenant_scope: 'published/test',
  iat: now,
  exp: now + 60,
};
const good = sign(payload);
const later = sign({ ...payload, jti: 'another' });
const bad = sign({ ...payload, scope: 'user_id:alice' });
const files = { good, 'bad.har': `{"headers": [{"name": "Authorization", "value": "Bearer ${bad}"}]}`, empty: ' \n' };

describe('the exit code, wherever the tokens are', () => {
  it.each<{ name: string; argv: string[]; stdin?: string; code: number; names: string[] }>([
    { name: 'arguments', argv: [good, later], code: 0, names: ['the argument', 'the argument'] },
    {
      name: 'texts with them',
      argv: [`Bearer ${good}`, `JWT=${bad}`],
      code: 1,
      names: ['the argument', 'the argument'],
    },
    { name: 'files', argv: ['good', 'bad.har'], code: 1, names: ['good', 'bad.har'] },
    { name: 'stdin first', argv: ['-', 'good'], stdin: later, code: 0, names: ['stdin', 'good'] },
    { name: 'stdin second', argv: ['good', '-'], stdin: bad, code: 1, names: ['good', 'stdin'] },
    { name: 'the token itself', argv: [good, 'good'], code: 0, names: ['the argument', 'good'] },
  ])('$name', async ({ argv, stdin, code, names: [a, b] }) => {
    const ran = await runInMemory(['diff', ...argv], { files, ...(stdin && { stdin }) });
    expect([ran.code, ran.stderr, ran.stdout.split('\n').slice(1, 3)]).toEqual([code, '', [`- A  ${a}`, `+ B  ${b}`]]);
  });
});

it('--json is a document of differences', async () => {
  const { code, stdout } = await runInMemory(['diff', 'good', 'bad.har', '--json'], { files });
  expect([code, JSON.parse(stdout)]).toEqual([
    1,
    {
      same: false,
      differences: [{ what: 'scope', subject: 'read:brands', a: 'read:brands', b: null, opens: true }],
    },
  ]);
});

describe('a failure says which of the two it was', () => {
  const key = 'pk_test_NOTATOKEN1234567890';
  it.each<{ argv: string[]; outside?: Outside; code: string; message: string }>([
    {
      argv: ['nope', 'good'],
      code: 'usage.file',
      message: 'A nope cannot be read: it is no token, and opened as a file: ENOENT.',
    },
    {
      argv: ['good', './no such file'],
      code: 'token.none',
      message: 'B: there is no JWT in those 14 bytes. A JWT is three parts with dots between them and starts with eyJ.',
    },
    {
      argv: [good.slice(0, 60), 'good'],
      code: 'token.cut-short',
      message:
        'A: that token is cut short: it ends in its payload, and a JWT has three parts with dots between them. Copy it again, whole.',
    },
    {
      argv: ['good', 'empty'],
      code: 'token.empty',
      message: 'B (empty): empty is empty: there is no token in it. Did the command before it fail?',
    },
    {
      argv: ['', 'good'],
      code: 'token.empty',
      message: 'A: the argument is empty: there is no token in it. Did the command before it fail?',
    },
    {
      argv: ['good', '-'],
      outside: { stdin: '' },
      code: 'token.empty',
      message: 'B (stdin): stdin is empty: there is no token in it. Did the command before it fail?',
    },
    {
      argv: ['good', key],
      code: 'token.api-key',
      message:
        'B: that is an API key (pk_test_…), not a user token: it mints tokens, and belongs in no browser. Mint one with it:',
    },
    {
      argv: ['-', '-'],
      code: 'usage.conflict',
      message: '- and - do not go together: stdin is read once.',
    },
    { argv: ['good'], code: 'usage.parser', message: "missing required argument 'B'." },
    { argv: ['good', 'good', 'good'], code: 'usage.excess', message: 'diff takes no such word: see its help.' },
  ])('$argv', async ({ argv, outside, code, message }) => {
    const ran = await runInMemory(['diff', ...argv, '--json'], { files, ...outside });
    const { error } = JSON.parse(ran.stdout) as { error: object };
    expect([ran.code, error]).toEqual([2, { code, message, fix: expect.arrayContaining(['courier-jwt']) }]);
  });

  it('and the same words once more, which would change both, are not offered', async () => {
    const { stderr } = await runInMemory(['diff', 'good', bad.slice(0, 60)], { files });
    expect(/^ {2}try: (.*)$/m.exec(stderr)?.[1]).toBe('courier-jwt decode -');
  });
});

it('shows no signature', async () => {
  const { stdout, stderr } = await runInMemory(
    ['diff', good, sign({ ...payload, jti: good.split('.')[2] }), '--debug'],
    { files },
  );
  expect((stdout + stderr).includes(good.split('.')[2]!.slice(0, 12))).toBe(false);
  expect(stdout).toContain('[redacted]');
});
