import express, { type Express } from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LogEntry, createTokenHandler } from '../../src/backend/index.js';
import { type Listening, createEmulator } from '../../src/emulator/index.js';
import type { Finding } from '../../src/report.js';
import { howToBackend, howToBackendWithSessions } from '../fixtures/how-to-express.js';
import { documentOf } from '../support/e2e-world.js';
import { served, sessionCookie } from '../support/endpoint.js';
import { soundFindings, toldOf } from '../support/found.js';
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

const found = (ran: Ran) => toldOf(documentOf<{ findings: Finding[] }>(ran).findings);
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
  expect(found(ran)).toEqual(soundFindings);
  expect(ran.code).toBe(0);
  expect(log.map(({ event }) => event)).toContain('token');
});
