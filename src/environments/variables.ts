import { isName, keyVariable } from './name.js';

/** Where a variable was found. */
export type VariableOrigin = 'shell' | '--env-file';

export interface Variable {
  value: string;
  origin: VariableOrigin;
}

/** Looks a variable up: the shell's first, then the named env file's. An empty one counts as unset. */
export type Variables = (name: string) => Variable | undefined;

type Values = Record<string, string | undefined>;

/** Nothing else is taken from an env file: it must not choose a proxy, say, for a key from elsewhere. */
const fromFile = /^COURIER_(?:API_KEY(?:_[A-Z0-9_]+)?|BASE_URL|JWT_ENV)$/;

export function variablesOf(shell: Values, envFile: Values = {}): Variables {
  return (name) => {
    if (shell[name]) return { value: shell[name], origin: 'shell' };
    const value = fromFile.test(name) ? envFile[name] : undefined;
    return value ? { value, origin: '--env-file' } : undefined;
  };
}

/** The names of the variables that hold API keys. `COURIER_AUTH_TOKEN` is what older SDKs of Courier's read. */
export function keyNamesIn(values: Values): string[] {
  const isKey = (name: string) =>
    name === 'COURIER_API_KEY' || name === 'COURIER_AUTH_TOKEN' || name.startsWith(keyVariable(''));
  return Object.keys(values).filter(isKey);
}

/** The environments whose keys are among the variables: `my-test` of `COURIER_API_KEY_MY_TEST`. */
export function namesIn(values: Values): string[] {
  const prefix = keyVariable('');
  return Object.keys(values)
    .filter((name) => name.startsWith(prefix) && values[name])
    .map((name) => name.slice(prefix.length).toLowerCase().replaceAll('_', '-'))
    .filter(isName);
}

/** Every value among the variables that is an API key, to be redacted wherever it would show. */
export function keysIn(values: Values): string[] {
  return keyNamesIn(values).flatMap((name) => values[name] ?? []);
}
