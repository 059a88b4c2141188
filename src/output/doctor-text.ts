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
export function conclusion({ findings }: Report, cause: Finding | undefined, paint: Paint): string[] {
  const isEmpty = cause?.code === 'access.empty' || cause?.code === 'fresh.empty';
  if (cause) return [...causeLines(cause, paint), ...(isEmpty ? ['', 'Or look at:', ...elsewhere] : [])];
  if (findings.some(({ code }) => code === 'token.not-given'))
    return ['Nothing is wrong here. For a token: pbpaste | courier-jwt doctor'];
  if (findings.some(({ code }) => code === 'signature.accepted'))
    return ['The token is fine. Where the Inbox is empty all the same, look at:', ...elsewhere];
  return ['Nothing is wrong with its claims. Whether Courier takes it could not be told.'];
}

function causeLines({ code, fix = [], ...finding }: Finding, paint: Paint): string[] {
  const line = shellLine(fix);
  const standIn = line.includes(someUser) ? ` (${someUser} stands for the user's own id)` : '';
  return [
    paint.bold('The likeliest cause:'),
    `  ${describe({ code, fix, ...finding })} ${paint.dim(`[${code}]`)}`,
    ...(line === '' ? [] : [`to mend it${standIn}:`, `  ${paint.bold(line)}`]),
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
