import express, { type Express } from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LogEntry, createTokenHandler } from '../../src/backend/index.js';
import { type Listening, createEmulator } from '../../src/emulator/index.js';
import type { Finding } from '../../src/report.js';
import { howToBackend, howToBackendWithSessions } from '../fixtures/how-to-express.js';
import { documentOf } from '../support/e2e-world.js';
import { served, sessionCookie } from '../support/endpoint.js';
import { type Ran, courierJwt } from '../support/run.js';

const apiKey = 'token_0fThEh0wT0endp0int';
const session = ['--header', `Cookie: ${sessionCookie}`];
const sessionOf = (request: { headers: { cookie?: string | undefined } }) =>
  request.headers.cookie === sessionCookie ? 'alice' : null;

let courier: Listening;
beforeAll(async () => {
  courier = await createEmulator().listen();
});
afterAll(async () => courier.close());

async function probe(app: Express, argv: string[]): Promise<Ran> {
  const { url, close } = await served(app);
  try {
    const endpoint = `${url}/api/generate-courier-jwt`;
    return await courierJwt(['probe', endpoint, '--user', 'alice', '--other-user', 'bob', '--json', ...argv]);
  } finally {
    await close();
  }
}

function found(ran: Ran): string[] {
  return documentOf<{ findings: Finding[] }>(ran).findings.map(({ status, code, subject }) =>
    [status, code, subject].filter(Boolean).join(' '),
  );
}

const isWrong = (finding: string) => !/^(?:pass|skip) /.test(finding);

it("finds what is wrong with the how-to's first example", async () => {
  const ran = await probe(howToBackend({ courierUrl: courier.url, apiKey }), []);
  expect(found(ran).filter(isWrong)).toEqual([
    'fail session.not-required',
    'fail cache.storable',
    'fail other-user.minted',
    'fail injection.minted',
    'fail input.minted missing-user',
    'fail input.minted empty-user',
    'fail input.minted huge-user',
    'warn cors.any-origin https://127.0.0.1.courier-jwt-probe.invalid',
    'fail answer.stack-trace',
    'warn answer.error-text',
  ]);
  expect(ran.code).toBe(1);
});

it("finds what is left when the how-to's second example stands in front", async () => {
  const ran = await probe(howToBackendWithSessions({ sessionOf, courierUrl: courier.url, apiKey }), session);
  expect(found(ran).filter(isWrong)).toEqual([
    'fail cache.storable',
    'warn cors.any-origin https://127.0.0.1.courier-jwt-probe.invalid',
    'fail answer.stack-trace',
    'warn answer.error-text',
  ]);
  expect(ran.code).toBe(1);
});

it('finds nothing wrong with createTokenHandler', async () => {
  const log: LogEntry[] = [];
  const handler = createTokenHandler<express.Request>({
    apiKey,
    baseUrl: courier.url,
    authenticate: (_, request) => sessionOf(request),
    log: (entry) => log.push(entry),
  });
  const app = express();
  app.all('/api/generate-courier-jwt', handler.node);
  const ran = await probe(app, session);
  expect(found(ran)).toEqual([
    expect.stringMatching(/^pass transport\.safe 127\.0\.0\.1:\d+$/),
    'pass endpoint.reached',
    'pass token.found token',
    'skip signature.not-verified',
    'pass expiry.valid',
    'pass user.match alice',
    'pass scope.granted inbox:read:messages',
    'pass scope.granted inbox:write:events',
    'pass scope.granted read:preferences',
    'pass scope.granted write:preferences',
    'pass scope.granted read:brands',
    'pass cache.no-store',
    'pass session.required',
    'pass other-user.refused',
    'pass injection.refused',
    'pass input.refused malformed',
    'pass input.refused missing-user',
    'pass input.refused empty-user',
    'pass input.refused huge-user',
    'pass method.refused',
    'pass cors.closed https://127.0.0.1.courier-jwt-probe.invalid',
    'pass answer.clean',
  ]);
  expect(ran.code).toBe(0);
  expect(log.map(({ event }) => event)).toContain('token');
});
