import type { Command } from 'commander';
import { examples } from '../options.js';
import type { Act } from '../tools.js';
import * as add from './add.js';
import * as check from './check.js';
import * as list from './list.js';
import * as remove from './remove.js';
import * as use from './use.js';

export function define(env: Command, act: Act): void {
  add.define(env.command('add <name>').description("keep an environment's API key, once Courier takes it"), act);
  list.define(env.command('list').description('the environments, and where their keys are'), act);
  use.define(env.command('use <name>').description('make an environment the default'), act);
  check.define(env.command('check [name]').description('ask Courier whether it still takes the key'), act);
  remove.define(env.command('remove <name>').description('forget an environment and its key'), act);
  env.addHelpText(
    'after',
    examples(
      ['courier-jwt env add test', 'asks for the key, hidden'],
      ['courier-jwt env add prod --api-key-stdin < key', 'from a secret manager'],
      ['courier-jwt env add test --replace', 'a rotated key'],
      ['courier-jwt env check --all', 'in CI, or before a release'],
    ) + '\n\nlocal is built in: the embedded Courier, with no key and no network.',
  );
}
