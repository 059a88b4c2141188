import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listening, createEmulator } from '../../src/emulator/index.js';
import { howToBackend } from '../fixtures/how-to-express.js';
import { type CourierServer, startCourier } from '../support/courier-server.js';
import { type Served, served } from '../support/endpoint.js';
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
  let emulator: Listening;
  /** What README says is on port 3000. */
  let backend: Served;
  beforeAll(async () => {
    courier = await startCourier();
    emulator = await createEmulator().listen();
    backend = await served(howToBackend({ courierUrl: emulator.url, apiKey: 'token_0fReadme' }));
    mkdirSync(join(home, 'bin'));
    symlinkSync(executable, join(home, 'bin/courier-jwt'));
    writeFileSync(join(home, 'key.txt'), 'pk_test_ABCDEFGHIJKLMNOPQRSTUVWXYZ\n');
    const carol = '{"user":"carol","scopes":["inbox:read:messages"],"expiresIn":"1h"}';
    writeFileSync(join(home, 'users.txt'), `alice\nbob\n${carol}\ndan smith\n`);
  });
  afterAll(async () => {
    await Promise.all([courier.close(), emulator.close(), backend.close()]);
  });

  /** What differs from run to run, in README's words. */
  const normal = (text: string) =>
    text
      // A region has hosts of its own for the Inbox and the socket.
      .replaceAll(`${courier.url}/q`, 'https://inbox.courier.com/q')
      .replaceAll(courier.url.replace('http', 'ws'), 'wss://realtime.courier.io')
      .replaceAll(courier.url, 'https://api.courier.com')
      .replaceAll(home, '~')
      .replaceAll(`localhost:${backend.port}`, 'localhost:3000')
      .replace(/\d+ ms\b/g, 'N ms')
      .replace(/[\d,]+ a second/g, 'N a second')
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
    const here = command.replaceAll('localhost:3000', `localhost:${backend.port}`);
    const run = promisify(execFile)('bash', ['-c', `{ ${here}; } 2>&1 || true`], { cwd: home, env: variables });
    expect(normal((await run).stdout)).toBe(normal(output));
  });
});
