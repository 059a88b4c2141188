import { describe, expect, it } from 'vitest';
import { type Outside, now, runInMemory } from '../support/context.js';
import { sign } from '../support/courier-server.js';

const key = 'pk_test_SOURCES1234567890AAA';
const token = sign({ scope: 'user_id:alice read:messages read:brands', iat: now, exp: now + 3600 });

it('--api-key-stdin on a terminal asks, hidden: typed, the key would be echoed', async () => {
  const transport = {
    send: async () => ({ status: 200, headers: {}, body: JSON.stringify({ token }) }),
  };
  const argv = [
    'issue',
    '-u',
    'alice',
    '--scope',
    'read:messages,read:brands',
    '--expires-in',
    '1h',
    '--api-key-stdin',
    '-q',
  ];
  const { asked, code, requests } = await runInMemory(argv, { terminal: true, answers: [key], transport });
  expect([code, asked, requests[0]?.headers.Authorization]).toEqual([0, ['API key (not shown):'], `Bearer ${key}`]);
});

describe('usage', () => {
  const rows: { argv: string[]; outside?: Outside; code: string }[] = [
    { argv: ['check-scopes', '--tenant-scope', ''], code: 'usage.value' },
    { argv: ['check-scopes', '--require', ' ,'], code: 'usage.value' },
    { argv: ['decode', '--token-file', 'a', '--token-file', 'b'], code: 'usage.repeated' },
    { argv: ['issue', '-u', 'alice', '--api-key-file', 'a', '--api-key-file', 'b'], code: 'usage.repeated' },
    { argv: ['issue', '-u', 'alice', '--env-file', 'a', '--env-file', 'b'], code: 'usage.repeated' },
  ];
  it.each(rows)('$argv: $code', async ({ argv, code }) => {
    const ran = await runInMemory([...argv, '--json'], { stdin: token });
    expect([ran.code, (JSON.parse(ran.stdout) as { error: { code: string } }).error.code]).toEqual([2, code]);
  });
});

it('--require takes scopes as Courier writes them, in one string', async () => {
  const { code, stdout } = await runInMemory(['check-scopes', '--require', 'read:messages read:brands', '--json'], {
    stdin: token,
  });
  const { findings } = JSON.parse(stdout) as { findings: { code: string; subject?: string }[] };
  const granted = findings.filter((finding) => finding.code === 'scope.granted').map(({ subject }) => subject);
  expect([code, granted]).toEqual([0, ['read:messages', 'read:brands']]);
});
