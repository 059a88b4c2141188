import { Failure } from '../errors.js';
import type { GlobalFlags } from './tools.js';

const flagsOfCourier = { env: '--env', region: '--region', envFile: '--env-file' };

/**
 * Flags of every command that say which Courier is called, where there is none to call.
 * @throws {Failure} `usage.conflict`, with a reason for each
 */
export function refuseCourierFlags(
  command: string,
  flags: GlobalFlags,
  reasons: Record<keyof typeof flagsOfCourier, string>,
): void {
  const given = (['env', 'region', 'envFile'] as const).find((name) => flags[name] !== undefined);
  if (given) throw new Failure('usage.conflict', { options: [command, flagsOfCourier[given]], reason: reasons[given] });
}
