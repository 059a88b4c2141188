import { proveSnippet } from '../../support/snippet-app.js';

proveSnippet({
  language: 'node',
  missing: undefined,
  file: 'courier-token.mjs',
  files: () => ({
    'app.mjs': `
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import courierToken from './courier-token.mjs';

const sessions = new Map();
const sessionOf = ({ headers }) => sessions.get(/sid=([^;]+)/.exec(headers.cookie)?.[1]);
const tokens = courierToken(async (request) => {
  if (request.headers['x-broken']) throw null;
  return sessionOf(request)?.userId;
});

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname === '/api/generate-courier-jwt') return tokens(request, response);
  const sid = randomUUID();
  sessions.set(sid, { userId: searchParams.get('user') });
  response.writeHead(200, { 'set-cookie': 'sid=' + sid }).end();
}).listen(process.env.PORT, '127.0.0.1');
`,
  }),
  start: () => ({ argv: [process.execPath, 'app.mjs'] }),
  rows: [
    {
      name: 'a session that cannot be read, and nobody says why',
      headers: { 'x-broken': 'yes' },
      answer: { status: 500, body: { error: 'Internal Server Error' } },
    },
  ],
  tokenLine: /^courier token: for ".+", inbox:read:messages .*read:brands, 1d$/m,
});
