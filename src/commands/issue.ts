import type { Command } from 'commander';
import { Failure } from '../errors.js';
import { toJson } from '../output/escape.js';
import { shellWord } from '../output/shell.js';
import { exitCodeOf } from '../report.js';
import { isoOrNull } from '../token/time.js';
import { dryRun } from './dry-run.js';
import { environmentView } from './environment.js';
import { type UsersOptions, addUsersOptions, judgeUsersUsage, refuseUsersOptions } from './issue/options.js';
import { type Minted, addMintOptions, askedBy, mint, requestWarnings, summary } from './minting.js';
import { examples, oneOf } from './options.js';
import type { Act, Tools } from './tools.js';
import { pasteable } from './words.js';

interface IssueOptions extends UsersOptions {
  output?: 'token' | 'env';
  dryRun?: boolean;
}

export function define(command: Command, act: Act): void {
  addUsersOptions(addMintOptions(command))
    .argument('[user]')
    .option('--output <format>', 'token, or env: COURIER_JWT=… lines', oneOf('--output', ['token', 'env'] as const))
    .option('--dry-run', 'print the request as curl, and send nothing')
    .addHelpText(
      'after',
      examples(
        ['courier-jwt issue --user alice', "the how-to's scopes, for a day"],
        ['courier-jwt issue -u alice --env local', 'no key, no network'],
        ['courier-jwt issue -u alice --for inbox,push | pbcopy', 'one token on the clipboard'],
        ['courier-jwt issue -u alice --expires-in 1h --json', 'with what was granted'],
        ['courier-jwt issue --users users.txt --out tokens.ndjson', 'a token for each, a line each'],
        ['courier-jwt issue --users users.txt --resume tokens.ndjson', 'for those who have none yet'],
      ),
    )
    .action(act(issue));
  // Only to say what was meant: `issue alice`.
  command.usage('--user <id> | --users <file> [options]');
}

async function issue(options: IssueOptions, tools: Tools, [word]: (string | undefined)[]): Promise<number> {
  if (options.users !== undefined) {
    judgeUsersUsage(options, word);
    const { issueUsers } = await import('./issue/users.js');
    return issueUsers(options, tools);
  }
  refuseUsersOptions(options);
  judgeUsage(options, word, tools.flags.json);
  const asked = askedBy(options, 'issue', '--user <id>, or --users <file> for many');
  if (options.dryRun) return dryRun({ ...asked, warnings: requestWarnings(asked) }, options, tools);
  const minted = await mint(asked, options, tools);
  print(minted, options, tools);
  return exitCodeOf(minted.granted);
}

function judgeUsage(options: IssueOptions, word: string | undefined, json: boolean | undefined): void {
  if (word !== undefined)
    throw new Failure('usage.excess', { command: 'issue', suggestion: pasteable(['issue', '--user', word]) });
  if (json && options.output) throw new Failure('usage.conflict', { options: ['--json', '--output'] });
  if (options.dryRun && options.output)
    throw new Failure('usage.conflict', { options: ['--dry-run', '--output'], reason: 'no token is minted' });
}

function print(minted: Minted, options: IssueOptions, { console, context, flags }: Tools): void {
  const { raw } = minted.token;
  if (!flags.json) console.note(summary(minted, context.now()));
  console.result(flags.json ? toJson(document(minted)) : options.output === 'env' ? envLines(minted) : raw, raw);
}

/** The JSON of `issue`, documented in README. */
function document({ token, claims, asked, choice, warnings }: Minted) {
  return {
    token: token.raw,
    user: asked.user,
    scopes: asked.scopes,
    granted: claims.scopes,
    expiresAt: isoOrNull(claims.expiresAt),
    environment: environmentView(choice),
    warnings,
  };
}

function envLines({ token, claims, asked }: Minted): string {
  const expiresAt = isoOrNull(claims.expiresAt);
  const lines = [`COURIER_JWT=${token.raw}`, `COURIER_JWT_USER=${shellWord(asked.user)}`];
  return [...lines, ...(expiresAt ? [`COURIER_JWT_EXPIRES_AT=${expiresAt}`] : [])].join('\n');
}
