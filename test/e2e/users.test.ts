import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type CourierServer, type Misbehaviour, json, late, sign } from '../support/courier-server.js';
import { liveIn } from '../support/e2e-hostile.js';
import { start } from '../support/e2e-running.js';
import { leaksIn } from '../support/e2e-secrets.js';
import { askedOf, linesFor, mintedIn, outcomesIn, userLinesIn, usersNamed } from '../support/e2e-users.js';
import { apiKey, fileWith, keyed, killedAfter, shell, told, withCourier } from '../support/e2e-world.js';
import { type RunOptions, configFolder, courierJwt } from '../support/run.js';

const howTo = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';

/** Runs `issue --users` in a folder with `files`, against a Courier of its own. */
async function issued(
  argv: string[],
  { files = {}, ...options }: RunOptions & { files?: Record<string, string | Buffer> },
  misbehaviour?: Misbehaviour,
) {
  return withCourier(async (courier) => {
    courier.misbehave(misbehaviour);
    const cwd = folderWith(files);
    const variables = { ...keyed(courier), ...options.variables };
    const ran = await courierJwt(['issue', ...argv], { ...options, cwd, variables });
    return { ...ran, courier, cwd, read: (name: string) => readFileSync(join(cwd, name), 'utf8') };
  });
}

function folderWith(files: Record<string, string | Buffer>): string {
  const folder = configFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** What was asked of Courier, whole, in an order of its own. */
function bodiesOf({ requests }: CourierServer): unknown[] {
  return requests
    .map(({ body }) => body)
    .toSorted()
    .map((body) => JSON.parse(body) as unknown);
}

const three = ['alice: token', 'bob: token', 'carol: token'];
const forThree = ['alice', 'bob', 'carol'].map((user) => ({ scope: `user_id:${user} ${howTo}`, expires_in: '1d' }));

describe.concurrent('how users are written down', () => {
  const earlier = [
    { user: 'alice', token: sign({ scope: 'user_id:alice' }), expiresAt: '2030-01-01T00:00:00Z' },
    { user: 'bob', error: { code: 'courier.timeout', message: 'x' } },
    { user: 'carol', token: sign({ scope: 'user_id:carol' }), expiresAt: null },
  ].map((line) => `${JSON.stringify(line)}\n`);
  it.each([
    { name: 'lines', file: 'alice\nbob\ncarol\n' },
    { name: 'lines, the last without its end', file: 'alice\nbob\ncarol' },
    { name: 'lines of Windows', file: '\ufeffalice\r\nbob\r\ncarol\r\n' },
    { name: 'UTF-16 of PowerShell', file: Buffer.from('\ufeffalice\r\nbob\r\ncarol\r\n', 'utf16le') },
    { name: 'NDJSON', file: '{"user":"alice"}\n{ "user": "bob", "mail": "b@x" }\r\n{"user":"carol"}' },
    { name: 'both', file: 'alice\n{"user":"bob"}\ncarol' },
    { name: 'what an earlier run wrote', file: earlier.join('') },
    { name: 'some twice', file: 'alice\nbob\nalice\n{"user":"bob"}\ncarol\n' },
    { name: 'CSV', file: 'user\nalice\nbob\ncarol\n', csv: 'u.csv' },
    { name: 'CSV of one column', file: 'user\nalice\nbob\ncarol\n', csv: 'u.csv' },
    { name: 'CSV, its column guessed', file: 'name,User ID\nA,alice\nB,bob\nC,carol\n', csv: 'u.CSV' },
    {
      name: 'CSV with quotes',
      file: '\ufeff"id","name"\r\n"alice","A ""the first"", x"\r\nbob,"a\nb"\r\n"carol",',
      csv: 'u.csv',
    },
    {
      name: 'CSV with line breaks',
      file: 'name,id\n"A\n\n,\nx",alice\n"B\r\nid"" \n",bob\n"\n",carol\n',
      csv: 'u.csv',
    },
    { name: 'CSV of a German Excel', file: 'id;mail\nalice;"a;b"\nbob;\ncarol;x', csv: 'u.csv' },
    { name: 'CSV with tabs', file: 'mail\tid\nx\talice\nx\tbob\nx\tcarol\n', csv: 'u.csv' },
    {
      name: 'CSV, its column named',
      file: 'id,key\n1,alice\n2,bob\n3,carol\n',
      csv: 'u.txt',
      more: ['--users-column', 'key'],
    },
  ])('$name', async ({ file, csv: name = 'u.txt', more = [] }) => {
    const { code, stdout, courier } = await issued(['--users', name, ...more], { files: { [name]: file } });
    expect([code, outcomesIn(stdout), bodiesOf(courier)]).toEqual([0, three, forThree]);
  });

  it.each([
    { name: 'stdin', script: 'printf "alice\\nbob\\ncarol" | courier-jwt issue --users -' },
    {
      name: 'stdin, CSV',
      script: 'printf "x,id\\n1,alice\\n2,bob\\n3,carol" | courier-jwt issue --users - --users-column id',
    },
    { name: 'a file as stdin', script: 'printf "alice\\nbob\\ncarol" > u; courier-jwt issue --users - < u' },
    { name: '<(…)', script: 'courier-jwt issue --users <(echo alice; sleep 0.2; echo bob; echo carol)' },
    { name: 'a FIFO', script: 'mkfifo f; printf "alice\\nbob\\ncarol" > f & courier-jwt issue --users f' },
  ])('$name', async ({ script }) =>
    withCourier(async (courier) => {
      const { code, stdout } = await shell(script, { variables: keyed(courier) });
      expect([code, outcomesIn(stdout), bodiesOf(courier)]).toEqual([0, three, forThree]);
    }),
  );

  it('an id with quotes and commas in it', async () => {
    const file = 'id,b\n"a""b"",c""","x"\n';
    const { code, stdout } = await issued(['--users', 'u.csv'], { files: { 'u.csv': file } });
    expect([code, outcomesIn(stdout)]).toEqual([0, ['a"b",c": token']]);
  });

  it('what a user has of its own is asked for instead', async () => {
    const users = [
      { user: 'all' },
      { user: 'list', scopes: ['read:preferences', 'inbox:read:messages write:preferences'] },
      { user: 'text', scopes: 'read:brands' },
      { user: 'time', expiresIn: '2 hours' },
      { user: 'tenant', tenant: 'other' },
      { user: 'three', scopes: ['tenants:brand:read'], tenant: 'third', expiresIn: '90s' },
    ];
    const file = users.map((user) => `${JSON.stringify(user)}\n`).join('');
    const argv = ['--users', 'u', '--scope', 'tenants:read,read:brands', '--tenant', 'acme', '--expires-in', '7d'];
    const { code, stdout, courier } = await issued(argv, { files: { u: file } });
    // Without a scope that a tenant narrows, --tenant would mean nothing.
    const unused = (line: number) =>
      `tenant.unused line ${line}: --tenant acme changes only Courier Create's scopes, and none of them is asked for: add --for create.`;
    expect([code, outcomesIn(stdout), bodiesOf(courier)]).toEqual([
      1,
      ['all: token', `list: ${unused(2)}`, 'tenant: token', `text: ${unused(3)}`, 'three: token', 'time: token'],
      [
        { scope: 'user_id:all tenant:acme:read read:brands', expires_in: '7d' },
        { scope: 'user_id:tenant tenant:other:read read:brands', expires_in: '7d' },
        { scope: 'user_id:three tenant:third:brand:read', expires_in: '90s' },
        { scope: 'user_id:time tenant:acme:read read:brands', expires_in: '2 hours' },
      ],
    ]);
  });
});

describe.concurrent('a line that names no user', () => {
  const lined = (problem: string) => `usage.user-line line 2: ${problem}`;
  const invalid = (user: string, why: string) => `user.invalid line 2: user ${user} cannot be a user id: ${why}.`;
  const placeholder =
    'it is a placeholder that nothing was put in for: a variable in single quotes, or one that is not set';
  const huge = Buffer.alloc(10_000_000, 'x');
  it.each([
    { of: 'nothing', line: '', error: invalid('""', 'it is empty') },
    {
      of: 'spaces',
      line: 'a b',
      error: invalid('a b', 'it has white space in it, and a space in a user id adds scopes to the token'),
    },
    { of: 'a placeholder', line: '$USER_ID', error: invalid('$USER_ID', placeholder) },
    { of: 'undefined', line: 'undefined', error: invalid('undefined', placeholder) },
    {
      of: 'a key',
      line: apiKey,
      user: '[redacted]',
      error: invalid('[redacted]', 'it is an API key, which mints tokens. If it is real, rotate it'),
    },
    {
      of: 'a key of somebody else',
      line: 'pk_prod_Ab3Cd5Ef7Gh9Jk1Lm3Np5Qr7St9Uv1',
      user: '[redacted]',
      error: invalid('[redacted]', 'it is an API key, which mints tokens. If it is real, rotate it'),
    },
    {
      of: 'what nobody sees',
      line: 'a\u001b[31m\u200bb',
      error: invalid('a\\u{1b}[31m\\u{200b}b', 'it has characters in it that nobody sees'),
    },
    { of: 'bad JSON', line: '{"user":"x"', error: lined('it is no user: an id, or JSON with one.') },
    { of: 'no user', line: '{"name":"x"}', error: lined('it has no user.') },
    { of: 'a number as user', line: '{"user":5}', error: lined('its user is no text: write it in quotes.') },
    { of: 'null as user', line: '{"user":null}', error: lined('its user is no text: write it in quotes.') },
    {
      of: 'scopes that are none',
      line: '{"user":"x","scopes":[1]}',
      user: 'x',
      error: lined('its scopes are no list of texts, or an empty one.'),
    },
    {
      of: 'no scopes',
      line: '{"user":"x","scopes":[]}',
      user: 'x',
      error: lined('its scopes are no list of texts, or an empty one.'),
    },
    { of: 'a tenant that is none', line: '{"user":"x","tenant":1}', user: 'x', error: lined('its tenant is no text.') },
    {
      of: 'a lifetime that is none',
      line: '{"user":"x","expiresIn":60}',
      user: 'x',
      error: lined('its expiresIn is no text.'),
    },
    {
      of: 'a misspelt field',
      line: '{"user":"x","scope":"a"}',
      user: 'x',
      error: lined('it has no such field as scope. Did you mean scopes?'),
    },
    {
      of: 'expires_in',
      line: '{"user":"x","expires_in":"1h"}',
      user: 'x',
      error: lined('it has no such field as expires_in. Did you mean expiresIn?'),
    },
    {
      of: 'a lifetime without unit',
      line: '{"user":"x","expiresIn":"60"}',
      user: 'x',
      error:
        'duration.invalid line 2: expiresIn 60: it has no unit: write 30s or 1h (to Courier a bare number is milliseconds).',
    },
    {
      of: 'another user in its scopes',
      line: '{"user":"x","scopes":["user_id:eve"]}',
      user: 'x',
      error:
        'scope.user-id line 2: user_id:eve is not a scope to ask for: the user is named with --user, and only there.',
    },
    { of: 'Latin-1', line: Buffer.from('b\xf6b', 'latin1'), user: 'b\ufffdb', error: lined('it is not UTF-8.') },
    { of: '10 MB', line: huge, user: 'x'.repeat(200), error: lined('it is longer than any user id: over 64 kB.') },
    {
      of: '10 MB of JSON',
      line: Buffer.concat([Buffer.from('{"user":"'), huge]),
      user: `{"user":"${'x'.repeat(191)}`,
      error: lined('it is longer than any user id: over 64 kB.'),
    },
  ])('$of', async ({ line, user = String(line), error }) => {
    const u = Buffer.concat([Buffer.from('before\n'), Buffer.from(line), Buffer.from('\nzoe\n')]);
    const { code, stdout, stderr, courier } = await issued(['--users', 'u'], { files: { u } });
    expect([code, outcomesIn(stdout)]).toEqual([1, ['before: token', `${user}: ${error}`, 'zoe: token'].toSorted()]);
    expect(askedOf(courier)).toEqual(['before', 'zoe']);
    expect(stderr).toBe(`minted 2 tokens; 1 error (${error.split(' ')[0]} 1); key: COURIER_API_KEY, ${courier.url}\n`);
    expect([leaksIn(stdout + stderr, [apiKey]), liveIn(stdout.replaceAll('\ufffd', ''))]).toEqual([[], []]);
  });

  it.each([
    {
      of: 'too few columns',
      csv: 'a,id\nx,before\nshort\nx,zoe\n',
      row: 'short: usage.user-line line 3: it has fewer columns than the header.',
    },
    {
      of: 'a quote that never ends',
      csv: 'id,b\nbefore,x\n"eve,x\nzoe,y',
      row: '"eve,x: usage.user-line line 3: a quote in it does not end where its field ends.',
    },
    {
      of: 'something behind a quote',
      csv: 'id,b\nbefore,x\n"eve"l,x\nzoe,y',
      row: '"eve"l,x: usage.user-line line 3: a quote in it does not end where its field ends.',
    },
    {
      of: 'an empty field',
      csv: 'id,b\nbefore,x\n,x\nzoe,y',
      row: ': user.invalid line 3: user "" cannot be a user id: it is empty.',
    },
    {
      of: 'an empty field at the end',
      csv: 'b,id\nx,before\nx,\nx,zoe',
      row: ': user.invalid line 3: user "" cannot be a user id: it is empty.',
    },
    {
      of: 'a line number behind line breaks',
      csv: 'id,b\nbefore,"\n\n"\na b,\nzoe,y',
      row: 'a b: user.invalid line 5: user a b cannot be a user id: it has white space in it, and a space in a user id adds scopes to the token.',
    },
  ])('of CSV: $of', async ({ csv, row }) => {
    const { code, stdout } = await issued(['--users', 'u.csv'], { files: { 'u.csv': csv } });
    expect([code, outcomesIn(stdout)]).toEqual([1, ['before: token', row, 'zoe: token'].toSorted()]);
  });
});

describe.concurrent('what is refused as a whole, before anything is asked for', () => {
  const help = 'courier-jwt issue --help';
  const files = {
    u: 'alice\n',
    none: '',
    bom: '\ufeff',
    'head.csv': 'id\n',
    'who.csv': 'who,name\na,b\n',
    'mail.csv': 'who,E-mail\na,b@c.d\n',
    'bare.csv': 'a@b.c\nb@c.d\n',
    looks: 'user,name\na,b\n',
    o: 'mine\n',
    list: '{"user":"alice"}\n{"user":"bob","tenant":"acme"}\n',
  };
  const nobody = (path: string) => told(`--users ${path}: there is nobody in it.`, help);
  it.each([
    { argv: ['--users', '.'], stderr: told('--users . cannot be read: it is a folder.', help) },
    {
      argv: ['--users', 'nowhere'],
      stderr: told('--users nowhere cannot be read: there is no such file (for one user: --user).', help),
    },
    {
      argv: ['--users', 'x'.repeat(300)],
      stderr: told(`--users ${'x'.repeat(300)} cannot be read: ENAMETOOLONG.`, help),
    },
    { argv: ['--users', 'none'], stderr: nobody('none') },
    { argv: ['--users', 'bom'], stderr: nobody('bom') },
    { argv: ['--users', 'head.csv'], stderr: nobody('head.csv') },
    { argv: ['--users', '-'], stderr: nobody('-') },
    {
      argv: ['--users', 'who.csv'],
      stderr: told(
        '--users: which column are the users in? (A list without a header is read from stdin: --users -) There are who, name.',
        help,
      ),
    },
    {
      argv: ['--users', 'mail.csv'],
      stderr: told(
        '--users: which column are the users in? (A list without a header is read from stdin: --users -) There are who, E-mail.',
        'courier-jwt issue --users mail.csv --users-column E-mail',
      ),
    },
    {
      argv: ['--users', 'bare.csv'],
      stderr: told(
        '--users: which column are the users in? (A list without a header is read from stdin: --users -) There are a@b.c.',
        help,
      ),
    },
    {
      argv: ['--users', 'who.csv', '--users-column', 'id'],
      stderr: told('--users-column id: there is no such column. There are who, name.', help),
    },
    {
      argv: ['--users', 'looks'],
      stderr: told(
        '--users looks like CSV, with the header user,name: name the column that the users are in.',
        'courier-jwt issue --users looks --users-column user',
      ),
    },
    {
      argv: ['--users', 'u', '--out', 'o'],
      stderr: told(
        '--out o: that is there already. To write in its place, add --yes; --resume goes on with it.',
        'courier-jwt issue --users u --resume o',
      ),
    },
    {
      argv: ['--users', 'u', '--out', '.', '--yes'],
      stderr: told('--out . cannot be written: EEXIST.', 'ls -ld .'),
    },
    {
      argv: ['--users', 'u', '--out', 'nowhere/o'],
      stderr: told('--out nowhere/o cannot be written: ENOENT.', 'mkdir -p nowhere/'),
    },
    {
      argv: ['--users', 'u', '--resume', 'o'],
      stderr: told(
        '--resume o: line 1 is not from issue --users. Nothing was changed; --out writes to a new file.',
        help,
      ),
    },
    {
      argv: ['--users', 'u', '--resume', 'list'],
      stderr: told(
        '--resume list: line 1 is not from issue --users. Nothing was changed; --out writes to a new file.',
        help,
      ),
    },
    {
      argv: ['--users', 'u', '--resume', './u'],
      stderr: told('--users and --resume do not go together: they are one file.', help),
    },
    { argv: ['--users', 'u', '--resume', '.'], stderr: told('--resume . cannot be written: EISDIR.', 'ls -ld .') },
    {
      argv: ['--users', 'u', '--out', 'p', '--resume', 'p'],
      stderr: told('--out and --resume do not go together: --resume writes to its own file.', help),
    },
    { argv: ['--users', 'u', '-u', 'alice'], stderr: told('--users and --user do not go together.', help) },
    { argv: ['-u', 'alice', '--shard', '1/2'], stderr: told('--shard means nothing without --users <file>.', help) },
    ...['0/8', '9/8', '3', '1/0', '-1/8'].map((value) => ({
      argv: ['--users', 'u', `--shard=${value}`],
      stderr: told(`--shard ${value}: it takes the number of a part, from 1, and of all parts: 3/8.`, help),
    })),
    ...['50', '0/s', '5/d', '/s'].map((value) => ({
      argv: ['--users', 'u', '--rate', value],
      stderr: told(`--rate ${value}: it takes so many a second, minute or hour: 50/s, 3000/m.`, help),
    })),
  ])('$argv', async ({ argv, stderr }) => {
    const { courier, cwd, read, ...ran } = await issued(argv, { files });
    expect(ran).toEqual({ code: 2, signal: null, stdout: '', stderr });
    expect(courier.requests).toEqual([]);
    expect(Object.fromEntries(readdirSync(cwd).map((name) => [name, read(name)]))).toEqual(files);
  });

  it.each([
    ['a spreadsheet', Buffer.from('PK\x03\x04\x14\0\x06\0x')],
    ['an archive', gzipSync('alice\n')],
  ])('%s', async (_, u) => {
    const { code, stdout, stderr, courier } = await issued(['--users', 'u'], { files: { u } });
    const reason = 'it is no text: save a spreadsheet as CSV, unpack an archive';
    expect([code, stdout, stderr]).toEqual([2, '', told(`--users u cannot be read: ${reason}.`, help)]);
    expect(courier.requests).toEqual([]);
  });

  it('but for a byte that is none, further down', async () => {
    const { code, stdout } = await issued(['--users', '-'], { stdin: 'alice\nb\0b\n' });
    expect([code, outcomesIn(stdout).map((line) => line.slice(0, 19))]).toEqual([
      1,
      ['alice: token', 'b\0b: user.invalid l'],
    ]);
  });

  it('with --json on one line', async () => {
    const ran = await issued(['--users', 'nowhere', '--json'], {});
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([
      2,
      '{"error":{"code":"usage.file","message":"--users nowhere cannot be read: there is no such file (for one user: --user).","fix":["courier-jwt","issue","--help"]}}\n',
      '',
    ]);
  });

  it('without a key', async () => {
    const { code, stdout, courier } = await issued(['--users', 'u'], { files, variables: { COURIER_API_KEY: '' } });
    expect([code, stdout, courier.requests]).toEqual([3, '', []]);
  });
});

describe.concurrent('what comes out', () => {
  const users = usersNamed(300);
  const files = { u: linesFor(users) };
  const all = users.map((user) => `${user}: token`).toSorted();

  it('--out is a file that only its owner reads', async () => {
    const { code, stdout, cwd, read, courier } = await issued(['--users', 'u', '--out', 'o'], { files });
    expect([code, stdout, outcomesIn(read('o')), askedOf(courier).toSorted()]).toEqual([0, '', all, users]);
    expect([statSync(join(cwd, 'o')).mode & 0o777, readdirSync(cwd).toSorted()]).toEqual([0o600, ['o', 'u']]);
  });

  it('--out with --yes is written anew, and what links to the old one is not', async () => {
    const cwd = folderWith({ ...files, o: 'old\n' });
    linkSync(join(cwd, 'o'), join(cwd, 'backup'));
    expect((await courierJwt(['issue', '--users', 'u', '--out', 'o', '--yes', '--env', 'local'], { cwd })).code).toBe(
      0,
    );
    expect(mintedIn(readFileSync(join(cwd, 'o'), 'utf8'))).toEqual(users);
    expect(statSync(join(cwd, 'o')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(cwd, 'backup'), 'utf8')).toBe('old\n');
  });

  it.each([
    { of: 'a new one', had: {}, options: ['--out', 'o'] },
    { of: 'an old one', had: { o: 'old\n' }, options: ['--out', 'o', '--yes'] },
    { of: 'an earlier run', had: { o: '' }, options: ['--resume', 'o'] },
  ])('a shard without users has an empty file: $of', async ({ had, options }) => {
    const cwd = folderWith({ u: 'alice\n', ...had });
    const argv = ['issue', '--users', 'u', '--shard', '1/2', '--env', 'local', '-q', ...options];
    expect(await courierJwt(argv, { cwd })).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect([readFileSync(join(cwd, 'o'), 'utf8'), readdirSync(cwd).toSorted()]).toEqual(['', ['o', 'u']]);
  });

  it.each([{ option: ['--out'] }, { option: ['--yes', '--out'] }, { option: ['--resume'] }])(
    '$option is no pipe that nobody reads',
    async ({ option }) => {
      const pipe = join(folderWith({}), 'pipe');
      execFileSync('mkfifo', [pipe]);
      const argv = ['issue', '--users', '-', '--env', 'local', '-q', ...option, pipe];
      const ran = await courierJwt(argv, { stdin: files.u, onStart: killedAfter(10_000) });
      const stderr = told(`${option.at(-1)} ${pipe} cannot be written: it is no file.`, `ls -ld ${pipe.slice(0, -4)}`);
      expect(ran).toEqual({ code: 2, signal: null, stdout: '', stderr });
    },
  );

  it('--quiet says nothing', async () => {
    const { code, stdout, stderr } = await issued(['--users', 'u', '-q'], { files });
    expect([code, outcomesIn(stdout), stderr]).toEqual([0, all, '']);
  });

  it('users who stand there twice, and what was sent again, are told', async () => {
    let refused = 0;
    const once: Misbehaviour = (request, response) =>
      askedFirst(request.body) && (refused += 1) === 1 ? json(503, {})(request, response) : false;
    const askedFirst = (body: string) => body.includes('user_id:bob ');
    const { code, stdout, stderr, courier } = await issued(
      ['--users', 'u'],
      { files: { u: 'alice\nbob\nalice\ncarol\n' } },
      once,
    );
    expect([code, outcomesIn(stdout)]).toEqual([0, three]);
    expect(stderr.replace(/ in [^;]* a second/, '')).toBe(
      'note: 1 line names a user who stands before: each is minted for once. The first is line 3, alice.\n' +
        `minted 3 tokens; 1 request sent again (503 1); key: COURIER_API_KEY, ${courier.url}\n`,
    );
  });

  it.each([
    { of: 'less granted than asked', status: 200, code: 1, error: 'grant.scope-missing' },
    { of: 'what Courier cannot mint', status: 400, code: 1, error: 'request.rejected' },
    { of: 'a key that is wrong', status: 401, code: 3, error: 'key.refused' },
    { of: 'a key that may not', status: 403, code: 3, error: 'key.refused' },
    { of: 'a redirect', status: 302, code: 4, error: 'courier.redirect' },
    { of: 'another server', status: 404, code: 4, error: 'courier.status' },
  ])('exit code of $of: $code', async ({ status, code, error }) => {
    const less = { token: sign({ scope: 'user_id:user-0 read:brands', exp: 2_000_000_000 }) };
    const answer = json(status, status === 200 ? less : { message: 'no' }, { location: 'https://elsewhere.test/' });
    const ran = await issued(['--users', 'u', '--json'], { files: { u: 'user-0\n' } }, answer);
    const seen = ran.stdout
      .split('\n')
      .map((line) => (line ? (JSON.parse(line) as { error: { code: string } }).error.code : ''));
    expect([ran.code, seen]).toEqual([code, [error, '']]);
  });

  it.each([
    { to: 'a pipe', redirect: '| cat > o', masked: users },
    { to: 'a file', redirect: '> o', masked: [] },
    { to: '--out', redirect: '--out o', masked: [] },
    { to: '--resume', redirect: '--resume o', masked: [] },
  ])('GitHub Actions hides tokens: to $to', async ({ redirect, masked }) =>
    withCourier(async (courier) => {
      const cwd = folderWith(files);
      const script = `courier-jwt issue --users u -q ${redirect}`;
      const { stderr } = await shell(script, { cwd, variables: { ...keyed(courier), GITHUB_ACTIONS: 'true' } });
      const tokens = userLinesIn(readFileSync(join(cwd, 'o'), 'utf8')).map(({ token }) => token);
      expect(tokens.length).toBe(users.length);
      expect(stderr).toBe(masked.length === 0 ? '' : tokens.map((token) => `::add-mask::${token}\n`).join(''));
    }),
  );

  it('a production key is refused; with --allow-production it mints', async () => {
    const production = (allow: string[]) =>
      issued(['--users', 'u', '-q', ...allow], {
        files,
        variables: { COURIER_API_KEY: apiKey.replace('test', 'prod') },
      });
    const [refused, allowed] = [await production([]), await production(['--allow-production'])];
    expect([refused.code, refused.stdout, refused.courier.requests]).toEqual([2, '', []]);
    expect([allowed.code, outcomesIn(allowed.stdout)]).toEqual([0, all]);
  });

  it('where only a token says that it is of production, it is thrown away, and is the only one', async () =>
    withCourier(async (courier) => {
      courier.claims((claims) => ({ ...claims, tenant_scope: 'published/production' }));
      const ran = await courierJwt(['issue', '--users', fileWith(files.u)], { variables: keyed(courier) });
      expect([ran.code, ran.stdout, courier.requests.length]).toEqual([2, '', 1]);
      expect(ran.stderr).toContain('the token says so; it was thrown away unseen');
      expect(ran.stderr).not.toMatch(/eyJ/);
    }));
});

describe.concurrent('what goes wrong with the file meanwhile', () => {
  // Of a file as long as this, some is still to be read when it is cut.
  const users = usersNamed(2000).map((user) => `${user}-${'x'.repeat(200)}`);

  it('cut short: what is missing is missed, and what was minted is kept', async () =>
    withCourier(async (courier) => {
      courier.misbehave(late);
      const path = fileWith(linesFor(users));
      const running = start(['issue', '--users', path], keyed(courier));
      const ended = new Promise<number>((done) => running.child.on('close', done));
      await running.until(() => courier.requests.length > 100);
      truncateSync(path, 10);
      const code = await ended;
      const { stdout, stderr } = running.output;
      const minted = mintedIn(stdout);
      expect([code, new Set(minted).size, minted.filter((user) => !users.includes(user))]).toEqual([
        2,
        minted.length,
        [],
      ]);
      // It ended within a line, which is nobody's.
      expect(stderr).toBe(
        `${minted.length} users have a token. To go on later, give --resume a file with what was printed here.\n` +
          told(
            `--users ${path} cannot be read: it was cut short meanwhile, after line ${minted.length}.`,
            'courier-jwt issue --help',
          ),
      );
    }));
});

describe('--shard', () => {
  const users = usersNamed(60);
  const file = fileWith(`${linesFor(users)}a b\n`);
  const shardOf = (user: string, count: number) => createHash('sha256').update(user).digest().readUInt32BE(0) % count;

  it.concurrent.each(Array.from({ length: 9 }, (_, at) => ({ count: at + 1 })))(
    'of $count: each user is in one, which is always the same',
    async ({ count }) => {
      const seen = [];
      for (let index = 1; index <= count; index += 1) {
        const argv = ['issue', '--users', file, '--env', 'local', '-q', '--shard', `${index}/${count}`];
        seen.push(userLinesIn((await courierJwt(argv)).stdout).map(({ user }) => user));
      }
      const expected = seen.map((_, at) => [...users, 'a b'].filter((user) => shardOf(user, count) === at));
      expect(seen.map((shard) => shard.toSorted())).toEqual(expected.map((shard) => shard.toSorted()));
    },
  );
});
