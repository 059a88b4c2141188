import type { Command } from 'commander';
import { refuseNodeDebug } from '../courier/node-debug.js';
import { keyNamesIn } from '../environments/variables.js';
import { Failure } from '../errors.js';
import { say, short, toJson } from '../output/escape.js';
import { exitCodeOf, makeReport } from '../report.js';
import { isoOrNull } from '../token/time.js';
import { type MintOptions, type Minted, addMintOptions, askedBy, mint, summary } from './minting.js';
import { examples } from './options.js';
import type { Act, Tools } from './tools.js';

export function define(command: Command, act: Act): void {
  addMintOptions(command)
    .addHelpText(
      'after',
      examples(
        ['courier-jwt exec -u alice -- npm test', 'with COURIER_JWT in its environment'],
        ['courier-jwt exec -u alice -e local -- node app.js', 'no key, no network'],
        [
          `courier-jwt exec -u alice -- sh -c 'curl -H "Authorization: Bearer $COURIER_JWT" …'`,
          'for what only a shell expands',
        ],
      ) +
        '\n\nSets COURIER_JWT, COURIER_JWT_USER and COURIER_JWT_EXPIRES_AT, and takes every API key out of the\nenvironment. No shell is between. Exit code and signals are those of the command.',
    )
    .action(act(exec));
  command.usage('--user <id> [options] -- <command> [arguments]');
}

async function exec(options: MintOptions, tools: Tools, operands: (string | undefined)[]): Promise<number> {
  const { console, context } = tools;
  const command = operands.filter((word) => word !== undefined);
  const asked = askedBy(options, 'exec');
  if (command.length === 0) throw new Failure('usage.missing', { option: 'a command after --', command: 'exec' });
  refuseNodeDebug(context.variables, 'processes');
  const minted = await mint(asked, options, tools);
  const less = exitCodeOf(minted.granted);
  if (less !== 0) {
    if (tools.flags.json) console.result(toJson(makeReport(minted.granted)));
    console.error(say`${console.err.red('error:')} less was granted than asked: ${command[0]!} was not run.`);
    return less;
  }
  console.note(`${summary(minted, context.now())}; ${say`running ${short(command[0]!)}`}`);
  // Where the key came from it, there is nothing else to read; and from a file it could be read again.
  return context.run(command, environmentFor(minted, context.variables), { hasStdin: !options.apiKeyStdin });
}

/** Everything but API keys, under whatever name, and with the token. */
function environmentFor(
  { token, claims, asked, apiKey }: Minted,
  variables: Record<string, string | undefined>,
): Record<string, string> {
  const names = keyNamesIn(variables);
  const keys = [apiKey, ...names.map((name) => variables[name] ?? '')]
    .map((key) => key.trim())
    .filter((key) => key.length > 8);
  const holdsKey = (value: string) => keys.some((key) => value.includes(key));
  const kept = Object.entries(variables).filter(
    (pair): pair is [string, string] =>
      pair[1] !== undefined && !names.includes(pair[0]) && !holdsKey(pair[1]) && pair[0] !== 'COURIER_JWT_EXPIRES_AT',
  );
  const expiresAt = isoOrNull(claims.expiresAt);
  return {
    ...Object.fromEntries(kept),
    COURIER_JWT: token.raw,
    COURIER_JWT_USER: asked.user,
    ...(expiresAt === null ? {} : { COURIER_JWT_EXPIRES_AT: expiresAt }),
  };
}
