// Bulk minting: tokens a second beside the official SDK, a loop of curl and a load generator; memory over a million users.
// `npm run bench`, after a build. `node test/bench/mint.js --plot` draws memory.svg anew.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import autocannon from 'autocannon';
import { start, tokensPerSecond } from './beside.js';
import { median } from './median.js';
import { plot } from './plot.js';

const rounds = 7;
const atOnce = 64;
/** Of the waves that a slow server answers in, those that count, and all. */
const [firstWave, lastWave, waves] = [20, 60, 66];
const million = 1_000_000;

const here = import.meta.dirname;
const cli = resolve(here, '../../bin/courier-jwt.cjs');
const folder = mkdtempSync(join(tmpdir(), 'courier-jwt-bench-'));
const key = 'pk_test_BENCHMARK0000000000000000000';
const scopes = 'inbox:read:messages inbox:write:events read:preferences write:preferences read:brands';
const request = {
  method: 'POST',
  headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  body: bodyFor('user-0'),
};
const curlLoop = `while read -r user; do
  curl -sS --fail -H "Authorization: Bearer $COURIER_API_KEY" -H 'Content-Type: application/json' \\
    -d '${bodyFor("'$user'")}' "$COURIER_BASE_URL/auth/issue-token" || exit 1
done <"$0"`;

try {
  await withServer(0, async (url) => printSpeeds(await measureSpeeds(url)));
  await withServer(50, async (url) => printWaves(await measureWaves(url)));
  await withServer(0, async (url) => {
    const run = await measureMillion(url);
    printMillion(run);
    if (process.argv.includes('--plot')) writeFileSync(join(here, 'memory.svg'), plotOf(run));
  });
} finally {
  rmSync(folder, { recursive: true });
}

function bodyFor(user) {
  return JSON.stringify({ scope: `user_id:${user} ${scopes}`, expires_in: '1d' });
}

/** `measure` with a server that takes so long for each token. */
async function withServer(delayMs, measure) {
  const { child, url } = await start([join(here, 'mint-server.mjs'), String(delayMs)]);
  try {
    await measure(url);
  } finally {
    child.kill();
  }
}

/** Of users as many as take a second or more, so that start-up, which counts, is a small part of it. */
async function measureSpeeds(url) {
  const { execPath: node } = process;
  const cases = [
    { name: 'official SDK, p-limit', users: 4000, words: (path) => [node, join(here, 'mint-sdk.mjs'), path, scopes] },
    { name: 'a loop of curl', users: 40, words: (path) => ['sh', '-c', curlLoop, path] },
    { name: 'issue --users', users: 30_000, words: issueWords, goal: 5.6 },
    { name: 'issueTokens', users: 30_000, words: (path) => [node, join(here, 'mint-library.mjs'), path], goal: 5.6 },
  ].map((one) => ({ ...one, path: writeUsers(one.users) }));
  const speeds = [];
  // The first warms the server up.
  for (let i = 0; i <= rounds; i += 1)
    speeds.push([...cases.map((one) => speedOf(one, url)), await tokensPerSecond(`${url}/auth/issue-token`, request)]);
  return { cases: [...cases, { name: 'autocannon' }], speeds: speeds.slice(1) };
}

function issueWords(path) {
  return [process.execPath, cli, 'issue', '--users', path];
}

function writeUsers(count) {
  const path = join(folder, `users-${count}.txt`);
  writeFileSync(path, Array.from({ length: count }, (_, i) => `user-${i}\n`).join(''));
  return path;
}

/** Tokens a second, from start to end. */
function speedOf({ name, users, words, path }, url) {
  const [command, ...argv] = words(path);
  const began = performance.now();
  const { status, stderr } = toFile((stdio) =>
    spawnSync(command, argv, { env: environment(url), encoding: 'utf8', stdio }),
  );
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  return (users * 1000) / (performance.now() - began);
}

function environment(url) {
  return { PATH: process.env.PATH, HOME: folder, COURIER_API_KEY: key, COURIER_BASE_URL: url };
}

/** What it prints goes to a file, as a user's would. */
function toFile(run) {
  const file = openSync(join(folder, 'tokens.ndjson'), 'w');
  try {
    return run(['ignore', file, 'pipe']);
  } finally {
    closeSync(file);
  }
}

/**
 * With a slow server all that is asked at once is answered at once, in waves. What counts is how long the server sees a wave take, from
 * one in which both sides have long started to one in which neither is about to end.
 */
async function measureWaves(url) {
  const amount = atOnce * waves;
  const ours = { name: 'issue --users', users: amount, words: issueWords, path: writeUsers(amount) };
  const both = [];
  for (let i = 0; i < rounds; i += 1) {
    speedOf(ours, url);
    const issued = waveSpeed(await timesOf(url));
    await autocannon({ ...request, url: `${url}/auth/issue-token`, connections: atOnce, amount });
    both.push([issued, waveSpeed(await timesOf(url))]);
  }
  return both;
}

/** When the server had handed out each further 64 tokens, in milliseconds. */
async function timesOf(url) {
  return await (await fetch(url)).json();
}

function waveSpeed(times) {
  return ((lastWave - firstWave) * atOnce * 1000) / (times[lastWave] - times[firstWave]);
}

async function measureMillion(url) {
  const [command, ...argv] = issueWords(writeUsers(million));
  const began = Date.now();
  const child = toFile((stdio) =>
    spawn(command, argv, { env: environment(url), stdio: [...stdio.slice(0, 2), 'ignore'] }),
  );
  const memory = [];
  let mostMb = 0;
  const sampler = setInterval(() => {
    const { VmRSS: rss, VmHWM: most } = statusOf(child.pid);
    // One that has just ended has none.
    if (rss === undefined) return;
    memory.push([(Date.now() - began) / 1000, rss]);
    mostMb = most;
  }, 500);
  const status = await new Promise((done) => child.on('close', done));
  clearInterval(sampler);
  if (status !== 0) throw new Error(`issue --users ended with ${status}`);
  const times = await timesOf(url);
  return { memory, mostMb, tokens: times.map((at, i) => [(at - began) / 1000, (i + 1) * atOnce]) };
}

/** In MB. */
function statusOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Object.fromEntries(
    Array.from(status.matchAll(/^(\w+):\s+(\d+) kB$/gm), ([, name, kb]) => [name, (kb * 1024) / 1e6]),
  );
}

function printSpeeds({ cases, speeds }) {
  console.log(`\nTokens a second, ${atOnce} at once, medians of ${rounds} rounds; ratios to the official SDK.\n`);
  for (const [i, { name, goal }] of cases.entries()) {
    const speed = median(speeds.map((round) => round[i]));
    const ratio = median(speeds.map((round) => round[i] / round[0]));
    const met = goal === undefined ? '' : `, goal ${goal.toFixed(2)}: ${ratio >= goal ? 'yes' : 'no'}`;
    console.log(`${name.padEnd(24)}${speed.toFixed(0).padStart(8)} a second  ${ratio.toFixed(2)}${met}`);
  }
}

function printWaves(both) {
  const [ours, theirs] = [0, 1].map((i) => median(both.map((pair) => pair[i])));
  const ratio = median(both.map(([one, other]) => one / other));
  console.log(
    `\nWith a server that takes 50 ms: issue --users ${ours.toFixed(0)} a second, autocannon ${theirs.toFixed(0)}.`,
  );
  console.log(`ratio ${ratio.toFixed(3)}, goal 0.990: ${ratio >= 0.99 ? 'yes' : 'no'}`);
}

function printMillion({ memory, mostMb }) {
  const mostOf = (samples) => Math.max(...samples.map(([, mb]) => mb));
  const third = Math.floor(memory.length / 3);
  const growth = mostOf(memory.slice(-third)) / mostOf(memory.slice(third, -third));
  console.log(`\nA million users: at most ${mostMb.toFixed(0)} MB, goal 100: ${mostMb <= 100 ? 'yes' : 'no'}`);
  console.log(`last third ${growth.toFixed(2)} of the second, goal 1.15: ${growth <= 1.15 ? 'yes' : 'no'}`);
}

function plotOf({ memory, mostMb, tokens }) {
  const each = Math.ceil(tokens.length / 100);
  return plot('courier-jwt issue --users, a million users', [
    { title: 'memory (RSS), MB; the goal is 100 at most', points: memory, most: Math.max(110, mostMb), goal: 100 },
    { title: 'tokens', points: tokens.filter((_, i) => (tokens.length - 1 - i) % each === 0), most: million },
  ]);
}
