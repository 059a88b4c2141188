import type { Command } from 'commander';
import { recordOf } from '../../environments/lookup.js';
import { say, toJson } from '../../output/escape.js';
import { localEnvironment } from '../../token/local.js';
import type { Act, Tools } from '../tools.js';

export function define(command: Command, act: Act): void {
  command.action(act(use));
}

async function use(_: object, { console, context, flags }: Tools, [name = '']: (string | undefined)[]) {
  if (name !== localEnvironment) recordOf(name, 'env use', context.store);
  await context.store.writeDefault(name);
  console.note(say`${name} is the default now.`);
  if (flags.json) console.result(toJson({ default: name }));
  return 0;
}
