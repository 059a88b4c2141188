// Tokens a second of `decode --lines` and `check-scopes --lines`, beside a loop of readline and jwt-decode: `npm run bench`,
// after a build.
import { spawnSync } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { median } from './median.js';

const rounds = 3;
const count = 400_000;
const goal = 6;

const here = import.meta.dirname;
const cli = resolve(here, '../../bin/courier-jwt.cjs');
const folder = mkdtempSync(join(tmpdir(), 'courier-jwt-bench-'));
const path = join(folder, 'tokens.txt');

try {
  writeTokens();
  const cases = [
    { name: 'a loop of jwt-decode', argv: [join(here, 'lines.mjs'), path] },
    { name: 'decode --lines', argv: [cli, 'decode', '--lines', '--token-file', path] },
    { name: 'check-scopes --lines', argv: [cli, 'check-scopes', '--lines', '--token-file', path] },
  ];
  // What was just written is in the disk's cache.
  const times = Array.from({ length: rounds }, () => cases.map(timeOf));
  print(cases, times);
} finally {
  rmSync(folder, { recursive: true });
}

/** As Courier mints them: they differ in user, id and time. */
function writeTokens() {
  const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = base64url({ alg: 'HS256', typ: 'JWT' });
  const now = Math.floor(Date.now() / 1000);
  const file = openSync(path, 'w');
  for (let i = 0; i < count; i += 1) {
    const iat = now - (i % 3600);
    const payload = base64url({
      scope: `user_id:user-${i} inbox:read:messages inbox:write:events read:preferences write:preferences read:brands`,
      tenant_scope: 'published/test',
      tenant_id: '4d4b2e5e-7d1c-4a3a-9b63-0f6a1d2c3b4a/test',
      iat,
      exp: iat + 86_400,
      jti: randomUUID(),
    });
    const signature = createHmac('sha256', "the benchmark's key").update(`${header}.${payload}`).digest('base64url');
    writeSync(file, `${header}.${payload}.${signature}\n`);
  }
  closeSync(file);
}

/** Milliseconds, from start to end. */
function timeOf({ name, argv }) {
  const start = performance.now();
  const env = { PATH: process.env.PATH, HOME: folder };
  const { status, stderr } = spawnSync(process.execPath, argv, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

function print(cases, times) {
  console.log(`\n${count} tokens, medians of ${rounds} rounds; ratios to the loop.\n`);
  for (const [i, { name }] of cases.entries()) {
    const perSecond = (count * 1000) / median(times.map((round) => round[i]));
    const ratio = median(times.map((round) => round[0] / round[i]));
    const met = i === 0 ? '' : `${ratio.toFixed(2)}, goal ${goal.toFixed(2)}: ${ratio >= goal ? 'yes' : 'no'}`;
    console.log(`${name.padEnd(24)}${perSecond.toFixed(0).padStart(8)} a second  ${met}`.trimEnd());
  }
}
