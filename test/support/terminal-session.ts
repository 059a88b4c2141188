import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isInstalled } from './keychain-session.js';

export const hasTerminal = isInstalled('tmux');

export interface Terminal {
  /** Types text, as if by hand. */
  type(text: string): Promise<void>;
  /** Presses keys by tmux's names: `Enter`, `C-c`, `C-d`. */
  press(...keys: string[]): Promise<void>;
  /** Types a command line and presses Enter. */
  run(command: string): Promise<void>;
  /** What the terminal shows, scrolled-off lines included; wrapped lines are joined. `colours` keeps the escapes. */
  screen(options?: { colours?: boolean }): Promise<string>;
  /** Waits until the screen has a text; resolves with the screen. */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<string>;
  close(): void;
}

/** A real pseudo-terminal with a shell in it, on a tmux server of its own. Nothing but `variables` is in its environment. */
export async function openTerminal(
  variables: Record<string, string>,
  { columns = 100, rows = 30, cwd = tmpdir() } = {},
): Promise<Terminal> {
  const socket = join(mkdtempSync(join(tmpdir(), 'courier-jwt-tmux-')), 'socket');
  const tmux = async (...argv: string[]) => {
    const { stdout } = await promisify(execFile)('tmux', ['-S', socket, '-f', '/dev/null', ...argv]);
    return stdout;
  };
  const own = { PATH: process.env.PATH ?? '', TERM: 'screen', PS1: '$ ', LANG: 'C.UTF-8', ...variables };
  const words = Object.entries(own).map(([name, value]) => `${name}=${value}`);
  const shell = ['env', '-i', ...words, 'sh'];
  const size = ['-x', String(columns), '-y', String(rows)];
  await tmux('-u', 'new-session', '-d', ...size, '-c', cwd, ...shell);
  const screen = async ({ colours = false } = {}) => {
    const text = await tmux('capture-pane', '-p', '-J', '-S', '-', ...(colours ? ['-e'] : []));
    return text.replaceAll(/ +$/gm, '').trimEnd();
  };
  const type = async (text: string) => void (await tmux('send-keys', '-l', '--', text));
  const press = async (...keys: string[]) => void (await tmux('send-keys', ...keys));
  const waitFor = async (pattern: RegExp, timeoutMs = 10_000) => {
    for (const deadline = Date.now() + timeoutMs; ;) {
      const seen = await screen();
      if (pattern.test(seen)) return seen;
      if (Date.now() > deadline) throw new Error(`the terminal never showed ${pattern}:\n${seen}`);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
  };
  const close = () => void execFileSync('tmux', ['-S', socket, 'kill-server'], { stdio: 'ignore' });
  await waitFor(/\$/).catch((error: unknown) => {
    close();
    throw error;
  });
  return {
    type,
    press,
    screen,
    waitFor,
    async run(command) {
      await type(command);
      await press('Enter');
    },
    close,
  };
}
