import type { Paint } from './paint.js';
import { shellLine } from './shell.js';

interface Saving {
  file: string;
  needs: string;
  port: number;
  session: string[];
  /** The surfaces that it is for. */
  for: string[] | undefined;
}

/** What is done with a snippet: where it goes, what it needs, and how it is tried without an account. */
export function savingText({ file, needs, port, session, for: surfaces }: Saving, paint: Paint): string {
  const url = `http://localhost:${port}/api/generate-courier-jwt`;
  const extra = surfaces ? ['--for', surfaces.join(',')] : [];
  return [
    `save it as ${paint.bold(file)}: its first lines say how it is mounted. It needs ${needs}, and COURIER_API_KEY.`,
    `to try it, with alice's session in session.txt (${session.map((name) => `${name}: …`).join(', ')}):`,
    '  courier-jwt emulator',
    '  export COURIER_BASE_URL=http://127.0.0.1:4010 COURIER_API_KEY=token_emulated   # and start your app',
    `  ${shellLine(['courier-jwt', 'probe', url, '--user', 'alice', ...extra, '--header', '@session.txt'])}`,
  ].join('\n');
}
