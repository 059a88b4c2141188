/**
 * Every way a command can fail, with the facts that its sentence needs. The sentences stand in
 * `output/messages/failures.ts`; the family (what stands before the first dot) decides the exit code in `cli.ts`.
 */
export interface FailureFacts {
  // usage: exit 2
  'usage.parser': { message: string; command?: string | undefined };
  'usage.unknown-command': { word: string; suggestion?: string[] | undefined };
  'usage.token-first': Record<never, never>;
  'usage.key-in-argv': { option?: string; name?: string; command?: string };
  'usage.unknown-option': { option: string; command: string; suggestion?: string | undefined };
  'usage.token-option': { option: string };
  'usage.option-first': { option: string; command: string };
  /** Of the library. */
  'usage.option': { option: string; known: string[]; suggestion?: string | undefined };
  'usage.no-value': { option: string; next: string };
  'usage.value': { option: string; value: string; reason: string; suggestion?: string | undefined };
  'usage.excess': { command: string; suggestion?: string[] | undefined; takesToken?: boolean };
  /** Of `exec`: a word too many before `--`. */
  'usage.no-dashes': { word: string; suggestion?: string[] | undefined };
  'usage.repeated': { option: string };
  'usage.conflict': { options: string[]; reason?: string | undefined };
  'usage.needs': { option: string; needs: string };
  'usage.missing': { option: string; command: string };
  'usage.needs-yes': { what: string; option: string };
  'usage.file': { option: string; path: string; reason: string };
  /** `path` is empty for what the library was given. */
  'usage.seed': { path: string; problem: string };
  /** A line that names no user. `subject`: what of it. */
  'usage.user-line': { problem: UserLineProblem; subject?: string; suggestion?: string };
  'usage.no-users': { path: string };
  'usage.users-array': Record<never, never>;
  'usage.users-csv': { header: string };
  /** Without a `column`, none of the columns looks like the users'. */
  'usage.users-column': { column?: string; columns: string[] };
  'usage.users-twice': { column: string };
  /** What `--resume` reads and `issue --users` did not write. */
  'usage.resume': { path: string; line: number };
  'usage.no-config': { path: string };
  'usage.config': { path: string; problems: ConfigProblem[] };
  'usage.listen': { host: string; port: number; reason: string };
  'usage.node-debug': { value: string; isToken?: boolean; isInput?: boolean };
  'usage.base-url': { url: string; reason: 'invalid' | 'plain-http' | 'credentials'; option?: string };
  'usage.mixed-sources': { key: string; url: string };
  'usage.region-with-base-url': { environment: string; baseUrl: string };
  'usage.reserved-name': { name: string; action: string };
  'usage.exists': { name: string };
  'usage.file-exists': { option: string; path: string };
  'usage.unwritable': { option: string; path: string; reason: string };
  'usage.declined': { what: string };

  // a token that cannot be read: exit 2
  'token.no-source': Record<never, never>;
  'token.two-sources': { sources: string[] };
  'token.empty': { source: string };
  'token.too-large': { limitBytes: number };
  /** Of a line of JSON. */
  'token.not-at-path': { path: string };
  /** `path`: what was given may be a file's. */
  'token.none': { bytes: number; binary: boolean; path?: string };
  'token.ambiguous': { candidates: { users: string[]; expiresAt: string | null; place: number }[] };
  'token.api-key': { prefix: string };
  'token.client-key': Record<never, never>;
  'token.cut-short': { segments: number; inside: 'header' | 'payload' | 'signature' };
  'token.unsigned': { algorithm: string };
  'token.encrypted': Record<never, never>;
  'token.part': { part: 'header' | 'payload'; problem: 'base64url' | 'json' | 'array' | 'null' | 'not-an-object' };

  // what was asked cannot be minted: exit 2
  /** `option`: `--user` unless given. */
  'user.invalid': { user: string; problem: UserProblem; option?: string };
  'tenant.invalid': { tenant: string; problem: UserProblem | 'colon' };
  'tenant.unused': { tenant: string };
  'scope.user-id': { scope: string };
  'scope.invalid': { scope: string };
  'duration.invalid': { option: string; value: string; problem: DurationProblem };
  'production.unconfirmed': { environment: string; how: 'recorded' | 'prefix' | 'minted' };
  'production.refused': { environment: string; how: 'recorded' | 'prefix' | 'minted' | 'untold' };
  'request.rejected': { status: number; message: string | null };

  // credentials: exit 3
  /** `variables`: where it was looked for, and nowhere else; `kept`: environments that could be chosen; `empty`: a variable. */
  'key.missing': { variables?: string[]; kept?: string[]; empty?: string };
  'key.malformed': { source: string; problem: KeyProblem };
  'key.refused': { status: number; environment: string; host: string };
  'environment.unknown': {
    name: string;
    known: string[];
    suggestion?: string | undefined;
    source: string;
    /** The variable that would have given its key. */
    empty?: string;
  };
  'environment.none': Record<never, never>;
  'environment.broken': { name: string; path: string; problem: 'empty' | 'not-json' | 'not-ours' };
  'environment.default-broken': { path: string; problem: 'empty' | 'not-json'; known: string[] };
  'environment.unreadable': { path: string; reason: string };
  'environment.unwritable': { path: string; reason: string };
  'environment.different': { name: string; before: string; after: string };
  'keychain.unavailable': { name: string };
  'keychain.timeout': { name: string; seconds: number };
  'keychain.refused': { name: string; reason: string };
  'keychain.missing': { name: string };

  // could not tell: exit 4
  'courier.unreachable': { host: string; reason: NetworkReason; detail: string };
  'courier.timeout': { host: string; seconds: number };
  'courier.redirect': { host: string; status: number; location: string };
  'courier.rate-limited': { host: string; retryAfterSeconds: number | null };
  'courier.unavailable': { host: string; status: number };
  'courier.status': { host: string; status: number; message: string | null };
  'courier.nonsense': { host: string; problem: NonsenseProblem };
  'output.failed': { reason: string };
  'output.shared': Record<never, never>;
  'internal.error': { message: string };

  // a command that cannot be run: exit 127 and 126, as shells have it
  'exec.not-found': { command: string };
  'exec.not-runnable': { command: string; reason: string };

  // exit 130
  /** `resume`: the file that a run of many can go on with. */
  'interrupted.signal': { resume?: string };
}

/** What is wrong at a place in `courier-jwt.config.json`. */
export interface ConfigProblem {
  /** From 1. */
  line: number;
  column: number;
  problem:
    | 'syntax'
    | 'type'
    | 'unknown'
    | 'missing'
    | 'empty'
    | 'twice'
    | 'secret'
    | 'production'
    | 'environment'
    | 'user'
    | 'surface'
    | 'duration'
    | 'too-short';
  /** The key, or the value. */
  subject: string;
  expected?: string;
  reason?: string;
  suggestion?: string;
}

export type FailureCode = keyof FailureFacts;
export type UserLineProblem =
  | 'too-long'
  | 'not-utf8'
  | 'json'
  | 'no-user'
  | 'type'
  | 'unknown'
  | 'csv-quote'
  | 'csv-short';
export type UserProblem = 'empty' | 'whitespace' | 'unseen' | 'placeholder' | 'unpaired-surrogate' | 'api-key';
export type DurationProblem =
  | 'no-unit'
  | 'not-positive'
  | 'ambiguous-month'
  | 'too-short'
  | 'too-long'
  | 'not-a-duration';
export type KeyProblem =
  | 'empty'
  | 'whitespace'
  | 'newline'
  | 'quoted'
  | 'too-short'
  | 'not-ascii'
  | 'jwt'
  | 'client-key';
export type NetworkReason = 'refused' | 'dns' | 'dropped' | 'certificate' | 'proxy' | 'other';
export type NonsenseProblem = 'not-json' | 'no-token' | 'not-a-jwt' | 'not-asked-for' | 'too-large';

/** Of several things that are alike, which one failed: `A (token.txt)`. */
interface Whose {
  of?: string;
}

/** A foreseen failure: a stable code and the facts behind it. Never holds a key or a token's signature. */
export class Failure<C extends FailureCode = FailureCode> extends Error {
  override readonly name = 'Failure';
  readonly code: C;
  readonly facts: FailureFacts[C] & Whose;

  constructor(code: C, facts: FailureFacts[C] & Whose, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.facts = facts;
  }
}

/** Whether `error` is the failure `code`, narrowing its facts. */
export function isFailure<C extends FailureCode>(error: unknown, code: C): error is Failure<C> {
  return error instanceof Failure && error.code === code;
}

/**
 * The failure that a report can tell of, among what else it found.
 * @throws what is none: usage, an interruption and what nobody foresaw end the whole command
 */
export function tellable(error: unknown): Failure {
  if (error instanceof Failure && !['usage', 'interrupted'].includes(familyOf(error.code))) return error;
  throw error;
}

/** The family of a code: `token` of `token.cut-short`. */
export function familyOf(code: string): string {
  return code.slice(0, code.indexOf('.'));
}

/** The errno name of an I/O error (`EACCES`), or its message where there is none. */
export function errnoOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : String(message ?? error);
}
