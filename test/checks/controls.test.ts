import { expect, it } from 'vitest';
import type { Answered } from '../../src/checks/access.js';
import { checkControl, withControls } from '../../src/checks/controls.js';
import type { Finding } from '../../src/report.js';

const scope = 'inbox:read:messages';
const answered = (status: number, items: number | null = null): Answered => ({ scope, call: 'POST /q', status, items });
const facts = (status: number, items: number | null = null) => ({
  control: 'other-user',
  call: 'POST /q',
  status,
  items,
});
const anyway = { control: 'other-user', reason: 'refused-anyway' };

it.each([
  { control: answered(401), own: answered(200, 3), code: 'control.refused', status: 'pass', facts: facts(401) },
  { control: answered(403), own: answered(200, 0), code: 'control.refused', status: 'pass', facts: facts(403) },
  { control: answered(200, 0), own: answered(200, 3), code: 'control.refused', status: 'pass', facts: facts(200, 0) },
  {
    control: answered(200, 0),
    own: answered(200, 0),
    code: 'control.accepted',
    status: 'unknown',
    facts: facts(200, 0),
  },
  {
    control: answered(200, 3),
    own: answered(200, 3),
    code: 'control.accepted',
    status: 'unknown',
    facts: facts(200, 3),
  },
  { control: answered(401), own: answered(401), code: 'control.not-tested', status: 'skip', facts: anyway },
  { control: answered(401), own: undefined, code: 'control.not-tested', status: 'skip', facts: anyway },
])('$control.status $control.items beside $own.status $own.items: $code', ({ control, own, ...expected }) => {
  expect(checkControl({ kind: 'other-user', answer: control }, own)).toEqual({ subject: scope, ...expected });
});

const empty: Finding = { code: 'access.empty', status: 'unknown', subject: scope, facts: {} };
const accepted: Finding = { code: 'access.accepted', status: 'pass', subject: 'read:brands', facts: {} };
const control = (code: string, kind: string, status = 401, subject = scope): Finding => {
  return { code, status: 'pass', subject, facts: { control: kind, status } };
};

it.each([
  { name: 'refused without the scope', controls: [control('control.refused', 'without-scope')], status: 'pass' },
  { name: 'refused to another user only', controls: [control('control.refused', 'other-user')], status: 'unknown' },
  { name: 'nothing, too', controls: [control('control.refused', 'without-scope', 200)], status: 'unknown' },
  { name: 'let in', controls: [control('control.accepted', 'without-scope')], status: 'unknown' },
  { name: 'another call', controls: [control('control.refused', 'without-scope', 401, 'socket')], status: 'unknown' },
  { name: 'not tested', controls: [], status: 'unknown' },
])('an empty inbox, and the control is $name: $status', ({ controls, status }) => {
  expect(withControls([empty, accepted], controls)).toEqual([{ ...empty, status }, accepted]);
});
