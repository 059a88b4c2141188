import type { Command } from 'commander';
import { compareTokens } from '../checks/compare.js';
import { Failure } from '../errors.js';
import { diffText } from '../output/diff-text.js';
import { toJson } from '../output/escape.js';
import { viewToken } from '../token/view.js';
import { examples } from './options.js';
import { readOperand } from './read-token.js';
import type { Act, Tools } from './tools.js';

export function define(command: Command, act: Act): void {
  command
    .argument('<A>', 'a token, any text with it, a file with it, or - for stdin')
    .argument('<B>', 'the same of the other')
    .addHelpText(
      'after',
      examples(
        ['courier-jwt diff good.txt bad.har', 'what does the one lack?'],
        ['courier-jwt issue -u alice -q | courier-jwt diff - bad.txt', 'a fresh one beside it'],
        ['courier-jwt diff eyJ… <(pbpaste)', 'the clipboard, in bash and zsh'],
        ['courier-jwt diff a.txt b.txt --json | jq .differences', 'for scripts'],
      ) +
        `

Nothing is sent: these are claims only. Exit 0 both open the same, 1 they do
not, 2 one cannot be read. Other times, ids and claims are shown, and are no 1.`,
    )
    .action(act(diff));
}

async function diff(_: object, tools: Tools, [a = '', b = '']: (string | undefined)[]): Promise<number> {
  const { console, context, flags } = tools;
  if (a === '-' && b === '-')
    throw new Failure('usage.conflict', { options: ['-', '-'], reason: 'stdin is read once' });
  const first = await readOperand(a, 'A', tools);
  const second = await readOperand(b, 'B', tools);
  const now = context.now();
  const comparison = compareTokens(first.token, second.token, now);
  const compared = { ...comparison, names: [first.from, second.from] as const, first: viewToken(first.token, now) };
  console.result(flags.json ? toJson(comparison) : diffText(compared, now, console.out));
  return comparison.same ? 0 : 1;
}
