/** The flags that take the next word; a test holds them against the parser's. */
export const valuedFlags = new Set(
  [
    '-e --env --region --timeout --env-file -u --user --for --scope --tenant --expires-in --output --api-key-file',
    '--storage --require --tenant-scope --min-ttl --leeway --token-file',
    '--users --users-column --out --resume --shard --rate',
    '--other-user --header --body --method --token-path --lang --allow-user --path --origin',
    '--port --host --seed --allow-host --allow-origin --missing-scope --clock --report --reporter --concurrency',
  ].flatMap((names) => names.split(' ')),
);

/** Flags that people try to pass a key with: its value must not be repeated, and cannot be used. */
export const keyFlag = /^--(?:(?:courier-)?api[-_]?key|key|secret|auth-token)(?:=(.*))?$|^--api-key-stdin=(.*)$/is;

/** The words that are neither flags nor a flag's value. */
export function operandsIn(argv: string[]): string[] {
  return partsOf(argv).flatMap(({ flag, words }) => (flag === undefined ? words : []));
}

/** A command line in its parts: a flag with its value, or a word. What stands after `--` is words, and so is `-`. */
export function partsOf(argv: string[]): { flag?: string; words: string[] }[] {
  const parts: { flag?: string; words: string[] }[] = [];
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  for (let i = 0; i < end; i += 1) {
    const word = argv[i]!;
    const isFlag = word.startsWith('-') && word !== '-';
    const [flag = ''] = word.split('=');
    const takesNext = !word.includes('=') && (takesValue(word) || keyFlag.test(word)) && i + 1 < end;
    parts.push(isFlag ? { flag, words: takesNext ? [word, argv[i + 1]!] : [word] } : { words: [word] });
    if (takesNext) i += 1;
  }
  return [...parts, ...argv.slice(end + 1).map((word) => ({ words: [word] }))];
}

/** Of short flags in one, as `-qe`, the first that takes a value takes what is left of the word. */
function takesValue(word: string): boolean {
  const [, letters = ''] = /^-(\w+)$/.exec(word) ?? [];
  const first = Array.from(letters).findIndex((letter) => valuedFlags.has(`-${letter}`));
  return valuedFlags.has(word) || (first !== -1 && first === letters.length - 1);
}
