import { familyOf } from '../errors.js';
import type { Finding } from '../report.js';
import type { Outcome } from './outcome.js';
import type { ProbeRequest } from './plan.js';

/** What a framework gives itself away by: in the headers of its answers, or in the name of its session's cookie. */
const marks: [language: string, answer: RegExp, cookie: RegExp][] = [
  ['express', /^x-powered-by: express$/im, /\bconnect\.sid=/],
  ['flask', /^server: .*(?:werkzeug|gunicorn|flask)/im, /(?!)/],
  ['laravel', /^x-powered-by: php|^set-cookie: .*laravel_session=/im, /\blaravel_session=/],
  ['rails', /^x-runtime: [\d.]+$|^server: .*(?:puma|passenger)/im, /\b_\w+_session=/],
  ['spring', /^set-cookie: .*\bJSESSIONID=/im, /\bJSESSIONID=/],
];

/** Of these the request, or what was expected, may be wrong, and not the endpoint. */
const notMended = new Set(['endpoint', 'token', 'user', 'transport']);

/** Whether an endpoint without holes would not have what was found. */
export function isMended({ code, status }: Finding): boolean {
  return (status === 'fail' || status === 'warn') && !notMended.has(familyOf(code));
}

/** The command that prints an endpoint without holes, in the language that this one seems to be in. */
export function fixFor(outcomes: Outcome[], { headers }: ProbeRequest, surfaces: string[] | undefined): string[] {
  const answered = outcomes.map((one) => ('failure' in one ? '' : linesOf(one.headers))).join('\n');
  const [language = 'node'] =
    marks.find(([, answer, cookie]) => answer.test(answered) || cookie.test(headers.cookie ?? '')) ?? [];
  return ['courier-jwt', 'snippet', '--lang', language, ...(surfaces ? ['--for', surfaces.join(',')] : [])];
}

function linesOf(headers: Record<string, string | undefined>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value ?? ''}`)
    .join('\n');
}
