import { describe, expect, it } from 'vitest';
import { documentLine } from '../../src/output/escape.js';
import { someRecord } from '../environments/memory.js';
import { type Outside, now, runInMemory } from '../support/context.js';
import { sign } from '../support/courier-server.js';
import { hostileTexts, liveIn } from '../support/e2e-hostile.js';
import { leaksIn } from '../support/e2e-secrets.js';

const howTo = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';
const workspace = '4d4b2e5e-7d1c-4a3a-9b63-0f6a1d2c3b4a/test';

/** As Courier mints one, some claims changed. */
function token(change: Record<string, unknown> = {}): string {
  const claims = { scope: `user_id:alice ${howTo}`, tenant_scope: 'published/test', tenant_id: workspace, iat: now };
  return sign({ ...claims, exp: now + 86_400, ...change });
}

const good = token();
const expired = token({ exp: now - 10 });
const bob = token({ scope: `user_id:bob ${howTo}` });
const signature = good.split('.')[2]!;

async function lines(argv: string[], stdin: string, outside: Outside = {}) {
  const { code, stdout, stderr } = await runInMemory(argv, { stdin, ...outside });
  expect(stdout).toMatch(/^(?:\{.*\}\n)*$/);
  return {
    code,
    stderr,
    documents: stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown),
  };
}

const checked = (line: number, ok: boolean, users = ['alice']) => ({ line, users, ok, findings: expect.any(Array) });
const failed = (line: number, code: string, message: unknown = expect.any(String)) => ({
  line,
  error: { code, message },
});

describe('a line out for each line in', () => {
  const rows: { name: string; argv?: string[]; stdin: string; code: number; documents: unknown[] }[] = [
    {
      name: 'bare tokens',
      stdin: `${good}\n${bob}\n`,
      code: 0,
      documents: [checked(1, true), checked(2, true, ['bob'])],
    },
    { name: 'no line break at the end', stdin: good, code: 0, documents: [checked(1, true)] },
    {
      name: 'any text',
      stdin: `Bearer ${good}\r\nCOURIER_JWT="${bob}"`,
      code: 0,
      documents: [checked(1, true), checked(2, true, ['bob'])],
    },
    {
      name: 'what issue --users writes',
      stdin: `${JSON.stringify({ user: 'alice', token: good, expiresAt: 'x' })}\n${JSON.stringify({ user: 'x y', error: { code: 'user.invalid', message: 'no' } })}\n`,
      code: 2,
      documents: [checked(1, true), failed(2, 'token.none')],
    },
    {
      name: 'JSON with token before others',
      stdin: JSON.stringify({ old: bob, token: good }),
      code: 0,
      documents: [checked(1, true)],
    },
    {
      name: 'JSON with it elsewhere',
      stdin: ` ${JSON.stringify({ data: { jwt: good } })}`,
      code: 0,
      documents: [checked(1, true)],
    },
    {
      name: '--token-path',
      argv: ['--token-path', 'data.jwt'],
      stdin: `${JSON.stringify({ token: bob, data: { jwt: good } })}\n${good}\n{"data":{"jwt":""}}\n`,
      code: 2,
      documents: [
        checked(1, true),
        failed(2, 'token.not-at-path', 'there is no token at data.jwt: it is no JSON with a text there.'),
        failed(3, 'token.not-at-path'),
      ],
    },
    { name: '--token-path -', argv: ['--token-path', '-'], stdin: `${good}\n`, code: 0, documents: [checked(1, true)] },
    {
      name: 'an empty line',
      stdin: `${good}\n\n${bob}\n`,
      code: 2,
      documents: [
        checked(1, true),
        failed(2, 'token.empty', 'line 2 is empty: there is no token in it. Did the command before it fail?'),
        checked(3, true, ['bob']),
      ],
    },
    {
      name: 'no token',
      stdin: `alice\npk_test_0123456789ABCDEF\n${good.slice(0, 60)}\n`,
      code: 2,
      documents: [
        failed(1, 'token.none'),
        failed(
          2,
          'token.api-key',
          'that is an API key (pk_test_…), not a user token: it mints tokens, and belongs in no browser.',
        ),
        failed(3, 'token.cut-short'),
      ],
    },
    { name: 'two tokens', stdin: `${good} ${bob}\n`, code: 2, documents: [failed(1, 'token.ambiguous')] },
    {
      name: 'a line that is too long',
      stdin: `${'x'.repeat(1024 * 1024 + 1)}\n${good}\n`,
      code: 2,
      documents: [
        failed(
          1,
          'token.too-large',
          'that is more than 1 MB, and is not read: cut it down to the part with the token.',
        ),
        checked(2, true),
      ],
    },
    {
      name: 'a no is 1, whatever cannot be read',
      stdin: `\n${expired}\n`,
      code: 1,
      documents: [failed(1, 'token.empty'), checked(2, false)],
    },
    {
      name: '--user',
      argv: ['--user', 'bob'],
      stdin: `${bob}\n${good}\n`,
      code: 1,
      documents: [checked(1, true, ['bob']), checked(2, false)],
    },
    {
      name: '--require of a user',
      argv: ['--require', 'user_id:alice'],
      stdin: `${good}\n${bob}\n`,
      code: 1,
      documents: [checked(1, true), checked(2, false, ['bob'])],
    },
    {
      name: '--strict',
      argv: ['--strict', '--require', 'read:brands'],
      stdin: `${good}\n`,
      code: 1,
      documents: [checked(1, false)],
    },
  ];
  it.each(rows)('$name', async ({ argv = [], stdin, code, documents }) => {
    const ran = await lines(['check-scopes', '--lines', '--quiet', ...argv], stdin);
    expect({ ...ran }).toEqual({ code, stderr: '', documents });
  });

  it('decode judges nothing, and exits 2 for what it cannot read', async () => {
    const ran = await lines(['decode', '--lines', '-q'], `${expired}\n\n`);
    expect([ran.code, ran.documents]).toEqual([
      2,
      [expect.objectContaining({ users: ['alice'] }), failed(2, 'token.empty')],
    ]);
    expect((await lines(['decode', '--lines', '-q'], `${expired}\n`)).code).toBe(0);
  });

  it('on a terminal it says what it waits for', async () => {
    const { code, stderr } = await runInMemory(['decode', '--lines', '-'], { terminal: true });
    expect([code, stderr.split('\n')[0]]).toEqual([2, 'paste the tokens, one a line, then press Enter and Ctrl-D:']);
  });

  it('what could not be told is 4', async () => {
    const records = { old: someRecord({ tenantId: null, tenantScope: null }) };
    const ran = await lines(['check-scopes', '--lines', '-e', 'old'], `${good}\n`, { records });
    expect([ran.code, ran.stderr]).toEqual([4, '1 token: 1 could not be told\n?      workspace.unrecorded  1\n']);
  });

  it('from a file', async () => {
    const ran = await lines(['check-scopes', '--lines', '--token-file', 'tokens'], '', {
      files: { tokens: `${good}\n` },
    });
    expect([ran.code, ran.documents]).toEqual([0, [checked(1, true)]]);
  });
});

describe('the summary', () => {
  it.each([
    {
      name: 'check-scopes: codes, the worst first and then the most frequent; each token counts once',
      argv: ['check-scopes', '--lines'],
      stderr:
        '5 tokens: 1 yes, 2 no, 2 unreadable\nfail   scope.missing  2\nfail   expiry.expired  1\nwarn   signature.stand-in  1\nerror  token.empty  1\nerror  token.none  1\n',
    },
    {
      name: 'decode',
      argv: ['decode', '--lines'],
      stderr:
        '5 tokens: 3 readable, 2 unreadable\nwarn   expiry.expired  1\nwarn   signature.stand-in  1\nerror  token.empty  1\nerror  token.none  1\n',
    },
    { name: '--quiet', argv: ['decode', '--lines', '-q'], stderr: '' },
  ])('$name', async ({ argv, stderr }) => {
    const few = token({ scope: 'user_id:alice read:brands' });
    const both = token({ scope: 'user_id:alice read:brands', exp: now - 1 });
    const standIn = good.replace(/[^.]*$/, 'abc');
    expect((await lines(argv, `${both}\n\n${few}\nx\n${standIn}\n`)).stderr).toBe(stderr);
  });
});

describe('is what the command says of that token alone', () => {
  const key = 'pk_test_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1Yf5Gs0';
  const texts = [
    key.slice(10, 30),
    ...hostileTexts,
    signature,
    signature.slice(3, 20),
    `x ${good} x`,
    'pk_test_0123456789ABCDEFGHIJ',
    'a\\u0041',
    '日本語',
  ];
  const tokens = [
    good,
    expired,
    sign({}),
    sign({ scope: 7, exp: 'x' }, { alg: 'HS512\n::error::' }),
    ...texts.flatMap((text) => [
      token({ scope: `user_id:${text} ${howTo}` }),
      token({ note: { [text]: text } }),
      token({ tenant_scope: text, tenant_id: text }),
    ]),
    // One that repeats its own signature.
    ...texts.map(
      (text) =>
        `${good.split('.')[0]}.${Buffer.from(JSON.stringify({ jti: text, scope: `user_id:${text}` })).toString('base64url')}.${signature}`,
    ),
  ];
  const ways = [
    { argv: ['decode'], variables: {} },
    { argv: ['decode'], variables: { COURIER_API_KEY: key } },
    { argv: ['check-scopes'], variables: {} },
    {
      argv: ['check-scopes', '--for', 'push', '--tenant-scope', 'x::y', '--require', 'read:x,user_id:alice'],
      variables: {},
    },
    { argv: ['check-scopes', '--user', 'alice', '--strict', '--min-ttl', '2d'], variables: { COURIER_API_KEY: key } },
  ];
  it.each(ways)('$argv $variables', async ({ argv, variables }) => {
    const whole = await runInMemory([...argv, '--lines', '-q'], { stdin: `${tokens.join('\n')}\n`, variables });
    const said = whole.stdout.split('\n').slice(0, -1);
    const alone = await Promise.all(
      tokens.map(async (one) => (await runInMemory([...argv, '--json', '-q', '-'], { stdin: one, variables })).stdout),
    );
    const expected = alone.map((text) => JSON.parse(text) as Record<string, unknown>);
    const seen = said.map((text) => {
      const { line: _, users, ...rest } = JSON.parse(text) as Record<string, unknown>;
      return argv[0] === 'decode' ? { users, ...rest } : rest;
    });
    expect(seen).toEqual(expected);
    expect(said).toEqual(said.map((text) => documentLine(JSON.parse(text) as object)));
    expect(liveIn(whole.stdout)).toEqual([]);
    expect(said.flatMap((text, i) => leaksIn(text, [tokens[i]!.split('.')[2]!, ...Object.values(variables)]))).toEqual(
      [],
    );
  });
});

it.each(['decode', 'check-scopes'])(
  '%s: a token does not repeat the signature of another one of its line',
  async (command) => {
    const other = bob.split('.')[2]!;
    const repeating = token({ scope: `user_id:${other}` });
    const stdin = `${JSON.stringify({ old: bob, token: repeating })}\n`;
    const { stdout } = await runInMemory([command, '--lines', '-q'], { stdin });
    expect([stdout.includes('[redacted]'), leaksIn(stdout, [other])]).toEqual([true, []]);
  },
);

describe('usage', () => {
  const conflict = (flag: string) =>
    `error: --lines and ${flag} do not go together: of many tokens only the claims are read.`;
  it.each([
    { argv: ['check-scopes', '--lines', '--online'], said: conflict('--online') },
    { argv: ['check-scopes', '--lines', '--controls'], said: conflict('--controls') },
    { argv: ['decode', '--token-path', 'x', good], said: 'error: --token-path means nothing without --lines.' },
    {
      argv: ['decode', '--lines', good],
      said: 'error: --lines and a token do not go together: it reads many, from stdin or --token-file.',
    },
    {
      argv: ['decode', '--lines', 'tokens.txt'],
      said: 'error: tokens.txt is no token. If it is a file with one in it, name it with --token-file.\n  try: courier-jwt decode --lines --token-file tokens.txt',
    },
    {
      argv: ['decode', '--lines', '-', '--token-file', 'x'],
      said: 'error: the token is given twice: stdin (-) and --token-file. Give it once.',
    },
    { argv: ['decode', '--lines', '--token-file', 'x'], said: 'error: --token-file x cannot be read: ENOENT.' },
    {
      argv: ['decode', '--lines'],
      said: 'error: stdin is empty: there is no token in it. Did the command before it fail?',
    },
    {
      argv: ['check-scopes', '--lines', 'inbox'],
      said: 'error: --for inbox: surfaces have commas between them: --for inbox,preferences.',
    },
  ])('$argv', async ({ argv, said }) => {
    const { code, stdout, stderr } = await runInMemory(argv, { stdin: '' });
    expect([code, stdout, stderr.slice(0, said.length)]).toEqual([2, '', said]);
  });

  it('on a terminal it waits for what is pasted only where it is asked to', async () => {
    const { code, stderr } = await runInMemory(['decode', '--lines', '--no-color'], { terminal: true });
    expect([code, stderr.split('\n')[0]]).toEqual([2, expect.stringContaining('error: there is no token:')]);
  });

  it('Node must not print what is read', async () => {
    const { code, stderr } = await runInMemory(['decode', '--lines'], {
      stdin: good,
      variables: { NODE_DEBUG: 'stream' },
    });
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      'error: NODE_DEBUG=stream would make Node print the tokens that are read. Nothing was sent; unset it.',
    ]);
  });

  it('with --json a failure is a document on one line', async () => {
    const ran = await lines(['decode', '--lines', '--json', '--token-file', 'x'], '');
    const error = {
      code: 'usage.file',
      message: '--token-file x cannot be read: ENOENT.',
      fix: ['courier-jwt', 'decode', '--help'],
    };
    expect(ran).toEqual({ code: 2, stderr: '', documents: [{ error }] });
  });
});
