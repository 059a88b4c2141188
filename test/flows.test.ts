import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileChunks, sinkTo } from '../src/flows.js';

function opened(): { path: string; fd: number } {
  const path = join(mkdtempSync(join(tmpdir(), 'courier-jwt-')), 'o');
  return { path, fd: openSync(path, 'ax') };
}

it.each(['alice\n', 'zoë, 雪 and 🙂\n', 'half a pair: \ud800\n'])('%j is written as UTF-8', async (text) => {
  const { path, fd } = opened();
  const sink = sinkTo(fd, 10);
  await sink.write(text);
  await sink.end();
  expect(readFileSync(path)).toEqual(Buffer.from(text));
});

it('what a disk says only at the end is a failure, too', async () => {
  const { fd } = opened();
  const sink = sinkTo(fd, 10);
  closeSync(fd);
  await expect(sink.end()).rejects.toMatchObject({ code: 'output.failed', facts: { reason: 'EBADF' } });
});

it.each([
  { what: 'writes to it', meanwhile: (path: string) => appendFileSync(path, 'bob\n') },
  { what: 'cuts it', meanwhile: (path: string) => truncateSync(path, 3) },
  { what: 'puts another in its place', meanwhile: (path: string) => rmSync(path) },
])('somebody else $what: a failure, before the next second is over', async ({ meanwhile }) => {
  const { path, fd } = opened();
  const sink = sinkTo(fd, 0);
  await sink.write('alice\n');
  meanwhile(path);
  const write = async () => {
    for (;;) {
      await sink.write('carol\n');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await expect(write()).rejects.toMatchObject({ code: 'output.shared' });
  await expect(sink.end()).rejects.toMatchObject({ code: 'output.shared' });
});

it('who wrote to it before does not count', async () => {
  const { path } = opened();
  writeFileSync(path, 'alice\n');
  const sink = sinkTo(openSync(path, 'a'), 0);
  await sink.write('zoë\n');
  await sink.end();
  expect(readFileSync(path, 'utf8')).toBe('alice\nzoë\n');
});

it.each([
  { what: 'interrupted', meanwhile: (_: string, aborting: AbortController) => aborting.abort(), ends: undefined },
  { what: 'cut short', meanwhile: (path: string) => truncateSync(path, 10), ends: 'it was cut short meanwhile' },
])('a file, while it is read, is $what', async ({ meanwhile, ends }) => {
  const { path } = opened();
  writeFileSync(path, 'x'.repeat(1_000_000));
  const aborting = new AbortController();
  const read = async () => {
    for await (const _ of fileChunks(path, aborting.signal)) meanwhile(path, aborting);
  };
  expect(await read().catch(({ code }: { code: string }) => code)).toBe(ends);
});
