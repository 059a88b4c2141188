import { familyOf, tellable } from '../../errors.js';
import type { Facts, Finding } from '../../report.js';
import { explain } from './failures.js';

/**
 * A check that could not be made, as a finding with the code and the sentence of its failure.
 * @throws what no finding can tell of
 */
export function unmadeCheck(error: unknown, subject: string): Finding {
  const failure = tellable(error);
  const status = familyOf(failure.code) === 'courier' ? 'unknown' : 'fail';
  const { message, fix } = explain(failure);
  return { code: failure.code, status, subject, facts: { ...flat(failure.facts), sentence: alone(message) }, fix };
}

/** A failure's sentence without what leads over to a command below it. */
export function alone(message: string): string {
  return message.replace(/\. [^.]*:$/, '.');
}

/** A list of anything but texts is in the sentence. */
function flat(facts: object): Facts {
  const isFlat = (value: unknown) => !Array.isArray(value) || value.every((one) => typeof one === 'string');
  return Object.fromEntries<string>(Object.entries(facts).filter(([, value]) => isFlat(value)));
}
