import type { ApiUrls, Listening, RequestEntry } from '../../src/emulator/index.js';
import { type Running, start } from './e2e-running.js';
import { courierJwt } from './run.js';

/** A `courier-jwt emulator` that is ready, on a port of its own. */
export interface RunningEmulator {
  url: string;
  apiUrls: ApiUrls;
  running: Running;
  /** What its NDJSON tells of requests so far. */
  requests(): RequestEntry[];
  /** A token for a user, minted by `courier-jwt issue` from it. */
  issue(user: string, ...flags: string[]): Promise<string>;
  /** A request of the control API; resolves with its JSON. */
  control<T = unknown>(method: string, path: string, body?: object): Promise<T>;
}

/** Starts the built executable; it is killed when the test is over, whatever happens. */
export async function withEmulator<T>(argv: string[], work: (emulator: RunningEmulator) => Promise<T>): Promise<T> {
  const running = start(['emulator', '--port', '0', '--json', ...argv]);
  try {
    await running.until(() => running.output.stdout.includes('\n'));
    const lines = () => running.output.stdout.split('\n').slice(0, -1);
    const { url, apiUrls } = JSON.parse(lines()[0]!) as Listening;
    return await work({
      url,
      apiUrls,
      running,
      requests: () =>
        lines()
          .slice(1)
          .map((line) => JSON.parse(line) as RequestEntry),
      async issue(user, ...flags) {
        const variables = { COURIER_BASE_URL: url, COURIER_API_KEY: 'token_emulated' };
        const { stdout } = await courierJwt(['issue', '--user', user, ...flags], { variables });
        return stdout.trim();
      },
      async control(method, path, body) {
        const response = await fetch(`${url}/__emulator/${path}`, {
          method,
          ...(body && { body: JSON.stringify(body) }),
        });
        return (await response.json()) as never;
      },
    });
  } finally {
    running.child.kill('SIGKILL');
  }
}
