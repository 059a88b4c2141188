import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, it } from 'vitest';
import { junitReport } from '../../../src/output/reporters/junit.js';
import { check, hostile, missing, run } from './some.js';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  isArray: (name) => ['testsuite', 'testcase'].includes(name),
  parseAttributeValue: false,
});
const read = (xml: string) => {
  expect(XMLValidator.validate(xml)).toBe(true);
  return (parser.parse(xml) as { testsuites: unknown }).testsuites;
};

it('what a parser reads back', () => {
  const time = '0.123';
  expect(read(junitReport(run))).toEqual({
    name: 'courier-jwt smoke',
    tests: '4',
    failures: '1',
    errors: '1',
    skipped: '1',
    time: '0.494',
    testsuite: [
      {
        name: 'test',
        tests: '3',
        failures: '1',
        errors: '1',
        skipped: '0',
        time: '0.370',
        testcase: [
          { classname: 'test.alice', name: 'inbox', time },
          {
            classname: 'test.bob',
            name: 'inbox',
            time,
            failure: {
              type: 'scope.missing',
              message:
                "read:brands is missing: the Inbox and the preference center show without the brand's colours and logo.",
              '#text':
                "fail: read:brands is missing: the Inbox and the preference center show without the brand's colours and logo. [scope.missing]\n" +
                'warn: write:brands is more than is needed: whoever has the token may change every brand. [scope.excess]',
            },
          },
          {
            classname: 'test.alice',
            name: "the how-to's set",
            time,
            error: {
              type: 'access.empty',
              message: expect.stringContaining('200 with no messages'),
              '#text': expect.stringMatching(/^unknown: inbox:read:messages: .*\[access\.empty\]$/),
            },
          },
        ],
      },
      {
        name: 'eu',
        tests: '1',
        failures: '0',
        errors: '0',
        skipped: '1',
        time,
        testcase: [
          {
            classname: 'eu.alice',
            name: 'inbox',
            time,
            skipped: { message: 'not made: eu cannot be used (key.refused).' },
          },
        ],
      },
    ],
  });
});

it('what is hostile is text, and what XML cannot hold is marked', () => {
  const subject = `${hostile}\u{d800}\u{ffff}`;
  const xml = junitReport({ ...run, checks: [check([{ ...missing, subject }], { user: `u${subject}` })] });
  const { testsuite } = read(xml) as { testsuite: { testcase: { classname: string; failure: object }[] }[] };
  expect(testsuite[0]!.testcase[0]!.classname).toContain('<b>&amp;|`*_[x](y)\u{fffd}[2J\u{fffd}]]>\u{fffd}\u{fffd}');
  expect(xml).not.toMatch(/[\u0000\u001b\uffff]/);
});

it('what is unseen, or a command to GitHub, is a reference: read back it is what it was', () => {
  const user = 'a\u009b2J\r\n\t::error::b##[error]c\u202e';
  const xml = junitReport({ ...run, checks: [check([], { user })] });
  expect(xml).not.toMatch(/::|##\[|[\u009b\u202e\r\t]/);
  const decoding = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    htmlEntities: true,
    trimValues: false,
  });
  const { testsuites } = decoding.parse(xml) as { testsuites: { testsuite: { testcase: { classname: string } } } };
  expect(testsuites.testsuite.testcase.classname).toBe(`test.${user}`);
});
