import { expect, it } from 'vitest';
import { visible } from '../../../src/output/escape.js';
import { githubReport, stepSummary } from '../../../src/output/reporters/github.js';
import { check, hostile, missing, run } from './some.js';

it('annotations at the line of the environment', () => {
  expect(githubReport(run).split('\n')).toEqual([
    "::error file=courier-jwt.config.json,line=2,title=smoke%3A test · bob · inbox::read:brands is missing: the Inbox and the preference center show without the brand's colours and logo. [scope.missing]",
    '::warning file=courier-jwt.config.json,line=2,title=smoke%3A test · bob · inbox::write:brands is more than is needed: whoever has the token may change every brand. [scope.excess]',
    expect.stringMatching(
      /^::error file=courier-jwt\.config\.json,line=2,title=smoke%3A test · alice::inbox:read:messages: Courier answers 200 .* \[access\.empty\]$/,
    ),
    'smoke: 4 checks: 1 failed, 1 could not be told, 1 passed, 1 not made',
  ]);
});

/** As GitHub's runner reads it. Source: ActionCommand.cs of actions/runner. */
function command(line: string) {
  const [, name, properties = '', data = ''] = /^::(\w+) ([^:]*)::(.*)$/s.exec(line)!;
  const undo = (text: string) =>
    text
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n')
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll('%25', '%');
  const pairs = properties
    .split(',')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), undo(pair.slice(pair.indexOf('=') + 1))]);
  return {
    name,
    ...Object.fromEntries(pairs),
    data: data.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%'),
  };
}

it('what is hostile ends neither the command nor a property, and begins no other', () => {
  const path = 'a,b:c%d\r\n::x::/smoke.json';
  const [line, ...rest] = githubReport({
    command: 'smoke',
    path,
    checks: [check([{ ...missing, subject: hostile }], { user: hostile })],
  }).split('\n');
  expect(rest).toEqual(['smoke: 1 check: 1 failed']);
  expect(command(line!)).toEqual({
    name: 'error',
    file: path.replace('::x::', ':\\u{3a}x:\\u{3a}'),
    line: '2',
    title: `smoke: test · ${hostile.split('\r\n').map(visible).join('\r\n')} · inbox`,
    data: expect.stringMatching(
      /^a%0A:\\u\{3a\}error:\\u\{3a\}b\\r\\n:\\u\{3a\}set-output name=x:\\u\{3a\}y,z: <b>&amp;.*is missing/,
    ),
  });
  expect(line).toContain('a%250A');
});

it('a table for the summary of the step', () => {
  expect(
    stepSummary({
      ...run,
      checks: [run.checks[0]!, check([missing], { user: hostile.slice(0, 16), environment: 'eu-1' })],
    }).split('\n'),
  ).toEqual([
    '### courier-jwt smoke: 2 checks: 1 failed, 1 passed',
    '',
    'courier&#45;jwt&#46;config&#46;json',
    '',
    '| | environment | user | surface | |',
    '|---|---|---|---|---|',
    '| ✅ | test | alice | inbox |  |',
    expect.stringMatching(
      /^\| ❌ \| eu&#45;1 \| a&#37;0A&#58;&#92;u&#123;3a&#125;error&#58;&#92;u&#123;3a&#125;b&#92;r&#92;n \| inbox \| read&#58;brands is missing.*\(scope&#46;missing\) \|$/,
    ),
    '',
    '',
  ]);
});

it('nothing of what is hostile counts in the table', () => {
  const table = stepSummary({
    command: 'smoke',
    path: hostile,
    checks: [check([{ ...missing, subject: hostile }], { user: hostile })],
  });
  expect(table.split('\n')).toHaveLength(9);
  expect(table.split('\n')[6]!.replaceAll('<br>', '')).not.toMatch(/[<>`*_[\]\u001b\u0000]/);
  expect(table.split('\n')[6]!.split('|')).toHaveLength(7);
});
