import type { Verdict } from '../request-entry.js';
import { withoutSecrets } from './redact.js';

/** In what a refused request is told the reason, for a browser's network tab. Courier has no such header. */
export const verdictHeader = 'x-emulator-verdict';

/** As a header may have it: `scope.missing inbox:read:messages`. */
export function verdictText({ code, subject }: Verdict): string {
  if (subject === undefined) return code;
  // By way of bytes: half a character, which the cut may leave, cannot be encoded.
  return `${code} ${encodeURI(Buffer.from(withoutSecrets(subject).slice(0, 200)).toString())}`;
}
