import { Failure } from '../../src/errors.js';

/** The failure that `work` ends in, as code and facts; what it gives, if it ends well. Any other error is a bug, and thrown. */
export function failureOf(work: () => unknown): unknown {
  try {
    return { returned: work() };
  } catch (error) {
    return plain(error);
  }
}

/** The same of a promise. */
export async function rejectionOf(work: Promise<unknown>): Promise<unknown> {
  return work.then((returned) => ({ returned }), plain);
}

function plain(error: unknown): unknown {
  if (!(error instanceof Failure)) throw error;
  return { code: error.code, facts: error.facts };
}
