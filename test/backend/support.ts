import { type LogEntry, type TokenHandlerOptions, createTokenHandler } from '../../src/backend/index.js';
import { type Emulator, createEmulator } from '../../src/emulator/index.js';
import { sign, workspace } from '../support/courier-server.js';
import { howToScopes } from '../support/endpoint.js';

/** Its bytes are known, so that a leak of any part of them can be told. */
export const apiKey = 'token_Zq7Rk2Vx9Lm4Tn8Wb3Hc6Jd1Yf5Gs0';

/** What a Courier of these tests mints first, for alice. */
export const firstToken = {
  expiresIn: '1d',
  expiresAt: '2026-01-02T00:00:00Z',
};

export const firstEntry: LogEntry = {
  event: 'token',
  user: 'alice',
  scopes: ['user_id:alice', ...howToScopes.split(' ')],
  missing: [],
  expiresAt: '2026-01-02T00:00:00Z',
  jti: '00000000-0000-4000-8000-000000000001',
};

/** On every answer to a page of the same origin. */
export const always = {
  'cache-control': 'no-store',
  'content-type': 'application/json',
  vary: 'Origin',
  'x-content-type-options': 'nosniff',
};

export interface Told {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

export interface Backend {
  emulator: Emulator;
  log: LogEntry[];
  /** A POST of the session's user, unless it says otherwise. */
  ask(init?: RequestInit, context?: unknown): Promise<Told>;
}

const url = 'https://app.test/api/generate-courier-jwt';

/** A handler before a Courier in-process; the header `session` says who is signed in. */
export function backend(options: Partial<TokenHandlerOptions> = {}): Backend {
  const emulator = createEmulator({ clock: '2026-01-01T00:00:00Z', sequentialIds: true });
  const log: LogEntry[] = [];
  const handler = createTokenHandler({
    apiKey,
    authenticate: (request) => request.headers.get('session'),
    log: (entry) => log.push(entry),
    transport: emulator.transport,
    ...options,
  });
  return {
    emulator,
    log,
    async ask(init, context) {
      const response = await handler(asking(init), context);
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: bodyOf(await response.text()),
      };
    },
  };
}

function asking(init: RequestInit = {}): Request {
  return new Request(url, { method: 'POST', headers: { session: 'alice' }, ...init });
}

function bodyOf(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text);
}

/** What Courier mints for alice, with other claims. */
export function mintedWith(claims: Record<string, unknown>): string {
  return sign({
    scope: `user_id:alice ${howToScopes}`,
    tenant_scope: 'published/test',
    tenant_id: `${workspace}/test`,
    iat: 1_767_225_600,
    exp: 1_767_312_000,
    jti: '1d147734-9838-4690-8027-f57a126b6968',
    ...claims,
  });
}

/** A Courier that gives the same answer to everything. */
export function answering(status: number, body: string, headers: Record<string, string> = {}) {
  return { send: async () => ({ status, headers, body }) };
}
