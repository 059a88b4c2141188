import { randomBytes } from 'node:crypto';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sign, startCourier, workspace } from '../support/courier-server.js';
import {
  type ErrorDocument,
  claimsOf,
  documentOf,
  exitOf,
  fileWith,
  killedAfter,
  shell,
  told,
} from '../support/e2e-world.js';
import { type RunOptions, configFolder, courierJwt } from '../support/run.js';

const seconds = () => Math.floor(Date.now() / 1000);
const howTo = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';

/** A token as Courier mints it, with some claims changed; undefined leaves one out. */
function token(change: Record<string, unknown> = {}, header?: Record<string, unknown>): string {
  const iat = seconds();
  const claims = {
    scope: `user_id:alice ${howTo}`,
    tenant_scope: 'published/test',
    tenant_id: `${workspace}/test`,
    iat,
    exp: iat + 86_400,
    jti: '11111111-2222-4333-8444-555555555555',
    ...change,
  };
  return header ? sign(claims, header) : sign(claims);
}

const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const signature = 'A'.repeat(43);
const good = token();
const [header = '', payload = ''] = good.split('.');

interface View {
  users: string[];
  scopes: string[];
  payload: Record<string, unknown>;
  time: { state: string; remainingSeconds: number | null };
  signature: string;
}

describe.concurrent('decode: where a token may stand', () => {
  const argument = (text: string): [string[], RunOptions] => [[text], {}];
  const dash = (text: string): [string[], RunOptions] => [['-'], { stdin: text }];
  const piped = (text: string): [string[], RunOptions] => [[], { stdin: text }];
  const file = (text: string): [string[], RunOptions] => [['--token-file', fileWith(text)], {}];
  const sources = [
    ['the argument', argument],
    ['stdin, named by -', dash],
    ['stdin, a pipe', piped],
    ['--token-file', file],
  ] as const;

  it.each(sources)('%s', async (_, given) => {
    const [argv, options] = given(good);
    const ran = await courierJwt(['decode', '--json', ...argv], options);
    const view = documentOf<View>(ran);
    const claims = claimsOf(good) as { iat: number; exp: number };
    const iso = (time: number) => new Date(time * 1000).toISOString().replace('.000', '');
    expect([ran.code, ran.stderr, view]).toEqual([
      0,
      '',
      {
        header: { alg: 'HS256', typ: 'JWT' },
        payload: claims,
        users: ['alice'],
        scopes: ['user_id:alice', ...howTo.split(' ')],
        time: {
          state: 'valid',
          issuedAt: iso(claims.iat),
          expiresAt: iso(claims.exp),
          remainingSeconds: view.time.remainingSeconds,
        },
        workspace: { tenantId: `${workspace}/test`, tenantScope: 'published/test' },
        signature: 'not-verified',
      },
    ]);
    expect(view.time.remainingSeconds).toBeGreaterThan(86_000);
    expect(view.time.remainingSeconds).toBeLessThanOrEqual(86_400);
    expect(ran.stdout).not.toContain(good.split('.')[2]!.slice(0, 12));
  });

  it('a file wins over a stdin that nobody named', async () => {
    const ran = await courierJwt(['decode', '--json', good], { stdin: token({ scope: 'user_id:bob' }) });
    expect([ran.code, documentOf<View>(ran).users]).toEqual([0, ['alice']]);
  });

  const har = {
    log: {
      version: '1.2',
      entries: [
        {
          request: {
            url: 'https://app.example/',
            headers: [{ name: 'Authorization', value: `Bearer ${token({ scope: undefined, sub: 'somebody' })}` }],
          },
        },
        {
          request: {
            url: 'https://inbox.courier.com/q',
            headers: [{ name: 'authorization', value: `Bearer ${good}` }],
          },
        },
        {
          request: {
            url: 'https://inbox.courier.com/q',
            headers: [{ name: 'authorization', value: `Bearer ${good}` }],
          },
        },
      ],
    },
  };
  const texts: [string, string][] = [
    ['Bearer', `Bearer ${good}`],
    ['a header', `Authorization: Bearer ${good}`],
    [
      'a curl command',
      `curl -X POST 'https://inbox.courier.com/q' \\\n  -H 'authorization: Bearer ${good}' \\\n  --data '{"query":"{ count }"}'`,
    ],
    ['JSON', JSON.stringify({ token: good })],
    ['JSON in JSON', JSON.stringify({ body: JSON.stringify({ token: good }) })],
    ['a line of a .env', `# mine\nCOURIER_JWT="${good}"\n`],
    ['a HAR', JSON.stringify(har, null, 2)],
    ['a HAR without white space', JSON.stringify(har)],
    ['a query', `https://app.example/?token=${good}&x=1`],
    ['percent-encoded', `authorization=Bearer%20${good}`],
    ['a cookie', `Cookie: a=b; courier=${good}; c=d`],
    ['in quotes', `"${good}"`],
    ['in a sentence', `The token is ${good}.`],
    ['a table', `| alice | ${good} |`],
    ['CRLF at its end', `${good}\r\n`],
    ['white space around it', `\n\t ${good} \n`],
    ['a BOM', `\ufeff${good}`],
    ['wrapped over lines', good.replace(/(.{64})/g, '$1\n')],
    ['wrapped over CRLF lines, with Bearer', `Bearer ${good.replace(/(.{76})/g, '$1\r\n')}`],
    ['twice the same', `${good}\n${good}\n`],
    ["beside another service's", `${token({ scope: undefined, sub: 'x' })} ${good}`],
    ['after 3 MB of words', `${'lorem ipsum dolor. '.repeat(160_000)} ${good}`],
  ];
  it.each(texts)('%s', async (_, text) => {
    const ran = await courierJwt(['decode', '--json'], { stdin: text });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(documentOf<View>(ran).payload).toEqual(claimsOf(good));
  });

  it('UTF-16, as Windows PowerShell redirects', async () => {
    const ran = await courierJwt(['decode', '--json'], { stdin: Buffer.from(`\ufeff${good}\r\n`, 'utf16le') });
    expect([ran.code, documentOf<View>(ran).users]).toEqual([0, ['alice']]);
  });

  it('a doubled Bearer is read, and told', async () => {
    const ran = await courierJwt(['decode', '--json'], { stdin: `Authorization: Bearer Bearer ${good}` });
    expect([ran.code, ran.stderr, documentOf<View>(ran).users]).toEqual([
      0,
      'warning: the header says Bearer twice: it is refused whatever the token is. Take one out; an SDK adds its own.\n',
      ['alice'],
    ]);
  });

  it('a long stdin brings no warning of Node with it', async () => {
    const ran = await courierJwt(['decode', '--json'], { stdin: `${'x '.repeat(1_000_000)}${good}` });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
  });

  it('a token that comes in pieces', async () => {
    const pieces = good.match(/.{1,50}/gs)!;
    const script = `{ ${pieces.map((piece) => `printf %s '${piece}'; sleep 0.05`).join('; ')}; } | courier-jwt decode --json`;
    const ran = await shell(script);
    expect([ran.code, documentOf<View>(ran).users]).toEqual([0, ['alice']]);
  });

  it('a named pipe', async () => {
    const script = `mkfifo p; (sleep 0.2; printf %s '${good}' > p) & courier-jwt decode --json --token-file p`;
    const ran = await shell(script);
    expect([ran.code, documentOf<View>(ran).users]).toEqual([0, ['alice']]);
  });
});

describe.concurrent('decode: what is no token', () => {
  const decodeHelp = 'courier-jwt decode --help';
  const again = 'courier-jwt decode -';
  const mint = 'courier-jwt issue --user USER_ID';
  const none = (bytes: string) =>
    `there is no JWT in ${bytes}. A JWT is three parts with dots between them and starts with eyJ.`;
  const cut = (inside: string) =>
    `that token is cut short: ${inside === 'signature' ? 'it has no signature' : `it ends in its ${inside}`}, and a JWT has three parts with dots between them. Copy it again, whole.`;
  const rows: { name: string; text: string | Buffer; code: string; message: string; fix: string }[] = [
    {
      name: 'nothing',
      text: '',
      code: 'token.empty',
      message: 'stdin is empty: there is no token in it. Did the command before it fail?',
      fix: decodeHelp,
    },
    {
      name: 'white space',
      text: ' \r\n\t',
      code: 'token.empty',
      message: 'stdin is empty: there is no token in it. Did the command before it fail?',
      fix: decodeHelp,
    },
    { name: 'words', text: 'hello world', code: 'token.none', message: none('those 11 bytes'), fix: decodeHelp },
    { name: 'one letter', text: 'x', code: 'token.none', message: none('that one byte'), fix: decodeHelp },
    { name: 'words beyond ASCII', text: 'é€', code: 'token.none', message: none('those 5 bytes'), fix: decodeHelp },
    {
      name: 'bytes of no encoding',
      text: Buffer.from([0xff, 0x00, 0xfe, 0x80]),
      code: 'token.none',
      message: none('those 4 bytes (they are binary)'),
      fix: decodeHelp,
    },
    { name: 'a header alone', text: header, code: 'token.cut-short', message: cut('header'), fix: again },
    { name: 'a header and a dot', text: `${header}.`, code: 'token.cut-short', message: cut('payload'), fix: again },
    {
      name: 'half a payload',
      text: `${header}.${payload.slice(0, 30)}`,
      code: 'token.cut-short',
      message: cut('payload'),
      fix: again,
    },
    {
      name: 'no signature',
      text: `${header}.${payload}`,
      code: 'token.cut-short',
      message: cut('signature'),
      fix: again,
    },
    {
      name: 'an empty signature',
      text: `${header}.${payload}.`,
      code: 'token.cut-short',
      message: cut('signature'),
      fix: again,
    },
    {
      name: 'unsigned',
      text: `${part({ alg: 'none' })}.${payload}.`,
      code: 'token.unsigned',
      message: 'that token is not signed (alg none): Courier takes only tokens that it signed itself. Mint one:',
      fix: mint,
    },
    {
      name: 'encrypted',
      text: `${part({ alg: 'dir', enc: 'A128GCM' })}.a.b.c.d`,
      code: 'token.encrypted',
      message: 'that is an encrypted token (a JWE, five parts): Courier gives signed ones. Is it from another service?',
      fix: mint,
    },
    ...(
      [
        ['a list', part([1]), 'is a JSON array, and a JWT has an object there'],
        ['null', part(null), 'is null, and a JWT has an object there'],
        ['a word', part('"x"'), 'is not a JSON object'],
        ['a number', part('1'), 'is not a JSON object'],
        ['no JSON', part('{"scope":'), 'is not JSON: something in it was changed or cut out'],
      ] as const
    ).map(([what, segment, problem]) => ({
      name: `a payload that is ${what}`,
      text: `${header}.${segment}.${signature}`,
      code: 'token.part',
      message: `that is not a JWT: its payload ${problem}. Copy it again, whole.`,
      fix: again,
    })),
    {
      name: 'an API key',
      text: 'pk_test_Zq7Rk2Vx9Lm4Tn8Wb3Hc6',
      code: 'token.api-key',
      message:
        'that is an API key (pk_test_…), not a user token: it mints tokens, and belongs in no browser. Mint one with it:',
      fix: mint,
    },
    {
      name: 'a new API key',
      text: 'Bearer token_Zq7Rk2Vx9Lm4Tn8Wb3Hc6',
      code: 'token.api-key',
      message:
        'that is an API key (token_…), not a user token: it mints tokens, and belongs in no browser. Mint one with it:',
      fix: mint,
    },
    {
      name: 'a client key',
      text: 'ck_Zq7Rk2Vx9Lm4Tn8Wb3Hc6',
      code: 'token.client-key',
      message:
        'that is a client key (ck_…), not a user token: the older SDKs took it, and it says nothing about a user. Mint a token:',
      fix: mint,
    },
  ];
  it.each(rows)('$name', async ({ text, code, message, fix }) => {
    for (const command of ['decode', 'check-scopes']) {
      const ran = await courierJwt([command, '--json'], { stdin: text });
      const { error } = documentOf<ErrorDocument>(ran);
      expect([ran.code, ran.stderr, error.code, error.message]).toEqual([2, '', code, message]);
    }
    const asText = await courierJwt(['decode'], { stdin: text });
    expect(asText).toEqual({ code: 2, signal: null, stdout: '', stderr: told(message, fix) });
  });

  it("two of Courier's, with how to choose", async () => {
    const other = token({ scope: 'user_id:bob read:brands', exp: 1_900_000_000 });
    const ran = await courierJwt(['decode'], { stdin: `${token({ exp: 1_800_000_000 })} ${other}` });
    expect(ran).toEqual({
      code: 2,
      signal: null,
      stdout: '',
      stderr: told(
        'there are 2 different Courier tokens in that. Pass the one you mean, or all of them with --lines:\n' +
          '  1. user alice, expires 2027-01-15T08:00:00Z\n' +
          '  2. user bob, expires 2030-03-17T17:46:40Z',
        again,
      ),
    });
  });

  it.each([
    { argv: ['-', '--token-file', '/dev/null'], sources: 'stdin (-) and --token-file' },
    { argv: [good, '--token-file', '/dev/null'], sources: 'the argument and --token-file' },
  ])('two sources: $sources', async ({ argv, sources }) => {
    for (const command of ['decode', 'check-scopes']) {
      const ran = await courierJwt([command, '--json', ...argv], { stdin: good });
      const { error } = documentOf<ErrorDocument>(ran);
      expect([ran.code, error.code, error.message]).toEqual([
        2,
        'token.two-sources',
        `the token is given twice: ${sources}. Give it once.`,
      ]);
    }
  });

  it('two arguments', async () => {
    const ran = await courierJwt(['decode', '--json', good, good]);
    expect([ran.code, ran.stderr, documentOf<ErrorDocument>(ran).error.code]).toEqual([2, '', 'usage.excess']);
    expect(ran.stdout).not.toContain('eyJ');
  });

  it.each([
    {
      argv: ['--token-file', '/nowhere/t'],
      message: '--token-file /nowhere/t cannot be read: ENOENT.',
      code: 'usage.file',
    },
    { argv: ['--token-file', '/'], message: '--token-file / cannot be read: EISDIR.', code: 'usage.file' },
    {
      argv: ['--token-file', '/dev/null'],
      message: '/dev/null is empty: there is no token in it. Did the command before it fail?',
      code: 'token.empty',
    },
    {
      argv: [''],
      message: 'the argument is empty: there is no token in it. Did the command before it fail?',
      code: 'token.empty',
    },
  ])('$argv', async ({ argv, message, code }) => {
    const ran = await courierJwt(['decode', '--json', ...argv], { stdin: good });
    const { error } = documentOf<ErrorDocument>(ran);
    expect([ran.code, error.code, error.message]).toEqual([2, code, message]);
  });

  it.each([
    'courier-jwt decode <&-',
    'courier-jwt decode < /dev/null',
    'false | courier-jwt check-scopes',
    'courier-jwt check-scopes - < /dev/null',
  ])('empty stdin is told at once: %s', async (script) => {
    const ran = await shell(script);
    expect([ran.code, ran.stdout, ran.stderr.split('\n')[0]]).toEqual([
      2,
      '',
      'error: stdin is empty: there is no token in it. Did the command before it fail?',
    ]);
  });

  it('a folder on stdin', async () => {
    const ran = await shell('courier-jwt decode --json < /');
    expect([ran.code, documentOf<ErrorDocument>(ran).error.code]).toEqual([2, 'usage.file']);
  });

  it('on a terminal with nothing given, what to do', async () => {
    const folder = configFolder();
    symlinkSync('/dev/null', join(folder, 'typescript'));
    // script(1) gives it a terminal for stdin.
    const ran = await shell(`script -qec 'courier-jwt decode' ${folder}/typescript < /dev/null`);
    expect(ran.code).toBe(2);
    expect(ran.stdout.replaceAll('\r', '').replace(/\u001b\[\d+m/g, '')).toBe(
      told(
        'there is no token: give it as an argument, in a file with --token-file, or on stdin. With - paste it, and press Enter and Ctrl-D.',
        again,
      ),
    );
  });
});

describe('decode: junk is told quickly', () => {
  const megabytes = 10 * 1024 * 1024;
  /** A tenth of it would do; but the machine may be busy. */
  const quickMs = 15_000;
  const onStart = killedAfter(quickMs);
  const filled = (unit: string) => unit.repeat(Math.ceil(megabytes / unit.length)).slice(0, megabytes);
  const junk: [string, () => string | Buffer][] = [
    ['random bytes', () => randomBytes(megabytes)],
    ['base64 in one line', () => randomBytes(megabytes).toString('base64')],
    [
      'base64url with a dot here and there',
      () =>
        randomBytes(megabytes)
          .toString('base64url')
          .replace(/(.{40})./g, '$1.'),
    ],
    ['zeros', () => Buffer.alloc(megabytes)],
    ['dots', () => filled('.')],
    ['letters', () => filled('e')],
    ['eyJ', () => filled('eyJ')],
    ['eyJ.', () => filled('eyJ.')],
    ['headers and nothing else', () => filled(`${header}\n`)],
    ['Bearer', () => filled('Bearer ')],
    ['Bearer and a long space', () => `Bearer${' '.repeat(megabytes)}x`],
    ['lines', () => filled('\n')],
    ['dashes', () => filled('-')],
    ['brackets', () => filled('[')],
    ['key prefixes', () => filled('pk_test_ ')],
    ['quotes', () => filled('"\\')],
  ];
  it.each(junk)('10 MB of %s', async (_, make) => {
    const stdin = make();
    const ran = await courierJwt(['decode', '--json'], { stdin, onStart });
    expect([ran.code, ran.signal]).toEqual([2, null]);
    expect(documentOf<ErrorDocument>(ran).error.code).toMatch(/^token\./);
  });

  it('10 MB of headers and dots, of which three make a token', async () => {
    const started = performance.now();
    const ran = await courierJwt(['decode', '--json', '-q'], { stdin: filled(`${header}.`), onStart });
    expect(performance.now() - started).toBeLessThan(quickMs);
    expect([ran.code, documentOf<View>(ran).payload]).toEqual([0, { alg: 'HS256', typ: 'JWT' }]);
  });

  it('150 000 different tokens are too many, and no crash', async () => {
    const stdin = Array.from({ length: 150_000 }, (_, i) => `eyJhIjoxfQ.e30.x${i.toString(36)}`).join('\n');
    const ran = await courierJwt(['decode', '--json'], { stdin, onStart });
    const { error } = documentOf<ErrorDocument>(ran);
    expect([ran.code, error.code, error.message.split('\n')[0]]).toEqual([
      2,
      'token.ambiguous',
      expect.stringMatching(/^there are 150000 different /),
    ]);
  });

  it('a signature of a megabyte', async () => {
    const started = performance.now();
    const stdin = `${header}.${payload}.${randomBytes(750_000).toString('base64url')}`;
    const ran = await courierJwt(['decode', '--json'], { stdin, onStart });
    expect([ran.code, documentOf<View>(ran).users]).toEqual([0, ['alice']]);
    expect(performance.now() - started).toBeLessThan(quickMs);
  });

  it('a payload and a signature of a megabyte each', async () => {
    const large = part({ scope: 'user_id:alice', filler: randomBytes(750_000).toString('hex') });
    const started = performance.now();
    const stdin = `${header}.${large}.${randomBytes(750_000).toString('base64url')}`;
    const ran = await courierJwt(['decode', '--json'], { stdin, onStart });
    expect([ran.code, documentOf<View>(ran).users]).toEqual([0, ['alice']]);
    expect(performance.now() - started).toBeLessThan(quickMs);
  });

  it('more than 64 MB is not read', async () => {
    const ran = await shell('head -c 70000000 /dev/zero | courier-jwt decode --json');
    expect([ran.code, documentOf<ErrorDocument>(ran).error.code]).toEqual([2, 'token.too-large']);
  });
});

describe.concurrent('decode: any readable token is exit 0', () => {
  const never =
    'warning: never expires: it was minted without expires_in. Tokens cannot be revoked: mint a shorter one, 1d for a usual session.';
  const noScope =
    "warning: there is no scope claim: this is not a Courier user token. Is it your own session's, or another service's?";
  type Case = {
    name: string;
    token: (now: number) => string;
    warnings?: (string | RegExp)[];
    state?: string;
    users?: string[];
    scopes?: number;
  };
  const cases: Case[] = [
    { name: 'valid', token: () => good },
    {
      name: 'expired',
      token: (now) => token({ iat: now - 7200, exp: now - 3600 }),
      state: 'expired',
      warnings: [/^warning: expired 1 hour ago, at \S+Z: the Inbox answers 401 or stays empty\.$/],
    },
    { name: 'without exp', token: () => token({ exp: undefined }), state: 'no-expiry', warnings: [never] },
    {
      name: 'of tomorrow',
      token: (now) => token({ iat: now + 86_400, exp: now + 90_000 }),
      state: 'not-yet-valid',
      warnings: [
        /^warning: not yet valid for \d+ (hours?|day) \(clock skew\?\): check the clock here and on the machine that minted it\.$/,
      ],
    },
    {
      name: 'a little ahead',
      token: (now) => token({ iat: now + 40, exp: now + 3600 }),
      warnings: [/^warning: issued \d+ seconds in the future: /],
    },
    {
      name: 'nbf ahead',
      token: (now) => token({ nbf: now + 3600 }),
      state: 'not-yet-valid',
      warnings: [/^warning: not yet valid for /],
    },
    {
      name: 'without a scope',
      token: () => token({ scope: undefined }),
      users: [],
      scopes: 0,
      warnings: [noScope],
    },
    {
      name: 'scope a list',
      token: () => token({ scope: ['user_id:alice'] }),
      users: [],
      scopes: 0,
      warnings: [
        'warning: the scope claim is not a string: Courier finds no scopes in it.',
        'warning: the claim scope is of the wrong type (array, not string).',
      ],
    },
    {
      name: 'exp a word',
      token: () => token({ exp: 'tomorrow' }),
      state: 'no-expiry',
      warnings: ['warning: the claim exp is of the wrong type (string, not number).'],
    },
    {
      name: 'every claim of the wrong type',
      token: () => token({ scope: 'user_id:alice', tenant_scope: 1, tenant_id: {}, iat: null, exp: true, nbf: [] }),
      state: 'no-expiry',
      scopes: 1,
      warnings: [
        'warning: the claim tenant_id is of the wrong type (object, not string).',
        'warning: the claim tenant_scope is of the wrong type (number, not string).',
        'warning: the claim iat is of the wrong type (null, not number).',
        'warning: the claim exp is of the wrong type (boolean, not number).',
        'warning: the claim nbf is of the wrong type (array, not number).',
      ],
    },
    { name: 'an exp beyond all dates', token: () => token({ exp: 1e300 }), warnings: [/^warning: lives for /] },
    {
      name: 'several users',
      token: () => token({ scope: `user_id:alice user_id:bob ${howTo}` }),
      users: ['alice', 'bob'],
      scopes: 7,
    },
    {
      name: 'another algorithm',
      token: () => token({}, { alg: 'RS256', typ: 'JWT' }),
      warnings: ["warning: signed with RS256; Courier's tokens are HS256. Is it another service's?"],
    },
    {
      name: 'alg none with a signature',
      token: () => token({}, { alg: 'none' }),
      warnings: ['warning: not signed (alg none): Courier refuses it.'],
    },
    {
      name: 'a signature cut short',
      token: () => good.slice(0, -10),
      warnings: [
        'warning: the signature is cut short (33 of 43 characters): Courier refuses it. A column or a copy was too narrow.',
      ],
    },
    {
      name: "a fixture's signature",
      token: () => `${header}.${payload}.signature`,
      warnings: [
        'warning: the signature is no real one (9 characters, HS256 has 43), as in a test fixture: Courier refuses it.',
      ],
    },
    {
      name: 'an empty payload',
      token: () => `${header}.${part({})}.${signature}`,
      state: 'no-expiry',
      users: [],
      scopes: 0,
      warnings: [noScope, never],
    },
    {
      name: 'claims named __proto__',
      token: () => `${header}.${part('{"__proto__":{"scope":"user_id:eve"},"scope":"user_id:alice"}')}.${signature}`,
      state: 'no-expiry',
      scopes: 1,
      warnings: [never],
    },
  ];
  it.each(cases)('$name', async ({ token: make, warnings = [], state = 'valid', users = ['alice'], scopes = 6 }) => {
    const text = make(seconds());
    const said = warnings.map((words) =>
      typeof words === 'string' ? words : (expect.stringMatching(words) as string),
    );
    const ran = await courierJwt(['decode', '--json', text]);
    const view = documentOf<View>(ran);
    expect({
      code: ran.code,
      warnings: ran.stderr.split('\n').filter(Boolean),
      state: view.time.state,
      users: view.users,
      scopes: view.scopes.length,
    }).toEqual({ code: 0, warnings: said, state, users, scopes });
    const asText = await courierJwt(['decode', '-q', text]);
    expect([asText.code, asText.stderr]).toEqual([0, '']);
    expect(asText.stdout).toMatch(/^header\n\{\n[^]*\npayload\n\{[^]*\nscopes\n {2}\S[^]*\n$/);
  });

  it('the whole text', async () => {
    const iat = seconds() - 3700;
    const text = token({ iat, exp: iat + 86_400, scope: 'user_id:alice read:brands inbox:read:write' });
    const ran = await courierJwt(['decode', text], { variables: { TZ: 'America/St_Johns' } });
    const utc = (time: number) => new Date(time * 1000).toISOString().replace('.000', '');
    // Newfoundland's half hour shows whether the offset is the local one.
    const here = (time: number) => new Date(time * 1000).toLocaleString('sv-SE', { timeZone: 'America/St_Johns' });
    const offset = (time: number) =>
      new Intl.DateTimeFormat('en', { timeZone: 'America/St_Johns', timeZoneName: 'longOffset' })
        .formatToParts(time * 1000)
        .find(({ type }) => type === 'timeZoneName')!
        .value.replace('GMT', '');
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toBe(`header
{
  "alg": "HS256",
  "typ": "JWT"
}
payload
${JSON.stringify(claimsOf(text), null, 2)}
user         alice
workspace    ${workspace}/test
environment  test, published
time         valid
issued       1 hour ago · ${utc(iat)} · ${here(iat)} ${offset(iat)}
expires      in 22 hours · ${utc(iat + 86_400)} · ${here(iat + 86_400)} ${offset(iat + 86_400)}
signature    not verified: these are claims only, and the signature is Courier's to verify
scopes
  user_id:alice     names the user; grants nothing alone
  read:brands       read every brand
  inbox:read:write  no scope that Courier documents
`);
  });

  it('a token of --env local says so', async () => {
    const minted = (await courierJwt(['issue', '-u', 'alice', '--env', 'local', '-q'])).stdout;
    const ran = await courierJwt(['decode', '--json', minted.trim()]);
    expect([ran.code, documentOf<View>(ran).signature, ran.stderr]).toEqual([
      0,
      'local',
      'warning: signed by the embedded Courier: Courier itself will refuse it; courier-jwt emulator takes it.\n',
    ]);
  });
});

interface FindingShape {
  code: string;
  status: string;
  subject?: string;
  facts: Record<string, unknown>;
}

describe.concurrent('check-scopes', () => {
  let home: string;
  beforeAll(async () => {
    home = join(configFolder(), 'config');
    const courier = await startCourier();
    const variables = { COURIER_JWT_CONFIG_DIR: home, COURIER_BASE_URL: courier.url };
    const key = 'pk_test_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1';
    for (const argv of [['test'], ['unproved', '--no-check']])
      expect(
        (await courierJwt(['env', 'add', ...argv, '--api-key-stdin', '--storage', 'file'], { variables, stdin: key }))
          .code,
      ).toBe(0);
    await courier.close();
  });
  let local: string;
  beforeAll(async () => {
    local = (await courierJwt(['issue', '-u', 'alice', '--env', 'local', '-q'])).stdout.trim();
  });
  afterAll(() => expect(local).toMatch(/^eyJ/));

  /** What is not a pass and not a skip, as `status code subject`. */
  const judged = (findings: FindingShape[]) =>
    findings
      .filter(({ status }) => status !== 'pass' && status !== 'skip')
      .map(({ status, code, subject }) => [status, code, ...(subject === undefined ? [] : [subject])].join(' '));

  const rows: {
    name: string;
    token?: Record<string, unknown> | ((now: number) => string | Record<string, unknown>);
    argv?: string[];
    exit: number;
    judged?: string[];
  }[] = [
    { name: "the how-to's set", exit: 0 },
    {
      name: 'expired',
      token: (now) => ({ iat: now - 7200, exp: now - 3600 }),
      exit: 1,
      judged: ['fail expiry.expired'],
    },
    {
      name: 'expired within the leeway',
      token: (now) => ({ iat: now - 7200, exp: now - 30 }),
      argv: ['--leeway', '1h'],
      exit: 0,
      judged: ['warn expiry.expired'],
    },
    {
      name: 'expired, with no leeway by default',
      token: (now) => ({ iat: now - 7200, exp: now - 1 }),
      exit: 1,
      judged: ['fail expiry.expired'],
    },
    {
      name: 'expired, leeway 0',
      token: (now) => ({ iat: now - 7200, exp: now - 30 }),
      argv: ['--leeway', '0'],
      exit: 1,
      judged: ['fail expiry.expired'],
    },
    {
      name: 'expired beyond the leeway',
      token: (now) => ({ iat: now - 9000, exp: now - 7200 }),
      argv: ['--leeway', '1h'],
      exit: 1,
      judged: ['fail expiry.expired'],
    },
    { name: 'no exp', token: { exp: undefined }, exit: 0, judged: ['warn expiry.never'] },
    { name: 'no exp, --strict', token: { exp: undefined }, argv: ['--strict'], exit: 1, judged: ['fail expiry.never'] },
    { name: 'iat a little ahead', token: (now) => ({ iat: now + 50 }), exit: 0, judged: ['warn clock.skew'] },
    { name: 'iat further ahead', token: (now) => ({ iat: now + 600 }), exit: 1, judged: ['fail clock.not-yet-valid'] },
    { name: 'nbf ahead', token: (now) => ({ nbf: now + 600 }), exit: 1, judged: ['fail clock.not-yet-valid'] },
    { name: 'over 30 days', token: (now) => ({ exp: now + 31 * 86_400 }), exit: 0, judged: ['warn expiry.long'] },
    { name: '--min-ttl that it has', argv: ['--min-ttl', '1h'], exit: 0 },
    { name: '--min-ttl that it has not', argv: ['--min-ttl', '2d'], exit: 1, judged: ['fail expiry.min-ttl'] },
    { name: '--user that it is for', argv: ['--user', 'alice'], exit: 0 },
    { name: '--user that it is not for', argv: ['-u', 'bob'], exit: 1, judged: ['fail user.mismatch alice'] },
    {
      name: '--user and another one besides',
      token: { scope: `user_id:alice user_id:bob ${howTo}` },
      argv: ['-u', 'alice'],
      exit: 1,
      judged: ['fail user.mismatch bob'],
    },
    {
      name: '--user is exact',
      token: { scope: `user_id:alice2 ${howTo}` },
      argv: ['-u', 'alice'],
      exit: 1,
      judged: ['fail user.mismatch alice2'],
    },
    {
      name: '--user, of a token for nobody',
      token: { scope: howTo },
      argv: ['-u', 'alice'],
      exit: 1,
      judged: ['fail user.missing'],
    },
    {
      name: '--user, of a token for nobody that needs nobody',
      token: { scope: 'read:brands' },
      argv: ['-u', 'alice', '--for', 'brands'],
      exit: 1,
      judged: ['fail user.missing'],
    },
    {
      name: 'several users',
      token: { scope: `user_id:alice user_id:bob ${howTo}` },
      exit: 0,
      judged: ['warn user.several'],
    },
    { name: 'no user', token: { scope: howTo }, exit: 1, judged: ['fail user.missing'] },
    {
      name: 'a user who is a placeholder',
      token: { scope: `user_id:$YOUR_USER_ID ${howTo}` },
      exit: 1,
      judged: ['fail user.placeholder $YOUR_USER_ID'],
    },
    {
      name: 'a user who is undefined',
      token: { scope: `user_id:undefined ${howTo}` },
      exit: 1,
      judged: ['fail user.placeholder undefined'],
    },
    {
      name: 'a scope is missing',
      token: { scope: 'user_id:alice inbox:read:messages read:preferences write:preferences read:brands' },
      exit: 1,
      judged: ['fail scope.missing inbox:write:events'],
    },
    {
      name: 'no scopes',
      token: { scope: '' },
      exit: 1,
      judged: ['fail user.missing', ...howTo.split(' ').map((scope) => `fail scope.missing ${scope}`)],
    },
    {
      name: '--for inbox: recommended ones warn',
      token: { scope: 'user_id:alice inbox:read:messages inbox:write:events' },
      argv: ['--for', 'inbox'],
      exit: 0,
      judged: [
        'warn scope.recommended read:preferences',
        'warn scope.recommended write:preferences',
        'warn scope.recommended read:brands',
      ],
    },
    {
      name: '--for push',
      argv: ['--for', 'push'],
      exit: 1,
      judged: [
        'fail scope.missing write:user-tokens',
        'warn scope.recommended read:user-tokens',
        'warn scope.excess inbox:write:events',
        'warn scope.excess write:preferences',
      ],
    },
    { name: '--for brands needs no user', token: { scope: 'read:brands' }, argv: ['--for', 'brands'], exit: 0 },
    {
      name: '--require alone replaces the default',
      token: { scope: 'user_id:alice read:messages' },
      argv: ['--require', 'read:messages'],
      exit: 0,
    },
    {
      name: '--require that is missing',
      token: { scope: 'user_id:alice read:brands' },
      argv: ['--require', 'read:messages'],
      exit: 1,
      judged: ['fail scope.missing read:messages'],
    },
    {
      name: '--require with --for adds',
      token: { scope: 'user_id:alice read:brands' },
      argv: ['--for', 'brands', '--require', 'read:messages'],
      exit: 1,
      judged: ['fail scope.missing read:messages'],
    },
    {
      name: 'read:brands covers read:brands:b1',
      token: { scope: 'user_id:alice read:brands' },
      argv: ['--require', 'read:brands:b1'],
      exit: 0,
    },
    {
      name: 'read:brands:b1 does not cover read:brands',
      token: { scope: 'user_id:alice read:brands:b1' },
      argv: ['--require', 'read:brands'],
      exit: 1,
      judged: ['fail scope.missing read:brands'],
    },
    {
      name: 'tenants:… covers tenant:<id>:…',
      token: { scope: 'user_id:alice tenants:notifications:read' },
      argv: ['--require', 'tenant:acme:notification:read'],
      exit: 0,
    },
    {
      name: 'tenant:<id>:… does not cover tenants:…',
      token: { scope: 'user_id:alice tenant:acme:read' },
      argv: ['--require', 'tenants:read'],
      exit: 1,
      judged: ['fail scope.missing tenants:read'],
    },
    {
      name: '--for create in the form of one tenant',
      token: {
        scope:
          'user_id:alice tenant:acme:read tenant:acme:notification:read tenant:acme:notification:write tenant:acme:brand:read',
      },
      argv: ['--for', 'create'],
      exit: 0,
    },
    {
      name: 'segments are exact',
      token: { scope: 'user_id:alice read:messagesXYZ' },
      argv: ['--require', 'read:messages'],
      exit: 1,
      judged: ['fail scope.missing read:messages', 'warn scope.unknown read:messagesXYZ'],
    },
    {
      name: 'an unknown scope',
      token: { scope: `user_id:alice ${howTo} inbox:read:write` },
      exit: 0,
      judged: ['warn scope.unknown inbox:read:write'],
    },
    {
      name: 'a scope that is more than needed',
      token: { scope: `user_id:alice ${howTo} write:brands` },
      exit: 0,
      judged: ['warn scope.excess write:brands'],
    },
    {
      name: 'the optional ones are no excess',
      token: { scope: `user_id:alice ${howTo} read:user-tokens write:user-tokens` },
      exit: 0,
    },
    {
      name: 'that, --strict',
      token: { scope: `user_id:alice ${howTo} write:brands` },
      argv: ['--strict'],
      exit: 1,
      judged: ['fail scope.excess write:brands'],
    },
    { name: '--tenant-scope test', argv: ['--tenant-scope', 'test'], exit: 0 },
    { name: '--tenant-scope published/test', argv: ['--tenant-scope', 'published/test'], exit: 0 },
    {
      name: '--tenant-scope production',
      argv: ['--tenant-scope', 'production'],
      exit: 1,
      judged: ['fail tenant-scope.mismatch published/test'],
    },
    {
      name: '--tenant-scope draft/test',
      argv: ['--tenant-scope', 'draft/test'],
      exit: 1,
      judged: ['fail tenant-scope.mismatch published/test'],
    },
    { name: '--env test', argv: ['--env', 'test'], exit: 0 },
    {
      name: '--env test, another workspace',
      token: { tenant_id: 'another/test' },
      argv: ['--env', 'test'],
      exit: 1,
      judged: ['fail workspace.mismatch test'],
    },
    {
      name: '--env test, production',
      token: { tenant_id: workspace, tenant_scope: 'published/production' },
      argv: ['--env', 'test'],
      exit: 1,
      judged: ['fail workspace.mismatch test', 'fail tenant-scope.mismatch published/production'],
    },
    {
      name: '--env that was never proved',
      argv: ['--env', 'unproved'],
      exit: 4,
      judged: ['unknown workspace.unrecorded unproved'],
    },
    {
      name: '1 before 4',
      token: (now) => ({ exp: now - 1 }),
      argv: ['--env', 'unproved'],
      exit: 1,
      judged: ['fail expiry.expired', 'unknown workspace.unrecorded unproved'],
    },
    { name: 'a doubled Bearer', token: () => `Bearer Bearer ${good}`, exit: 1, judged: ['fail header.doubled-bearer'] },
    {
      name: 'alg none with a signature',
      token: () => token({}, { alg: 'none' }),
      exit: 1,
      judged: ['fail signature.none'],
    },
    {
      name: 'another algorithm',
      token: () => token({}, { alg: 'RS256' }),
      exit: 0,
      judged: ['warn signature.algorithm'],
    },
    { name: 'a signature cut short', token: () => good.slice(0, -10), exit: 1, judged: ['fail signature.cut-short'] },
    {
      name: 'claims of the wrong type',
      token: { exp: 'soon' },
      exit: 1,
      judged: ['fail claim.type exp'],
    },
    {
      name: 'no scope claim',
      token: { scope: undefined },
      argv: ['--for', 'brands'],
      exit: 1,
      judged: ['fail claim.no-scope', 'fail scope.missing read:brands'],
    },
    { name: 'local', token: () => local, exit: 0, judged: ['warn signature.local'] },
    { name: 'local, --env local', token: () => local, argv: ['--env', 'local'], exit: 0 },
    { name: 'local, --strict', token: () => local, argv: ['--strict'], exit: 1, judged: ['fail signature.local'] },
    { name: 'local, --env local --strict', token: () => local, argv: ['--env', 'local', '--strict'], exit: 0 },
    { name: "Courier's, --env local", argv: ['--env', 'local'], exit: 1, judged: ['fail workspace.mismatch local'] },
    {
      name: 'everything at once',
      token: (now) => ({
        scope: 'user_id:bob inbox:write:events',
        exp: now - 10,
        tenant_scope: 'published/production',
      }),
      argv: ['-u', 'alice', '--for', 'inbox', '--tenant-scope', 'test'],
      exit: 1,
      judged: [
        'fail expiry.expired',
        'fail user.mismatch bob',
        'fail scope.missing inbox:read:messages',
        'warn scope.recommended read:preferences',
        'warn scope.recommended write:preferences',
        'warn scope.recommended read:brands',
        'fail tenant-scope.mismatch published/production',
      ],
    },
  ];

  it.each(rows)('$name', async ({ token: given = {}, argv = [], exit, judged: expected = [] }) => {
    const made = typeof given === 'function' ? given(seconds()) : given;
    const text = typeof made === 'string' ? made : token(made);
    const variables = { COURIER_JWT_CONFIG_DIR: home };
    const ran = await courierJwt(['check-scopes', '--json', ...argv], { stdin: text, variables });
    const report = documentOf<{ ok: boolean; findings: FindingShape[] }>(ran);
    expect({ exit: ran.code, ok: report.ok, stderr: ran.stderr, judged: judged(report.findings) }).toEqual({
      exit,
      ok: exit === 0,
      stderr: '',
      judged: expected,
    });
    // What was not looked at is said every time: no green that is not earned.
    expect(report.findings.filter(({ status }) => status === 'skip').map(({ code }) => code)).toEqual(
      expect.arrayContaining(['signature.not-verified', 'courier.not-asked']),
    );

    const asText = await courierJwt(['check-scopes', ...argv], { stdin: text, variables });
    const [headline = '', blank, ...rest] = asText.stdout.split('\n');
    const count = (status: string) => report.findings.filter((finding) => finding.status === status).length;
    const counts = [
      [count('fail'), 'failed'],
      [count('unknown'), 'could not be told'],
      [count('warn'), count('warn') === 1 ? 'warning' : 'warnings'],
      [count('pass'), 'passed'],
      [count('skip'), 'not looked at'],
    ] as const;
    expect(headline.startsWith({ 0: 'yes  ', 4: 'unknown  ' }[exit] ?? 'no  ')).toBe(true);
    expect(
      headline.endsWith(
        `: ${counts
          .filter(([n]) => n > 0)
          .map(([n, what]) => `${n} ${what}`)
          .join(', ')}`,
      ),
    ).toBe(true);
    expect(blank).toBe('');
    const codes = rest.flatMap((line) => /\[([\w.-]+)\]$/.exec(line)?.[1] ?? []);
    expect(codes.toSorted()).toEqual(report.findings.map(({ code }) => code).toSorted());
    expect([asText.code, asText.stderr]).toEqual([exit, '']);
  });

  it.each([
    { argv: ['--for', 'nowhere'], exit: 2, code: 'usage.value' },
    { argv: ['--user', '$USER'], exit: 2, code: 'user.invalid' },
    { argv: ['--user', 'a b'], exit: 2, code: 'user.invalid' },
    { argv: ['--min-ttl', '3600'], exit: 2, code: 'duration.invalid' },
    { argv: ['--leeway', 'soon'], exit: 2, code: 'duration.invalid' },
    { argv: ['--require', ''], exit: 2, code: 'usage.value' },
    { argv: ['--env', 'test', '--env', 'test'], exit: 2, code: 'usage.repeated' },
    { argv: ['--user', 'a', '--user', 'b'], exit: 2, code: 'usage.repeated' },
  ])('usage before the token is read: $argv', async ({ argv, exit, code }) => {
    const variables = { COURIER_JWT_CONFIG_DIR: home };
    const words = argv.map((word) => `'${word}'`).join(' ');
    // A stdin without an end: a command that read it would wait, and find it empty.
    const ran = await shell(`courier-jwt check-scopes --json ${words} < <(exec sleep 5 > /dev/null 2>&1)`, {
      variables,
    });
    expect([exitOf(ran), documentOf<ErrorDocument>(ran).error.code]).toEqual([exit, code]);
  });

  it('and then the token, and only then the store', async () => {
    const argv = ['check-scopes', '--json', '--env', 'nowhere'];
    const variables = { COURIER_JWT_CONFIG_DIR: home };
    const empty = await courierJwt(argv, { variables });
    expect([empty.code, documentOf<ErrorDocument>(empty).error.code]).toEqual([2, 'token.empty']);
    const ran = await courierJwt(argv, { variables, stdin: good });
    expect([ran.code, documentOf<ErrorDocument>(ran).error]).toEqual([
      3,
      {
        code: 'environment.unknown',
        message: 'there is no environment nowhere (--env). There are: test, unproved, local.',
        fix: ['courier-jwt', 'env', 'add', 'nowhere'],
      },
    ]);
  });

  it('sends nothing: claims only', async () => {
    const courier = await startCourier();
    const variables = { COURIER_API_KEY: 'pk_test_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1', COURIER_BASE_URL: courier.url };
    for (const command of ['decode', 'check-scopes'])
      expect((await courierJwt([command, good], { variables })).code).toBe(0);
    expect(courier.requests).toEqual([]);
    await courier.close();
  });
});
