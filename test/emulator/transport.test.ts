import { expect, it } from 'vitest';
import { issueToken } from '../../src/courier/client.js';
import { embeddedCourier } from '../../src/emulator/transport.js';
import { isLocal, localWorkspace } from '../../src/token/local.js';

const now = 1_767_225_600;
const transport = embeddedCourier({ clock: () => now, newId: () => 'an-id' });
const base = { headers: {}, timeoutMs: 1000 };
const headers = { 'content-type': 'application/json' };
const notFound = { status: 404, headers, body: '{"message":"Not Found","type":"invalid_request_error"}' };
const noScope = { status: 400, headers, body: '{"message":"scope is required","type":"invalid_request_error"}' };

it.each([
  {
    name: 'another path',
    request: { method: 'POST', url: 'local:/auth/other', body: '{}' } as const,
    expected: notFound,
  },
  { name: 'another method', request: { method: 'GET', url: 'local:/auth/issue-token' } as const, expected: notFound },
  { name: 'no body', request: { method: 'POST', url: 'local:/auth/issue-token' } as const, expected: noScope },
  {
    name: 'a body that is no JSON',
    request: { method: 'POST', url: 'local:/auth/issue-token', body: '{' } as const,
    expected: noScope,
  },
])('$name', async ({ request, expected }) => {
  expect(await transport.send({ ...base, ...request })).toEqual(expected);
});

it('mints for the same client as Courier does', async () => {
  const scopes = ['user_id:alice', 'read:brands'];
  const token = await issueToken(
    transport,
    { baseUrl: 'local:', apiKey: '', scopes, expiresIn: '1h', timeoutMs: 1000, environment: 'local' },
    { sleep: async () => {}, random: () => 0 },
  );
  expect({ payload: token.payload, local: isLocal(token) }).toEqual({
    payload: {
      scope: 'user_id:alice read:brands',
      tenant_scope: localWorkspace.tenantScope,
      tenant_id: localWorkspace.tenantId,
      iat: now,
      exp: now + 3600,
      jti: 'an-id',
    },
    local: true,
  });
});
