import type { FailureFacts } from '../../../errors.js';
import { say, short } from '../../escape.js';
import { type Again, type SentencesOf, didYouMean, help, shown } from './sentences.js';

/** What is wrong with a list of users, or with what an earlier run has written. */
export const usersSentences: Pick<
  SentencesOf<'usage'>,
  | 'usage.user-line'
  | 'usage.no-users'
  | 'usage.users-array'
  | 'usage.users-csv'
  | 'usage.users-column'
  | 'usage.users-twice'
  | 'usage.resume'
> = {
  'usage.user-line': (facts) => ({ message: userLine(facts), fix: help('issue') }),
  'usage.no-users': ({ path }) => ({
    message: say`--users ${path}: there is nobody in it.`,
    fix: help('issue'),
  }),
  'usage.users-array': () => ({
    message: "--users takes a user a line, and that is one JSON array: jq -c '.[]' makes lines of it.",
    fix: help('issue'),
  }),
  'usage.users-csv': ({ header }) => ({
    message: say`--users looks like CSV, with the header ${short(header)}: name the column that the users are in.`,
    fix: help('issue'),
    ...usersColumn(header.split(/[,;\t]/)),
  }),
  'usage.users-column': ({ column, columns }) => ({
    message: say`${column === undefined ? '--users: which column are the users in? (A list without a header is read from stdin: --users -)' : `--users-column ${shown(column)}: there is no such column.`} There are ${short(columns.map(shown).join(', '), 200)}.`,
    fix: help('issue'),
    ...usersColumn(columns),
  }),
  'usage.users-twice': ({ column }) => ({
    message: say`--users: two columns are called ${shown(column)}. Give the one that the users are in another name, or leave the other one out.`,
    fix: help('issue'),
  }),
  'usage.resume': ({ path, line }) => ({
    message: say`--resume ${path}: line ${line} is not from issue --users. Nothing was changed; --out writes to a new file.`,
    fix: help('issue'),
  }),
};

/** The column that users are likely to be in. Of one that may be a user itself that user would be left out. */
const usersColumn = (columns: string[]): { again?: Again } => {
  const names = columns.map((name) => name.trim().replace(/^"|"$/g, ''));
  const likely = [/user|^id$/i, /\bid$|mail/i].map((kind) => names.find((name) => kind.test(name)));
  const name = likely.find((one) => one !== undefined && /^[\w .-]+$/.test(one));
  return name === undefined ? {} : { again: { without: ['--users-column'], add: ['--users-column', name] } };
};

/** Why a line names no user. */
function userLine({ problem, subject = '', suggestion }: FailureFacts['usage.user-line']): string {
  return {
    'too-long': 'it is longer than any user id: over 64 kB.',
    'not-utf8': 'it is not UTF-8.',
    json: 'it is no user: an id, or JSON with one.',
    'no-user': subject ? 'its user is no text: write it in quotes.' : 'it has no user.',
    type: say`its ${subject} ${subject === 'scopes' ? 'are no list of texts, or an empty one' : 'is no text'}.`,
    unknown: say`it has no such field as ${subject}.` + didYouMean(suggestion),
    'csv-quote': 'a quote in it does not end where its field ends.',
    'csv-short': 'it has fewer columns than the header.',
  }[problem];
}
