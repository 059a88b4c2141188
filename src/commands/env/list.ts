import type { Command } from 'commander';
import { regionBaseUrls } from '../../courier/regions.js';
import { readableDefault } from '../../environments/lookup.js';
import type { EnvironmentStore } from '../../environments/store.js';
import { Failure } from '../../errors.js';
import { say, toJson } from '../../output/escape.js';
import type { Paint } from '../../output/paint.js';
import type { Act, Tools } from '../tools.js';
import { type EnvironmentView, brokenView, viewOf } from './view.js';

export function define(command: Command, act: Act): void {
  command.action(act(list));
}

async function list(_: object, { console, context, flags }: Tools): Promise<number> {
  const { store } = context;
  const current = readableDefault(store);
  const environments = store.names().map((name) => view(name, store, current === name));
  if (flags.json) console.result(toJson({ environments }));
  else if (environments.length > 0) console.result(table(environments, console.out));
  else console.note('no environment is kept yet: courier-jwt env add <name>. local is built in.');
  for (const { name, problem } of environments)
    if (problem) console.note(say`${name} cannot be used (${problem}): courier-jwt env add ${name} --replace`);
  return 0;
}

function view(name: string, store: EnvironmentStore, isDefault: boolean): EnvironmentView {
  try {
    const record = store.read(name);
    return record ? viewOf(name, record, isDefault) : brokenView(name, 'environment.unknown', isDefault);
  } catch (error) {
    // One that is broken must not hide the others.
    if (error instanceof Failure) return brokenView(name, error.code, isDefault);
    throw error;
  }
}

function table(environments: EnvironmentView[], paint: Paint): string {
  const header = ['NAME', 'KEY', 'STORED IN', 'COURIER', 'TOKENS FOR', 'WORKSPACE'];
  const rows = environments.map((one) => [
    `${one.default ? '*' : ' '} ${one.name}`,
    say`${one.key ?? one.problem ?? ''}`,
    one.storage ?? '',
    say`${one.baseUrl ?? (one.region ? regionBaseUrls[one.region] : '')}`,
    say`${one.workspace.tenantScope ?? (one.problem ? '' : 'not proved')}`,
    say`${one.workspace.tenantId ?? ''}`,
  ]);
  const all = [[`  ${header[0]!}`, ...header.slice(1)], ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return [paint.bold(lines[0]!), ...lines.slice(1)].join('\n');
}
