import { apiKeyPattern } from '../token/api-key.js';

/** What an answer gives away. */
export type Leak = 'api-key' | 'courier-error' | 'stack-trace' | 'error-text';

/** No page of errors needs more to be known for one. */
const longest = 100_000;

/** A line of a stack trace, or what stands above one, by the language that writes it. */
const stackTraces = [
  // JavaScript
  /\bat [^\n<]{0,200}?\(?(?:file:|node:|\/|[A-Za-z]:\\)[^\s():<>]+:\d+:\d+/,
  // Python
  /Traceback \(most recent call last\)|File (?:"|&quot;|&#34;)[^"\n]{1,300}, line \d+|Werkzeug Debugger/,
  // Java, Kotlin; Tomcat's page has no `at`
  /[\w$>]\([\w$]{1,100}\.(?:java|kt):\d+\)/,
  // PHP
  /#\d+ [^\n]{1,300}\.php\(\d+\)|\.php"?, ?"line": ?\d+|\bin (?:<b>)?[^\n<]{1,300}\.php(?:<\/b>)? on line (?:<b>)?\d+/,
  // Ruby
  /\.rb:\d+:in [`']/,
  // .NET, Go
  /\bat [\w.<>]+\([^)\n]{0,200}\) in [^\n]{1,300}:line \d+|\bgoroutine \d+ \[/,
];

/** Texts that runtimes and libraries write for developers. */
const errorTexts =
  /\b(?:Type|Reference|Syntax|Key|Attribute|Value|Argument|NoMethod|JSONDecode|JSON::Parser)Error\b|\bCannot (?:read propert|destructure)|\bUnexpected (?:token|end of JSON|non-whitespace)|is not valid JSON|object has no attribute|\bUndefined (?:array key|variable|index|property)|\bundefined (?:method|local variable)|NullPointerException|\bECONN(?:REFUSED|RESET)\b|\bE(?:NOTFOUND|TIMEDOUT)\b|HTTPSConnectionPool|\b(?:java\.(?:lang|io)|org\.springframework|Illuminate|GuzzleHttp)[.\\]/;

/** Courier's own errors, and what backends make of them. Source: courier.com's error types. */
const courierErrors =
  /"type"\s*:\s*"(?:invalid_request|authentication|authorization|permission|rate_limit|api|server)_error"|\bCourier API error|\/auth\/issue-token\b/;

/** All that a text gives away; `keys` are API keys that are known here. */
export function leaksIn(text: string, keys: string[] = []): Leak[] {
  const raw = text.slice(0, longest);
  // A trace in JSON has its line breaks and slashes escaped.
  const some = `${raw}\n${raw.replace(/\\[nrt]/g, '\n').replaceAll('\\/', '/')}`;
  const found: [Leak, boolean][] = [
    ['api-key', apiKeyPattern.test(some) || keys.some((key) => some.includes(key))],
    ['courier-error', courierErrors.test(some)],
    ['stack-trace', stackTraces.some((pattern) => pattern.test(some))],
    ['error-text', errorTexts.test(some)],
  ];
  return found.flatMap(([leak, is]) => (is ? [leak] : []));
}
