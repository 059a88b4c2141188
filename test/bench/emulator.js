// Tokens a second of the emulator, beside a bare node:http server that answers the same bytes: `npm run bench`, after a
// build. Both are processes of their own, loaded in turn by autocannon, 64 requests at once.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';

const rounds = 15;
const seconds = 1;
const goal = 0.6;

const here = import.meta.dirname;
const cli = join(resolve(here, '../..'), 'bin/courier-jwt.cjs');
const request = {
  method: 'POST',
  headers: { authorization: 'Bearer pk_test_BENCHMARK0000000000000000000', 'content-type': 'application/json' },
  body: JSON.stringify({
    scope: 'user_id:alice inbox:read:messages inbox:write:events read:preferences write:preferences read:brands',
    expires_in: '1d',
  }),
};

const emulator = await start([cli, 'emulator', '--port', '0']);
const { headers, body } = await answerOf(emulator.url);
const bare = await start([join(here, 'bare.mjs'), JSON.stringify(headers), body]);
try {
  if ((await answerOf(bare.url)).body !== body) throw new Error('the bare server answers something else');
  const both = [];
  // The first warms both up.
  for (let i = 0; i <= rounds; i += 1) both.push([await tokensPerSecond(emulator), await tokensPerSecond(bare)]);
  print(both.slice(1));
} finally {
  emulator.child.kill();
  bare.child.kill();
}

/** A process that says where it listens, in a file: read through a pipe, its log would slow down what loads it. */
async function start(argv) {
  const path = join(mkdtempSync(join(tmpdir(), 'courier-jwt-bench-')), 'log');
  const file = openSync(path, 'w');
  const child = spawn(process.execPath, argv, { env: { PATH: process.env.PATH }, stdio: ['ignore', file, file] });
  for (;;) {
    const [url] = /http:\/\/[\d.]+:\d+/.exec(readFileSync(path, 'utf8')) ?? [];
    if (url) return { child, url };
    await sleep(50);
  }
}

async function answerOf(url) {
  const response = await fetch(`${url}/auth/issue-token`, request);
  if (response.status !== 200) throw new Error(`it answered ${response.status}`);
  return { headers: { 'content-type': response.headers.get('content-type') }, body: await response.text() };
}

async function tokensPerSecond({ url }) {
  const result = await autocannon({ ...request, url: `${url}/auth/issue-token`, connections: 64, duration: seconds });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  return result['2xx'] / result.duration;
}

function print(both) {
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  const [ours, theirs] = [0, 1].map((i) => median(both.map((pair) => pair[i])));
  const ratio = median(both.map(([one, other]) => one / other));
  const met = ratio >= goal ? 'yes' : 'no';
  console.log(
    `\nTokens a second, medians of ${rounds} rounds: emulator ${ours.toFixed(0)}, bare server ${theirs.toFixed(0)}.`,
  );
  console.log(`ratio ${ratio.toFixed(2)}, goal ${goal.toFixed(2)}: ${met}`);
}
