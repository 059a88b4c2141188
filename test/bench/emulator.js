// Tokens a second of the emulator, beside a bare server: `npm run bench`, after a build.
import { resolve } from 'node:path';
import { besideBare } from './beside.js';

await besideBare({
  name: 'emulator',
  argv: [resolve(import.meta.dirname, '../../bin/courier-jwt.cjs'), 'emulator', '--port', '0'],
  path: '/auth/issue-token',
  request: {
    method: 'POST',
    headers: { authorization: 'Bearer pk_test_BENCHMARK0000000000000000000', 'content-type': 'application/json' },
    body: JSON.stringify({
      scope: 'user_id:alice inbox:read:messages inbox:write:events read:preferences write:preferences read:brands',
      expires_in: '1d',
    }),
  },
  goal: 0.6,
});
