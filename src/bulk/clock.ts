import type { PaceClock } from './pace.js';

/** Time as it runs: a clock that nobody sets. */
export const realClock: PaceClock = {
  now: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
