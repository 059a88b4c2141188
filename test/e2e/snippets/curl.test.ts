import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { proveSnippet, users } from '../../support/snippet-app.js';

const lighttpd = '/usr/sbin/lighttpd';

/** Whom Basic cannot name: another way to sign in sets REMOTE_USER. */
const isOtherwise = (user: string) => /[:\n]/.test(user);

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
  tokenLine: /^courier token: for '.+', inbox:read:messages .*read:brands, 1d$/m,
});

function otherwise(user: string, at: number): string {
  return `$REQUEST_HEADER["x-session"] == "${at}" {
  setenv.add-environment = ("REMOTE_USER" => "${user}")
} else `;
}
