import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { json } from '../../support/courier-server.js';
import { isInstalled } from '../../support/keychain-session.js';
import { proveSnippet } from '../../support/snippet-app.js';

const app = readFileSync(join(import.meta.dirname, '../../fixtures/snippets/rails/config.ru'), 'utf8');

proveSnippet({
  language: 'rails',
  missing: ['rails', 'puma'].every(isInstalled) ? undefined : 'no rails and puma',
  file: 'app/controllers/courier_token_controller.rb',
  files: () => ({ 'config.ru': app }),
  start: ({ port }) => ({
    argv: ['puma', '--bind', `tcp://127.0.0.1:${port}`, 'config.ru'],
    variables: { RAILS_ENV: 'production', SECRET_KEY_BASE: 'a secret of nobody'.repeat(4) },
  }),
  differs: {
    // Rails looks at its CSRF token first, and for that at the body.
    'no session': { status: 422, body: '' },
    'no session, and a body that is no JSON': { status: 400, body: '' },
    'no JSON': { status: 400, body: '' },
    'a deep list': { status: 400, body: '' },
  },
  rows: [
    {
      name: 'Courier speaks no HTTP',
      courier: (_, response) => void response.socket?.end('nonsense\r\n\r\n'),
      answer: { status: 503, body: { error: 'Service Unavailable' } },
    },
    {
      name: 'Courier: bytes that are no gzip',
      courier: json(200, { token: 'eyJ.eyJ.sig' }, { 'content-encoding': 'gzip' }),
      answer: { status: 503, body: { error: 'Service Unavailable' } },
    },
    {
      name: 'Courier: a length that is no number',
      courier: (_, response) => void response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}'),
      answer: { status: 503, body: { error: 'Service Unavailable' } },
    },
    { name: 'a session of nobody', session: '', answer: { status: 401, body: { error: 'Unauthorized' } } },
    { name: 'a session and no CSRF token', headers: { 'X-CSRF-Token': '' }, answer: { status: 422, body: '' } },
  ],
  tokenLine: /courier token: for ".+", inbox:read:messages .*read:brands, 1d$/m,
});
