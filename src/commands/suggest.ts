import { similar } from '../scopes/similar.js';
import { commandTable, otherNames } from './table.js';
import { pasteable } from './words.js';

/** What was probably meant by a command that is none; `rest` are the words after it. */
export function suggestCommand(word: string, rest: string[]): string[] | undefined {
  const lower = word.toLowerCase();
  const byOtherName = Object.entries(otherNames).find(([, names]) => names.includes(lower))?.[0];
  const name =
    byOtherName ??
    similar(
      lower,
      commandTable.map((entry) => entry.name),
    );
  if (name === undefined) return undefined;
  return pasteable([...name.split(' '), ...rest]) ?? pasteable(name.split(' '));
}

/** The options that people try, by what does it. */
export function suggestOption(option: string, known: string[]): string | undefined {
  const name = option.split('=')[0]!;
  const other: Record<string, string> = {
    '--user-id': '--user',
    '--userid': '--user',
    '--scopes': '--scope',
    '--expires': '--expires-in',
    '--expiry': '--expires-in',
    '--ttl': '--expires-in',
    '--token': '--token-file',
    '--file': '--token-file',
    '--surface': '--for',
    '--surfaces': '--for',
    '--environment': '--env',
    '--production': '--allow-production',
    '--force': '--yes',
    '--format': '--output',
  };
  const suggestion = other[name.toLowerCase()] ?? similar(name, known);
  return suggestion !== undefined && known.includes(suggestion) ? suggestion : undefined;
}
