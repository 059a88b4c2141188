import { keyVariable } from '../../environments/name.js';
import { isProductionKey } from '../../environments/production.js';
import type { EnvironmentStore } from '../../environments/store.js';
import { namesIn } from '../../environments/variables.js';
import { Failure, errnoOf, familyOf } from '../../errors.js';
import { say, toJson } from '../../output/escape.js';
import { shellLine } from '../../output/shell.js';
import { localEnvironment } from '../../token/local.js';
import { isThere } from '../text-file.js';
import type { Tools } from '../tools.js';

export const defaultFile = 'courier-jwt.config.json';

/** Where the package has it. */
const schema = './node_modules/courier-jwt/dist/config.schema.json';

/** Writes a file to start with, from the environments that are kept; without any it names local. */
export async function init(path: string, tools: Tools): Promise<number> {
  const { console, context, flags } = tools;
  if (!flags.yes && (await isThere(path, tools)))
    throw new Failure('usage.file-exists', { option: 'smoke init', path });
  const { names, production, broken } = environmentsOf(tools);
  const environments = names.length > 0 ? names : [localEnvironment];
  const config = { $schema: schema, environments, users: ['alice'], surfaces: ['inbox'], minTtl: '1h', online: false };
  try {
    await context.files.write(path, `${JSON.stringify(config, null, 2)}\n`, { isNew: !flags.yes });
  } catch (error) {
    throw new Failure('usage.unwritable', { option: 'smoke init', path, reason: errnoOf(error) });
  }
  console.note(
    say`wrote ${path}, for ${environments.join(', ')}. Put users of your own in alice's place, then: ` +
      shellLine(['courier-jwt', 'smoke', ...(path === defaultFile ? [] : [path])]),
  );
  if (production.length > 0)
    console.note(
      say`left out, for they are production: ${production.join(', ')}. In the file, they need --allow-production.`,
    );
  if (broken.length > 0)
    console.note(say`left out, for they cannot be read: ${broken.join(', ')}. courier-jwt env list says why.`);
  if (flags.json) console.result(toJson({ file: path, config }));
  return 0;
}

type Kind = 'names' | 'production' | 'broken';

/** Those that are kept, and those whose key a variable has, as in CI. */
function environmentsOf({ context: { store, variables } }: Tools): Record<Kind, string[]> {
  const all = [...new Set([...store.names(), ...namesIn(variables)])].toSorted();
  const kinds = all.map((name) => ({ name, kind: kindOf(name, store, variables[keyVariable(name)]) }));
  const of = (wanted: Kind) => kinds.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  return { names: of('names'), production: of('production'), broken: of('broken') };
}

/** One that is broken keeps no other out of the file. */
function kindOf(name: string, store: EnvironmentStore, key = ''): Kind {
  try {
    return isProductionKey(key) || store.read(name)?.production === true ? 'production' : 'names';
  } catch (error) {
    if (error instanceof Failure && familyOf(error.code) === 'environment') return 'broken';
    throw error;
  }
}
