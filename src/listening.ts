import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Failure, errnoOf } from './errors.js';

/**
 * Starts to listen; resolves with the port, which is a free one for 0.
 * @throws {Failure} `usage.listen` for what cannot be had
 */
export async function listenOn(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Failure('usage.listen', { host, port, reason: errnoOf(error) })));
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}
