import type { Context } from './context.js';
import { Failure, type FailureCode, familyOf } from './errors.js';
import { version } from './version.js';

/** Runs a command line; resolves with the exit code. The only place where a Failure becomes one. */
export async function run(argv: string[], context: Context): Promise<number> {
  // Answered before anything is loaded: scripts ask it often.
  if (argv.length === 1 && argv[0] === '--version' && printVersion(context)) return 0;
  const { Secrets } = await import('./output/secrets.js');
  const { keysIn } = await import('./environments/variables.js');
  const secrets = new Secrets();
  for (const key of keysIn(context.variables)) secrets.add(key.trim());
  try {
    const { dispatch } = await import('./commands/program.js');
    const { judgeWords } = await import('./commands/words.js');
    judgeWords(argv);
    return await dispatch(argv, context, secrets);
  } catch (error) {
    const { tell } = await import('./commands/tell.js');
    const failure = error instanceof Failure ? error : internal(error);
    // Nothing is left to say it with when this fails too.
    await tell(failure, argv, context, secrets).catch(() => {});
    return exitCodeOf(failure);
  }
}

/** False where it cannot be written: then the long way round says so. */
function printVersion({ stdout }: Context): boolean {
  try {
    stdout.write(`${version}\n`);
    return true;
  } catch {
    return false;
  }
}

function exitCodeOf(failure: Failure): number {
  if (failure.code === 'exec.not-found') return 127;
  const byFamily: Record<string, number> = {
    usage: 2,
    token: 2,
    user: 2,
    tenant: 2,
    scope: 2,
    duration: 2,
    production: 2,
    request: 2,
    key: 3,
    environment: 3,
    keychain: 3,
    courier: 4,
    output: 4,
    internal: 4,
    exec: 126,
    interrupted: 130,
  } satisfies Record<Family<FailureCode>, number>;
  return byFamily[familyOf(failure.code)] ?? 4;
}

type Family<Code> = Code extends `${infer Name}.${string}` ? Name : never;

function internal(error: unknown): Failure {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new Failure('internal.error', { message }, { cause: error });
}
