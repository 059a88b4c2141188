import type { FailureFacts } from '../../../errors.js';
import { say } from '../../escape.js';
import { didYouMean } from './sentences.js';

/** Why a line names no user. */
export function userLine({ problem, subject = '', suggestion }: FailureFacts['usage.user-line']): string {
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
