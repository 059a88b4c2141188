import type { Command } from 'commander';
import { checkShape } from '../checks/shape.js';
import { checkTime } from '../checks/time.js';
import { toJson } from '../output/escape.js';
import { tokenText } from '../output/token-text.js';
import { readClaims } from '../token/claims.js';
import { viewToken } from '../token/view.js';
import { type LinesFlags, addLines, addTokenSource, examples, judgeLinesFlags } from './options.js';
import { type TokenSource, readToken } from './read-token.js';
import type { Act, Tools } from './tools.js';

export function define(command: Command, act: Act): void {
  addLines(addTokenSource(command))
    .addHelpText(
      'after',
      examples(
        ['pbpaste | courier-jwt decode', 'a token, a header, a curl command, a HAR …'],
        ['courier-jwt decode --token-file session.har', 'finds the Courier token in it'],
        ['courier-jwt decode --json eyJ… | jq .time', 'for scripts'],
        ['courier-jwt decode --lines < tokens.txt | jq -r .users[0]', 'a million of them'],
      ) + '\n\nNothing is sent, and nothing is judged: check-scopes does that.',
    )
    .action(act(decode));
}

async function decode(
  options: TokenSource & LinesFlags,
  tools: Tools,
  [operand]: (string | undefined)[],
): Promise<number> {
  judgeLinesFlags(options);
  if (options.lines) return (await import('./lines.js')).decodeLines(operand, options, tools);
  const { console, context, flags } = tools;
  const token = await readToken(operand, options, tools);
  const now = context.now();
  const view = viewToken(token, now);
  const claims = readClaims(token.payload);
  [...checkShape(token, claims, false, []), ...checkTime(claims, {}, now, [])]
    .filter(({ status }) => status === 'warn' || status === 'fail')
    .forEach(console.warn);
  console.result(flags.json ? toJson(view) : tokenText(view, now, console.out));
  return 0;
}
