import { Failure, type FailureCode } from '../errors.js';

const passing = new Set<FailureCode>([
  'courier.unreachable',
  'courier.timeout',
  'courier.unavailable',
  'courier.rate-limited',
]);

/** Whether Courier is out of reach or in trouble: it says nothing of the key, nor of the user, and may be over soon. */
export function isPassing(error: unknown): boolean {
  return error instanceof Failure && passing.has(error.code);
}
