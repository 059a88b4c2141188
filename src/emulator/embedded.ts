import type { Network } from '../courier/transport.js';
import { EmulatedCourier } from './courier.js';
import { inProcess } from './portless.js';

/** All of the embedded Courier, for tokens of `--env local` to be tried on. `clock` gives seconds since the epoch. */
export function embeddedNetwork({ clock, newId }: { clock(): number; newId(): string }): Network {
  return inProcess(new EmulatedCourier({}, { clock, uptime: clock, newId, sleep: async () => {} }));
}
