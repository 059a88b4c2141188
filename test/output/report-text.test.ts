import { expect, it } from 'vitest';
import { noPaint, paintFor } from '../../src/output/paint.js';
import { reportText } from '../../src/output/report-text.js';
import { type Finding, makeReport } from '../../src/report.js';

const pass: Finding = { code: 'scope.granted', status: 'pass', subject: 'read:brands', facts: {} };
const skip: Finding = { code: 'courier.not-asked', status: 'skip', facts: {} };
const warn: Finding = { code: 'grant.scope-extra', status: 'warn', subject: 'tenants:read', facts: {} };
const fail: Finding = {
  code: 'scope.missing',
  status: 'fail',
  subject: 'custom',
  facts: {},
  fix: ['courier-jwt', 'issue', '--user', 'a b'],
};
const unknown: Finding = {
  code: 'workspace.unrecorded',
  status: 'unknown',
  subject: 'test',
  facts: {},
  fix: ['courier-jwt', 'env', 'check', 'test'],
};

const passLine = 'pass  read:brands [scope.granted]';
const skipLine = 'skip  not looked at: whether Courier takes the token. Nothing was sent. [courier.not-asked]';
const warnLine = 'warn  tenants:read was granted and not asked for. [grant.scope-extra]';
const failLine = 'fail  custom is missing: what needs it is refused. [scope.missing]';
const unknownLine =
  '?     the workspace of test is not recorded: it could not be compared. env check asks Courier for it. [workspace.unrecorded]';

it.each([
  {
    name: 'yes, and what was not looked at',
    findings: [skip, pass, pass],
    expected: ['yes  the token: 2 passed, 1 not looked at', '', passLine, passLine, skipLine],
  },
  {
    name: 'no, the worst first, and each command once',
    findings: [pass, warn, fail, unknown, skip, { ...fail }],
    expected: [
      'no  the token: 2 failed, 1 could not be told, 1 warning, 1 passed, 1 not looked at',
      '',
      failLine,
      failLine,
      unknownLine,
      warnLine,
      passLine,
      skipLine,
      '',
      'to mend it:',
      "  courier-jwt issue --user 'a b'",
      '  courier-jwt env check test',
    ],
  },
  {
    name: 'warnings in the plural',
    findings: [warn, warn],
    expected: ['yes  the token: 2 warnings', '', warnLine, warnLine],
  },
  {
    name: 'only unknown is unknown',
    findings: [unknown],
    expected: [
      'unknown  the token: 1 could not be told',
      '',
      unknownLine,
      '',
      'to mend it:',
      '  courier-jwt env check test',
    ],
  },
  {
    name: 'a pass needs no mending',
    findings: [{ ...pass, fix: ['courier-jwt'] }],
    expected: ['yes  the token: 1 passed', '', passLine],
  },
  {
    name: 'an empty command mends nothing',
    findings: [{ ...warn, fix: [] }],
    expected: ['yes  the token: 1 warning', '', warnLine],
  },
  {
    name: 'ten are not taken for none',
    findings: Array.from({ length: 10 }, () => warn),
    expected: ['yes  the token: 10 warnings', '', ...Array.from({ length: 10 }, () => warnLine)],
  },
])('$name', ({ findings, expected }) => {
  expect(reportText(makeReport(findings), 'the token', noPaint).split('\n')).toEqual(expected);
});

it('paints each status its own colour', async () => {
  const paint = await paintFor(true);
  const lines = reportText(makeReport([fail, unknown, warn, pass, skip]), 't', paint).split('\n');
  expect(lines.slice(2, 7).map((line) => line.slice(0, line.indexOf('m') + 5))).toEqual([
    '\u001b[31mfail',
    '\u001b[33m?   ',
    '\u001b[33mwarn',
    '\u001b[32mpass',
    '\u001b[2mskip',
  ]);
});
