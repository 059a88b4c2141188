import type { Finding } from '../report.js';
import { apiKeyPattern } from '../token/api-key.js';
import type { Answered, Outcome } from './outcome.js';
import type { ProbeRequest } from './plan.js';
import { urlFor } from './template.js';

/** What an answer gives away. */
export type Leak = 'api-key' | 'courier-error' | 'stack-trace' | 'error-text';

/** Whether a text has a line of a stack trace, or what stands above one, by the language that writes it. */
const stackTraces: ((text: string) => boolean)[] = [
  hasJavaScriptTrace,
  // Python
  has(/Traceback \(most recent call last\)|File (?:"|&quot;|&#34;)[^"\n]{1,300}"?, line \d+|Werkzeug Debugger/),
  // Java, Kotlin; Tomcat's page has no `at`
  has(/[\w$>]\([\w$]{1,100}\.(?:java|kt):\d+\)/),
  // PHP
  has(
    /#\d+ [^\n]{1,300}\.php\(\d+\)|\.php"?, ?"line": ?\d+|\bin (?:<b>)?[^\n<]{1,300}\.php(?:<\/b>)? on line (?:<b>)?\d+/,
  ),
  // Ruby
  has(/\.rb:\d+:in [`']/),
  // .NET, Go
  has(/\bat [\w.<>]{1,300}\([^)\n]{0,200}\) in [^\n]{1,300}:line \d+|\bgoroutine \d+ \[/),
];

function has(pattern: RegExp) {
  return (text: string) => pattern.test(text);
}

/** More places than a page has frames: what is left of a text that only looks like one need not be gone through. */
const mostPlaces = 200;

/** From the place, `:10:5`, backwards: forwards a hostile text would take seconds. */
function hasJavaScriptTrace(text: string): boolean {
  let places = 0;
  for (const { index } of text.matchAll(/:\d{1,7}:\d{1,7}/g)) {
    if (
      /\bat [^\n<]{0,200}?\(?(?:file:|node:|\/|[A-Za-z]:\\)[^\s():<>]{1,200}$/.test(
        text.slice(Math.max(0, index - 300), index),
      )
    )
      return true;
    places += 1;
    if (places === mostPlaces) return false;
  }
  return false;
}

/** Texts that runtimes and libraries write for developers. */
const errorTexts =
  /\b(?:Type|Reference|Syntax|Key|Attribute|Value|Argument|NoMethod|JSONDecode|JSON::Parser)Error\b|\bCannot (?:read propert|destructure)|\bUnexpected (?:token|end of JSON|non-whitespace)|["'] is not valid JSON|object has no attribute|\bUndefined (?:array key|variable|index|property)|\bundefined (?:method|local variable)|NullPointerException|\bECONN(?:REFUSED|RESET)\b|\bE(?:NOTFOUND|TIMEDOUT)\b|HTTPSConnectionPool|\b(?:java\.(?:lang|io)|org\.springframework|Illuminate|GuzzleHttp)[.\\]/;

/** Courier's own errors, and what backends make of them. Source: courier.com's error types. */
const courierErrors =
  /"type"\s*:\s*"(?:invalid_request|authentication|authorization|permission|rate_limit|api|server)_error"|\bCourier API error|\/auth\/issue-token\b/;

/** All that a text gives away; `keys` are API keys that are known here. */
export function leaksIn(text: string, keys: string[] = []): Leak[] {
  // What is in JSON, or in JSON in JSON, has its line breaks, quotes and slashes escaped.
  const all = `${text}\n${text
    .replace(/\\{1,8}[nrt]/g, '\n')
    .replace(/\\{1,8}"/g, '"')
    .replace(/\\{1,8}\//g, '/')}`;
  const found: [Leak, boolean][] = [
    ['api-key', apiKeyPattern.test(all) || keys.some((key) => all.includes(key))],
    ['courier-error', courierErrors.test(all)],
    ['stack-trace', stackTraces.some((isIn) => isIn(all))],
    ['error-text', errorTexts.test(all)],
  ];
  return found.flatMap(([leak, is]) => (is ? [leak] : []));
}

/** What any of the answers gives away, each once, with the trials that brought it up. */
export function judgeLeaks(outcomes: Outcome[], probe: ProbeRequest, keys: string[]): Finding[] {
  const answers = outcomes.filter((one): one is Answered => !('failure' in one));
  // A page that says that something is not there repeats where it was looked for.
  const { pathname } = new URL(urlFor(probe.url, probe.user));
  const leaks = answers.flatMap(({ name, status, body, headers }) => {
    const text = [...Object.values(headers), body].join('\n');
    const found = leaksIn(pathname.length > 1 ? text.replaceAll(pathname, '') : text, keys);
    // Without a session nobody asks Courier: an error of that form is the endpoint's own.
    const isOwn = name === 'no-session' && (status === 401 || status === 403);
    return found.filter((leak) => !(isOwn && leak === 'courier-error')).map((leak) => ({ leak, name }));
  });
  const kinds = [...new Set(leaks.map(({ leak }) => leak))];
  if (kinds.length === 0 && answers.length > 0)
    return [{ code: 'answer.clean', status: 'pass', facts: { answers: answers.length } }];
  return kinds.map((kind) => {
    const trials = leaks.filter(({ leak }) => leak === kind).map(({ name }) => name);
    return { code: `answer.${kind}`, status: kind === 'error-text' ? 'warn' : 'fail', facts: { trials } };
  });
}
