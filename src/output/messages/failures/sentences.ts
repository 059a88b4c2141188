import type { FailureCode, FailureFacts } from '../../../errors.js';
import { say } from '../../escape.js';

export interface Explanation {
  message: string;
  /** A command that mends it, or that says how. */
  fix: string[];
}

/** A sentence for every failure of the families `F`. */
export type SentencesOf<F extends string> = {
  [C in FailureCode as C extends `${F}.${string}` ? C : never]: (facts: FailureFacts[C]) => Explanation;
};

export const command = (...words: string[]) => ['courier-jwt', ...words];
export const help = (...words: string[]) => command(...words, '--help');
export const didYouMean = (suggestion: string | undefined) => (suggestion ? say` Did you mean ${suggestion}?` : '');
export const keysPage = 'https://app.courier.com/settings/api-keys';

/** How to give a token that is pasted. */
export const fromStdin = command('decode', '-');
