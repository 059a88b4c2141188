import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CourierServer, startCourier } from '../support/courier-server.js';
import { configFolder, executable } from '../support/run.js';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

/** The commands of README's `console` blocks, each with the output that README shows. */
const steps = [...readme.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block
    .split(/^\$ /m)
    .filter(Boolean)
    .map((step) => ({ command: step.slice(0, step.indexOf('\n')), output: step.slice(step.indexOf('\n') + 1) })),
);

describe("README's examples are real output", () => {
  const home = configFolder();
  let courier: CourierServer;
  beforeAll(async () => {
    courier = await startCourier();
    mkdirSync(join(home, 'bin'));
    symlinkSync(executable, join(home, 'bin/courier-jwt'));
    writeFileSync(join(home, 'key.txt'), 'pk_test_ABCDEFGHIJKLMNOPQRSTUVWXYZ\n');
  });
  afterAll(async () => courier.close());

  /** What differs from run to run, in README's words. */
  const normal = (text: string) =>
    text
      // A region has hosts of its own for the Inbox and the socket.
      .replaceAll(`${courier.url}/q`, 'https://inbox.courier.com/q')
      .replaceAll(courier.url.replace('http', 'ws'), 'wss://realtime.courier.io')
      .replaceAll(courier.url, 'https://api.courier.com')
      .replaceAll(home, '~')
      .replace(/\d+ ms$/gm, 'N ms')
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?( [+-]\d\d:\d\d)?/g, 'TIME')
      .replace(/"(iat|exp)": \d+/g, '"$1": SECONDS')
      .replace(/"jti": "[^"]*"/, '"jti": "ID"')
      .replace(/^issued .*$/m, 'issued')
      .replace(/ {2,}/g, '  ');

  it('has examples', () => expect(steps.length).toBeGreaterThan(5));

  // In order: later steps use what earlier ones keep.
  it.each(steps)('$command', async ({ command, output }) => {
    const variables = {
      PATH: `${join(home, 'bin')}:${process.env.PATH}`,
      HOME: home,
      TZ: 'UTC',
      // Where the key is added, Courier is the test server; the environment then remembers that.
      ...(command.includes('env add') ? { COURIER_BASE_URL: courier.url } : {}),
    };
    const run = promisify(execFile)('bash', ['-c', `{ ${command}; } 2>&1 || true`], { cwd: home, env: variables });
    expect(normal((await run).stdout)).toBe(normal(output));
  });
});
