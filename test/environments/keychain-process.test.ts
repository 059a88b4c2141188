import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keychainProcess } from '../../src/environments/keychain-process.js';

const folder = mkdtempSync(join(tmpdir(), 'courier-jwt-test-'));

/** Asks a process that runs `source`. */
function ask(
  source: string,
  { variables = {}, timeoutMs = 10_000 }: { variables?: Record<string, string>; timeoutMs?: number } = {},
) {
  const script = join(folder, `script-${Math.random()}.cjs`);
  writeFileSync(script, source);
  return keychainProcess(
    process.execPath,
    script,
    variables,
    () => new AbortController().signal,
  )({ action: 'set', account: 'test-1', key: 'the-key' }, timeoutMs);
}

const echo = "let text = ''; process.stdin.on('data', (d) => (text += d)).on('end', () => REPLY)";

describe('keychainProcess', () => {
  it('gives the request over stdin', async () => {
    const reply = echo.replace(
      'REPLY',
      'process.stdout.write(JSON.stringify({ key: text + process.argv.slice(2).join() }))',
    );
    expect(await ask(reply)).toEqual({ key: '{"action":"set","account":"test-1","key":"the-key"}' });
  });

  it('passes on no variable with a key in it', async () => {
    const reply = echo.replace('REPLY', 'process.stdout.write(JSON.stringify(process.env))');
    const variables = {
      COURIER_API_KEY: 'secret',
      COURIER_API_KEY_TEST: 'secret',
      COURIER_BASE_URL: 'url',
      HOME: '/home/alice',
    };
    expect(await ask(reply, { variables })).toEqual({ HOME: '/home/alice' });
  });

  it('kills one that does not answer, and has no answer then', async () => {
    expect(await ask('setInterval(() => {}, 1000)', { timeoutMs: 300 })).toBe(undefined);
  });

  it.each([
    { name: 'ended early', source: '' },
    { name: 'failed', source: "throw new Error('no')" },
    { name: 'answered no JSON', source: "process.stdout.write('Segmentation fault')" },
    { name: 'never read its stdin', source: 'process.exit(1)' },
  ])('one that $name', async ({ source }) => {
    expect(await ask(source)).toEqual({ error: 'refused', reason: 'its process ended early' });
  });
});
