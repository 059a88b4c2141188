import { checkerFor } from '../checks/check-token.js';
import type { Expectations } from '../checks/expectations.js';
import { checkShape } from '../checks/shape.js';
import { checkTime } from '../checks/time.js';
import { Failure } from '../errors.js';
import { memo } from '../memo.js';
import { inertJson } from '../output/escape.js';
import { explain } from '../output/messages/failures.js';
import { alone } from '../output/messages/unmade.js';
import { Secrets, mayRepeat } from '../output/secrets.js';
import { type Finding, makeReport } from '../report.js';
import { readClaims } from '../token/claims.js';
import type { FoundToken } from '../token/find.js';
import { jwtStart, mapSignatures } from '../token/signatures.js';
import { viewToken } from '../token/view.js';
import { findingsJson, valueJson } from './findings-json.js';
import type { Line } from './lines.js';
import type { LineToken } from './read-line.js';
import { type Tally, addFailure, addFindings } from './tally.js';

/** What a command says of a token, as JSON, and what it found. `now` in seconds. */
export type Judge = (token: FoundToken, line: number, now: number) => { json: string; findings: Finding[] };

interface Way {
  read(line: Line): LineToken;
  judge: Judge;
  clean: Clean;
}

/** A line for each line that was read, in the same order, each with its end. `now` in seconds. */
export function verdictsOf(lines: Line[], { read, judge, clean }: Way, tally: Tally, now: number): string {
  const verdict = (line: Line) => {
    try {
      const found = read(line);
      const { json, findings } = judge(found.token, line.number, now);
      addFindings(tally, findings);
      return `${clean(json, line.text, found)}\n`;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      addFailure(tally, error.code);
      return `${clean(failureJson(error, line.number), line.text)}\n`;
    }
  };
  return lines.map(verdict).join('');
}

function failureJson(failure: Failure, line: number): string {
  return JSON.stringify({ line, error: { code: failure.code, message: alone(explain(failure).message) } });
}

/** `decode`: what is in the token. It judges nothing. */
export const decoding: Judge = (token, _, now) => {
  const claims = readClaims(token.payload);
  const findings = [...checkShape(token, claims, false, []), ...checkTime(claims, {}, now, [])];
  const warnings = findings.map((one) => (one.status === 'fail' ? { ...one, status: 'warn' as const } : one));
  return { json: JSON.stringify(viewToken(token, now, claims)), findings: warnings };
};

/** `check-scopes`: what it lacks. */
export function checking(expected: Expectations, { strict = false }: { strict?: boolean | undefined }): Judge {
  const check = checkerFor(expected);
  return (token, line, now) => {
    const claims = readClaims(token.payload);
    const { ok, findings } = makeReport(check(token, claims, now), { strict });
    const users = valueJson(claims.users);
    return { json: `{"line":${line},"users":${users},"ok":${ok},"findings":${findingsJson(findings)}}`, findings };
  };
}

/** Less cannot need cleaning where no secret is known: one look in the place of six. */
const suspect = new RegExp(`[^ -[\\]-~]|::|##\\[|_(?:prod|test)_|token_|${jwtStart.source}`);

/** Makes what is said of a line inert, and takes secrets out of it: those of the process, and the signatures of the line. */
type Clean = (json: string, text: string, found?: LineToken) => string;

/**
 * What is said of a token comes from its own JSON and from `expected`: where nothing is to be cleaned in these, neither is in what is
 * said, which is longer.
 */
export function cleaner(secrets: Secrets, expected: unknown): Clean {
  const isClean = (json: string) => (secrets.isEmpty && !suspect.test(json)) || isKept(json);
  const isKept = (json: string) => !json.includes('\\') && secrets.redact(inertJson(json)) === json;
  // Nor can it repeat a signature.
  const isCleanHeader = memo((json: string) => isClean(json) && !/[\w-]{12}/.test(json));
  const isCleanExpected = isClean(JSON.stringify(expected));
  const isCleanToken = ({ token: { signature }, header, payload }: LineToken) =>
    header !== undefined &&
    payload !== undefined &&
    isCleanHeader(header) &&
    isClean(payload) &&
    !mayRepeat(payload, signature);
  return (json, text, found) => {
    if (found && isCleanExpected && isCleanToken(found)) return json;
    return secrets.redact(signaturesIn(text, found?.token).redact(inertJson(json)));
  };
}

function signaturesIn(text: string, token: FoundToken | undefined): Secrets {
  const signatures = new Secrets();
  mapSignatures(text, (signature) => {
    signatures.addSignature(signature);
    return signature;
  });
  if (token) signatures.addSignature(token.signature);
  return signatures;
}
