import { type AnswerFrom, tokenOf } from '../courier/client.js';
import { type Attempted, retryAfterSeconds } from '../courier/retry.js';
import { Failure, familyOf, isFailure } from '../errors.js';
import type { Jwt } from '../token/decode.js';
import { decoderBy, quickFinder } from '../token/quick.js';
import type { Came } from './pace.js';

/** What one request of a run has come to: for its user, for the pace, and for all who follow. */

/** A longer `Retry-After` ends the run, in seconds: whoever started it may have better to do. */
export const longestPause = 300;

/** For how many seconds the server wants to be left alone, where it says so. */
export function pauseOf(attempted: Attempted): number | null {
  return attempted instanceof Error ? null : retryAfterSeconds(attempted);
}

/** The token that was answered, or why there is none. */
export function tokenIn(attempted: Attempted, from: AnswerFrom): Jwt | Failure {
  try {
    if (attempted instanceof Error) throw attempted;
    return tokenOf(attempted, from, decodeQuickly);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

/** Whether the embedded Courier signed it is not asked here. */
const decodeQuickly = decoderBy(quickFinder(() => ''));

/** `isMinted`: a page that a gateway answers with 200 is no token. */
export function cameOf(attempted: Attempted, isMinted: boolean): Came {
  if (isMinted) return 'accepted';
  if (attempted instanceof Error) return 'neither';
  const { status } = attempted;
  if (status === 429 || (status >= 500 && pauseOf(attempted) !== null)) return 'limited';
  return status >= 500 ? 'troubled' : 'neither';
}

/** What a server says that is another one. What else it refuses may be one user's, who would else bar the way for all of a resumed run. */
const notHere = [404, 405];

/** Whether others need not try: once the server has minted anything (`isProven`), it is where it should be. */
export function isTheSameForAll(failure: Failure, pause: number | null, isProven: boolean): boolean {
  if (['key', 'usage'].includes(familyOf(failure.code)) || failure.code === 'courier.redirect') return true;
  if (['courier.rate-limited', 'courier.unavailable'].includes(failure.code)) return (pause ?? 0) > longestPause;
  if (isFailure(failure, 'courier.unreachable'))
    return ['certificate', 'proxy'].includes(failure.facts.reason) || (!isProven && failure.facts.reason !== 'dropped');
  return isFailure(failure, 'courier.status') && !isProven && notHere.includes(failure.facts.status);
}
