import type { Socket } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Misbehaviour, drop, hang, json, sign, stall, text } from '../support/courier-server.js';
import { withProxy, withTcp } from '../support/e2e-network.js';
import {
  type Certificate,
  type ErrorDocument,
  apiKey,
  documentOf,
  hostOf,
  keyed,
  retryNotes,
  selfSigned,
  told,
  withCourier,
  withoutJitter,
} from '../support/e2e-world.js';
import { type Ran, courierJwt } from '../support/run.js';

interface Outcome {
  exit: number;
  code: string;
  /** The whole sentence; `HOST` stands for the server's. */
  message: string | RegExp;
  /** `HOST` stands for the server's. */
  fix: string[];
  /** What stands on stderr before it, without jitter. */
  notes?: string;
}

const forms = [
  { form: 'as text', flags: [] },
  { form: 'as JSON', flags: ['--json'] },
];

/** The whole of both streams and the exit code of a failure. */
function expectFailure(ran: Ran, { exit, code, message, fix, notes = '' }: Outcome, host = ''): void {
  const real = (words: string) => words.replaceAll('HOST', host);
  const stderr = withoutJitter(ran.stderr);
  const isJson = ran.stdout !== '';
  const shown = isJson
    ? documentOf<ErrorDocument>(ran).error
    : {
        code,
        message: /^error: ([^]*)\n {2}try: /.exec(stderr.slice(notes.length))?.[1] ?? stderr,
        fix: fix.map(real),
      };
  expect({ ...shown, exit: ran.code, signal: ran.signal }).toEqual({
    code,
    message: typeof message === 'string' ? real(message) : expect.stringMatching(new RegExp(real(message.source))),
    fix: fix.map(real),
    exit,
    signal: null,
  });
  expect(stderr).toBe(isJson ? notes : notes + told(shown.message, fix.map(real).join(' ')));
}

const look = ['curl', '-sSI', 'HOST'];
const local = 'It is the local server: an emulator takes any key, or with --api-key-file that one alone.';

const nonsense = (problem: string): Outcome => ({
  exit: 4,
  code: 'courier.nonsense',
  message: `HOST answered, but the answer makes no sense: ${problem}`,
  fix: look,
});
const rejected = (said: string): Outcome => ({
  exit: 2,
  code: 'request.rejected',
  message: `Courier cannot mint that (400)${said}.`,
  fix: ['courier-jwt', 'scopes'],
});
const refused = (message: string): Outcome => ({
  exit: 3,
  code: 'key.refused',
  message: `HOST ${message}`,
  fix: ['unset', 'COURIER_API_KEY'],
});
const status = (said: string): Outcome => ({
  exit: 4,
  code: 'courier.status',
  message: `HOST answered ${said}. Is the base URL right?`,
  fix: look,
});
const limited = (said: string | RegExp, notes = ''): Outcome => ({
  exit: 4,
  code: 'courier.rate-limited',
  message: said,
  fix: look,
  notes,
});
const unavailable = (answer: number): Outcome => ({
  exit: 4,
  code: 'courier.unavailable',
  message: `HOST is in trouble (${answer}). It is the local server: its log says more.`,
  fix: look,
  notes: retryNotes(String(answer)),
});
const unreachable = (message: string, notes = ''): Outcome => ({
  exit: 4,
  code: 'courier.unreachable',
  message: `HOST cannot be reached: ${message}.`,
  fix: look,
  notes,
});
const timedOut: Outcome = {
  exit: 4,
  code: 'courier.timeout',
  message: 'HOST did not answer in 0.3 seconds. --timeout gives it more.',
  fix: look,
};

interface Row {
  fault: string;
  answer: Misbehaviour;
  argv?: string[];
  outcome: Outcome;
  requests: number;
}

const notJson = nonsense("it is not JSON, so that URL may not be Courier's.");
const hostile = 'no \u001b[31mscope\u001b[0m\n::error::x ##[error]y \u202ez';
const shownHostile = 'no \\u{1b}[31mscope\\u{1b}[0m\\n:\\u{3a}error:\\u{3a}x #\\u{23}[error]y \\u{202e}z';

const rows: Row[] = [
  { fault: '200 with HTML', answer: text(200, '<!doctype html><p>hello'), outcome: notJson, requests: 1 },
  { fault: '200 with an empty body', answer: text(200, ''), outcome: notJson, requests: 1 },
  { fault: '204', answer: text(204, ''), outcome: notJson, requests: 1 },
  { fault: '200 with {}', answer: json(200, {}), outcome: nonsense('it has no token in it.'), requests: 1 },
  { fault: '200 with null', answer: json(200, null), outcome: nonsense('it has no token in it.'), requests: 1 },
  { fault: '200 with a list', answer: json(200, ['x']), outcome: nonsense('it has no token in it.'), requests: 1 },
  {
    fault: 'a token that is a number',
    answer: json(200, { token: 42 }),
    outcome: nonsense('it has no token in it.'),
    requests: 1,
  },
  {
    fault: 'a token that is a word',
    answer: json(200, { token: 'nope' }),
    outcome: nonsense('its token is not a JWT.'),
    requests: 1,
  },
  {
    fault: 'a token whose payload is a list',
    answer: json(200, { token: sign([] as unknown as Record<string, unknown>) }),
    outcome: nonsense('its token is not a JWT.'),
    requests: 1,
  },
  {
    fault: 'a token with a line break in it',
    answer: json(200, { token: sign({ scope: 'user_id:alice' }).replace('.', '.\n') }),
    outcome: nonsense('its token is not a JWT.'),
    requests: 1,
  },
  {
    fault: 'a body over 1 MB',
    answer: text(200, JSON.stringify({ token: 'x'.repeat(1024 * 1024) })),
    outcome: nonsense('it is far too large.'),
    requests: 1,
  },
  {
    fault: "400 with Courier's message",
    answer: json(400, { message: 'scope is required', type: 'invalid_request_error' }),
    outcome: rejected(': scope is required'),
    requests: 1,
  },
  {
    fault: '400 with a hostile message',
    answer: json(400, { message: hostile }),
    outcome: rejected(`: ${shownHostile}`),
    requests: 1,
  },
  { fault: '400 with HTML', answer: text(400, '<h1>Bad Request</h1>'), outcome: rejected(''), requests: 1 },
  {
    fault: '400 with a message that is no text',
    answer: json(400, { message: { a: 1 } }),
    outcome: rejected(''),
    requests: 1,
  },
  {
    fault: '401',
    answer: json(401, { message: 'Unauthorized', type: 'authentication_error' }),
    outcome: refused(`refused the API key of COURIER_API_KEY (401). ${local}`),
    requests: 1,
  },
  {
    fault: '403',
    answer: json(403, { message: 'Forbidden', type: 'authorization_error' }),
    outcome: refused(`refused the API key of COURIER_API_KEY (403). ${local}`),
    requests: 1,
  },
  { fault: '404', answer: json(404, { message: 'Not Found' }), outcome: status('404: Not Found'), requests: 1 },
  { fault: '404 with HTML', answer: text(404, '<h1>nothing here</h1>'), outcome: status('404'), requests: 1 },
  { fault: '409', answer: json(409, { message: 'Conflict' }), outcome: status('409: Conflict'), requests: 1 },
  { fault: '418', answer: json(418, { message: hostile }), outcome: status(`418: ${shownHostile}`), requests: 1 },
  {
    fault: '429 without Retry-After',
    answer: json(429, { message: 'Too Many Requests' }),
    outcome: limited('HOST asks to slow down (429). Try again later.', retryNotes('429')),
    requests: 3,
  },
  {
    fault: '429 with Retry-After: 1',
    answer: json(429, {}, { 'retry-after': '1' }),
    outcome: limited(/^HOST asks to slow down \(429\) and to wait 1 second. Try again later\.$/, retryNotes('429')),
    requests: 3,
  },
  {
    fault: '429 with Retry-After: 3600, which is not waited for',
    answer: json(429, {}, { 'retry-after': '3600' }),
    outcome: limited(/^HOST asks to slow down \(429\) and to wait (3600 seconds|1 hour)\. Try again later\.$/),
    requests: 1,
  },
  { fault: '500', answer: json(500, { message: 'oops', type: 'api_error' }), outcome: unavailable(500), requests: 3 },
  { fault: '502 with HTML', answer: text(502, '<h1>Bad Gateway</h1>'), outcome: unavailable(502), requests: 3 },
  { fault: '408', answer: json(408, {}), outcome: unavailable(408), requests: 3 },
  {
    fault: '503 with Retry-After: 3600: one try, and none more is claimed',
    answer: json(503, {}, { 'retry-after': '3600' }),
    outcome: {
      exit: 4,
      code: 'courier.unavailable',
      message: /^HOST is in trouble \(503\)(?!.*three tries).*\.$/,
      fix: look,
    },
    requests: 1,
  },
  { fault: 'no answer at all', answer: hang, argv: ['--timeout', '300ms'], outcome: timedOut, requests: 1 },
  { fault: 'a body that stalls', answer: stall, argv: ['--timeout', '300ms'], outcome: timedOut, requests: 1 },
  {
    fault: 'a dropped connection',
    answer: drop,
    outcome: unreachable('it dropped the connection (ECONNRESET)', retryNotes('ECONNRESET')),
    requests: 3,
  },
];

describe.concurrent.each(forms)('issue, when Courier misbehaves, $form', ({ flags }) => {
  it.each(rows)('$fault', async ({ answer, argv = [], outcome, requests }) =>
    withCourier(async (courier) => {
      courier.misbehave(answer);
      const ran = await courierJwt(['issue', '-u', 'alice', ...argv, ...flags], { variables: keyed(courier) });
      expect(ran.stdout === '').toBe(flags.length === 0);
      expectFailure(ran, outcome, hostOf(courier));
      expect(courier.requests.length).toBe(requests);
    }),
  );

  it.each([301, 302, 303, 307, 308])('a redirect (%i) is not followed', async (redirect) =>
    withCourier(async (courier) =>
      withCourier(async (elsewhere) => {
        courier.misbehave(text(redirect, '', { location: `${elsewhere.url}/auth/issue-token` }));
        const ran = await courierJwt(['issue', '-u', 'alice', ...flags], { variables: keyed(courier) });
        expectFailure(
          ran,
          {
            exit: 4,
            code: 'courier.redirect',
            message: `HOST redirects (${redirect}) to ${elsewhere.url}/auth/issue-token, and a key is not sent after a redirect. Is the base URL right?`,
            fix: look,
          },
          hostOf(courier),
        );
        expect([courier.requests.length, elsewhere.requests.length]).toEqual([1, 0]);
      }),
    ),
  );

  it('a redirect to nowhere', async () =>
    withCourier(async (courier) => {
      courier.misbehave(text(302, ''));
      const ran = await courierJwt(['issue', '-u', 'alice', ...flags], { variables: keyed(courier) });
      expectFailure(
        ran,
        {
          exit: 4,
          code: 'courier.redirect',
          message: 'HOST redirects (302) to nowhere, and a key is not sent after a redirect. Is the base URL right?',
          fix: look,
        },
        hostOf(courier),
      );
    }));

  it('nothing listens there', async () => {
    const url = await withCourier(async (courier) => courier.url);
    const ran = await courierJwt(['issue', '-u', 'alice', ...flags], { variables: keyed({ url }) });
    expectFailure(
      ran,
      {
        ...unreachable('', retryNotes('ECONNREFUSED')),
        message:
          'HOST cannot be reached: nothing answers there (ECONNREFUSED). It is this machine: is the local server running?',
        fix: ['courier-jwt', 'emulator', '--port', new URL(url).port],
      },
      hostOf({ url }),
    );
  });

  it('a host that does not exist', async () => {
    const ran = await courierJwt(['issue', '-u', 'alice', ...flags], {
      variables: keyed({ url: 'https://courier.invalid' }),
    });
    const reason = /EAI_AGAIN|ENOTFOUND/.exec(ran.stderr)?.[0] ?? 'ENOTFOUND or EAI_AGAIN';
    expectFailure(
      ran,
      {
        ...unreachable(`there is no such host, or no network (${reason})`, retryNotes(reason)),
        fix: ['curl', '-sSI', 'https://courier.invalid/'],
      },
      'courier.invalid',
    );
  });

  it('a server that speaks something else', async () => {
    const connections: Socket[] = [];
    await withTcp(
      (socket) => {
        connections.push(socket);
        socket.end('220 mail.example ESMTP\r\n');
      },
      async (url) => {
        const ran = await courierJwt(['issue', '-u', 'alice', ...flags], { variables: keyed({ url }) });
        expect({ exit: ran.code, code: codeIn(ran) }).toEqual({ exit: 4, code: 'courier.unreachable' });
        expect(connections.length).toBe(3);
      },
    );
  });

  it('https to a server that speaks http', async () =>
    withCourier(async (courier) => {
      const url = courier.url.replace('http:', 'https:');
      const ran = await courierJwt(['issue', '-u', 'alice', ...flags], { variables: keyed({ url }) });
      expect({ exit: ran.code, code: codeIn(ran) }).toEqual({ exit: 4, code: 'courier.unreachable' });
      expect(courier.requests).toEqual([]);
    }));
});

/** The code of a failure: from its JSON, or from the words that only it has. */
function codeIn(ran: Ran): string {
  if (ran.stdout !== '') return documentOf<ErrorDocument>(ran).error.code;
  return /^error: \S+ cannot be reached: /m.test(ran.stderr) ? 'courier.unreachable' : ran.stderr;
}

describe.concurrent('issue, when Courier recovers', () => {
  const recoveries: { fault: string; answers: Misbehaviour[]; notes: string; requests: number; leastMs: number }[] = [
    { fault: '429 once', answers: [json(429, {})], notes: retryNotes('429', 1), requests: 2, leastMs: 375 },
    {
      fault: '429 once with Retry-After: 1',
      answers: [json(429, {}, { 'retry-after': '1' })],
      notes: retryNotes('429', 1),
      requests: 2,
      leastMs: 1000,
    },
    {
      fault: '429 once with Retry-After as a date',
      answers: [
        json(429, {}, { date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'retry-after': 'Thu, 01 Jan 2026 00:00:01 GMT' }),
      ],
      notes: retryNotes('429', 1),
      requests: 2,
      leastMs: 1000,
    },
    { fault: '503 once', answers: [json(503, {})], notes: retryNotes('503', 1), requests: 2, leastMs: 375 },
    { fault: '408 once', answers: [json(408, {})], notes: retryNotes('408', 1), requests: 2, leastMs: 375 },
    {
      fault: '500 and then a dropped connection',
      answers: [json(500, {}), drop],
      notes: '500: trying again in N s (2 of 3)\nECONNRESET: trying again in N s (3 of 3)\n',
      requests: 3,
      leastMs: 1125,
    },
    { fault: 'dropped once', answers: [drop], notes: retryNotes('ECONNRESET', 1), requests: 2, leastMs: 375 },
  ];

  it.each(recoveries)('$fault, then fine', async ({ answers, notes, requests, leastMs }) =>
    withCourier(async (courier) => {
      courier.misbehave(answers);
      const started = performance.now();
      const ran = await courierJwt(['issue', '-u', 'alice'], { variables: keyed(courier) });
      expect(performance.now() - started).toBeGreaterThan(leastMs);
      expect(ran.code).toBe(0);
      expect(ran.stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]{43}\n$/);
      expect(withoutJitter(ran.stderr)).toBe(
        `${notes}minted for alice: published/test, 6 scopes, expires in 1 day; key: COURIER_API_KEY, ${courier.url}\n`,
      );
      expect(courier.requests.length).toBe(requests);
      // A retry is the same request.
      expect(new Set(courier.requests.map(({ body, headers }) => body + headers.authorization)).size).toBe(1);
    }),
  );

  it('notes of retries are kept from --quiet and from the JSON', async () =>
    withCourier(async (courier) => {
      courier.misbehave([json(503, {})]);
      const quiet = await courierJwt(['issue', '-u', 'alice', '-q'], { variables: keyed(courier) });
      expect([quiet.code, quiet.stderr]).toEqual([0, '']);
      courier.misbehave([json(503, {})]);
      const ran = await courierJwt(['issue', '-u', 'alice', '--json'], { variables: keyed(courier) });
      expect(documentOf(ran).user).toBe('alice');
    }));

  it('Retry-After: 3600 ends it at once', async () =>
    withCourier(async (courier) => {
      courier.misbehave(json(429, {}, { 'retry-after': '3600' }));
      const started = performance.now();
      const ran = await courierJwt(['issue', '-u', 'alice'], { variables: keyed(courier) });
      expect([ran.code, courier.requests.length]).toEqual([4, 1]);
      expect(performance.now() - started).toBeLessThan(5000);
    }));

  it('a slow answer within --timeout is waited for', async () =>
    withCourier(async (courier) => {
      courier.misbehave([
        (_, response) => {
          setTimeout(
            () => response.end(JSON.stringify({ token: sign({ scope: 'user_id:alice inbox:read:messages' }) })),
            700,
          );
        },
      ]);
      const argv = ['issue', '-u', 'alice', '--scope', 'inbox:read:messages', '--timeout', '20s'];
      const ran = await courierJwt(argv, { variables: keyed(courier) });
      expect([ran.code, courier.requests.length]).toEqual([0, 1]);
    }));
});

describe.concurrent.each(forms)('certificates, $form', ({ flags }) => {
  let own: Certificate;
  let another: Certificate;
  beforeAll(() => {
    own = selfSigned(['IP:127.0.0.1', 'DNS:localhost']);
    another = selfSigned(['DNS:elsewhere.example']);
  });

  const untrusted = (reason: string) =>
    unreachable(`its certificate is not trusted; for a CA of your own set NODE_EXTRA_CA_CERTS (${reason})`);

  it.each([
    { name: 'a self-signed one is refused', variables: {} },
    { name: 'with NODE_TLS_REJECT_UNAUTHORIZED=0 too', variables: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
  ])('$name', async ({ variables }) =>
    withCourier(async (courier) => {
      const ran = await courierJwt(['issue', '-u', 'alice', ...flags], {
        variables: { ...keyed(courier), ...variables },
      });
      // Node warns of that variable itself, whatever the request says.
      const stderr = ran.stderr.replace(/^\(node:\d+\) Warning: Setting the NODE_TLS_[^]*?\)\n/, '');
      expectFailure({ ...ran, stderr }, untrusted('DEPTH_ZERO_SELF_SIGNED_CERT'), hostOf(courier));
      expect(courier.requests).toEqual([]);
    }, own),
  );

  it('one of another host is refused, trusted or not', async () =>
    withCourier(async (courier) => {
      const variables = { ...keyed(courier), NODE_EXTRA_CA_CERTS: another.certPath };
      const ran = await courierJwt(['issue', '-u', 'alice', ...flags], { variables });
      expectFailure(ran, untrusted('ERR_TLS_CERT_ALTNAME_INVALID'), hostOf(courier));
      expect(courier.requests).toEqual([]);
    }, another));

  it('NODE_EXTRA_CA_CERTS makes it trusted', async () =>
    withCourier(async (courier) => {
      const variables = { ...keyed(courier), NODE_EXTRA_CA_CERTS: own.certPath };
      const ran = await courierJwt(['issue', '-u', 'alice', ...flags], { variables });
      expect([ran.code, courier.requests.length]).toEqual([0, 1]);
      const token = flags.length > 0 ? documentOf<{ token: string }>(ran).token : ran.stdout.trim();
      expect(token).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]{43}$/);
    }, own));
});

describe.concurrent.each(forms)('proxies, $form', ({ flags }) => {
  const password = 'Pr0xyPassw0rdThatMustNotShow';
  const through = (url: string) => ({
    COURIER_API_KEY: apiKey,
    HTTPS_PROXY: url.replace('http://', `http://someone:${password}@`),
  });
  const notLetThrough = (detail: string): Outcome => ({
    exit: 4,
    code: 'courier.unreachable',
    message: `api.courier.com cannot be reached: the proxy of HTTPS_PROXY did not let it through; NO_PROXY exempts hosts (${detail}).`,
    fix: ['unset', 'HTTPS_PROXY'],
  });
  const secretsIn = (said: string) => [apiKey, password].filter((secret) => said.includes(secret));

  it.each([
    '401 Unauthorized',
    '403 Forbidden',
    '407 Proxy Authentication Required',
    '429 Too Many',
    '502 Bad Gateway',
  ])('a proxy that answers %s is not Courier', async (answer) =>
    withProxy(answer, async (proxy) => {
      const ran = await courierJwt(['issue', '-u', 'alice', '--debug', ...flags], { variables: through(proxy.url) });
      const stderr = ran.stderr.replace(/^debug: .*\n/gm, '');
      expectFailure({ ...ran, stderr }, notLetThrough(`the proxy answered ${answer.slice(0, 3)}`));
      expect(proxy.connections()).toBe(1);
      expect(proxy.received()).toMatch(/^CONNECT api\.courier\.com:443 HTTP\/1\.1\r\n/);
      expect(proxy.received()).not.toContain(apiKey);
      expect(secretsIn(ran.stdout + ran.stderr)).toEqual([]);
    }),
  );

  it('a proxy that is not there', async () => {
    const url = await withTcp(
      () => {},
      async (gone) => gone,
    );
    const ran = await courierJwt(['issue', '-u', 'alice', ...flags], { variables: through(url) });
    expectFailure(ran, notLetThrough('ECONNREFUSED'));
    expect(secretsIn(ran.stdout + ran.stderr)).toEqual([]);
  });

  it('a proxy that never answers', async () =>
    withProxy(null, async (proxy) => {
      const variables = through(proxy.url);
      const ran = await courierJwt(['issue', '-u', 'alice', '--timeout', '300ms', ...flags], { variables });
      expectFailure(ran, { ...timedOut, fix: ['curl', '-sSI', 'https://api.courier.com/'] }, 'api.courier.com');
      expect(secretsIn(ran.stdout + ran.stderr)).toEqual([]);
    }));

  it.each([
    { region: 'us', host: 'api.courier.com' },
    { region: 'eu', host: 'api.eu.courier.com' },
  ])('a proxy that tunnels to $host sees neither key nor token', async ({ region, host }) => {
    const certificate = selfSigned([`DNS:${host}`]);
    await withCourier(async (courier) => {
      await withProxy({ port: Number(new URL(courier.url).port) }, async (proxy) => {
        const variables = { ...through(proxy.url), NODE_EXTRA_CA_CERTS: certificate.certPath };
        const ran = await courierJwt(['issue', '-u', 'alice', '--region', region, ...flags], { variables });
        expect(ran.code).toBe(0);
        expect(courier.requests.map(({ path, headers }) => [path, headers.host, headers.authorization])).toEqual([
          ['/auth/issue-token', host, `Bearer ${apiKey}`],
        ]);
        const token = flags.length > 0 ? documentOf<{ token: string }>(ran).token : ran.stdout.trim();
        expect(proxy.received()).toMatch(new RegExp(`^CONNECT ${host}:443 HTTP/1\\.1\r\n`));
        expect([apiKey, token].filter((secret) => proxy.received().includes(secret))).toEqual([]);
        expect(secretsIn(ran.stdout + ran.stderr)).toEqual([]);
      });
    }, certificate);
  });

  it('a certificate that the proxy slips in is refused', async () => {
    await withCourier(
      async (courier) => {
        await withProxy({ port: Number(new URL(courier.url).port) }, async (proxy) => {
          const ran = await courierJwt(['issue', '-u', 'alice', ...flags], { variables: through(proxy.url) });
          expectFailure(
            ran,
            {
              ...unreachable(
                'its certificate is not trusted; for a CA of your own set NODE_EXTRA_CA_CERTS (DEPTH_ZERO_SELF_SIGNED_CERT)',
              ),
              fix: ['curl', '-sSI', 'https://api.courier.com/'],
            },
            'api.courier.com',
          );
          expect(courier.requests).toEqual([]);
        });
      },
      selfSigned(['DNS:api.courier.com']),
    );
  });

  it('a proxy is not used for loopback', async () => {
    const certificate = selfSigned(['IP:127.0.0.1', 'DNS:localhost']);
    await withCourier(async (courier) => {
      await withProxy('403 Forbidden', async (proxy) => {
        for (const url of [courier.url, courier.url.replace('127.0.0.1', 'localhost')]) {
          const variables = {
            ...keyed({ url }),
            HTTPS_PROXY: proxy.url,
            https_proxy: proxy.url,
            HTTP_PROXY: proxy.url,
            ALL_PROXY: proxy.url,
            NODE_EXTRA_CA_CERTS: certificate.certPath,
          };
          const ran = await courierJwt(['issue', '-u', 'alice', ...flags], { variables });
          expect(ran.code).toBe(0);
        }
        expect([proxy.connections(), courier.requests.length]).toEqual([0, 2]);
      });
    }, certificate);
  });
});

describe.concurrent.each(forms)('what is refused before anything is sent, $form', ({ flags }) => {
  const baseUrl = (url: string, reason: string): Outcome => ({
    exit: 2,
    code: 'usage.base-url',
    message: `COURIER_BASE_URL ${url} ${reason}.`,
    fix: ['unset', 'COURIER_BASE_URL'],
  });
  const plain = 'is not https, and an API key goes over plain http to this machine only';
  const invalid = 'is not an http(s) URL, such as https://api.courier.com';

  it.each([
    { url: 'http://courier.example', outcome: baseUrl('http://courier.example', plain) },
    { url: 'http://api.courier.com', outcome: baseUrl('http://api.courier.com', plain) },
    { url: 'http://127.0.0.1.example', outcome: baseUrl('http://127.0.0.1.example', plain) },
    { url: 'http://localhost.example', outcome: baseUrl('http://localhost.example', plain) },
    { url: 'ftp://courier.example', outcome: baseUrl('ftp://courier.example', invalid) },
    {
      url: 'api.courier.com',
      outcome: {
        ...baseUrl('', ''),
        fix: ['export', 'COURIER_BASE_URL=https://api.courier.com'],
        message: `COURIER_BASE_URL api.courier.com ${invalid}. Did you mean https://api.courier.com?`,
      },
    },
    {
      url: 'https://someone:s3cretOfTheUrl@courier.example',
      outcome: {
        ...baseUrl('', ''),
        message: 'COURIER_BASE_URL for courier.example has a user or password in it, which Courier does not take.',
      },
    },
  ])('COURIER_BASE_URL=$url', async ({ url, outcome }) => {
    const ran = await courierJwt(['issue', '-u', 'alice', ...flags], { variables: keyed({ url }) });
    expectFailure(ran, outcome);
  });

  it('plain http to an address that only leads here', async () =>
    withCourier(async (courier) => {
      // Linux takes 0.0.0.0 to loopback, so the server would see what is sent.
      const url = courier.url.replace('127.0.0.1', '0.0.0.0');
      const ran = await courierJwt(['issue', '-u', 'alice', ...flags], { variables: keyed({ url }) });
      expectFailure(ran, baseUrl(url, plain));
      expect(courier.requests).toEqual([]);
    }));

  it.each(['http', '*', 'tls,net', 'HTTPS', 'fs, http*', 'n?t,net', 'h*'])('NODE_DEBUG=%s', async (value) =>
    withCourier(async (courier) => {
      const variables = { ...keyed(courier), NODE_DEBUG: value };
      const ran = await courierJwt(['issue', '-u', 'alice', ...flags], { variables });
      const message = `NODE_DEBUG=${value} would make Node print the API key with the request. Nothing was sent; unset it.`;
      expect(ran.code).toBe(2);
      expect(courier.requests).toEqual([]);
      if (flags.length > 0)
        expect(documentOf(ran)).toEqual({ error: { code: 'usage.node-debug', message, fix: ['unset', 'NODE_DEBUG'] } });
      else {
        expect(ran.stdout).toBe('');
        // Node says things of its own there.
        expect(ran.stderr).toContain(told(message, 'unset NODE_DEBUG'));
      }
      expect(ran.stdout + ran.stderr).not.toContain(apiKey.slice(8, 20));
    }),
  );

  it.each(['fs', 'module', 'child_process,stream,timer', 'httpx'])(
    'NODE_DEBUG=%s shows no key, and is left alone',
    async (value) =>
      withCourier(async (courier) => {
        const ran = await courierJwt(['issue', '-u', 'alice', ...flags], {
          variables: { ...keyed(courier), NODE_DEBUG: value },
        });
        expect([ran.code, courier.requests.length]).toEqual([0, 1]);
        expect(ran.stdout + ran.stderr).not.toContain(apiKey.slice(8, 20));
      }),
  );
});
