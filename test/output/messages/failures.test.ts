import { describe, expect, it } from 'vitest';
import { type Failure, type FailureCode, type FailureFacts } from '../../../src/errors.js';
import { explain } from '../../../src/output/messages/failures.js';
import { shellLine } from '../../../src/output/shell.js';

/** Everything that a terminal or GitHub could take for more than text. */
const evil = '\u001b[31m\r\n::error::x##[error]\u202e\u2028\u0085\u009b\0\ud800';
const fine = 'fine';

/** Facts for every failure there is, twice where a sentence has two forms: once in full with what is hostile. */
const facts: { [C in FailureCode]: FailureFacts[C][] } = {
  'usage.parser': [{ message: evil, command: evil }, { message: fine }],
  'usage.unknown-command': [{ word: evil, suggestion: ['courier-jwt', evil] }, { word: fine }],
  'usage.token-first': [{}],
  'usage.key-in-argv': [{ option: evil }, { name: fine }],
  'usage.unknown-option': [
    { option: evil, command: evil, suggestion: evil },
    { option: fine, command: '' },
  ],
  'usage.value': [
    { option: evil, value: evil, reason: evil, suggestion: evil },
    { option: '--for', value: evil, reason: fine },
  ],
  'usage.excess': [{ command: evil, suggestion: [evil] }, { command: 'env add' }, { command: evil, takesToken: true }],
  'usage.no-dashes': [{ word: evil }, { word: evil, suggestion: ['courier-jwt', 'exec'] }],
  'usage.repeated': [{ option: evil }],
  'usage.conflict': [{ options: [evil, evil], reason: evil }, { options: [fine] }],
  'usage.user-line': (
    ['too-long', 'not-utf8', 'json', 'no-user', 'type', 'unknown', 'csv-quote', 'csv-short'] as const
  ).map((problem) => ({ problem, subject: evil, suggestion: evil })),
  'usage.no-users': [{ path: evil }],
  'usage.users-array': [{}],
  'usage.users-csv': [{ header: `${evil},user` }],
  'usage.users-twice': [{ column: evil }],
  'usage.users-column': [{ column: evil, columns: [evil] }, { columns: ['a', 'b'] }],
  'usage.resume': [{ path: evil, line: 3 }],
  'usage.no-config': [{ path: 'courier-jwt.config.json' }, { path: evil }],
  'usage.config': [
    {
      path: evil,
      problems: (
        [
          'syntax',
          'type',
          'unknown',
          'missing',
          'empty',
          'twice',
          'secret',
          'production',
          'environment',
          'user',
          'surface',
          'duration',
        ] as const
      ).map((problem) => ({
        line: 1,
        column: 2,
        problem,
        subject: evil,
        expected: evil,
        reason: evil,
        suggestion: evil,
      })),
    },
  ],
  'usage.file-exists': [{ option: '--report', path: evil }],
  'usage.unwritable': [{ option: '--report', path: evil, reason: evil }],
  'usage.needs': [{ option: '--controls', needs: '--online' }],
  'usage.missing': [{ option: evil, command: evil }],
  'usage.needs-yes': [{ what: evil, option: evil }],
  'usage.token-option': [{ option: evil }],
  'usage.option-first': [{ option: evil, command: evil }],
  'usage.option': [{ option: evil, known: [evil], suggestion: evil }],
  'usage.no-value': [{ option: evil, next: evil }],
  'usage.file': [{ option: evil, path: evil, reason: evil }],
  'usage.seed': [
    { path: 'seed.json', problem: 'messages.0.user: Invalid key' },
    { path: '', problem: evil },
  ],
  'usage.listen': [
    { host: '127.0.0.1', port: 4010, reason: 'EADDRINUSE' },
    { host: '127.0.0.1', port: 80, reason: 'EACCES' },
    { host: '192.0.2.1', port: 4010, reason: 'EADDRNOTAVAIL' },
  ],
  'usage.node-debug': [{ value: evil }, { value: evil, isToken: true }],
  'usage.base-url': [
    { url: evil, reason: 'invalid' },
    { url: evil, reason: 'plain-http' },
    { url: evil, reason: 'credentials' },
  ],
  'usage.mixed-sources': [{ key: evil, url: evil }],
  'usage.region-with-base-url': [{ environment: evil, baseUrl: evil }],
  'usage.reserved-name': [{ name: evil, action: evil }],
  'usage.exists': [{ name: evil }],
  'usage.declined': [{ what: evil }],

  'token.no-source': [{}],
  'token.two-sources': [{ sources: [evil, evil] }],
  'token.empty': [{ source: evil }],
  'token.too-large': [{ limitBytes: 67_108_864 }],
  'token.not-at-path': [{ path: evil }],
  'token.none': [
    { bytes: 1, binary: true },
    { bytes: 9, binary: false },
    { bytes: 9, binary: false, path: evil },
  ],
  'token.ambiguous': [
    {
      candidates: [
        { users: [evil, evil], expiresAt: evil, place: 1 },
        { users: [], expiresAt: null, place: 2 },
      ],
    },
  ],
  'token.api-key': [{ prefix: evil }],
  'token.client-key': [{}],
  'token.cut-short': [
    { segments: 1, inside: 'header' },
    { segments: 1, inside: 'payload' },
    { segments: 2, inside: 'signature' },
  ],
  'token.unsigned': [{ algorithm: evil }, { algorithm: '' }],
  'token.encrypted': [{}],
  'token.part': [
    { part: 'header', problem: 'base64url' },
    { part: 'header', problem: 'json' },
    { part: 'payload', problem: 'array' },
    { part: 'payload', problem: 'null' },
    { part: 'payload', problem: 'not-an-object' },
  ],

  'user.invalid': [
    { user: evil, problem: 'empty' },
    { user: evil, problem: 'whitespace' },
    { user: evil, problem: 'unseen' },
    { user: evil, problem: 'placeholder' },
    { user: evil, problem: 'unpaired-surrogate' },
  ],
  'tenant.invalid': [
    { tenant: evil, problem: 'colon' },
    { tenant: evil, problem: 'unseen' },
  ],
  'tenant.unused': [{ tenant: evil }],
  'scope.user-id': [{ scope: evil }],
  'scope.invalid': [{ scope: evil }],
  'duration.invalid': [
    { option: evil, value: evil, problem: 'no-unit' },
    { option: '--expires-in', value: evil, problem: 'not-positive' },
    { option: '--timeout', value: evil, problem: 'ambiguous-month' },
    { option: evil, value: evil, problem: 'too-short' },
    { option: evil, value: evil, problem: 'too-long' },
    { option: evil, value: evil, problem: 'not-a-duration' },
  ],
  'production.unconfirmed': [
    { environment: evil, how: 'recorded' },
    { environment: evil, how: 'prefix' },
    { environment: evil, how: 'minted' },
  ],
  'production.refused': [
    { environment: evil, how: 'recorded' },
    { environment: evil, how: 'untold' },
  ],
  'request.rejected': [
    { status: 400, message: evil },
    { status: 400, message: null },
  ],

  'key.missing': [{}, { variables: [evil, evil] }, { kept: [evil] }, { empty: evil }, { kept: [fine], empty: evil }],
  'key.malformed': [
    { source: evil, problem: 'empty' },
    { source: evil, problem: 'whitespace' },
    { source: evil, problem: 'newline' },
    { source: evil, problem: 'quoted' },
    { source: evil, problem: 'too-short' },
    { source: evil, problem: 'not-ascii' },
    { source: evil, problem: 'jwt' },
    { source: evil, problem: 'client-key' },
  ],
  'key.refused': [
    { status: 401, environment: evil, host: evil },
    { status: 403, environment: evil, host: evil },
  ],
  'environment.unknown': [
    { name: evil, known: [evil], suggestion: evil, source: evil },
    { name: fine, known: [], source: fine },
    { name: fine, known: [], source: evil, empty: evil },
  ],
  'environment.none': [{}],
  'environment.broken': [
    { name: evil, path: evil, problem: 'empty' },
    { name: evil, path: evil, problem: 'not-json' },
    { name: evil, path: evil, problem: 'not-ours' },
  ],
  'environment.default-broken': [
    { path: evil, problem: 'empty', known: [] },
    { path: evil, problem: 'not-json', known: ['prod', 'test'] },
  ],
  'environment.unreadable': [{ path: evil, reason: evil }],
  'environment.unwritable': [{ path: evil, reason: evil }],
  'environment.different': [{ name: evil, before: evil, after: evil }],
  'keychain.unavailable': [{ name: evil }],
  'keychain.timeout': [{ name: evil, seconds: 3 }],
  'keychain.refused': [{ name: evil, reason: evil }],
  'keychain.missing': [{ name: evil }],

  'courier.unreachable': [
    { host: evil, reason: 'refused', detail: evil },
    { host: evil, reason: 'dns', detail: evil },
    { host: evil, reason: 'dropped', detail: evil },
    { host: evil, reason: 'certificate', detail: evil },
    { host: evil, reason: 'proxy', detail: evil },
    { host: evil, reason: 'other', detail: evil },
  ],
  'courier.timeout': [{ host: evil, seconds: 10 }],
  'courier.redirect': [
    { host: evil, status: 302, location: evil },
    { host: evil, status: 302, location: '' },
  ],
  'courier.rate-limited': [
    { host: evil, retryAfterSeconds: 60 },
    { host: evil, retryAfterSeconds: null },
  ],
  'courier.unavailable': [{ host: evil, status: 503 }],
  'courier.status': [
    { host: evil, status: 404, message: evil },
    { host: evil, status: 404, message: null },
  ],
  'courier.nonsense': [
    { host: evil, problem: 'not-json' },
    { host: evil, problem: 'no-token' },
    { host: evil, problem: 'not-a-jwt' },
    { host: evil, problem: 'too-large' },
  ],
  'output.failed': [{ reason: evil }],
  'internal.error': [{ message: evil }],
  'exec.not-found': [{ command: evil }, { command: '' }],
  'exec.not-runnable': [
    { command: evil, reason: evil },
    { command: 'a/b', reason: evil },
  ],
  'output.shared': [{}],
  'interrupted.signal': [{}, { resume: evil }],
};

const rows = Object.entries(facts).flatMap(([code, list]) =>
  list.map((known) => ({ code, facts: known }) as Pick<Failure, 'code' | 'facts'>),
);

describe.each(rows)('$code', (failure) => {
  const { message, fix } = explain(failure);

  it('has a sentence, and a command', () => {
    expect(message).toMatch(/^\S.+\S$/su);
    expect(fix).toEqual(expect.arrayContaining([expect.any(String)]));
    expect(`${message} ${fix.join(' ')}`).not.toMatch(/undefined|\[object|NaN/);
  });

  it('shows nothing hostile', () => {
    // The one message of several lines: one a candidate.
    const lines = { 'token.ambiguous': 3, 'usage.config': 12 }[failure.code as string] ?? 1;
    const shown = `${message.replaceAll('\n', '')}${shellLine(fix)}`;
    expect([/[\p{Cc}\p{Cs}\u2028\u202e]/u.test(shown), /::|##\[/.test(shown), message.split('\n').length]).toEqual([
      false,
      false,
      lines,
    ]);
  });
});

describe('explain', () => {
  const keysPage = 'https://app.courier.com/settings/api-keys';
  const unknown = { name: 'tset', source: '--env' };
  const candidate = (place: number) => ({ users: ['alice', 'bob'], expiresAt: '2026-01-01T00:00:00Z', place });
  const row = <C extends FailureCode>(code: C, known: FailureFacts[C], message: string, fix: string[]) => ({
    code,
    known,
    message,
    fix,
  });
  it.each([
    row(
      'token.not-at-path',
      { path: 'data.token' },
      'there is no token at data.token: it is no JSON with a text there.',
      ['courier-jwt', '--help'],
    ),
    row(
      'token.none',
      { bytes: 1, binary: false },
      'there is no JWT in that one byte. A JWT is three parts with dots between them and starts with eyJ.',
      ['courier-jwt', '--help'],
    ),
    row(
      'token.none',
      { bytes: 0, binary: true },
      'there is no JWT in those 0 bytes (they are binary). A JWT is three parts with dots between them and starts with eyJ.',
      ['courier-jwt', '--help'],
    ),
    row(
      'token.too-large',
      { limitBytes: 67_108_864 },
      'that is more than 64 MB, and is not read: cut it down to the part with the token.',
      ['courier-jwt', '--help'],
    ),
    row(
      'token.ambiguous',
      { candidates: [candidate(1), { users: [], expiresAt: null, place: 2 }] },
      'there are 2 different Courier tokens in that. Pass the one you mean, or all of them with --lines:\n  1. user alice, bob, expires 2026-01-01T00:00:00Z\n  2. user none, expires never',
      ['courier-jwt', 'decode', '-'],
    ),
    row(
      'token.unsigned',
      { algorithm: 'none' },
      'that token is not signed (alg none): Courier takes only tokens that it signed itself. Mint one:',
      ['courier-jwt', 'issue', '--user', 'USER_ID'],
    ),
    row(
      'token.unsigned',
      { algorithm: '' },
      'that token is not signed: Courier takes only tokens that it signed itself. Mint one:',
      ['courier-jwt', 'issue', '--user', 'USER_ID'],
    ),
    row(
      'key.refused',
      { status: 401, environment: 'test', host: 'api.courier.com' },
      `api.courier.com refused the API key of test (401): it is wrong, was rotated, or is of another region. Keys are at ${keysPage}.`,
      ['courier-jwt', 'env', 'add', 'test', '--replace'],
    ),
    row(
      'key.refused',
      { status: 403, environment: 'COURIER_API_KEY', host: 'api.courier.com' },
      `api.courier.com does not let the API key of COURIER_API_KEY mint tokens (403): its permissions are restricted. See ${keysPage}.`,
      ['unset', 'COURIER_API_KEY'],
    ),
    row('environment.unknown', { ...unknown, known: [] }, 'there is no environment tset (--env). There is: local.', [
      'courier-jwt',
      'env',
      'add',
      'tset',
    ]),
    row(
      'environment.unknown',
      { ...unknown, known: ['prod', 'test'], suggestion: 'test' },
      'there is no environment tset (--env). There are: prod, test, local. Did you mean test?',
      ['courier-jwt', 'env', 'list'],
    ),
    row(
      'environment.unknown',
      { ...unknown, name: 'A b', known: ['x'] },
      'there is no environment A b (--env). There are: x, local.',
      ['courier-jwt', 'env', 'add', 'test'],
    ),
    row(
      'environment.broken',
      { name: 'test', path: '/c/test.json', problem: 'not-json' },
      'the file of test is broken (it is not JSON): /c/test.json. Add the environment again.',
      ['courier-jwt', 'env', 'add', 'test', '--replace'],
    ),
    row(
      'environment.default-broken',
      { path: '/c/config.json', problem: 'empty', known: ['prod', 'test'] },
      'the file that says which environment is the default is broken (it is empty): /c/config.json. Choose it again.',
      ['courier-jwt', 'env', 'use', 'prod'],
    ),
    row(
      'environment.default-broken',
      { path: '/c/config.json', problem: 'not-json', known: [] },
      'the file that says which environment is the default is broken (it is not JSON): /c/config.json. Choose it again.',
      ['courier-jwt', 'env', 'use', 'local'],
    ),
    row(
      'key.refused',
      { status: 403, environment: 'COURIER_API_KEY', host: '[::1]:4010' },
      '[:\\u{3a}1]:4010 refused the API key of COURIER_API_KEY (403). It is the local server: an emulator takes any key, or with --api-key-file that one alone.',
      ['unset', 'COURIER_API_KEY'],
    ),
    ...[
      { host: 'localhost:4010', flags: ['--port', '4010'] },
      { host: '127.0.0.1:80', flags: ['--port', '80'] },
      { host: '127.0.0.2:4010', flags: ['--port', '4010', '--host', '127.0.0.2'] },
      { host: '[::1]:4010', flags: ['--port', '4010', '--host', '::1'] },
    ].map(({ host, flags }) =>
      row(
        'courier.unreachable',
        { host, reason: 'refused', detail: 'ECONNREFUSED' },
        `${host.replace('::', ':\\u{3a}')} cannot be reached: nothing answers there (ECONNREFUSED). It is this machine: is the local server running?`,
        ['courier-jwt', 'emulator', ...flags],
      ),
    ),
    ...[
      { host: 'localhost', look: 'localhost' },
      { host: 'localhost.example:4010', look: 'https://localhost.example:4010/' },
      { host: '127.0.0.1.example', look: 'https://127.0.0.1.example/' },
    ].map(({ host, look }) =>
      row(
        'courier.unreachable',
        { host, reason: 'refused', detail: 'ECONNREFUSED' },
        `${host} cannot be reached: nothing answers there (ECONNREFUSED).`,
        ['curl', '-sSI', look],
      ),
    ),
    row(
      'courier.unreachable',
      { host: '127.0.0.1:4010', reason: 'dropped', detail: 'ECONNRESET' },
      '127.0.0.1:4010 cannot be reached: it dropped the connection (ECONNRESET).',
      ['curl', '-sSI', '127.0.0.1:4010'],
    ),
    row(
      'courier.unavailable',
      { host: 'localhost:4010', status: 503 },
      'localhost:4010 is in trouble (503). It is the local server: its log says more.',
      ['curl', '-sSI', 'localhost:4010'],
    ),
    row(
      'courier.unavailable',
      { host: 'api.courier.com', status: 503 },
      'api.courier.com is in trouble (503). See https://status.courier.com.',
      ['curl', '-sSI', 'https://api.courier.com/'],
    ),
    ...[
      { url: 'localhost:4010', meant: 'http://localhost:4010' },
      { url: 'LOCALHOST:4010/', meant: 'http://LOCALHOST:4010/' },
      { url: '127.0.0.1:4010', meant: 'http://127.0.0.1:4010' },
      { url: 'api.eu.courier.com', meant: 'https://api.eu.courier.com' },
    ].map(({ url, meant }) =>
      row(
        'usage.base-url',
        { url, reason: 'invalid' },
        `COURIER_BASE_URL ${url} is not an http(s) URL, such as https://api.courier.com. Did you mean ${meant}?`,
        ['export', `COURIER_BASE_URL=${meant}`],
      ),
    ),
    ...['ftp://api.courier.com', 'courier', 'local host', '4010', `a.${'b'.repeat(79)}`].map((url) =>
      row(
        'usage.base-url',
        { url, reason: 'invalid' },
        `COURIER_BASE_URL ${url.slice(0, 80)}${url.length > 80 ? '…' : ''} is not an http(s) URL, such as https://api.courier.com.`,
        ['unset', 'COURIER_BASE_URL'],
      ),
    ),
    row('courier.timeout', { host: 'h', seconds: 1 }, 'h did not answer in 1 second. --timeout gives it more.', [
      'curl',
      '-sSI',
      'https://h/',
    ]),
    row('request.rejected', { status: 400, message: 'bad scope' }, 'Courier cannot mint that (400): bad scope.', [
      'courier-jwt',
      'scopes',
    ]),
    row('request.rejected', { status: 400, message: null }, 'Courier cannot mint that (400).', [
      'courier-jwt',
      'scopes',
    ]),
    row(
      'courier.rate-limited',
      { host: 'h', retryAfterSeconds: 60 },
      'h asks to slow down (429) and to wait 60 seconds. Try again later.',
      ['curl', '-sSI', 'https://h/'],
    ),
    row('courier.rate-limited', { host: 'h', retryAfterSeconds: null }, 'h asks to slow down (429). Try again later.', [
      'curl',
      '-sSI',
      'https://h/',
    ]),
    row(
      'courier.redirect',
      { host: 'localhost:8080', status: 302, location: '' },
      'localhost:8080 redirects (302) to nowhere, and a key is not sent after a redirect. Is the base URL right?',
      ['curl', '-sSI', 'localhost:8080'],
    ),
    row(
      'courier.status',
      { host: 'h', status: 404, message: 'Not Found' },
      'h answered 404: Not Found. Is the base URL right?',
      ['curl', '-sSI', 'https://h/'],
    ),
    row(
      'usage.value',
      { option: '--for', value: 'inbx', reason: 'there is no such surface', suggestion: 'inbox' },
      '--for inbx: there is no such surface. Did you mean inbox?',
      ['courier-jwt', 'scopes'],
    ),
    row(
      'usage.value',
      { option: '--region', value: 'x'.repeat(81), reason: 'it takes us or eu' },
      `--region ${'x'.repeat(80)}…: it takes us or eu.`,
      ['courier-jwt', '--help'],
    ),
    row('usage.missing', { option: '--user <id>', command: 'env add' }, 'env add needs --user <id>.', [
      'courier-jwt',
      '--help',
    ]),
    row(
      'duration.invalid',
      { option: '--expires-in', value: '3600', problem: 'no-unit' },
      '--expires-in 3600: it has no unit: write 30s or 1h (to Courier a bare number is milliseconds).',
      ['courier-jwt', '--help'],
    ),
    ...(
      [
        [{ problem: 'too-long' }, 'it is longer than any user id: over 64 kB.'],
        [{ problem: 'not-utf8' }, 'it is not UTF-8.'],
        [{ problem: 'json' }, 'it is no user: an id, or JSON with one.'],
        [{ problem: 'no-user' }, 'it has no user.'],
        [{ problem: 'no-user', subject: 'user' }, 'its user is no text: write it in quotes.'],
        [{ problem: 'type', subject: 'scopes' }, 'its scopes are no list of texts, or an empty one.'],
        [{ problem: 'type', subject: 'tenant' }, 'its tenant is no text.'],
        [
          { problem: 'unknown', subject: 'scope', suggestion: 'scopes' },
          'it has no such field as scope. Did you mean scopes?',
        ],
        [{ problem: 'csv-quote' }, 'a quote in it does not end where its field ends.'],
        [{ problem: 'csv-short' }, 'it has fewer columns than the header.'],
      ] as const
    ).map(([known, message]) => row('usage.user-line', known, message, ['courier-jwt', 'issue', '--help'])),
    row('usage.no-users', { path: 'users.txt' }, '--users users.txt: there is nobody in it.', [
      'courier-jwt',
      'issue',
      '--help',
    ]),
    row(
      'usage.users-csv',
      { header: 'name,user_id' },
      '--users looks like CSV, with the header name,user_id: name the column that the users are in.',
      ['courier-jwt', 'issue', '--help'],
    ),
    row(
      'usage.users-column',
      { columns: ['a', 'b'] },
      '--users: which column are the users in? (A list without a header is read from stdin: --users -) There are a, b.',
      ['courier-jwt', 'issue', '--help'],
    ),
    row(
      'usage.users-column',
      { column: 'c', columns: ['a', 'user'] },
      '--users-column c: there is no such column. There are a, user.',
      ['courier-jwt', 'issue', '--help'],
    ),
    row(
      'usage.users-twice',
      { column: 'id' },
      '--users: two columns are called id. Give the one that the users are in another name, or leave the other one out.',
      ['courier-jwt', 'issue', '--help'],
    ),
    row(
      'usage.unwritable',
      { option: '--out', path: 'a/b', reason: 'ENOENT' },
      '--out a/b cannot be written: ENOENT.',
      ['mkdir', '-p', 'a/'],
    ),
    row(
      'output.shared',
      {},
      'something else writes to the same file, another run perhaps: once it has ended, --resume goes on.',
      ['courier-jwt', 'issue', '--help'],
    ),
    row(
      'usage.resume',
      { path: 'out.ndjson', line: 3 },
      '--resume out.ndjson: line 3 is not from issue --users. Nothing was changed; --out writes to a new file.',
      ['courier-jwt', 'issue', '--help'],
    ),
    row('interrupted.signal', {}, 'interrupted.', ['courier-jwt', '--help']),
  ])('$message', ({ code, known, message, fix }) => {
    const said = explain({ code, facts: known });
    expect({ message: said.message, fix: said.fix }).toEqual({ message, fix });
  });

  it('lists nine candidates at most', () => {
    const candidates = Array.from({ length: 200 }, (_, i) => candidate(i + 1));
    expect(explain({ code: 'token.ambiguous', facts: { candidates } }).message.split('\n')).toHaveLength(10);
  });
});
