import type { Command } from 'commander';
import { readableDefault, recordOf } from '../../environments/lookup.js';
import type { EnvironmentStore } from '../../environments/store.js';
import type { Variables } from '../../environments/variables.js';
import { Failure } from '../../errors.js';
import { say, toJson } from '../../output/escape.js';
import { explain } from '../../output/messages/failures.js';
import type { Paint } from '../../output/paint.js';
import { shellLine } from '../../output/shell.js';
import { localEnvironment } from '../../token/local.js';
import { environmentSources } from '../environment.js';
import type { Act, Tools } from '../tools.js';
import { type EnvironmentView, brokenView, viewOf } from './view.js';

export function define(command: Command, act: Act): void {
  command.action(act(list));
}

async function list(_: object, tools: Tools): Promise<number> {
  const { console, context, flags } = tools;
  const { store } = context;
  const current = readableDefault(store);
  const listed = store.names().map((name) => listedAs(name, store, current === name));
  const environments = listed.map(({ view }) => view);
  if (flags.json) console.result(toJson({ environments }));
  else if (environments.length > 0) console.result(table(environments, console.out));
  else console.note('no environment is kept yet: courier-jwt env add <name>. local is built in.');
  for (const { failure } of listed) if (failure) console.note(sentence(failure));
  const { variables } = await environmentSources(tools);
  notesOf(variables, current, store.names()).forEach(console.note);
  return 0;
}

interface Listed {
  view: EnvironmentView;
  /** Why it cannot be used. */
  failure?: Failure;
}

function listedAs(name: string, store: EnvironmentStore, isDefault: boolean): Listed {
  try {
    return { view: viewOf(name, recordOf(name, 'env list', store), isDefault) };
  } catch (error) {
    // One that is broken must not hide the others.
    if (error instanceof Failure) return { view: brokenView(name, error.code, isDefault), failure: error };
    throw error;
  }
}

function sentence(failure: Failure): string {
  const { message, fix } = explain(failure);
  return `${message} Try: ${shellLine(fix)}`;
}

/** What the star in the table does not say: what is used here in its place. */
function notesOf(variables: Variables, current: string | undefined, names: string[]): string[] {
  const chosen = variables('COURIER_JWT_ENV')?.value;
  if (chosen !== undefined) return [say`COURIER_JWT_ENV is set: ${chosen} is used here, whatever the default is.`];
  if (variables('COURIER_API_KEY')) return ['COURIER_API_KEY is set: its key is used here, whatever the default is.'];
  if (current === localEnvironment) return ['local is the default.'];
  if (current === undefined || names.includes(current)) return [];
  return [say`the default is ${current}, which is not kept: courier-jwt env use <name>.`];
}

function table(environments: EnvironmentView[], paint: Paint): string {
  const header = ['NAME', 'KEY', 'STORED IN', 'COURIER', 'TOKENS FOR', 'WORKSPACE'];
  const rows = environments.map((one) => [
    `${one.default ? '*' : ' '} ${one.name}`,
    say`${one.key ?? one.problem ?? ''}`,
    one.storage ?? '',
    say`${one.baseUrl ?? ''}`,
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
