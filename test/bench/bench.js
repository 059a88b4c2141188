// Whole commands as ratios to `node -e 0`, run side by side: `npm run bench`, after a build. It judges nothing: it
// fails only when a command does.
import { spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { median } from './median.js';

const rounds = 25;

const here = import.meta.dirname;
const root = resolve(here, '../..');
const cli = join(root, 'bin/courier-jwt.cjs');
const folder = mkdtempSync(join(tmpdir(), 'courier-jwt-bench-'));
const certificate = join(folder, 'certificate.pem');
const certificateKey = join(folder, 'certificate-key.pem');
const scopes = 'user_id:alice inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';

// Nothing of the machine's own: NODE_EXTRA_CA_CERTS alone nearly doubles `node -e 0`, and flatters every ratio.
const bare = { PATH: process.env.PATH, HOME: folder, COURIER_JWT_CONFIG_DIR: join(folder, 'config') };
const trusting = { ...bare, NODE_OPTIONS: `--require ${join(here, 'trust.cjs')}`, BENCH_CERTIFICATE: certificate };

const token = courierShaped();
const server = await startServer();
try {
  addEnvironment('http', server.http, bare);
  addEnvironment('https', server.https, trusting);
  const cases = casesFor(server);
  cases.forEach(check);
  print(measure(cases));
} finally {
  await server.stop();
}

/** `goal` is the most that the ratio to `node -e 0` should be; without one it is there to compare with. */
function casesFor({ http, https }) {
  const jwt = /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/;
  const sdk = join(here, 'sdk.mjs');
  return [
    { name: 'node -e 0', argv: ['-e', '0'], prints: /^$/ },
    { name: '--version', argv: [cli, '--version'], prints: /^\d+\.\d+\.\d+/, goal: 1.05 },
    { name: '--help', argv: [cli, '--help'], prints: /^Usage: /, goal: 1.25 },
    { name: 'decode', argv: [cli, 'decode', token], prints: /alice/, goal: 1.25 },
    { name: 'check-scopes', argv: [cli, 'check-scopes', token], prints: /^yes/, goal: 1.25 },
    { name: 'scopes', argv: [cli, 'scopes'], prints: /inbox:read:messages/ },
    { name: 'issue --env local', argv: issue('local'), prints: jwt, goal: 1.35 },
    { name: 'issue, stored key, http', argv: issue('http'), prints: jwt, goal: 1.5 },
    { name: 'issue, stored key, https', argv: issue('https'), prints: jwt, env: trusting, goal: 2.4 },
    { name: 'official SDK, http', argv: [sdk, http, scopes], prints: jwt },
    { name: 'official SDK, https', argv: [sdk, https, scopes], prints: jwt, env: trusting },
    { name: 'npm jwt-cli, decoding', argv: [peer('jwt')], input: token, prints: /alice/ },
    { name: 'npm jwt-decode-cli', argv: [peer('jwt-decode'), token], prints: /alice/ },
  ];
}

function issue(environment) {
  return [cli, 'issue', '--user', 'alice', '--env', environment];
}

function peer(executable) {
  return join(root, 'node_modules/.bin', executable);
}

/** A token as Courier mints it, signed with nobody's key. */
function courierShaped() {
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    scope: scopes,
    tenant_scope: 'published/test',
    tenant_id: '4d4b2e5e-7d1c-4a3a-9b63-0f6a1d2c3b4a/test',
    iat,
    exp: iat + 86_400,
    jti: '1d147734-9838-4690-8027-f57a126b6968',
  };
  const [header, payload] = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signature = createHmac('sha256', "the benchmark's key").update(`${header}.${payload}`).digest('base64url');
  return `${header}.${payload}.${signature}`;
}

/** In a process of its own, for this one blocks. It removes the folder and ends with its stdin, Ctrl-C included. */
async function startServer() {
  makeCertificate();
  const argv = [join(here, 'server.mjs'), folder, certificate, certificateKey, token];
  const child = spawn(process.execPath, argv, { env: bare, detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((done) => child.on('close', done));
  const urls = await Promise.race([new Promise((done) => child.stdout.once('data', done)), ended]);
  if (typeof urls === 'number') throw new Error('the server did not start');
  const stop = () => {
    child.stdin.end();
    return ended;
  };
  return { ...JSON.parse(urls), stop };
}

function makeCertificate() {
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=127.0.0.1';
  const words = [...request.split(' '), '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', certificateKey, '-out', certificate];
  const { status, stderr, error } = spawnSync('openssl', [...words, ...files], { encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(`openssl: ${stderr}`);
}

/** A stored key, as a user stores it. */
function addEnvironment(name, baseUrl, env) {
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, 'pk_test_BENCHMARK0000000000000000000\n');
  const argv = [cli, 'env', 'add', name, '--api-key-file', keyFile, '--storage', 'file'];
  check({ name: `env add ${name}`, argv, prints: /^$/, env: { ...env, COURIER_BASE_URL: baseUrl } });
}

function check(one) {
  const { status, stdout, stderr } = run(one);
  if (status === 0 && one.prints.test(stdout)) return;
  throw new Error(`${one.name} ended with ${status} and printed:\n${stdout}${stderr}`);
}

function run({ argv, input, env = bare }) {
  return spawnSync(process.execPath, argv, { env, input, encoding: 'utf8' });
}

/** Every case once a round, so that a busy moment slows both sides of a ratio. */
function measure(cases) {
  const times = Array.from({ length: rounds }, () => cases.map(timeOf));
  const medianOf = (value) => median(times.map(value));
  const rows = cases.map(({ name, goal }, i) => ({
    name,
    ms: medianOf((round) => round[i]),
    ratio: medianOf((round) => round[i] / round[0]),
    goal,
  }));
  const at = (name) => cases.findIndex((one) => one.name === name);
  const [ours, theirs] = [at('issue, stored key, https'), at('official SDK, https')];
  const toSdk = {
    name: 'issue to official SDK, https',
    ratio: medianOf((round) => round[ours] / round[theirs]),
    goal: 0.5,
  };
  return [...rows, toSdk];
}

/** Milliseconds. */
function timeOf(one) {
  const start = performance.now();
  const { status } = run(one);
  const ms = performance.now() - start;
  if (status !== 0) throw new Error(`${one.name} ended with ${status}`);
  return ms;
}

function print(rows) {
  const line = (name, ms, ratio, goal, met) =>
    `${name.padEnd(30)}${ms.padStart(6)}${ratio.padStart(8)}${goal.padStart(8)}  ${met}`.trimEnd();
  console.log(`Medians of ${rounds} rounds on Node ${process.versions.node}; ratios to \`node -e 0\`.\n`);
  console.log(line('', 'ms', 'ratio', 'goal', 'met'));
  for (const { name, ms, ratio, goal } of rows) {
    const met = goal === undefined ? '' : ratio <= goal ? 'yes' : 'no';
    console.log(line(name, ms?.toFixed(0) ?? '', ratio.toFixed(2), goal?.toFixed(2) ?? '', met));
  }
}
