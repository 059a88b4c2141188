import { suggestionFor } from '../scopes/compose.js';
import { isSeen } from '../token/unseen.js';
import { idProblem } from '../token/user.js';

/** What is expected of a token. Durations in seconds. */
export interface Expectations {
  /** Surface ids; without them and without `require`, the how-to's set is required. */
  for?: string[] | undefined;
  /** Alone they replace the default requirement, with `for` they add to it. */
  require?: string[] | undefined;
  /** Exactly this user, and no other. */
  user?: string | undefined;
  /** `test` (the environment alone) or `published/test`. */
  tenantScope?: string | undefined;
  /** The environment that the token should come from, as `env add` recorded it. */
  environment?: ExpectedEnvironment | undefined;
  /** The environment whose key mints what is expected, where it is known: fixes name it. Empty: it has no name. */
  mintIn?: string | undefined;
  minTtl?: number | undefined;
  /** For how long after its expiry a token is only warned of. */
  leeway?: number | undefined;
}

export interface ExpectedEnvironment {
  /** Empty for a key that has no name. */
  name: string;
  /** For messages; the name unless given. */
  label?: string;
  tenantId: string | null;
  tenantScope: string | null;
}

/** The user ids named in fixes stand in for one that cannot be named. */
export const someUser = 'USER_ID';

/** What the token that is judged says of the one to mint in its place. */
export interface Instead {
  user?: string | undefined;
  /** The tenant that its Courier Create scopes are for. */
  tenant?: string | undefined;
  /** Where it is from. */
  environment?: string | undefined;
}

/** The command that mints what was expected: in the environment that was expected, else in the token's own. */
export function issueCommand(expected: Expectations, { user, tenant, environment: from }: Instead = {}): string[] {
  const environment = expected.environment ? expected.environment.name : from;
  const list = (flag: string, values: string[] = []) => (values.length > 0 ? [flag, values.join(',')] : []);
  return [
    'courier-jwt',
    'issue',
    ...option('--user', user !== undefined && isSeen(user) ? user : someUser),
    ...list('--for', expected.for),
    ...list(
      '--scope',
      expected.require
        ?.filter((scope) => !scope.startsWith('user_id:') && isSeen(scope))
        .map((scope) => suggestionFor(scope) ?? scope),
    ),
    ...(tenant !== undefined && !idProblem(tenant) ? option('--tenant', tenant) : []),
    ...expiresIn(expected.minTtl ?? 0),
    ...(environment ? ['--env', environment] : []),
  ];
}

/** Whole days, with an hour to spare, where the usual day is too short. */
function expiresIn(minTtl: number): string[] {
  const days = Math.ceil((minTtl + 3600) / 86_400);
  return days > 1 ? ['--expires-in', `${days}d`] : [];
}

/** `--user=-x` where the value would be read as a flag. */
function option(flag: string, value: string): string[] {
  return value.startsWith('-') ? [`${flag}=${value}`] : [flag, value];
}
