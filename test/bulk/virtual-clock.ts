import type { PaceClock } from '../../src/bulk/pace.js';

/** Time that passes only where nothing else is left to do. Milliseconds, from 0. */
export class VirtualClock implements PaceClock {
  #now = 0;
  #timers: { at: number; call: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms, call };
    const later = this.#timers.findIndex(({ at }) => at > timer.at);
    this.#timers.splice(later === -1 ? this.#timers.length : later, 0, timer);
    return () => void (this.#timers = this.#timers.filter((one) => one !== timer));
  }

  async sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.run(() => (this.#timers[0]?.at ?? Infinity) > end);
    this.#now = end;
  }

  /** Lets time pass until `isOver`, or until nobody waits for it any more. */
  async run(isOver: () => boolean): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = this.#timers;
      if (!next || isOver()) return;
      this.#timers.shift();
      this.#now = next.at;
      next.call();
    }
  }
}
