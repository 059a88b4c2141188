import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { proveSnippet } from '../../support/snippet-app.js';

const app = readFileSync(join(import.meta.dirname, '../../fixtures/snippets/laravel/index.php'), 'utf8');
const mismatch = { status: 419, body: expect.stringContaining('Page Expired') as string };

// Debian's php-laravel-framework, and php-guzzlehttp-guzzle, which its HTTP client needs.
const isInstalled = ['Illuminate', 'GuzzleHttp'].every((name) => existsSync(`/usr/share/php/${name}/autoload.php`));

proveSnippet({
  language: 'laravel',
  missing: isInstalled ? undefined : 'no Laravel and Guzzle',
  file: 'app/Http/Controllers/CourierTokenController.php',
  files: () => ({ 'index.php': app, 'bootstrap/cache/.gitignore': '' }),
  start: ({ port }) => ({ argv: ['php', '-S', `127.0.0.1:${port}`, 'index.php'] }),
  differs: {
    // Laravel looks at its CSRF token first.
    'no session': mismatch,
    'no session, and a body that is no JSON': mismatch,
  },
  rows: [
    { name: 'a session of nobody', session: '', answer: { status: 401, body: { error: 'Unauthorized' } } },
    { name: 'a session and no CSRF token', headers: { 'X-CSRF-TOKEN': '' }, answer: mismatch },
  ],
  tokenLine: /courier token \{"user":".+","scopes":"inbox:read:messages .*read:brands","expires":"1d"\}/,
});
