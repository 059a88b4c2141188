import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmulator } from '../../../src/emulator/index.js';
import { text as page, sign } from '../../support/courier-server.js';
import { leaksIn } from '../../support/e2e-secrets.js';
import { claimsOf, shell } from '../../support/e2e-world.js';
import { howToScopes } from '../../support/endpoint.js';
import { type Ran, configFolder, courierJwt } from '../../support/run.js';
import { apiKey, proveSnippet, users } from '../../support/snippet-app.js';

const lighttpd = '/usr/sbin/lighttpd';

/** Whom Basic cannot name: another way to sign in sets REMOTE_USER. */
const isOtherwise = (user: string) => /[:\n]/.test(user);

const token = sign({ scope: `user_id:alice ${howToScopes}`, iat: 0, exp: 86_400 });

proveSnippet({
  language: 'curl',
  missing: existsSync(lighttpd) ? undefined : 'lighttpd is not installed',
  file: 'courier-token.sh',
  files: ({ folder, port }) => ({
    'users.txt': users
      .filter((user) => !isOtherwise(user))
      .map((user) => `${user}:secret\n`)
      .join(''),
    'errors.log': '',
    'lighttpd.conf': `
server.modules = ("mod_alias", "mod_auth", "mod_authn_file", "mod_cgi", "mod_setenv")
server.document-root = "${folder}"
server.bind = "127.0.0.1"
server.port = ${port}
server.errorlog = "${join(folder, 'errors.log')}"
server.breakagelog = "${join(folder, 'errors.log')}"
alias.url = ("/api/generate-courier-jwt" => "${join(folder, 'courier-token.sh')}")
cgi.assign = (".sh" => "/bin/sh")
setenv.set-environment = ("COURIER_API_KEY" => env.COURIER_API_KEY, "COURIER_BASE_URL" => env.COURIER_BASE_URL)
auth.backend = "plain"
auth.backend.plain.userfile = "${join(folder, 'users.txt')}"
${users.map((user, at) => (isOtherwise(user) ? otherwise(user, at) : '')).join('')}{
  auth.require = ("/api/" => ("method" => "basic", "realm" => "app", "require" => "valid-user"))
}
`,
  }),
  start: () => ({ argv: [lighttpd, '-D', '-f', 'lighttpd.conf'], variables: { COURIER_API_KEY: '' } }),
  signIn: async (_, user) =>
    Promise.resolve<Record<string, string>>(
      isOtherwise(user)
        ? { 'x-session': String(users.indexOf(user)) }
        : { authorization: `Basic ${Buffer.from(`${user}:secret`).toString('base64')}` },
    ),
  logs: ['errors.log'],
  differs: {
    'an id that is not ASCII': { status: 400, body: { error: 'Bad Request' } },
    // Of the web server, which knows the session.
    'no session': { status: 401, body: expect.stringContaining('401') as string },
    'no session, and a body that is no JSON': { status: 401, body: expect.stringContaining('401') as string },
  },
  rows: [
    {
      name: 'Courier: two tokens on two lines',
      courier: page(200, `{"token":"${token}",\n"token":"eyJ.eyJ.sig"}`),
      answer: { status: 200, body: { token, expiresIn: '1d' } },
    },
  ],
  tokenLine: /^courier token: for '.+', inbox:read:messages .*read:brands, 1d$/m,
});

/** A word of a shell's. */
const quoted = (word: string) => `'${word.replaceAll("'", String.raw`'\''`)}'`;

function otherwise(user: string, at: number): string {
  return `$REQUEST_HEADER["x-session"] == "${at}" {
  setenv.add-environment = ("REMOTE_USER" => "${user}")
} else `;
}

describe.each(['dash', 'bash'])('by hand, with %s', (sh) => {
  const folder = configFolder();
  const script = join(folder, 'courier-token.sh');
  const argvLog = join(folder, 'argv');
  const courier = createEmulator({ apiKey }).listen();
  beforeAll(async () => {
    writeFileSync(script, (await courierJwt(['snippet', '--lang', 'curl', '-q'])).stdout);
    mkdirSync(join(folder, 'bin'));
    const curl = `#!/bin/sh\nprintf '%s\\n' "$@" >> '${argvLog}'\nexec /usr/bin/curl "$@"\n`;
    writeFileSync(join(folder, 'bin/curl'), curl, { mode: 0o755 });
  });
  afterAll(async () => (await courier).close());

  async function run(words: string[], variables: Record<string, string> = {}): Promise<Ran> {
    const { url: COURIER_BASE_URL } = await courier;
    return shell(['exec', sh, script, ...words].map(quoted).join(' '), {
      variables: { COURIER_API_KEY: apiKey, COURIER_BASE_URL, ...variables },
      path: [join(folder, 'bin')],
    });
  }

  it('is of a syntax that it reads', () => {
    expect(spawnSync(sh, ['-n', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(['alice', 'auth0|5f7c', 'a.b+c@d-e.test', 'urn:user/5', '-K', '@x', 'a'.repeat(256)])(
    'prints a token of %s alone, and curl is not told the key where others see it',
    async (user) => {
      rmSync(argvLog, { force: true });
      const { stdout, ...ran } = await run([user]);
      const line = `courier token: for '${user}', ${howToScopes}, 1d\n`;
      expect(ran).toEqual({ code: 0, signal: null, stderr: line });
      expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
      expect(claimsOf(stdout)).toMatchObject({ scope: `user_id:${user} ${howToScopes}` });
      expect(leaksIn(readFileSync(argvLog, 'utf8'), [apiKey])).toEqual([]);
      expect(readFileSync(argvLog, 'utf8')).toContain('/auth/issue-token');
    },
  );

  it.each([
    '',
    'alice user_id:bob',
    'alice"',
    'alice\\',
    String.raw`alice\nforged`,
    "alice'",
    'alice\nbob',
    'alice\n',
    'alice\tbob',
    'alice\u200b',
    'zoë',
    '$(id)',
    '`id`',
    '*',
    'a;b',
    '%s',
    'a'.repeat(257),
  ])('refuses %j, and asks nothing', async (user) => {
    rmSync(argvLog, { force: true });
    const shown = Buffer.from(user)
      .toString('latin1')
      .replaceAll(/[^ -~]/g, '?');
    const stderr = `courier token: none for '${shown}': not a user id\n400 Bad Request\n`;
    expect(await run([user])).toEqual({ code: 1, signal: null, stdout: '', stderr });
    expect(existsSync(argvLog)).toBe(false);
  });

  const cgi = { GATEWAY_INTERFACE: 'CGI/1.1', REQUEST_METHOD: 'POST' };
  const refused = (status: string) =>
    `Status: ${status}\nContent-Type: application/json\nCache-Control: no-store\n\n{"error":"${status.slice(4)}"}\n`;
  it.each([
    // A query without = may become arguments.
    { words: ['alice'], variables: cgi, stdout: refused('401 Unauthorized') },
    { words: [], variables: { ...cgi, REMOTE_USER: '' }, stdout: refused('401 Unauthorized') },
    { words: ['alice'], variables: { ...cgi, GATEWAY_INTERFACE: '' }, stdout: refused('401 Unauthorized') },
    {
      words: [],
      variables: { ...cgi, REQUEST_METHOD: 'GET', REMOTE_USER: 'alice' },
      stdout: refused('405 Method Not Allowed'),
    },
    {
      words: [],
      variables: { ...cgi, REMOTE_USER: 'alice', CONTENT_LENGTH: '99999' },
      stdout: refused('413 Payload Too Large'),
    },
    {
      words: [],
      variables: { ...cgi, REMOTE_USER: 'alice', CONTENT_LENGTH: '1e9' },
      stdout: refused('413 Payload Too Large'),
    },
  ])('as CGI, $words with $variables', async ({ words, variables, stdout }) => {
    expect(await run(words, variables)).toEqual({ code: 0, signal: null, stdout, stderr: '' });
  });

  it('says what is wrong on stderr alone', async () => {
    for (const key of ['', 'token_0fThE\nX-Evil: 1', 'token_0fThE sn1ppet'])
      expect(await run(['alice'], { COURIER_API_KEY: key })).toEqual({
        code: 1,
        signal: null,
        stdout: '',
        stderr: 'courier token: COURIER_API_KEY is no key\n502 Bad Gateway\n',
      });
    expect(await run(['alice'], { COURIER_BASE_URL: 'http://127.0.0.1:9' })).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: "courier token: none for 'alice': curl 7\n503 Service Unavailable\n",
    });
  });
});
