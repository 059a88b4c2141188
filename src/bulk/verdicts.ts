import { checkerFor } from '../checks/check-token.js';
import type { Expectations } from '../checks/expectations.js';
import { checkShape } from '../checks/shape.js';
import { checkTime } from '../checks/time.js';
import { Failure } from '../errors.js';
import { memo } from '../memo.js';
import { inertJson } from '../output/escape.js';
import { explain } from '../output/messages/failures.js';
import { alone } from '../output/messages/unmade.js';
import { Secrets, mayRepeat, tellingRun } from '../output/secrets.js';
import { type Finding, exitCodeOf, makeReport } from '../report.js';
import { readClaims } from '../token/claims.js';
import type { FoundToken } from '../token/find.js';
import { jwtStart, mapSignatures } from '../token/signatures.js';
import { type TokenView, viewToken } from '../token/view.js';
import { FindingsJson } from './findings-json.js';
import { flatJson } from './flat-json.js';
import type { Line } from './lines.js';
import type { LineToken } from './read-line.js';
import { type Tally, addFailure, addFindings, isTelling } from './tally.js';

/** What a command says of a token. */
interface Said {
  document: object;
  /** The JSON of `document`, where that was told quickly and nothing in it is to be cleaned. */
  json: string | undefined;
  /** What is to be counted of it. */
  telling: Finding[];
}

/** `now` in seconds. */
export type Judge = (found: LineToken, line: number, now: number) => Said;

interface Way {
  read(line: Line): LineToken;
  judge: Judge;
  cleaner: Cleaner;
}

/** A line for each line that was read, in the same order, each with its end. `now` in seconds. */
export function verdictsOf(lines: Line[], { read, judge, cleaner }: Way, tally: Tally, now: number): string {
  const verdict = (line: Line) => {
    try {
      const found = read(line);
      const { json, document, telling } = judge(found, line.number, now);
      addFindings(tally, telling);
      return json ?? cleaner.clean(JSON.stringify(document), line.text, found.token);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      addFailure(tally, error.code);
      return cleaner.clean(failureJson(error, line.number), line.text);
    }
  };
  const verdicts = lines.map(verdict);
  // So all of it is joined at once: to add to a long text is to copy it when it is written.
  verdicts.push('');
  return verdicts.join('\n');
}

function failureJson(failure: Failure, line: number): string {
  return JSON.stringify({ line, error: { code: failure.code, message: alone(explain(failure).message) } });
}

/** `decode`: what is in the token. It judges nothing. */
export function decoding({ isInert }: Cleaner): Judge {
  // Nor can it repeat a signature.
  const headerJson = memo((json: string) =>
    isInert(json) && !tellingRun.test(json) ? JSON.stringify(JSON.parse(json)) : undefined,
  );
  return ({ token, header, payload }, _, now) => {
    const claims = readClaims(token.payload);
    const findings = [...checkShape(token, claims, false, []), ...checkTime(claims, {}, now, [])];
    const telling = findings.filter(isTelling).map((one) => ({ ...one, status: 'warn' as const }));
    const document = viewToken(token, now, claims);
    const isClean = payload !== undefined && isInert(payload) && !mayRepeat(payload, token.signature);
    const known = isClean && header !== undefined ? headerJson(header) : undefined;
    return { document, json: known && viewJson(document, known, flatJson(token.payload, payload!)), telling };
  };
}

/** Of a token whose own JSON is clean, and so is what comes from it. */
function viewJson({ users, scopes, time, workspace, signature }: TokenView, header: string, payload: string): string {
  const { state, issuedAt, expiresAt, remainingSeconds } = time;
  const times = `"issuedAt":${plain(issuedAt)},"expiresAt":${plain(expiresAt)}`;
  const left = JSON.stringify(remainingSeconds);
  const from = `"tenantId":${plain(workspace.tenantId)},"tenantScope":${plain(workspace.tenantScope)}`;
  const said = `{"header":${header},"payload":${payload},"users":${plainList(users)},"scopes":${plainList(scopes)}`;
  return `${said},"time":{"state":"${state}",${times},"remainingSeconds":${left}},"workspace":{${from}},"signature":"${signature}"}`;
}

function plain(text: string | null): string {
  return text === null ? 'null' : `"${text}"`;
}

function plainList(texts: string[]): string {
  return texts.length === 0 ? '[]' : `["${texts.join('","')}"]`;
}

/** `check-scopes`: what it lacks. */
export function checking(expected: Expectations, strict: boolean, { isInert }: Cleaner): Judge {
  const check = checkerFor(expected);
  const quick = new FindingsJson(isInert);
  return ({ token, payload }, line, now) => {
    const claims = readClaims(token.payload);
    const all = check(token, claims, now);
    const { findings } = strict ? makeReport(all, { strict }) : { findings: all };
    const telling = findings.filter(isTelling);
    const ok = exitCodeOf(telling) === 0;
    const document = { line, users: claims.users, ok, findings };
    const users = payload && quick.list(claims.users, token.signature);
    const found = users && quick.of(findings, token.signature);
    return { document, json: found && `{"line":${line},"users":${users},"ok":${ok},"findings":${found}}`, telling };
  };
}

/** What is all seen and has none of the others is never cleaned, where no secret is known: two looks in the place of six. */
const seen = /^[ -[\]-~]*$/;
/** The same of a short one, in one look: ids and times. */
const plainWord = /^(?:[A-Za-z\d@-]|:(?!:))*$/;
const suspect = new RegExp(`::|##\\[|_(?:prod|test)_|token_|${jwtStart.source}`);

/** Makes what is said of a line inert, and takes secrets out of it: those of the process, and the signatures of the line. */
export interface Cleaner {
  clean(json: string, line: string, token?: FoundToken): string;
  /** Whether a text stays as it is, unless it repeats a signature. */
  isInert(text: string): boolean;
}

export function cleanerOf(secrets: Secrets): Cleaner {
  const isKept = (text: string) => !text.includes('\\') && secrets.redact(inertJson(text)) === text;
  return {
    clean(json, line, token) {
      const inert = inertJson(json);
      return secrets.redact(signaturesFor(inert, line, token).redact(inert));
    },
    isInert: (text) =>
      (secrets.isEmpty && (plainWord.test(text) || (seen.test(text) && !suspect.test(text)))) || isKept(text),
  };
}

/** In a longer text, to look for a signature takes longer than to keep it. */
const longestLookedIn = 4096;

/** The signatures of a line, without those that `json` cannot repeat: a line may have thousands. */
function signaturesFor(json: string, line: string, token: FoundToken | undefined): Secrets {
  const signatures = new Secrets();
  const add = (signature: string) => {
    // What is no base64url has more than one way to be written.
    const mayStand = json.length > longestLookedIn || /[^\w-]/.test(signature) || mayRepeat(json, signature);
    if (mayStand) signatures.addSignature(signature);
    return signature;
  };
  mapSignatures(line, add);
  if (token) add(token.signature);
  return signatures;
}
