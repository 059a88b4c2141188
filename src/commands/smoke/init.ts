import { Failure, errnoOf } from '../../errors.js';
import { say, toJson } from '../../output/escape.js';
import { localEnvironment } from '../../token/local.js';
import { limitBytes } from '../text-file.js';
import type { Tools } from '../tools.js';

/** Where the package has it. */
const schema = './node_modules/courier-jwt/dist/config.schema.json';

/** Writes a file to start with, from the environments that are kept; without any it names local. */
export async function init(path: string, tools: Tools): Promise<number> {
  const { console, context, flags } = tools;
  if (!flags.yes && (await exists(path, tools))) throw new Failure('usage.file-exists', { path });
  const { names, production } = environmentsOf(tools);
  const environments = names.length > 0 ? names : [localEnvironment];
  const config = { $schema: schema, environments, users: ['alice'], surfaces: ['inbox'], minTtl: '1h', online: false };
  try {
    await context.files.write(path, `${JSON.stringify(config, null, 2)}\n`);
  } catch (error) {
    throw new Failure('output.file', { option: 'smoke init', path, reason: errnoOf(error) });
  }
  console.note(
    say`wrote ${path}, for ${environments.join(', ')}. Put users of your own in alice's place, then: courier-jwt smoke`,
  );
  if (production.length > 0)
    console.note(
      say`left out, for they are production: ${production.join(', ')}. In the file, they need --allow-production.`,
    );
  if (flags.json) console.result(toJson({ file: path, config }));
  return 0;
}

async function exists(path: string, { context }: Tools): Promise<boolean> {
  try {
    await context.files.read(path, limitBytes);
    return true;
  } catch (error) {
    if (error instanceof Failure) throw error;
    // A folder, say, is there as well.
    return errnoOf(error) !== 'ENOENT';
  }
}

function environmentsOf({ context }: Tools): { names: string[]; production: string[] } {
  const names = context.store.names();
  const isProduction = (name: string) => context.store.read(name)?.production === true;
  return { names: names.filter((name) => !isProduction(name)), production: names.filter(isProduction) };
}
