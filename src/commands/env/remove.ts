import type { Command } from 'commander';
import { readableDefault, recordOf } from '../../environments/lookup.js';
import type { EnvironmentRecord } from '../../environments/record.js';
import { Failure, isFailure } from '../../errors.js';
import { say, toJson } from '../../output/escape.js';
import { localEnvironment } from '../../token/local.js';
import { type Act, type Tools, canPrompt, orSay } from '../tools.js';

export function define(command: Command, act: Act): void {
  command.action(act(remove));
}

async function remove(_: object, tools: Tools, [name = '']: (string | undefined)[]): Promise<number> {
  const { console, context, flags } = tools;
  if (name === localEnvironment) throw new Failure('usage.reserved-name', { name, action: 'removed' });
  const record = recordOrBroken(name, tools);
  await confirm(name, tools);
  // The key first: what is left after a failure is then still listed, and can be removed again.
  if (record?.storage === 'keychain') await context.keychain.remove(record.account ?? '', name);
  context.store.remove(name);
  const wasDefault = readableDefault(context.store) === name;
  if (wasDefault) await orSay(say`removed ${name}.`, context.store.writeDefault(undefined), tools);
  console.note(say`removed ${name}${wasDefault ? ', which was the default: there is none now' : ''}.`);
  if (flags.json) console.result(toJson({ removed: name, default: readableDefault(context.store) ?? null }));
  return 0;
}

/** A broken file can be removed too; whether its key was in the keychain is not known then. */
function recordOrBroken(name: string, { context, console }: Tools): EnvironmentRecord | undefined {
  try {
    return recordOf(name, 'env remove', context.store);
  } catch (error) {
    if (!isFailure(error, 'environment.broken') && !isFailure(error, 'environment.unreadable')) throw error;
    console.note(say`the file of ${name} cannot be read: a key of its in the keychain, if any, stays there.`);
    return undefined;
  }
}

async function confirm(name: string, tools: Tools): Promise<void> {
  if (tools.flags.yes) return;
  const what = `removing ${name} and its key`;
  if (!canPrompt(tools)) throw new Failure('usage.needs-yes', { what, option: '--yes' });
  if (!(await tools.context.prompts.confirm(say`Remove ${name} and its key?`)))
    throw new Failure('usage.declined', { what });
}
