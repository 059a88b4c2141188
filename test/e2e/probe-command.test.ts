import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { XMLParser } from 'fast-xml-parser';
import { expect, it } from 'vitest';
import { type ErrorDocument, documentOf, fileWith, selfSigned } from '../support/e2e-world.js';
import { json, sessionCookie, withEndpoint } from '../support/endpoint.js';
import { configFolder, courierJwt } from '../support/run.js';

const session = ['--header', `Cookie: ${sessionCookie}`];
const alice = ['--user', 'alice'];

interface Planned {
  requests: { name: string; method: string; url: string; headers: string[]; body: string | null }[];
  timeoutSeconds: number;
}

it('sends what --dry-run lists, and nothing else', async () => {
  await withEndpoint({}, async ({ url, requests }) => {
    const argv = ['probe', `${url}?tenant=x#top`, ...alice, ...session];
    const planned = await courierJwt([...argv, '--dry-run', '--json']);
    expect(requests).toEqual([]);
    const plan = documentOf<Planned>(planned).requests;
    expect(plan.map(({ name, method, headers }) => [name, method, ...headers])).toEqual([
      ['session', 'POST', 'cookie'],
      ['no-session', 'POST'],
      ['other-user', 'POST', 'cookie'],
      ['injection', 'POST', 'cookie'],
      ['missing-user', 'POST', 'cookie'],
      ['empty-user', 'POST', 'cookie'],
      ['huge-user', 'POST', 'cookie'],
      ['malformed', 'POST', 'cookie'],
      ['foreign-origin', 'POST', 'cookie'],
      ['null-origin', 'POST', 'cookie'],
      ['preflight', 'OPTIONS'],
      ['get', 'GET', 'cookie'],
    ]);
    expect(plan.slice(2, 6).map(({ body }) => body)).toEqual([
      '{"userId":"courier-jwt-other"}',
      '{"userId":"alice user_id:courier-jwt-other write:brands"}',
      '{}',
      '{"userId":""}',
    ]);
    await courierJwt(argv);
    const sent = plan.map((one) => `${one.method} ${new URL(one.url).pathname}${new URL(one.url).search}`);
    expect(requests).toEqual(sent);
  });
});

it('asks as the URL and the method say, where they name the user', async () => {
  const whose = { methods: ['GET'], headers: { 'cache-control': 'no-store' } };
  await withEndpoint(whose, async ({ url, requests }) => {
    const ran = await courierJwt(['probe', `${url}?userId={user}`, ...alice, ...session, '--method', 'get']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(requests.map((one) => one.slice(0, 60))).toEqual([
      'GET /api/token?userId=alice',
      'GET /api/token?userId=alice',
      'GET /api/token?userId=courier-jwt-other',
      'GET /api/token?userId=alice%20user_id%3Acourier-jwt-other%20',
      'GET /api/token?userId=',
      'GET /api/token?userId=',
      // The huge one is more than Node takes, which says 431 itself.
      'GET /api/token?userId=alice',
      'GET /api/token?userId=alice',
      'OPTIONS /api/token?userId=alice',
    ]);
  });
});

it('a form, and a session that needs nothing in its body', async () => {
  const form = { named: (text: string) => new URLSearchParams(text).get('who') ?? undefined };
  await withEndpoint(form, async ({ url }) => {
    const ran = await courierJwt(['probe', url, ...alice, ...session, '--body', 'who={user}', '--json']);
    expect(ran.code).toBe(0);
  });
  await withEndpoint({ named: () => 'alice' }, async ({ url, requests }) => {
    const ran = await courierJwt(['probe', url, ...alice, ...session, '--body', '{}']);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('Neither --body nor the URL has {user} in it.');
    expect(requests).toHaveLength(7);
  });
});

it.each<{ argv: string[]; code: string; exit: number; message?: string }>([
  { argv: [], code: 'usage.missing', exit: 2, message: 'probe needs --user <id>.' },
  { argv: [...alice], code: 'usage.missing', exit: 2, message: 'probe needs the URL of an endpoint.' },
  { argv: ['http://localhost:1/'], code: 'usage.missing', exit: 2, message: 'probe needs --user <id>.' },
  {
    argv: ['localhost:3000/api', ...alice],
    code: 'usage.value',
    exit: 2,
    message:
      'probe localhost:3000/api: it is no URL that begins with https:// or http://. Did you mean http://localhost:3000/api?',
  },
  { argv: ['app.test/api', ...alice], code: 'usage.value', exit: 2 },
  { argv: ['ftp://app.test/api', ...alice], code: 'usage.value', exit: 2 },
  {
    argv: ['https://bob:h0rsestaple@app.test/api', ...alice],
    code: 'usage.value',
    exit: 2,
    message: "probe https://…@app.test/api: it has a password in it: --header 'Authorization: …' takes that.",
  },
  { argv: ['http://localhost:1/', 'http://localhost:2/', ...alice], code: 'usage.excess', exit: 2 },
  {
    argv: ['http://localhost:1/', 'alice'],
    code: 'usage.excess',
    exit: 2,
    message: 'probe takes no such word. Did you mean:',
  },
  {
    argv: ['http://0.0.0.0:3000/api', ...alice],
    code: 'usage.value',
    exit: 2,
    message:
      'probe http://0.0.0.0:3000/api: there a server listens, and nobody calls. Did you mean http://localhost:3000/api?',
  },
  {
    argv: ['http://localhost:1/', ...alice, '--body', '{userId:{user}}'],
    code: 'usage.value',
    exit: 2,
    message: '--body {userId:{user}}: it begins as JSON does, and is none.',
  },
  {
    argv: ['http://localhost:1/', ...alice, '--header', `@${fileWith('Cookie: a=1\n\ns3cret\n', 'session.txt')}`],
    code: 'usage.value',
    exit: 2,
    message: expect.stringMatching(
      /^--header \/.*session\.txt:3: …: it takes 'Name: value', or @ and a file with such lines, or a cookie jar\.$/,
    ) as string,
  },
  {
    argv: ['http://localhost:1/', ...alice, '--header', 'Set-Cookie: sid=s3cret; Path=/'],
    code: 'usage.value',
    exit: 2,
    message: '--header Set-Cookie: …: a server sends that; what a browser sends is Cookie: name=value.',
  },
  {
    argv: ['http://localhost:1/', ...alice, '--header', `@${fileWith('# Netscape HTTP Cookie File\n', 'jar')}`],
    code: 'usage.value',
    exit: 2,
  },
  {
    argv: ['https://me@corp.test:h0rsestaple@app.test/', ...alice],
    code: 'usage.value',
    exit: 2,
    message: "probe https://…@app.test/: it has a password in it: --header 'Authorization: …' takes that.",
  },
  { argv: ['https:bob:h0rsestaple@app.test/', ...alice], code: 'usage.value', exit: 2 },
  { argv: ['bob:h0rse/staple@app.test/', ...alice], code: 'usage.value', exit: 2 },
  {
    argv: ['http://127.0.0.1{user}/x', ...alice],
    code: 'usage.value',
    exit: 2,
    message: 'probe http://127.0.0.1{user}/x: {user} belongs behind the host.',
  },
  { argv: ['http://localhost:1/', ...alice, '--region', 'eu'], code: 'usage.conflict', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, '--env-file', '/nonexistent'], code: 'usage.conflict', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, '--header', 'Trailer: x'], code: 'usage.value', exit: 2 },
  {
    argv: ['http://localhost:1/', ...alice, '--header', `@${fileWith('\n# nothing\n')}`],
    code: 'usage.value',
    exit: 2,
  },
  { argv: ['http://localhost:1/', '--user', 'a b'], code: 'user.invalid', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, '--other-user', 'alice'], code: 'usage.value', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, '--header', 's3cretwithoutcolon'], code: 'usage.value', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, '--header', 'Cookie:'], code: 'usage.value', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, '--header', 'Cookie: a\r\nHost: b'], code: 'usage.value', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, '--header', 'Host: evil.test'], code: 'usage.value', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, '--header', '@/nonexistent'], code: 'usage.file', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, ...session, ...session], code: 'usage.repeated', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, '--method', 'DELETE'], code: 'usage.value', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, '--method', 'GET', '--body', '{}'], code: 'usage.conflict', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, '--for', 'inbocks'], code: 'usage.value', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, '-e', 'test'], code: 'usage.conflict', exit: 2 },
  { argv: ['http://localhost:1/', ...alice, '--reporter', 'junit'], code: 'usage.conflict', exit: 2 },
])('probe $argv is $code', async ({ argv, code, exit, message }) => {
  const ran = await courierJwt(['probe', '--json', ...argv]);
  const { error } = documentOf<ErrorDocument>(ran);
  expect({ code: error.code, exit: ran.code }).toEqual({ code, exit });
  if (message !== undefined) expect(error.message).toEqual(message);
  expect(ran.stdout + ran.stderr).not.toMatch(/h0rse|s3cret/);
});

it.each([
  {
    name: 'what a browser shows of a request',
    text: `\uFEFFPOST /api/token HTTP/1.1\nHost: app.test\nAccept-Encoding: gzip\nConnection: keep-alive\nContent-Length: 18\n# mine\nCookie: ${sessionCookie}\n`,
  },
  {
    name: 'what it shows of one by HTTP/2',
    text: `:authority: app.test\r\n:method: POST\r\ncookie: ${sessionCookie}\r\n\r\n`,
  },
  {
    name: 'a cookie jar of curl',
    text: `# Netscape HTTP Cookie File\n\n#HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t0\t${sessionCookie.replace('=', '\t')}\n`,
  },
])('takes a session from $name', async ({ text }) => {
  await withEndpoint({}, async ({ url }) => {
    const ran = await courierJwt(['probe', url, ...alice, '--header', `@${fileWith(text)}`]);
    expect({ code: ran.code, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
    const planned = await courierJwt(['probe', url, ...alice, '--header', `@${fileWith(text)}`, '--dry-run', '--json']);
    expect(documentOf<Planned>(planned).requests[0]?.headers).toEqual(['cookie']);
  });
});

it('takes a session from stdin, and lists requests for the JSON reporter', async () => {
  await withEndpoint({}, async ({ url }) => {
    const argv = ['probe', url, ...alice, '--header', '@-'];
    const stdin = `Cookie: ${sessionCookie}\n`;
    expect((await courierJwt(argv, { stdin })).code).toBe(0);
    const planned = await courierJwt([...argv, '--dry-run', '--reporter', 'json'], { stdin });
    expect(documentOf<Planned>(planned).requests).toHaveLength(12);
    expect((await courierJwt([...argv, '--dry-run', '--reporter', 'github'], { stdin })).code).toBe(2);
  });
});

it('waits for an endpoint as long as --timeout says', async () => {
  const slow = (_: IncomingMessage, response: ServerResponse) => {
    setTimeout(() => response.writeHead(401).end(), 1500);
    return 'handled' as const;
  };
  await withEndpoint({ first: slow }, async ({ url }) => {
    const found = async (limit: string) => {
      const ran = await courierJwt(['probe', url, ...alice, ...session, '--timeout', limit, '--json']);
      return documentOf<{ findings: { code: string }[] }>(ran).findings[1]?.code;
    };
    expect([await found('1s'), await found('3s')]).toEqual(['endpoint.unreachable', 'session.refused']);
  });
});

it('knows the API keys that are in its environment, whatever they look like', async () => {
  const key = 'an-opaque-key-0f-nobody';
  await withEndpoint({ anonymous: () => json(401, { debug: `key ${key}` }) }, async ({ url }) => {
    const ran = await courierJwt(['probe', url, ...alice, ...session, '--json'], {
      variables: { COURIER_API_KEY: key },
    });
    const { findings } = documentOf<{ findings: { code: string; status: string }[] }>(ran);
    expect(findings.filter(({ status }) => status === 'fail').map(({ code }) => code)).toEqual(['answer.api-key']);
  });
});

it('shows no signature of a token that it was given', async () => {
  let signature = '';
  const minted = (token: string) => {
    signature = token.split('.')[2]!;
    return { ...json(200, { token }), headers: { 'cache-control': `x-${signature}` } };
  };
  await withEndpoint({ minted }, async ({ url }) => {
    const { stdout, stderr } = await courierJwt(['probe', url, ...alice, ...session]);
    expect([stdout.includes('[redacted]'), (stdout + stderr).includes(signature.slice(0, 12))]).toEqual([true, false]);
  });
});

it('sends nothing over plain http, but to this machine', async () => {
  const ran = await courierJwt(['probe', 'http://app.test/api', ...alice, ...session, '--json']);
  const { ok, findings } = documentOf<{ ok: boolean; findings: { code: string }[] }>(ran);
  expect([ran.code, ok, findings.map(({ code }) => code)]).toEqual([1, false, ['transport.plain-http']]);
});

it('no session, no token and no key is in what is told, whatever the endpoint answers', async () => {
  const secrets = ['q7Vx-session-of-alice', 'Zq7Rk2Vx9Lm4'];
  const file = fileWith(`Cookie: sid=${secrets[0]}; theme=dark\n\nX-Csrf-Token: ${secrets[1]}\n`, 'session.txt');
  const echo = ({ headers }: { headers: object }) => JSON.stringify(headers);
  let minted = '';
  const faults = {
    session: () => 'alice',
    minted: (token: string) => {
      minted = token;
      return json(200, { token, key: 'pk_test_Zq7Rk2Vx9Lm4Tn8Wb3Hc6' });
    },
    first: (request: IncomingMessage) =>
      request.method === 'GET'
        ? { status: 302, headers: { location: `/${encodeURIComponent(echo(request))}` }, body: echo(request) }
        : undefined,
  };
  await withEndpoint(faults, async ({ url }) => {
    for (const how of [[], ['--json'], ['--reporter', 'junit'], ['--reporter', 'github'], ['--debug']]) {
      const ran = await courierJwt(['probe', url, ...alice, '--header', `@${file}`, ...how]);
      const told = ran.stdout + ran.stderr;
      expect(ran.code).toBe(1);
      for (const secret of [...secrets, minted.split('.')[2]!, 'Tn8Wb3Hc6']) expect(told).not.toContain(secret);
    }
  });
});

it('hostile answers move no cursor and give no command', async () => {
  const evil = '\u001b[2J\u202e\r\n::set-output name=x::y';
  const faults = {
    whose: () => `al${evil.replace(/\s/g, '')}`,
    headers: { 'cache-control': 'max-age=1' },
    first: (request: IncomingMessage) =>
      request.method === 'OPTIONS' ? { status: 301, headers: { location: 'x::y' }, body: evil } : undefined,
  };
  await withEndpoint(faults, async ({ url }) => {
    for (const how of [[], ['--json'], ['--reporter', 'github'], ['--reporter', 'junit']]) {
      const { stdout } = await courierJwt(['probe', url, ...alice, ...session, ...how]);
      expect(stdout).not.toMatch(/[\u001b\u202e]|^::set-output/m);
    }
  });
});

it('reporters: JUnit that a parser reads, annotations and a summary for GitHub', async () => {
  await withEndpoint({ headers: {} }, async ({ url }) => {
    const argv = ['probe', url, ...alice, ...session, '--reporter'];
    const junit = await courierJwt([...argv, 'junit']);
    const { testsuites } = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(junit.stdout) as {
      testsuites: {
        name: string;
        failures: string;
        testsuite: { name: string; testcase: { name: string; failure?: { type: string } }[] };
      };
    };
    expect([junit.code, testsuites.name, testsuites.failures, testsuites.testsuite.name]).toEqual([
      1,
      'courier-jwt probe',
      '1',
      new URL(url).host,
    ]);
    const failed = testsuites.testsuite.testcase.filter(({ failure }) => failure);
    expect(failed.map(({ name, failure }) => [name, failure?.type])).toEqual([['cache.storable', 'cache.storable']]);
    const summary = `${configFolder()}/summary.md`;
    const github = await courierJwt([...argv, 'github'], { variables: { GITHUB_STEP_SUMMARY: summary } });
    expect(github.stdout.split('\n')[0]).toBe(
      '::error title=probe%3A cache.storable::Cache-Control is missing: a cache in between may keep the token. Say no-store. [cache.storable]',
    );
    expect(readFileSync(summary, 'utf8')).toContain('### courier-jwt probe:');
  });
});

it('an endpoint whose certificate is not trusted could not be asked', async () => {
  const server = createServer(selfSigned(['DNS:localhost']), (_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as { port: number };
  try {
    const ran = await courierJwt(['probe', `https://localhost:${port}/api`, ...alice, '--json']);
    const { findings } = documentOf<{ findings: { code: string; facts: object }[] }>(ran);
    expect([ran.code, findings[1]]).toMatchObject([
      4,
      { code: 'endpoint.unreachable', facts: { reason: 'certificate' } },
    ]);
  } finally {
    server.close();
  }
});
