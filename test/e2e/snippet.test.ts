import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentOf } from '../support/e2e-world.js';
import { howToScopes } from '../support/endpoint.js';
import { configFolder, courierJwt } from '../support/run.js';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const howTo = howToScopes.split(' ');

/** The source of each, where it is saved, and what it says that it needs. */
const rows = [
  {
    lang: 'express',
    source: 'express.mjs',
    file: 'courier-token.mjs',
    needs: 'Node 20, Express 4 or 5, a session',
  },
  { lang: 'flask', source: 'flask.py', file: 'courier_token.py', needs: 'Flask 2 or 3' },
  {
    lang: 'spring',
    source: 'spring.java',
    file: 'CourierTokenController.java',
    needs: 'Java 11, Spring Boot 2 or later',
  },
  {
    lang: 'laravel',
    source: 'laravel.php',
    file: 'app/Http/Controllers/CourierTokenController.php',
    needs: 'PHP 8, Laravel 8 or later',
  },
  {
    lang: 'rails',
    source: 'rails.rb',
    file: 'app/controllers/courier_token_controller.rb',
    needs: 'Rails 6.1 or later',
  },
  { lang: 'node', source: 'node.mjs', file: 'courier-token.mjs', needs: 'Node 20, a session of your own' },
  { lang: 'curl', source: 'curl.sh', file: 'courier-token.sh', needs: "curl 7.55, a web server's sign-in for CGI" },
];

const sessions: Record<string, [port: number, session: string]> = {
  flask: [5000, 'Cookie: …'],
  spring: [8080, 'Cookie: …'],
  laravel: [8000, 'Cookie: …, X-CSRF-TOKEN: …'],
  rails: [3000, 'Cookie: …, X-CSRF-Token: …'],
  curl: [8080, 'Authorization: …'],
};

const scopesOfBoth = `${howToScopes} write:user-tokens read:user-tokens`;

describe.each(rows)('courier-jwt snippet --lang $lang', ({ lang, source, file, needs }) => {
  const code = readFileSync(join(import.meta.dirname, '../../src/snippets', source), 'utf8').trimEnd();

  it('prints the code alone on stdout, and where it goes on stderr', async () => {
    const ran = await courierJwt(['snippet', '--lang', lang, '--for', 'inbox,push']);
    const [port, session] = sessions[lang] ?? [3000, 'Cookie: …'];
    const url = `http://localhost:${port}/api/generate-courier-jwt`;
    expect(ran).toEqual({
      code: 0,
      signal: null,
      stdout: `${code.replace(howToScopes, scopesOfBoth)}\n`,
      stderr: `save it as ${file}: its first lines say how it is mounted. It needs ${needs}, and COURIER_API_KEY.
to try it, with alice's session in session.txt (${session}):
  courier-jwt emulator
  export COURIER_BASE_URL=http://127.0.0.1:4010 COURIER_API_KEY=token_emulated   # and start your app
  courier-jwt probe ${url} --user alice --for inbox,push --header @session.txt
`,
    });
  });

  it('with -q and --for, prints the code alone, with those scopes', async () => {
    expect(await courierJwt(['snippet', '--lang', lang.toUpperCase(), '--for', 'push,brands', '-q'])).toEqual({
      code: 0,
      signal: null,
      stdout: `${code.replace(howToScopes, 'write:user-tokens read:user-tokens read:brands')}\n`,
      stderr: '',
    });
  });

  it('needs what README says', () => {
    expect(readme).toMatch(new RegExp(String.raw`^\| \`${lang}\` \| ${needs}(;.*)? \|`, 'm'));
  });

  it('with --json, prints one document', async () => {
    const ran = await courierJwt(['snippet', '--lang', lang, '--json']);
    expect(documentOf(ran)).toEqual({ lang, file, needs, scopes: howTo, code });
    expect({ ...ran, stdout: '' }).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });
});

it('reads no key and no store, and leaves nothing behind', async () => {
  const folder = configFolder();
  const variables = { HOME: folder, COURIER_JWT_CONFIG_DIR: join(folder, 'config'), COURIER_API_KEY: 'not a key' };
  const { code, stderr } = await courierJwt(['snippet', '--lang', 'node', '-q'], { variables });
  expect([code, stderr, readdirSync(folder)]).toEqual([0, '', []]);
});

it('is one document where it fails, too', async () => {
  const ran = await courierJwt(['snippet', '--lang', 'python', '--json']);
  expect([ran.code, documentOf(ran)]).toEqual([
    2,
    {
      error: {
        code: 'usage.value',
        message: '--lang python: it takes express, flask, spring, laravel, rails, node or curl. Did you mean flask?',
        fix: ['courier-jwt', 'snippet', '--lang', 'flask'],
      },
    },
  ]);
});
