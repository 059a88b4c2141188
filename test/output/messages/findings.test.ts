import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe as group, expect, it } from 'vitest';
import { describe } from '../../../src/output/messages/findings.js';
import type { Facts, Status } from '../../../src/report.js';

const evil = '\u001b[31m\r\n::error::x##[error]\u202e\u2028\u0085\u009b\0\ud800';

/** Every code of a finding that the sources write: `code: '…'`, or a constant `code` that is one of two. */
const emitted = (() => {
  const source = resolve(import.meta.dirname, '../../../src');
  const files = ['checks', 'commands'].flatMap((room) =>
    readdirSync(join(source, room), { recursive: true, encoding: 'utf8' }).map((file) => join(source, room, file)),
  );
  const lines = files.filter((file) => file.endsWith('.ts')).flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const codes = lines.flatMap((line) => {
    const pattern = /\bconst code = /.test(line) ? /'([a-z-]+\.[a-z-]+)'/g : /\bcode: '([a-z-]+\.[a-z-]+)'/g;
    return [...line.matchAll(pattern)].map(([, code]) => code!);
  });
  return [...new Set(codes)].toSorted();
})();

it('the sources emit these', () => {
  expect(emitted).toEqual(
    expect.arrayContaining([
      'scope.missing',
      'scope.recommended',
      'user.placeholder',
      'user.invalid',
      'grant.all',
      'key.accepted',
    ]),
  );
});

group.each(emitted)('%s', (code) => {
  const names = [
    ...[
      'algorithm',
      'characters',
      'expected',
      'found',
      'expiresAt',
      'problem',
      'users',
      'by',
      'suggestion',
      'scopes',
      'host',
      'tenantScope',
    ],
    ...['issuedAt', 'notBefore', 'environment', 'tenantId'],
  ];
  const spans = [
    'remainingSeconds',
    'minTtlSeconds',
    'lifetimeSeconds',
    'aheadSeconds',
    'grantedSeconds',
    'askedSeconds',
    'leewaySeconds',
  ];
  const hostile: Facts = Object.fromEntries([
    ...names.map((name) => [name, evil]),
    ...spans.map((name) => [name, 7200]),
    ['of', evil],
  ]);
  const several = { ...hostile, users: [evil, evil], scopes: [evil], also: true, present: true };

  it('has a sentence of its own', () => {
    const said = describe({ code, status: 'fail', subject: 'SUBJECT', facts: {} });
    expect([said.includes(code), said.length > 3]).toEqual([false, true]);
  });

  it.each(['pass', 'warn', 'fail'] as Status[])('shows nothing hostile as a %s', (status) => {
    const said = [hostile, several].map((facts) => describe({ code, status, subject: evil, facts })).join('');
    expect([/[\p{Cc}\p{Cs}\u2028\u202e]/u.test(said), /::|##\[/.test(said), said.includes('undefined')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

group('describe', () => {
  const row = (code: string, finding: { status?: Status; subject?: string; facts?: Facts }, expected: string) => ({
    code,
    finding,
    expected,
  });
  it.each([
    row(
      'expiry.valid',
      { facts: { remainingSeconds: 7200, expiresAt: '2026-01-01T00:00:00Z' } },
      'expires in 2 hours, at 2026-01-01T00:00:00Z.',
    ),
    row(
      'expiry.expired',
      { status: 'fail', facts: { remainingSeconds: -7200, expiresAt: '2026-01-01T00:00:00Z' } },
      'expired 2 hours ago, at 2026-01-01T00:00:00Z: the Inbox answers 401 or stays empty.',
    ),
    row(
      'expiry.expired',
      { status: 'warn', facts: { remainingSeconds: -7200, expiresAt: '2026-01-01T00:00:00Z' } },
      'expired 2 hours ago, at 2026-01-01T00:00:00Z, within the leeway: the Inbox answers 401 or stays empty.',
    ),
    row(
      'expiry.min-ttl',
      { facts: { remainingSeconds: 120, minTtlSeconds: 3600 } },
      'expires in 2 minutes, sooner than the 1 hour that are wanted.',
    ),
    row(
      'expiry.min-ttl',
      { facts: { remainingSeconds: 120, minTtlSeconds: 30 } },
      'expires in 2 minutes, sooner than the 30 seconds that are wanted.',
    ),
    row(
      'claim.no-scope',
      { facts: { present: true } },
      'the scope claim is not a string: Courier finds no scopes in it.',
    ),
    row(
      'claim.no-scope',
      { facts: { present: false } },
      "there is no scope claim: this is not a Courier user token. Is it your own session's, or another service's?",
    ),
    row(
      'claim.type',
      { subject: 'exp', facts: { expected: 'number', found: 'string' } },
      'the claim exp is of the wrong type (string, not number).',
    ),
    row(
      'user.mismatch',
      { subject: 'bob', facts: { expected: 'alice', also: false } },
      'is for bob, not for alice: signIn with alice gets 401 or an empty Inbox.',
    ),
    row(
      'user.mismatch',
      { subject: 'bob', facts: { expected: 'alice', also: true } },
      "is also for bob, and should be for alice alone: it opens somebody else's inbox.",
    ),
    row(
      'user.several',
      { facts: { users: ['alice', 'bob'] } },
      "is for several users (alice, bob): each can read the others' messages.",
    ),
    row('scope.granted', { subject: 'read:brands', facts: {} }, 'read:brands'),
    row(
      'scope.granted',
      { subject: 'tenant:a:read', facts: { by: 'tenants:read' } },
      'tenant:a:read (by tenants:read)',
    ),
    row(
      'scope.missing',
      { subject: 'write:user-tokens' },
      'write:user-tokens is missing: the device is not registered, and push notifications do not arrive.',
    ),
    row(
      'scope.missing',
      { subject: 'a', facts: { documented: false, suggestion: 'b' } },
      'a is missing, and is no scope that Courier documents. Did you mean b?',
    ),
    row('scope.missing', { subject: 'custom' }, 'custom is missing: what needs it is refused.'),
    row('scope.unknown', { subject: 'custom' }, 'custom is no scope that Courier documents; it may grant nothing.'),
    row(
      'scope.unknown',
      { subject: 'read:mesages', facts: { suggestion: 'read:messages' } },
      'read:mesages is no scope that Courier documents. Did you mean read:messages?',
    ),
    row(
      'scope.excess',
      { subject: 'write:brands' },
      'write:brands is more than is needed: whoever has the token may change every brand.',
    ),
    row(
      'scope.excess',
      { subject: 'tenant:a:brand:write' },
      "tenant:a:brand:write is more than is needed: whoever has the token may change one tenant's brand.",
    ),
    row(
      'tenant-scope.mismatch',
      { subject: '', facts: { expected: 'test', found: null } },
      'comes from no environment, not from test: a front end that looks there sees an empty Inbox or 401.',
    ),
    row(
      'workspace.mismatch',
      { subject: 'test', facts: { expected: 'w', found: null } },
      'comes from workspace none; test is w: its users and messages are other ones.',
    ),
    row(
      'key.accepted',
      { subject: 'test', facts: { host: 'api.courier.com', tenantScope: 'published/test' } },
      'test: api.courier.com takes the key (published/test).',
    ),
    row(
      'key.accepted',
      { subject: 'test', facts: { host: 'api.courier.com', tenantScope: null } },
      'test: api.courier.com takes the key.',
    ),
    row(
      'grant.scope-missing',
      { subject: 'custom', facts: { of: 'test' } },
      'test: custom was asked for and not granted: what needs it is refused.',
    ),
    row(
      'grant.lifetime-short',
      { facts: { grantedSeconds: 3600, askedSeconds: 86_400 } },
      'lives for 1 hour, less than the 1 day asked for.',
    ),
    row(
      'courier.unreachable',
      { subject: 'test', facts: { sentence: 'h cannot be reached.' } },
      'test: h cannot be reached.',
    ),
    row(
      'grant.user',
      { subject: 'alice', facts: { users: ['bob', 'carol'] } },
      'the token is for bob, carol, and was asked for alice.',
    ),
    row('grant.user', { subject: 'alice', facts: { users: [] } }, 'the token is for nobody, and was asked for alice.'),
    row(
      'clock.off',
      { facts: { offSeconds: 7200 } },
      "the clock here is 2 hours ahead of Courier's. The token is judged by Courier's; set this one right.",
    ),
    row(
      'clock.off',
      { facts: { offSeconds: -61 } },
      "the clock here is 1 minute behind Courier's. The token is judged by Courier's; set this one right.",
    ),
    row(
      'access.accepted',
      { subject: 'read:brands', facts: { call: 'GET /brands', items: 2 } },
      'read:brands: Courier lets it in (GET /brands), 2 there.',
    ),
    row(
      'access.accepted',
      { subject: 'socket', facts: { call: 'WebSocket wss://x', items: null } },
      'the realtime socket: Courier lets it in (WebSocket wss://x).',
    ),
    row(
      'access.empty',
      { status: 'pass', subject: 'read:brands', facts: { call: 'GET /brands', items: 0 } },
      'read:brands: Courier lets it in (GET /brands), nothing there.',
    ),
    row(
      'access.empty',
      { status: 'unknown', subject: 'inbox:read:messages', facts: { promised: false } },
      "inbox:read:messages: Courier answers 200 with no messages. That may be what the missing scope gives; a new user's inbox is empty, too.",
    ),
    row(
      'access.unpromised',
      { subject: 'socket', facts: { call: 'WebSocket wss://x' } },
      'the realtime socket: Courier lets it in (WebSocket wss://x), though the claims do not name it.',
    ),
    row(
      'access.refused',
      { subject: 'read:brands', facts: { status: 401, call: 'GET /brands', promised: true } },
      'read:brands: Courier refuses it (401, GET /brands), though the claims promise it: the signature, the region or the user is not what they say.',
    ),
    row(
      'access.refused',
      { subject: 'read:brands', facts: { status: 403, call: 'GET /brands', promised: true } },
      'read:brands: Courier refuses it (403, GET /brands), though the claims promise it: is it another user, or a scope that this key may not grant?',
    ),
    row(
      'access.refused',
      { subject: 'x', facts: { status: 403, call: 'GET /', promised: false } },
      'x: Courier refuses it (403, GET /), as is to be expected of it.',
    ),
    row(
      'access.not-tried',
      { subject: 'write:brands', facts: { reason: 'write' } },
      'not tried: write:brands. It writes, and trying it would change something.',
    ),
    row(
      'access.not-tried',
      { subject: 'tenants:read', facts: { reason: 'no-call' } },
      'not tried: tenants:read. No call is known that reads with it and changes nothing.',
    ),
    row(
      'control.refused',
      { subject: 'socket', facts: { control: 'other-user', status: 401 } },
      'control: the realtime socket is refused to a token of another user (401), as it should be.',
    ),
    row(
      'control.refused',
      { subject: 'x', facts: { control: 'without-scope', status: 200 } },
      'control: x is refused to a token without that scope (200, and nothing in it), as it should be.',
    ),
    row(
      'control.accepted',
      { subject: 'x', facts: { control: 'without-scope', status: 200 } },
      'control: x is let in for a token without that scope, too (200): that it is accepted proves nothing.',
    ),
    row(
      'control.not-tested',
      { subject: 'x', facts: { control: 'other-user', reason: 'other-workspace' } },
      'control not tested: x for a token of another user: the key is of another workspace than the token.',
    ),
    row(
      'control.not-tested',
      { subject: 'x', facts: { control: 'other-user', reason: 'else' } },
      'control not tested: x for a token of another user: no reason is known.',
    ),
    row(
      'fresh.accepted',
      { subject: 'x', facts: { items: 3, given: 200 } },
      'a token minted just now: x is let in, 3 there.',
    ),
    row(
      'fresh.sees-more',
      { subject: 'x', facts: { items: 3, given: 401 } },
      'a token minted just now is let in with x (3 there), and this one is refused (401): it is this token that is at fault.',
    ),
    row(
      'fresh.sees-more',
      { subject: 'x', facts: { items: 3, given: 200 } },
      'a token minted just now is let in with x (3 there), and this one sees nothing: it is this token that is at fault.',
    ),
    row(
      'fresh.accepted',
      { subject: 'socket', facts: { items: null, given: 101 } },
      'a token minted just now: the realtime socket is let in.',
    ),
    row(
      'region.found',
      { subject: 'eu', facts: { asked: 'us' } },
      "is a token of the region eu: us refuses it. The app must look there, too: apiUrls, getCourierApiUrlsForRegion('eu').",
    ),
    row('not.known', { subject: 'test\n', facts: {} }, 'test\\n not.known'),
    row('user.match', { subject: 'x'.repeat(201) }, `is for ${'x'.repeat(200)}…, and for nobody else.`),
  ])('$code: $expected', ({ code, finding, expected }) => {
    expect(describe({ code, status: 'fail', facts: {}, ...finding })).toBe(expected);
  });
});
