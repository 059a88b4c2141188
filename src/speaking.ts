import { Failure } from './errors.js';
import { explain } from './output/messages/failures.js';

/** A Failure leaves the library with its sentence as the message. */
export function speaking<T>(work: () => T): T {
  const spoken = (error: unknown) => {
    // Of a command line only it speaks with dashes, and with a colon before what it offers.
    if (error instanceof Failure) error.message = explain(error).message.replace(/^--/, '').replace(/:$/, '.');
    return error;
  };
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
