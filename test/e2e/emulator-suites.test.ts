import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { type Seed, createEmulator } from '../../src/emulator/index.js';
import { configFolder } from '../support/run.js';

const root = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** README's example that begins with its file's name. */
function example(name: string): string {
  return readme
    .split('```js\n')
    .find((block) => block.startsWith(`// ${name}\n`))!
    .split('```')[0]!;
}

/** A project that has installed courier-jwt, and has one test. */
function project(type: 'module' | 'commonjs', name: string): string {
  const folder = configFolder();
  mkdirSync(join(folder, 'node_modules'));
  for (const installed of ['vitest', 'jest'])
    symlinkSync(join(root, 'node_modules', installed), join(folder, 'node_modules', installed));
  symlinkSync(root, join(folder, 'node_modules/courier-jwt'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type }));
  writeFileSync(join(folder, name), example(name));
  return folder;
}

async function run(folder: string, argv: string[]): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    // Vitest and Jest look at their own variables: those of the run around this one are not theirs.
    const options = { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, CI: 'true' } };
    execFile(process.execPath, argv, options, (error, stdout, stderr) =>
      done({ code: error ? 1 : 0, said: (stdout + stderr).replace(/\x1b\[[\d;]*m/g, '') }),
    );
  });
}

it('README’s Vitest suite passes', async () => {
  const { code, said } = await run(project('module', 'backend.test.js'), [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
  ]);
  expect({ code, tests: /Tests .*/.exec(said)?.[0].replace(/ +/g, ' ') }).toEqual({
    code: 0,
    tests: 'Tests 2 passed (2)',
  });
});

it('README’s Jest suite passes, and leaves nothing open', async () => {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const { code, said } = await run(project('commonjs', 'inbox.test.js'), [jest, '--ci']);
  const open = said.includes('did not exit');
  expect({ code, open, tests: /Tests: .*/.exec(said)?.[0].replace(/ +/g, ' ') }).toEqual({
    code: 0,
    open: false,
    tests: 'Tests: 1 passed, 1 total',
  });
});

it('README’s seed is one', () => {
  const blocks = readme.split('```json\n').map((block) => block.split('```')[0]!);
  const seed = blocks.find((block) => block.includes('"messages"'))!;
  const { control } = createEmulator({ seed: JSON.parse(seed) as Seed });
  const { messages, sections } = control.state();
  expect([messages[0]?.title, sections[0]?.topics[0]?.id]).toEqual(['Hello', 'digest']);
});
