import type { ConfigProblem } from '../../../errors.js';
import { say, short } from '../../escape.js';
import { didYouMean, shown } from './sentences.js';

/** What is wrong at a place in `courier-jwt.config.json`. */
export function configProblem({ problem, subject, expected = '', reason = '', suggestion }: ConfigProblem): string {
  const sentence: Record<ConfigProblem['problem'], string> = {
    syntax: say`that is not JSON${reason === '' ? '' : `: ${reason}`}.`,
    type: say`${subject || 'the file'} must be ${expected}.`,
    unknown: say`there is no ${short(subject)}.` + didYouMean(suggestion),
    missing: say`${subject} is missing.`,
    empty: say`${subject} is empty: nothing would be checked.`,
    twice: say`${short(subject)} stands there twice.`,
    secret: say`${short(subject)}: the file names environments, never keys or URLs. env add keeps the key and where it goes; in CI it is in COURIER_API_KEY_<NAME>.`,
    production: say`${short(subject)}: production is allowed on the command line only, with --allow-production.`,
    environment: say`${shown(subject)} is no name of an environment: 1 to 32 of a-z, 0-9 and -.`,
    user: say`${shown(subject)} is no user id (${reason}).`,
    surface: say`${shown(subject)} is no surface.` + didYouMean(suggestion),
    'too-short': say`expiresIn ${subject} is shorter than minTtl: no token could live that long.`,
    duration: say`${shown(subject)} is no duration (${reason}), such as "90s", "1h" or "7d".`,
  };
  return sentence[problem];
}
