import type { Paint } from './paint.js';

/** What is done with a snippet: where it goes, what it needs, and how it is tried without an account. */
export function savingText({ file, needs }: { file: string; needs: string }, paint: Paint): string {
  return [
    `save it as ${paint.bold(file)}: its first lines say how it is mounted. It needs ${needs}, and COURIER_API_KEY.`,
    'to try it:',
    '  courier-jwt emulator',
    '  courier-jwt probe http://localhost:3000/api/generate-courier-jwt --user alice --header @session.txt',
  ].join('\n');
}
