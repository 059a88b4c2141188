import { refuseNodeDebug } from '../courier/node-debug.js';
import { Failure } from '../errors.js';
import type { AskKeychain, KeychainAnswer } from './keychain.js';

/**
 * Asks through `script` (`bin/keychain.cjs`) in a process of its own, run by `node`. The key goes over its stdin; its
 * environment has no key in it. Rejects with `interrupted.signal` when it is interrupted.
 */
export function keychainProcess(
  node: string,
  script: string,
  variables: Record<string, string | undefined>,
  interruption: () => AbortSignal,
): AskKeychain {
  return async (request, timeoutMs) => {
    // The key goes through streams, which Node's own debugging prints.
    refuseNodeDebug(variables, 'streams');
    const { spawn } = await import('node:child_process');
    const harmless = Object.entries(variables).filter(([name]) => !name.startsWith('COURIER_'));
    const signal = interruption();
    const child = spawn(node, [script], { env: Object.fromEntries(harmless), stdio: ['pipe', 'pipe', 'ignore'] });
    // A process that ended early says so by its answer.
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(request));
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    const kill = () => child.kill('SIGKILL');
    const timer = setTimeout(kill, timeoutMs);
    signal.addEventListener('abort', kill, { once: true });
    const killedBy = await new Promise((resolve) => child.on('close', (_, killer) => resolve(killer)));
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
    // On a terminal Ctrl-C reaches the child too, and may end it first.
    if (signal.aborted || killedBy === 'SIGINT') throw new Failure('interrupted.signal', {});
    return killedBy === 'SIGKILL' ? undefined : parseAnswer(Buffer.concat(chunks).toString('utf8'));
  };
}

function parseAnswer(text: string): KeychainAnswer {
  try {
    return JSON.parse(text) as KeychainAnswer;
  } catch {
    return { error: 'refused', reason: 'its process ended early' };
  }
}
