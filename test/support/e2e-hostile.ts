import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shell } from './e2e-world.js';
import { type Ran, configFolder } from './run.js';

/** What a token, a server or an argument may try with a terminal, a CI log or a shell. */
export const hostileTexts = [
  '\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  '\u009b31mred',
  'one\ntwo',
  '\n::error::planted',
  '\r::add-mask::planted',
  'x\r\n  ::set-output name=a::b',
  '::error::planted',
  'a ::error:: b ::',
  '##[error]planted',
  '##[set-env name=A]b',
  '\u202egnp.exe\u202c',
  'a\u2066b\u2069c\u200bd\u200ee',
  'x\u2028y\u2029z\u0085',
  '\ufeffbom',
  '$(touch INJECTED)',
  '`touch INJECTED`',
  "'; touch INJECTED; '",
  '" && touch INJECTED && "',
  '| touch INJECTED',
  '\\\u0000\u0008\u007f',
  '<img src=x onerror=alert(1)>',
  '日本語 ü €',
  '\ud800',
];

/** The same in few words, for commands that are run many times: controls, lines, marks, shell. */
export const hostileWords = [
  '\u001b[31mred\u001b]0;t\u0007\u009b1m\u0008\u007f',
  '::error::one\n::error::two\r\n  ::set-output name=a::b',
  '##[error]x \u202eb\u202c a\u2066b\u2069c\u200bd\ufeff\u2028y\u0085',
  `'; touch INJECTED; '$(touch INJECTED)\`touch INJECTED\`" | x`,
];

/** What of a text would not lie still on a terminal or in a log of GitHub Actions; the one mask is left out. */
export function liveIn(text: string): string[] {
  const seen = text.replace(/^::add-mask::\S+\n/, '');
  return [
    ...(seen.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g) ?? []),
    ...(seen.match(/[\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/g) ?? []),
    ...(seen.match(/^\s*::.*/gm) ?? []),
    ...(seen.match(/##\[.*/g) ?? []),
  ].map((found) => JSON.stringify(found));
}

/** Everything on both streams that would not lie still. */
export function liveOf({ stdout, stderr }: Pick<Ran, 'stdout' | 'stderr'>): string[] {
  return [...liveIn(stdout), ...liveIn(stderr)];
}

/** The lines that are printed to be pasted: after `try:`, and under `to mend it:`. */
export function fixLinesOf({ stdout, stderr }: Pick<Ran, 'stdout' | 'stderr'>): string[] {
  const mend = /\nto mend it.*:\n([^]*)$/.exec(stdout)?.[1] ?? '';
  const tries = [...stderr.matchAll(/^ {2}try: (.*)$/gm)].map(([, line = '']) => line);
  return [
    ...tries,
    ...mend
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  ];
}

/**
 * Pastes a line into sh, with stubs for the commands that a fix may name, and says what they were given.
 * `INJECTED` is made by nothing else than a hostile word.
 */
export async function paste(
  line: string,
): Promise<{ syntax: number | null; argv: string[][]; injected: boolean; said: string }> {
  const folder = configFolder();
  const stubs = join(folder, 'stubs');
  const work = join(folder, 'work');
  mkdirSync(stubs);
  mkdirSync(work);
  for (const name of ['courier-jwt', 'curl', 'ls', 'df', 'unset']) {
    const script = `#!/bin/sh\nprintf '%s\\0' ${name} "$@" >> '${folder}/called'\nprintf '\\0' >> '${folder}/called'\n`;
    writeFileSync(join(stubs, name), script);
    chmodSync(join(stubs, name), 0o755);
  }
  writeFileSync(join(folder, 'line'), line);
  const syntax = await shell(`sh -n '${join(folder, 'line')}'`, { cwd: work });
  const ran = await shell(`sh '${join(folder, 'line')}'`, { cwd: work, path: [stubs] });
  const called = existsSync(join(folder, 'called')) ? readFileSync(join(folder, 'called'), 'utf8') : '';
  return {
    syntax: syntax.code,
    argv: called
      .split('\0\0')
      .filter(Boolean)
      .map((words) => words.split('\0')),
    injected: existsSync(join(work, 'INJECTED')),
    said: ran.stdout + ran.stderr,
  };
}
