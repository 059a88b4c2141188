import { someUser } from '../checks/expectations.js';
import type { Context } from '../context.js';
import type { Failure } from '../errors.js';
import { makeConsole } from '../output/console.js';
import { documentLine, toJson, visible } from '../output/escape.js';
import { explain } from '../output/messages/failures.js';
import type { Explanation } from '../output/messages/failures/sentences.js';
import type { Secrets } from '../output/secrets.js';
import { shellLine } from '../output/shell.js';
import { wordsAgain } from './again.js';
import { commandIn } from './table.js';
import { pasteable, secretsIn } from './words.js';

/** Says what failed: a sentence and a command on stderr, or with `--json` one document on stdout. */
export async function tell(failure: Failure, argv: string[], context: Context, secrets: Secrets): Promise<void> {
  for (const secret of secretsIn(argv)) secrets.add(secret);
  const flags = flagsOf(argv);
  const console = await makeConsole(context, secrets, flags);
  const explanation = explain(failure);
  const { message } = explanation;
  const fix = fixOf(explanation, argv);
  const line = shellLine(fix);
  // Where stdout itself failed, only stderr is left.
  if (flags.json && failure.code !== 'output.failed')
    console.result(flags.toDocument({ error: { code: failure.code, message, fix } }));
  else {
    console.error(`${console.err.red('error:')} ${message}`);
    if (line !== '' && !['interrupted.signal', 'usage.declined'].includes(failure.code)) {
      console.error(`  try: ${console.err.bold(line)}`);
      if (fix.includes(someUser)) console.error(`  (${someUser} stands for the user's own id)`);
    }
  }
  const { cause } = failure;
  if (cause instanceof Error) console.debug(visible(cause.stack ?? cause.message).replaceAll('\\n', '\n'));
}

/** The same words once more, changed, where that mends it; else the explanation's own, with help for the command. */
function fixOf({ fix, again }: Explanation, argv: string[]): string[] {
  const words = again && wordsAgain(argv, again);
  const better = words && pasteable(words);
  if (better) return better;
  return fix.join(' ') === 'courier-jwt --help' ? ['courier-jwt', ...commandIn(argv), '--help'] : fix;
}

/** Read by hand, for the parser itself may have failed. */
function flagsOf(argv: string[]) {
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const has = (...flags: string[]) => flags.some((flag) => words.includes(flag));
  return {
    json: has('--json', '--reporter=json') || words[words.indexOf('--reporter') + 1] === 'json',
    // In a stream each line is a document.
    toDocument: words.some((word) => /^--(?:lines|users(?:=.*)?)$/s.test(word)) ? documentLine : toJson,
    debug: has('--debug'),
    color: has('--no-color') ? false : has('--color') ? true : undefined,
  };
}
