import { expect, it } from 'vitest';
import { reportMarkdown } from '../../src/output/report-markdown.js';
import { makeReport } from '../../src/report.js';
import type { TokenView } from '../../src/token/view.js';
import { version } from '../../src/version.js';

const view: TokenView = {
  header: { alg: 'HS256' },
  payload: { scope: 'user_id:alice', note: 'a ````` fence' },
  users: ['alice'],
  scopes: ['user_id:alice'],
  time: { state: 'no-expiry', issuedAt: null, expiresAt: null, remainingSeconds: null },
  workspace: { tenantId: null, tenantScope: null },
  signature: 'not-verified',
};
const report = makeReport([{ code: 'signature.accepted', status: 'pass', facts: {} }]);
const before = [
  '# courier-jwt doctor',
  `courier-jwt ${version}, 2026-01-01T00:00:00Z`,
  '## Conclusion',
  expect.stringMatching(/^```text\nThe token is fine\. [^]*\n```$/),
  '## Findings',
  '```text\nyes  it: 1 passed',
  'pass  Courier takes the token: its signature is good. [signature.accepted]\n```',
];

it.each([
  { name: 'no token', view: undefined, after: [] },
  {
    name: 'a token: what fences it is longer than any that it has',
    view,
    after: [
      '## Claims',
      'The signature is left out.',
      `\`\`\`\`\`\`json\n${JSON.stringify({ header: view.header, payload: view.payload }, null, 2)}\n\`\`\`\`\`\``,
    ],
  },
])('$name', ({ view: shown, after }) => {
  const text = reportMarkdown({ report, cause: undefined, title: 'it', view: shown, now: 1_767_225_600 });
  expect(text.split('\n\n')).toEqual([...before, ...after]);
});
