import { isSeen } from '../token/unseen.js';

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
  environment?: { name: string; tenantId: string | null; tenantScope: string | null } | undefined;
  minTtl?: number | undefined;
  /** For how long after its expiry a token is only warned of. */
  leeway?: number | undefined;
}

/** The user ids named in fixes stand in for one that cannot be named. */
export const someUser = 'USER_ID';

/** The command that mints what was expected: in the environment that was expected, else in `from`. */
export function issueCommand(user: string | undefined, expected: Expectations, from?: string): string[] {
  const environment = expected.environment?.name ?? from;
  const list = (flag: string, values: string[] = []) => (values.length > 0 ? [flag, values.join(',')] : []);
  return [
    'courier-jwt',
    'issue',
    ...option('--user', user !== undefined && isSeen(user) ? user : someUser),
    ...list('--for', expected.for),
    ...list(
      '--scope',
      expected.require?.filter((scope) => !scope.startsWith('user_id:') && isSeen(scope)),
    ),
    ...(environment ? ['--env', environment] : []),
  ];
}

/** `--user=-x` where the value would be read as a flag. */
function option(flag: string, value: string): string[] {
  return value.startsWith('-') ? [`${flag}=${value}`] : [flag, value];
}
