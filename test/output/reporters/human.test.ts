import { expect, it } from 'vitest';
import { noPaint } from '../../../src/output/paint.js';
import { humanReport } from '../../../src/output/reporters/human.js';
import { check, hostile, passing, run } from './some.js';

it('a line a check, and what is wrong with it below', () => {
  expect(humanReport(run, noPaint).split('\n')).toEqual([
    'no  courier-jwt.config.json, 4 checks: 1 failed, 1 could not be told, 1 passed, 1 not made',
    '',
    'pass  test · alice · inbox  123 ms',
    'fail  test · bob · inbox  123 ms',
    "      fail  read:brands is missing: the Inbox and the preference center show without the brand's colours and logo. [scope.missing]",
    '      warn  write:brands is more than is needed: whoever has the token may change every brand. [scope.excess]',
    '?     test · alice  123 ms',
    "      ?     inbox:read:messages: Courier answers 200 with no messages. A new user's inbox is empty, too, so this proves nothing. Is it the user, tenant and environment that messages are sent to? [access.empty]",
    'skip  eu · alice · inbox  123 ms',
    '',
    'to mend it:',
    '  courier-jwt issue --user alice',
  ]);
});

it('what is hostile is seen, and does nothing', () => {
  const text = humanReport({ command: 'smoke', path: hostile, checks: [check([passing], { user: hostile })] }, noPaint);
  expect(text.split('\n')).toHaveLength(3);
  expect(text).not.toMatch(/\u001b|::/);
});
