import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { version } from '../src/version.js';

/** Imports point down: a file takes from its own room and from those of the lines below. */
const ranks = [
  ['main'],
  ['system', 'cli', 'index'],
  ['flows', 'child'],
  ['streams'],
  ['commands'],
  ['probe', 'backend', 'emulator', 'bulk'],
  ['speaking', 'untyped', 'outside', 'guard', 'listening'],
  ['output'],
  ['environments'],
  ['courier'],
  ['checks', 'snippets'],
  ['scopes'],
  ['token'],
  ['report', 'request-entry'],
  ['errors'],
  ['version', 'memo'],
];
/** No I/O, no clock, no chance: what they need is given to them. */
const pureRooms = ['checks', 'scopes', 'snippets', 'token'];

const root = resolve(import.meta.dirname, '..');
const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, room: roomOf(path), code: readFileSync(join(root, 'src', path), 'utf8') }));
const imports = files.flatMap((file) =>
  importsIn(file.code).map((found) => ({ ...file, ...found, ...targetOf(file.path, found.from) })),
);

it('every room has a rank', () => {
  const rooms = new Set(files.map(({ room }) => room));
  expect([...rooms].filter((room) => room !== 'context' && rankOf(room) === -1)).toEqual([]);
});

it('imports point one way, by rank', () => {
  const wrong = imports.filter(({ room, target }) => {
    if (target === undefined || room === 'context' || target === 'context') return false;
    return target !== room && rankOf(target) <= rankOf(room);
  });
  expect(wrong.map(told)).toEqual([]);
});

it('context.ts gives and takes types alone, and nothing pure knows it', () => {
  const wrong = imports.filter(
    ({ room, target, isType }) =>
      (room === 'context' && !isType) || (target === 'context' && (!isType || pureRooms.includes(room))),
  );
  expect(wrong.map(told)).toEqual([]);
});

it('the library does not need the command line', () => {
  const wrong = imports.filter(
    ({ room, target }) => room === 'index' && ['commands', 'context'].includes(target ?? ''),
  );
  expect(wrong.map(told)).toEqual([]);
});

it('only commands and cli know commander', () => {
  const wrong = imports.filter(({ room, from }) => from === 'commander' && !['commands', 'cli'].includes(room));
  expect(wrong.map(told)).toEqual([]);
});

it('what is pure has no I/O, clock or chance', () => {
  const outside = /\b(?:Date\.now|new Date\(\)|Math\.random|fetch|setTimeout|globalThis|console)(?!\w)/;
  const impure = files.filter(({ room, code }) => pureRooms.includes(room) && outside.test(withoutComments(code)));
  const wrong = imports.filter(({ room, from }) => pureRooms.includes(room) && from.startsWith('node:'));
  expect([...impure.map(({ path }) => path), ...wrong.map(told)]).toEqual([]);
});

it('only the edges touch process: system.ts, and outside.ts for the proxy variables of the library', () => {
  const touches = files.filter(({ code }) => /\bprocess\??[.[]|'(?:node:)?process'/.test(withoutComments(code)));
  expect(touches.map(({ path }) => path).toSorted()).toEqual(['outside.ts', 'system.ts']);
});

it('the executable takes from dist/cli alone', () => {
  const code = readFileSync(join(root, 'bin/courier-jwt.cjs'), 'utf8');
  const required = [...code.matchAll(/(?:require|load)\('([^']+)'\)/g)].map(([, from]) => from);
  expect(required).toEqual(['node:fs', 'node:vm', 'main.cjs']);
});

it('version.ts has the version of package.json', () => {
  expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))).toMatchObject({ version });
});

/** The folder below src, or the file that stands there itself. */
function roomOf(path: string): string {
  return path.replace(/(?:\/.*|\.ts)$/, '');
}

function rankOf(room: string): number {
  return ranks.findIndex((rooms) => rooms.includes(room));
}

function importsIn(code: string): { from: string; isType: boolean }[] {
  const pattern =
    /^(?:import|export)(\s+type)?\s[\w\s{},*]*?from\s+'([^']+)'|(?<!typeof )\bimport\(\s*'([^']+)'|^import\s+'([^']+)'/gm;
  return [...code.matchAll(pattern)].map(([, type, ...from]) => ({
    from: from.join(''),
    isType: type !== undefined,
  }));
}

function targetOf(path: string, from: string): { target: string | undefined } {
  const target = from.startsWith('.') ? roomOf(join(dirname(path), from.replace(/\.js$/, '.ts'))) : undefined;
  return { target };
}

function withoutComments(code: string): string {
  return code.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
}

function told({ path, from }: { path: string; from: string }): string {
  return `${path} imports ${from}`;
}
