import { Failure } from './errors.js';
import { explain } from './output/messages/failures.js';

/** An error as it leaves the library: a Failure has its sentence as the message. */
export function spoken(error: unknown): unknown {
  if (error instanceof Failure) error.message = sentenceOf(error);
  return error;
}

/** Of a command line only it speaks with dashes, and with a colon before what it offers. */
export function sentenceOf(failure: Failure): string {
  return explain(failure).message.replace(/^--/, '').replace(/:$/, '.');
}

/** Work of the library, whose failures speak. */
export function speaking<T>(work: () => T): T {
  try {
    const result = work();
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      throw spoken(error);
    }) as T;
  } catch (error) {
    throw spoken(error);
  }
}
