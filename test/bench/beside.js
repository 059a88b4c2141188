// A server beside a bare node:http server that reads each request's body and answers the same bytes: both are processes of
// their own, loaded in turn by autocannon, 64 requests at once.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { median } from './median.js';

const rounds = 15;
const seconds = 1;

/** Prints the ratio of what `argv` answers to what the bare server does; `goal` is the least that it should be. */
export async function besideBare({ name, argv, path, request, goal }) {
  const ours = await start(argv);
  // The first answer may be another than the rest.
  await answerOf(ours.url + path, request);
  const { headers, body } = await answerOf(ours.url + path, request);
  const bare = await start([join(import.meta.dirname, 'bare.mjs'), JSON.stringify(headers), body]);
  try {
    if ((await answerOf(bare.url, request)).body !== body) throw new Error('the bare server answers something else');
    const both = [];
    // The first warms both up.
    for (let i = 0; i <= rounds; i += 1)
      both.push([await tokensPerSecond(ours.url + path, request), await tokensPerSecond(bare.url, request)]);
    print(name, goal, both.slice(1));
  } finally {
    ours.child.kill();
    bare.child.kill();
  }
}

/** A process that says where it listens, in a file: read through a pipe, its log would slow down what loads it. */
export async function start(argv) {
  const path = join(mkdtempSync(join(tmpdir(), 'courier-jwt-bench-')), 'log');
  const file = openSync(path, 'w');
  const child = spawn(process.execPath, argv, { env: { PATH: process.env.PATH }, stdio: ['ignore', file, file] });
  for (;;) {
    const [url] = /http:\/\/[\d.]+:\d+/.exec(readFileSync(path, 'utf8')) ?? [];
    if (url) return { child, url };
    if (child.exitCode !== null) throw new Error(`it did not start: ${readFileSync(path, 'utf8')}`);
    await sleep(50);
  }
}

async function answerOf(url, request) {
  const response = await fetch(url, request);
  if (response.status !== 200) throw new Error(`it answered ${response.status}`);
  return { headers: { 'content-type': response.headers.get('content-type') }, body: await response.text() };
}

export async function tokensPerSecond(url, request) {
  const result = await autocannon({ ...request, url, connections: 64, duration: seconds });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx} refused, ${result.errors} failed`);
  return result['2xx'] / result.duration;
}

function print(name, goal, both) {
  const [ours, theirs] = [0, 1].map((i) => median(both.map((pair) => pair[i])));
  const ratio = median(both.map(([one, other]) => one / other));
  const met = ratio >= goal ? 'yes' : 'no';
  console.log(
    `\nTokens a second, medians of ${rounds} rounds: ${name} ${ours.toFixed(0)}, bare server ${theirs.toFixed(0)}.`,
  );
  console.log(`ratio ${ratio.toFixed(2)}, goal ${goal.toFixed(2)}: ${met}`);
}
