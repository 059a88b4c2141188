import { isLoopback } from '../../../courier/regions.js';
import type { FailureCode, FailureFacts } from '../../../errors.js';
import { say, short } from '../../escape.js';

export interface Explanation {
  message: string;
  /** A command that mends it, or that says how. */
  fix: string[];
  /** Where the same words once more, changed, mend it: then they are better than `fix`, unless one may not be shown. */
  again?: Again;
}

/** What to change of a command line. */
export interface Again {
  /** The commands that this is for: `env add`; any, without it. */
  commands?: string[];
  /** Flags to take out, with their values. */
  without?: string[];
  /** Flags, or values. */
  replace?: [from: string, to: string][];
  add?: string[];
  /** In the place of the token: `-`, or a file's name after its flag. */
  token?: string[];
}

/** A sentence for every failure of the families `F`. */
export type SentencesOf<F extends string> = {
  [C in FailureCode as C extends `${F}.${string}` ? C : never]: (facts: FailureFacts[C]) => Explanation;
};

export const command = (...words: string[]) => ['courier-jwt', ...words];
export const help = (...words: string[]) => command(...words, '--help');
/** The same words once more, with what was probably meant by one of them. */
export const replacing = (word: string, suggestion: string | undefined): { again?: Again } =>
  suggestion === undefined || word === '' ? {} : { again: { replace: [[word, suggestion]] } };
/** The same run once more, for whoever has no token in that file yet. */
export const resuming = (path: string): Again => ({
  without: ['--out', '--resume', '--yes', '-y'],
  add: ['--resume', path],
});
/** A value as it may be shown, an empty one too. */
export const shown = (value: string) => (value === '' ? '""' : short(value));
export const didYouMean = (suggestion: string | undefined) => (suggestion ? say` Did you mean ${suggestion}?` : '');
export const keysPage = 'https://app.courier.com/settings/api-keys';

/** Whether a host, with its port, is a server on this machine: no page of Courier's helps with that one. */
export const isHere = (host: string) => isLoopback(host.replace(/:\d+$/, ''));

/** How to give a token that is pasted. */
export const pasted = { fix: command('decode', '-'), again: { token: ['-'] } };
