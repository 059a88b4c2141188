import { type IncomingMessage, createServer } from 'node:http';
import { asNamed, strangerIn } from '../guard.js';
import { listenOn } from '../listening.js';
import { type Call, Refusal } from './call.js';
import type { Allows } from './cors.js';
import { type Endpoint, answerCall } from './endpoint.js';
import { namedUser } from './named-user.js';
import { callOf, respond } from './node.js';

/** The endpoint for the development of a front end, which has no session yet: whose tokens it gives is said beforehand. */
export interface Served extends Omit<Endpoint, 'userOf' | 'allows' | 'admit'> {
  path: string;
  users: string[];
  /** Of pages that may call: all of this machine, unless some are named. */
  origins: string[] | undefined;
}

const host = '127.0.0.1';

/**
 * Serves it on loopback, to programs and pages of this machine.
 * @throws {Failure} `usage.listen`
 */
export async function serve(served: Served, port: number): Promise<{ url: string; close(): Promise<void> }> {
  const allows = allowsOf(served.origins);
  const userOf = async (call: Call) => whose(call, served.users);
  const server = createServer((request, response) => {
    // Whoever hangs up is not answered.
    response.on('error', () => {});
    const endpoint = { ...served, allows, userOf, admit: () => admit(request, served.path, allows) };
    void answerCall(callOf(request), endpoint).then((answer) => respond(response, answer));
  });
  const url = `http://${host}:${await listenOn(server, port, host)}${served.path}`;
  return {
    url,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const thisMachine = asNamed({ host, allowedHosts: [], allowedOrigins: [] });

function allowsOf(origins: string[] | undefined): Allows {
  if (origins === undefined) return (origin) => strangerIn({ host, origin }, thisMachine) === undefined;
  const named = new Set(origins.map((origin) => new URL(origin).origin));
  return (origin) => named.has(origin);
}

/** A page can call by a name of its own that points here (DNS rebinding), or by the right one: neither gets a token. */
function admit({ url = '/', headers }: IncomingMessage, path: string, allows: Allows): void {
  if (strangerIn({ host: headers.host }, thisMachine)) throw new Refusal(403, 'host.refused', 'Forbidden');
  if (headers.origin !== undefined && !allows(headers.origin)) throw new Refusal(403, 'origin.refused', 'Forbidden');
  if (url.replace(/\?[^]*$/, '') !== path) throw new Refusal(404, 'path.unknown', `Not Found: it is at ${path}`);
}

/** @throws {Refusal} */
async function whose(call: Call, users: string[]): Promise<string> {
  const named = (await namedUser(call)) ?? (users.length === 1 ? users[0] : undefined);
  if (named === undefined) throw new Refusal(400, 'user.missing', 'The body names no userId');
  if (!users.includes(named)) throw new Refusal(403, 'user.refused', 'Forbidden', named);
  return named;
}
