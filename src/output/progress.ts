import type { Stream } from '../context.js';

export interface Progress {
  add(failed: boolean): void;
  /** Takes the line away again. */
  end(): void;
}

/** One line that is written anew with each step, where `shown`: on a terminal. */
export function progressOn(stream: Pick<Stream, 'write'>, total: number, shown: boolean): Progress {
  let done = 0;
  let failed = 0;
  let written = false;
  return {
    add(isFailed) {
      done += 1;
      failed += isFailed ? 1 : 0;
      if (!shown) return;
      written = true;
      stream.write(`\r\u001b[K${done} of ${total} checks${failed > 0 ? `, ${failed} failed` : ''}`);
    },
    end() {
      if (written) stream.write('\r\u001b[K');
      written = false;
    },
  };
}
