import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Listening, createEmulator } from '../../src/emulator/index.js';

let at: Listening;
beforeAll(async () => {
  at = await createEmulator().listen({
    allowedHosts: ['App.Test:8443'],
    allowedOrigins: ['https://App.Test:443/path'],
  });
});
afterAll(async () => at.close());

it.each([
  { headers: { host: 'app.test' }, status: 200 },
  { headers: { host: 'APP.test:4010' }, status: 200 },
  { headers: { host: 'other.test' }, status: 403 },
  { headers: { host: 'localhost', origin: 'https://app.test' }, status: 200 },
  { headers: { host: 'localhost', origin: 'http://app.test' }, status: 403 },
])('lets in by what it was told, however that was written: $headers', async ({ headers, status }) => {
  const [response] = (await once(request(`${at.url}/__emulator/health`, { headers }).end(), 'response')) as [
    IncomingMessage,
  ];
  response.resume();
  expect(response.statusCode).toBe(status);
});
