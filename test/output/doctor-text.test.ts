import { expect, it } from 'vitest';
import { doctorText } from '../../src/output/doctor-text.js';
import { noPaint } from '../../src/output/paint.js';
import { type Finding, makeReport } from '../../src/report.js';

const accepted: Finding = { code: 'signature.accepted', status: 'pass', facts: {} };
const several: Finding = {
  code: 'user.several',
  status: 'warn',
  facts: { users: ['alice', 'b\u001b[1m'] },
  fix: ['courier-jwt', 'issue', '--user', 'USER_ID'],
};
const empty: Finding = {
  code: 'access.empty',
  status: 'unknown',
  subject: 'inbox:read:messages',
  facts: { promised: true },
};
const doubled: Finding = { code: 'header.doubled-bearer', status: 'fail', facts: {} };
const missing: Finding = {
  code: 'scope.missing',
  status: 'fail',
  subject: 'x',
  facts: {},
  fix: ['courier-jwt', 'issue', '--user', 'alice'],
};
const timeout: Finding = {
  code: 'courier.timeout',
  status: 'unknown',
  subject: 'x',
  facts: { sentence: 'it did not answer.' },
  fix: ['curl', '-sSI', 'h'],
};
const noToken: Finding = { code: 'token.not-given', status: 'skip', facts: {} };

const textOf = (findings: Finding[], cause?: Finding) => doctorText(makeReport(findings), cause, 'it', noPaint);
const elsewhere = [
  '  - signIn: its userId must be the very one that messages are sent to, and the token is for (--user compares them)',
  '  - the tenant: messages that are sent to a tenant show only with its tenantId in signIn',
  '  - the environment: messages sent with a Test key do not show in Production, nor the other way round',
  '  - the region: apiUrls of signIn, for the EU getCourierApiUrlsForRegion',
  "  - Courier's dashboard: the Inbox integration, and its JWT setting",
];

it.each([
  {
    name: 'a cause, and what mends it',
    findings: [accepted, several],
    cause: several,
    end: [
      'The token itself works: Courier takes it.',
      '',
      'Nothing fails. What stands out:',
      "  is for several users (alice, b\\u{1b}[1m): each can read the others' messages. [user.several]",
      "to mend it (USER_ID stands for the user's own id):",
      '  courier-jwt issue --user USER_ID',
      '',
      'Where the Inbox is empty all the same, look at:',
      ...elsewhere,
    ],
  },
  {
    name: 'a cause that no command mends',
    findings: [doubled],
    cause: doubled,
    end: [
      'The likeliest cause:',
      '  the header says Bearer twice: it is refused whatever the token is. Take one out; an SDK adds its own. [header.doubled-bearer]',
    ],
  },
  {
    name: 'an empty inbox, and where else to look',
    findings: [accepted, empty],
    cause: empty,
    end: [
      'The token itself works: Courier takes it.',
      '',
      'The likeliest cause:',
      "  inbox:read:messages: Courier answers 200 with no messages. A new user's inbox is empty, too, so this proves nothing. Is it the user, tenant and environment that messages are sent to? [access.empty]",
      '',
      'Where the Inbox is empty all the same, look at:',
      ...elsewhere,
    ],
  },
  {
    name: 'a token to be minted, and no key that does: the key comes first',
    findings: [
      missing,
      { code: 'key.not-given', status: 'skip', facts: {}, fix: ['courier-jwt', 'env', 'add', 'test'] },
    ],
    cause: missing,
    end: [
      'The likeliest cause:',
      '  x is missing: what needs it is refused. [scope.missing]',
      'to mend it:',
      '  courier-jwt env add test',
      '  courier-jwt issue --user alice',
    ],
  },
  {
    name: 'a host that does not answer: what only asks again mends nothing',
    findings: [timeout],
    cause: timeout,
    end: ['The likeliest cause:', '  x: it did not answer. [courier.timeout]', 'to look closer:', '  curl -sSI h'],
  },
  {
    name: 'nothing wrong: where else to look',
    findings: [accepted],
    end: ['The token is fine. Where the Inbox is empty all the same, look at:', ...elsewhere],
  },
  {
    name: 'nothing wrong, and no token',
    findings: [noToken],
    end: ['Nothing is wrong here. For a token: pbpaste | courier-jwt doctor'],
  },
  {
    name: 'nothing wrong, and nobody asked',
    findings: [{ code: 'scope.granted', status: 'pass', subject: 'x', facts: {} }],
    end: ['Nothing is wrong with its claims. Whether Courier takes it could not be told.'],
  },
] satisfies { name: string; findings: Finding[]; cause?: Finding; end: string[] }[])(
  '$name',
  ({ findings, cause, end }) => {
    const [headline, , ...conclusion] = textOf(findings, cause).split('\n\n');
    expect(headline).toMatch(/^(?:yes|no|unknown) {2}it: /);
    expect(conclusion.join('\n\n')).toBe(end.join('\n'));
  },
);
