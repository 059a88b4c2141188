import type { Failure, FailureCode } from '../../errors.js';
import { say } from '../escape.js';
import { courierSentences } from './failures/courier.js';
import { credentialsSentences } from './failures/credentials.js';
import { execSentences } from './failures/exec.js';
import { mintingSentences } from './failures/minting.js';
import type { Explanation, SentencesOf } from './failures/sentences.js';
import { tokenSentences } from './failures/token.js';
import { usageSentences } from './failures/usage.js';

/** A code without a sentence does not compile. */
const sentences: SentencesOf<string> = {
  ...usageSentences,
  ...tokenSentences,
  ...mintingSentences,
  ...credentialsSentences,
  ...courierSentences,
  ...execSentences,
};

/** The sentence of a failure: what was wrong, and what to do. Everything in it that came from outside is escaped. */
export function explain({ code, facts }: Pick<Failure, 'code' | 'facts'>): Explanation {
  const sentence = sentences[code satisfies FailureCode] as (facts: object) => Explanation;
  const said = sentence(facts);
  if (facts.of === undefined) return said;
  // The same words once more would change the other one, too.
  return { message: say`${facts.of}: ` + said.message, fix: said.fix };
}
