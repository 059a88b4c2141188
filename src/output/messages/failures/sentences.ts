import type { FailureCode, FailureFacts } from '../../../errors.js';
import { say } from '../../escape.js';

export interface Explanation {
  message: string;
  /** A command that mends it, or that says how. */
  fix: string[];
  /** Where the same words once more, changed, mend it: then they are better than `fix`, unless one may not be shown. */
  again?: (words: string[]) => string[];
}

/** A sentence for every failure of the families `F`. */
export type SentencesOf<F extends string> = {
  [C in FailureCode as C extends `${F}.${string}` ? C : never]: (facts: FailureFacts[C]) => Explanation;
};

export const command = (...words: string[]) => ['courier-jwt', ...words];
export const help = (...words: string[]) => command(...words, '--help');
export const didYouMean = (suggestion: string | undefined) => (suggestion ? say` Did you mean ${suggestion}?` : '');
export const keysPage = 'https://app.courier.com/settings/api-keys';

/** The same command once more, with these flags. */
export const adding =
  (...flags: string[]) =>
  (words: string[]): string[] => {
    const end = words.indexOf('--');
    return end === -1 ? [...words, ...flags] : words.toSpliced(end, 0, ...flags);
  };

/** How to give a token that is pasted: the same command, with `-` where it had a token or a file. */
export const pasted = {
  fix: command('decode', '-'),
  again: (words: string[]) => {
    const isFlag = (word = '') => /^--(?:token-file|token|jwt)$/.test(word);
    const isSource = (word: string, i: number) =>
      word === '-' || word.includes('eyJ') || isFlag(word.split('=')[0]) || isFlag(words[i - 1]);
    return [...words.filter((word, i) => !isSource(word, i)), '-'];
  },
};
