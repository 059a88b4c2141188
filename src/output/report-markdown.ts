import type { Finding, Report } from '../report.js';
import { isoOrNull } from '../token/time.js';
import type { TokenView } from '../token/view.js';
import { version } from '../version.js';
import { conclusion } from './doctor-text.js';
import { toJson } from './escape.js';
import { noPaint } from './paint.js';
import { reportLines } from './report-text.js';

export interface Shared {
  report: Report;
  cause: Finding | undefined;
  title: string;
  /** Undefined where no token could be read. */
  view: TokenView | undefined;
  /** Seconds since the epoch. */
  now: number;
}

/**
 * A report to be shown around: the claims, without signature and keys. Whatever came from outside stands in fenced blocks,
 * where no Markdown, mention or HTML counts.
 */
export function reportMarkdown({ report, cause, title, view, now }: Shared): string {
  const claims = view
    ? [
        '## Claims',
        'The signature is left out.',
        fenced(toJson({ header: view.header, payload: view.payload }), 'json'),
      ]
    : [];
  return [
    '# courier-jwt doctor',
    `courier-jwt ${version}, ${isoOrNull(now) ?? ''}`,
    '## Conclusion',
    fenced(conclusion(report, cause, noPaint).join('\n')),
    '## Findings',
    fenced(reportLines(report, title, noPaint).join('\n')),
    ...claims,
  ].join('\n\n');
}

/** The fence is longer than any in the text. */
function fenced(text: string, language = 'text'): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
