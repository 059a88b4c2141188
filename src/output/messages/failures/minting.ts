import { someUser } from '../../../checks/expectations.js';
import type { DurationProblem, UserProblem } from '../../../errors.js';
import { say, short } from '../../escape.js';
import { type SentencesOf, command, help, shown } from './sentences.js';

const userProblems: Record<UserProblem, string> = {
  empty: 'it is empty',
  placeholder: 'it is a placeholder that nothing was put in for: a variable in single quotes, or one that is not set',
  whitespace: 'it has white space in it, and a space in a user id adds scopes to the token',
  unseen: 'it has characters in it that nobody sees',
  'unpaired-surrogate': 'it is not valid Unicode',
  'api-key': 'it is an API key, which mints tokens. If it is real, rotate it',
};

const durationProblems: Record<DurationProblem, string> = {
  'no-unit': 'it has no unit: write 30s or 1h (to Courier a bare number is milliseconds)',
  'not-positive': 'it is not more than nothing',
  'ambiguous-month': 'M means minutes to Courier, not months: write 1m or 30d',
  'too-short': 'it is under a second',
  'too-long': 'no date is that far away',
  'not-a-duration': 'a duration is a number and a unit: 30m, 12h, 1d, "2 hours"',
};

const asKnown: Record<'recorded' | 'prefix' | 'minted', string> = {
  recorded: 'as env add recorded',
  prefix: 'its key says so',
  minted: 'the token says so; it was thrown away unseen',
};

export const mintingSentences: SentencesOf<'user' | 'tenant' | 'scope' | 'duration' | 'production' | 'request'> = {
  'user.invalid': ({ user, problem, option = '--user' }) => ({
    message: say`${option} ${shown(user)} cannot be a user id: ${userProblems[problem]}.`,
    fix: help(),
  }),
  'tenant.invalid': ({ tenant, problem }) => ({
    message: say`--tenant ${shown(tenant)} cannot be a tenant id: ${problem === 'colon' ? 'a colon in it would make another scope' : userProblems[problem]}.`,
    fix: help(),
  }),
  'tenant.unused': ({ tenant }) => ({
    message: say`--tenant ${short(tenant)} changes only Courier Create's scopes, and none of them is asked for: add --for create.`,
    fix: command('issue', '--user', someUser, '--for', 'create', '--tenant', tenant),
    again: { add: ['--for', 'create'] },
  }),
  'scope.user-id': ({ scope }) => ({
    message: say`${short(scope)} is not a scope to ask for: the user is named with --user, and only there.`,
    fix: help(),
  }),
  'scope.invalid': ({ scope }) => ({
    message: say`"${short(scope)}" is not a scope: a scope is words with colons between them, such as inbox:read:messages.`,
    fix: command('scopes'),
  }),
  'duration.invalid': ({ option, value, problem }) => ({
    message: say`${option} ${short(value)}: ${durationProblems[problem]}.`,
    fix: help(),
  }),
  'production.unconfirmed': ({ environment, how }) => ({
    message: say`${environment} mints production tokens (${asKnown[how]}), and a token opens a real user's inbox until it expires. If that is what you want, add --allow-production.`,
    fix: help(),
    again: { add: ['--allow-production'] },
  }),
  'production.refused': ({ environment, how }) => ({
    message: say`${environment} mints ${how === 'untold' ? 'tokens that do not say of which environment they are' : `production tokens (${asKnown[how]})`}, and serve gives them to whoever asks on this machine: only a test environment's, or those of local.`,
    fix: command('env', 'list'),
    again: { without: ['--env', '-e', '--api-key-file', '--api-key-stdin'], add: ['--env', 'local'] },
  }),
  'request.rejected': ({ status, message }) => ({
    message: say`Courier cannot mint that (${status})${message ? `: ${message}` : ''}.`,
    fix: command('scopes'),
  }),
};
