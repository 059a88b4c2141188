// Tokens a second of courier-jwt/backend with its cache, beside a bare server: `npm run bench`, after a build.
import { join } from 'node:path';
import { besideBare } from './beside.js';

await besideBare({
  name: 'backend',
  argv: [join(import.meta.dirname, 'backend.mjs')],
  path: '/api/generate-courier-jwt',
  request: {
    method: 'POST',
    headers: { cookie: 'sid=c2Vzc2lvbi1vZi1hbGljZQ', 'content-type': 'application/json' },
    body: JSON.stringify({ userId: 'alice' }),
  },
  goal: 0.45,
});
