import type { Command } from 'commander';
import { toJson } from '../output/escape.js';
import { scopesText, surfacesText } from '../output/scopes-text.js';
import { catalogue, defaultSurface, surfaces } from '../scopes/catalogue.js';
import { scopeString, surfaceOf } from '../scopes/compose.js';
import { examples, list, once } from './options.js';
import type { Act, Tools } from './tools.js';

interface ScopesOptions {
  for?: string[];
  user?: string;
  tenant?: string;
}

export function define(command: Command, act: Act): void {
  command
    .option('--for <surfaces>', 'only what these need', list('--for'))
    .option('-u, --user <id>', 'a ready scope string for this user', once('--user'))
    .option('--tenant <id>', "with --user: Courier Create's scopes for this tenant only", once('--tenant'))
    .addHelpText(
      'after',
      examples(
        ['courier-jwt scopes', 'every scope, and every surface'],
        ['courier-jwt scopes --for inbox,push', 'what they need'],
        ['courier-jwt scopes --for inbox --user alice', 'the string to send as scope'],
      ),
    )
    .action(act(scopes));
}

async function scopes(options: ScopesOptions, { console, flags }: Tools): Promise<number> {
  const { user, tenant } = options;
  const chosen = options.for?.map(surfaceOf) ?? [defaultSurface, ...surfaces];
  if (user !== undefined) {
    const scope = scopeString({ user, tenant, for: options.for });
    console.result(flags.json ? toJson({ scope }) : scope);
    return 0;
  }
  const wanted = new Set(chosen.flatMap((s) => [...s.required, ...s.recommended, ...s.optional]));
  const entries = options.for ? catalogue.filter(({ scope }) => wanted.has(scope)) : catalogue;
  console.result(
    flags.json
      ? toJson({ scopes: entries, surfaces: chosen })
      : [scopesText(entries, console.out), surfacesText(chosen, console.out)].join('\n\n'),
  );
  return 0;
}
