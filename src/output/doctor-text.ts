import { someUser } from '../checks/expectations.js';
import type { Finding, Report } from '../report.js';
import { describe } from './messages/findings.js';
import type { Paint } from './paint.js';
import { reportLines } from './report-text.js';
import { shellLine } from './shell.js';

/** What the doctor found, and at its end what is most likely the cause, with the command that mends it. */
export function doctorText(report: Report, cause: Finding | undefined, title: string, paint: Paint): string {
  return [...reportLines(report, title, paint), '', ...conclusion(report, cause, paint)].join('\n');
}

/** The likeliest cause; or, where nothing is wrong that can be seen from here, where else to look. */
export function conclusion({ ok, findings }: Report, cause: Finding | undefined, paint: Paint): string[] {
  const works = findings.some(({ code }) => code === 'signature.accepted') && !findings.some(isOfToken);
  if (cause)
    return [
      ...(works ? ['The token itself works: Courier takes it.', ''] : []),
      ...causeLines(
        cause,
        ok ? 'Nothing fails. What stands out:' : 'The likeliest cause:',
        keyFix(cause, findings),
        paint,
      ),
      ...(works ? ['', 'Where the Inbox is empty all the same, look at:', ...elsewhere] : []),
    ];
  if (findings.some(({ code }) => code === 'token.not-given'))
    return ['Nothing is wrong here. For a token: pbpaste | courier-jwt doctor'];
  if (findings.some(({ code }) => code === 'signature.accepted'))
    return ['The token is fine. Where the Inbox is empty all the same, look at:', ...elsewhere];
  return ['Nothing is wrong with its claims. Whether Courier takes it could not be told.'];
}

/** What fails, and is the token's. */
function isOfToken({ code, status }: Finding): boolean {
  return status === 'fail' && !/^(?:key|keychain|environment|workspace\.changed|grant)/.test(code);
}

/** Where a token is to be minted and there is no key that does, that comes first. */
function keyFix({ fix = [] }: Finding, findings: Finding[]): string[] {
  const key = findings.find(
    ({ code, status }) => code === 'key.not-given' || (status === 'fail' && code.startsWith('key')),
  );
  return fix[1] === 'issue' ? (key?.fix ?? []) : [];
}

function causeLines(cause: Finding, heading: string, before: string[], paint: Paint): string[] {
  const { code, fix = [] } = cause;
  const lines = [before, fix].map(shellLine).filter((line) => line !== '');
  const standIn = lines.some((line) => line.includes(someUser)) ? ` (${someUser} stands for the user's own id)` : '';
  // What only asks whether a host answers mends nothing.
  const what = fix[0] === 'curl' ? 'to look closer' : 'to mend it';
  return [
    paint.bold(heading),
    `  ${describe(cause)} ${paint.dim(`[${code}]`)}`,
    ...(lines.length === 0 ? [] : [`${what}${standIn}:`, ...lines.map((line) => `  ${paint.bold(line)}`)]),
  ];
}

/** What no token shows. Source: https://www.courier.com/docs/platform/inbox/authentication. */
const elsewhere = [
  '  - signIn: its userId must be the very one that messages are sent to, and the token is for (--user compares them)',
  '  - the tenant: messages that are sent to a tenant show only with its tenantId in signIn',
  '  - the environment: messages sent with a Test key do not show in Production, nor the other way round',
  '  - the region: apiUrls of signIn, for the EU getCourierApiUrlsForRegion',
  "  - Courier's dashboard: the Inbox integration, and its JWT setting",
];
