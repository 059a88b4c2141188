import type { Comparison, Difference } from '../checks/compare.js';
import { entryOf } from '../scopes/match.js';
import type { TimeState } from '../token/time.js';
import type { TokenView } from '../token/view.js';
import { inertJson, say, short, visible } from './escape.js';
import type { Paint } from './paint.js';
import { moment, spoken } from './times.js';
import { signatures, timeStates } from './token-text.js';

/** What two tokens are: where each was found, and the first as it may be shown. */
export interface Compared extends Comparison {
  names: readonly [a: string, b: string];
  first: TokenView;
}

/** Two tokens beside each other, as diff shows two files: `-` is what the first has, `+` the second. `now` in seconds. */
export function diffText(compared: Compared, now: number, paint: Paint): string {
  const { same, differences, names, first } = compared;
  const opening = differences.filter(({ opens }) => opens);
  const others = differences.filter(({ opens }) => !opens);
  const rows = (some: Difference[]) => some.flatMap((one) => rowsOf(one, now, paint));
  const headline = same
    ? paint.green(sameText(first))
    : paint.red(`they differ: ${[...new Set(opening.map((one) => topicOf(one, opening)))].join(', ')}`);
  return [
    paint.bold(headline),
    paint.red(say`- A  ${names[0]}`),
    paint.green(say`+ B  ${names[1]}`),
    ...(opening.length > 0 ? ['', ...rows(opening)] : []),
    ...(others.length > 0 ? ['', paint.bold('what changes nothing of what they open'), ...rows(others)] : []),
    '',
    paint.dim('These are claims only: the signatures are for Courier to verify.'),
  ].join('\n');
}

function sameText({ users, scopes, workspace, time }: TokenView): string {
  const whose = short(users.join(', ') || 'nobody');
  const state = time.state === 'no-expiry' ? 'valid' : time.state.replaceAll('-', ' ');
  return say`the same: for ${whose}, ${scopes.length} scopes, ${workspace.tenantScope ?? 'no environment'}, ${state}`;
}

const topics: Record<Difference['what'], string> = {
  header: 'the header',
  algorithm: 'the algorithm',
  signature: 'the signature',
  user: 'the user',
  scope: 'a scope',
  workspace: 'the workspace',
  'tenant-scope': 'the environment',
  time: 'the time',
  lifetime: 'the lifetime',
  claim: "a claim's type",
};

function topicOf({ what }: Difference, all: Difference[]): string {
  const count = all.filter((one) => one.what === what).length;
  return what === 'scope' && count > 1 ? `${count} scopes` : topics[what];
}

function rowsOf(difference: Difference, now: number, paint: Paint): string[] {
  const { what, subject, a, b, opens } = difference;
  const isField = what === 'claim' || what === 'header';
  const name = isField ? short(subject ?? what, 40) : what === 'tenant-scope' ? 'environment' : what;
  // What only one has needs no line for the other.
  const isOnlyOnes = subject !== undefined;
  const row = (sign: string, value: unknown) =>
    value === null && isOnlyOnes ? [] : [`${sign} ${visible(name).padEnd(11)}  ${textOf(difference, value, now)}`];
  const without =
    what === 'scope' && opens ? [paint.dim(`${' '.repeat(15)}without it: ${withoutOf(subject ?? '')}`)] : [];
  return [...row('-', a).map(paint.red), ...row('+', b).map(paint.green), ...without];
}

function withoutOf(scope: string): string {
  return entryOf(scope)?.without ?? 'what needs it is refused';
}

function textOf({ what, subject = '' }: Difference, value: unknown, now: number): string {
  if (value === null) return 'none';
  if (typeof value === 'number' && what === 'lifetime') return `${spoken(value)} (${value} s)`;
  if (typeof value === 'number' && ['iat', 'exp', 'nbf'].includes(subject)) return moment(value, now);
  if (typeof value !== 'string') return short(inertJson(JSON.stringify(value)), 200);
  if (what === 'time') return timeStates[value as TimeState];
  if (what === 'signature') return signatureText(value);
  const grants = what === 'scope' ? `  ${entryOf(value)?.grants ?? 'no scope that Courier documents'}` : '';
  return visible(short(value, 200)) + grants;
}

function signatureText(value: string): string {
  const texts: Record<string, string> = {
    ...signatures,
    'cut-short': 'cut short: Courier refuses it',
    'stand-in': 'no real one, as in a test fixture: Courier refuses it',
    one: 'one',
    another: 'another one of the same claims: a claim or a signature was changed, or they were signed with two keys',
  };
  return texts[value] ?? value;
}
