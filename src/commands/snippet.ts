import type { Command } from 'commander';
import { Failure } from '../errors.js';
import { toJson } from '../output/escape.js';
import { savingText } from '../output/snippet-text.js';
import { scopesOf } from '../scopes/compose.js';
import { snippetFor } from '../snippets/index.js';
import { type Language, languageMeant, languages } from '../snippets/languages.js';
import { refuseCourierFlags } from './courier-flags.js';
import { examples, list, once } from './options.js';
import type { Act, Tools } from './tools.js';

interface SnippetOptions {
  lang?: string;
  for?: string[];
}

const choices = `${languages.slice(0, -1).join(', ')} or ${languages.at(-1)}`;

export function define(command: Command, act: Act): void {
  command
    .option('--lang <language>', choices, once('--lang'))
    .option('--for <surfaces>', "what the token is for: inbox, toast, … (default: the how-to's set)", list('--for'))
    .addHelpText(
      'after',
      examples(
        ['courier-jwt snippet --lang express > courier-token.mjs', 'and how to mount it, in its first lines'],
        ['courier-jwt snippet --lang flask --for inbox,push', 'for what the front end has'],
        ['courier-jwt snippet --lang rails --json | jq -r .file', 'where it is saved'],
      ) + '\n\nNothing is sent, and no key is read: the code takes COURIER_API_KEY from its own environment.',
    )
    .action(act(snippet));
  command.usage('--lang <language> [options]');
}

async function snippet(options: SnippetOptions, { console, flags }: Tools): Promise<number> {
  refuseCourierFlags('snippet', flags, {
    env: 'it needs no key: the code takes COURIER_API_KEY from its own environment',
    region: 'the code asks https://api.courier.com, or what COURIER_BASE_URL says: https://api.eu.courier.com',
    envFile: 'it reads no variables: the code does, where it runs',
  });
  const lang = languageOf(options.lang);
  const scopes = scopesOf(options.for);
  const { text, ...how } = snippetFor({ language: lang, scopes });
  const code = text.trimEnd();
  if (!flags.json) console.note(savingText({ ...how, for: options.for }, console.err));
  console.result(flags.json ? toJson({ lang, file: how.file, needs: how.needs, scopes, code }) : code);
  return 0;
}

/** @throws {Failure} of the `usage` family */
function languageOf(value: string | undefined): Language {
  if (value === undefined) throw new Failure('usage.missing', { option: `--lang ${choices}`, command: 'snippet' });
  const found = languages.find((one) => one === value.toLowerCase());
  if (found) return found;
  throw new Failure('usage.value', {
    option: '--lang',
    value,
    reason: `it takes ${choices}`,
    suggestion: languageMeant(value),
  });
}
