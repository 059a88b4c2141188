import { type Node, type ParseError, getNodeValue, parseTree, printParseErrorCode } from 'jsonc-parser';
import { isName } from '../../environments/name.js';
import type { ConfigProblem } from '../../errors.js';
import { surfaces } from '../../scopes/catalogue.js';
import { similar } from '../../scopes/similar.js';
import { apiKeyPattern } from '../../token/api-key.js';
import { parseDuration } from '../../token/duration.js';
import { jwtStart } from '../../token/signatures.js';
import { idProblem } from '../../token/user.js';

/** What `courier-jwt.config.json` says; `config.schema.json` beside this file says the same to editors. */
export interface SmokeConfig {
  environments: string[];
  users: string[];
  /** Surface ids; without any, the how-to's set. */
  surfaces: string[];
  /** What tokens are minted for, in the grammar of the npm package `ms`; a day, or whole days for `minTtl`, unless given. */
  expiresIn: string;
  /** In seconds. */
  minTtl: number | undefined;
  online: boolean;
  /** Of one mint, in seconds. */
  maxLatency: number | undefined;
  /** The line of each environment. */
  lines: Map<string, number>;
}

type Read = { config: SmokeConfig } | { problems: ConfigProblem[] };

/** Without a mark at its end every key is known by name: what is not would be a check that does nothing. */
const keys = ['$schema', 'environments', 'users', 'surfaces', 'expiresIn', 'minTtl', 'online', 'maxLatency'] as const;
type Key = (typeof keys)[number];

/** Reads the file's text: all that is wrong with it at once, each with its place. */
export function readConfig(text: string): Read {
  const json = text.replace(/^\uFEFF/, '');
  const errors: ParseError[] = [];
  const root = treeOf(json, errors);
  const at = placesIn(json);
  const [broken] = errors;
  if (broken) return { problems: [{ ...at(broken.offset), problem: 'syntax', subject: '', ...reasonOf(broken) }] };
  if (root?.type !== 'object') return { problems: [{ ...at(0), problem: 'type', subject: '', expected: 'an object' }] };
  return readObject(root, at);
}

/** What people who write configuration expect JSON to have. */
function reasonOf({ error }: ParseError): { reason?: string } {
  const reasons: Record<string, string> = {
    InvalidCommentToken: 'a comment',
    PropertyNameExpected: 'a comma too many, or a name without quotation marks',
    ValueExpected: 'a value is missing, or there is a comma too many',
    CommaExpected: 'a comma is missing',
    CloseBraceExpected: 'a } is missing',
    CloseBracketExpected: 'a ] is missing',
  };
  const reason = reasons[printParseErrorCode(error)];
  return reason === undefined ? {} : { reason };
}

type Place = Pick<ConfigProblem, 'line' | 'column'>;
type At = (offset: number) => Place;
type Problem = Omit<ConfigProblem, keyof Place>;

function readObject(root: Node, at: At): Read {
  const properties = (root.children ?? []).map(({ children: [key, value] = [] }) => ({ key: key!, value: value! }));
  const problems: ConfigProblem[] = [];
  const found = (node: Node, problem: Problem) => {
    problems.push({ ...at(node.offset), ...problem });
  };
  const seen = new Set<string>();
  for (const { key } of properties) {
    const name = key.value as string;
    if (!isKey(name)) found(key, unknown(name));
    else if (seen.has(name)) found(key, { problem: 'twice', subject: name });
    seen.add(name);
  }
  const valueOf = (name: Key) => properties.find(({ key }) => key.value === name)?.value;
  const list = (name: Key, judge: (text: string) => Problem | undefined, required: boolean) => {
    const node = valueOf(name);
    if (!node && required) found(root, { problem: 'missing', subject: name });
    if (!node) return [];
    return readList(node, name, judge, found);
  };
  const duration = (name: Key) => readDuration(valueOf(name), name, found);
  const minTtl = duration('minTtl')?.seconds;
  const expiresIn = duration('expiresIn');
  if (expiresIn && minTtl !== undefined && expiresIn.seconds < minTtl)
    found(valueOf('expiresIn')!, { problem: 'too-short', subject: expiresIn.text });
  const config: SmokeConfig = {
    environments: list('environments', judgeEnvironment, true),
    users: list('users', judgeUser, true),
    surfaces: list('surfaces', judgeSurface, false),
    expiresIn: expiresIn?.text ?? atLeast(minTtl ?? 0),
    minTtl,
    online: readBoolean(valueOf('online'), 'online', found),
    maxLatency: duration('maxLatency')?.seconds,
    lines: new Map(
      (valueOf('environments')?.children ?? []).map((node) => [String(getNodeValue(node)), at(node.offset).line]),
    ),
  };
  const inOrder = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return problems.length > 0 ? { problems: inOrder } : { config };
}

type Found = (node: Node, problem: Problem) => void;

function isKey(name: string): name is Key {
  return keys.some((key) => key === name);
}

/** The file names environments: who reads it must not learn a key, nor choose where one is sent. */
function unknown(name: string): Problem {
  if (isSecret(name)) return { problem: 'secret', subject: 'a key of the file' };
  if (/production/i.test(name)) return { problem: 'production', subject: name };
  if (/key|secret|token|jwt|url|host|endpoint|region/i.test(name)) return { problem: 'secret', subject: name };
  const suggestion = similar(name, [...keys]);
  return { problem: 'unknown', subject: name, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** Two parts of a JWT; not `KeyJane.doe`. */
const token = new RegExp(`(?<![\\w-])${jwtStart.source}[\\w-]{8,}\\.[\\w-]`);

/** An API key, a token, or a URL, which may hold either. What is one is not repeated. */
function isSecret(text: string): boolean {
  return apiKeyPattern.test(text) || token.test(text) || text.includes('://');
}

function readList(node: Node, name: Key, judge: (text: string) => Problem | undefined, found: Found): string[] {
  if (node.type !== 'array') {
    found(node, { problem: 'type', subject: name, expected: 'a list of texts' });
    return [];
  }
  const items = node.children ?? [];
  if (items.length === 0) found(node, { problem: 'empty', subject: name });
  const seen = new Set<unknown>();
  for (const item of items) {
    const value: unknown = getNodeValue(item);
    const problem = problemOf(value, name, judge);
    if (problem) found(item, problem);
    else if (seen.has(value)) found(item, { problem: 'twice', subject: String(value) });
    seen.add(value);
  }
  return items.map((item) => String(getNodeValue(item)));
}

function problemOf(value: unknown, name: Key, judge: (text: string) => Problem | undefined): Problem | undefined {
  if (typeof value !== 'string') return { problem: 'type', subject: `each of ${name}`, expected: 'a text' };
  return isSecret(value) ? { problem: 'secret', subject: name } : judge(value);
}

function judgeEnvironment(text: string): Problem | undefined {
  return isName(text) ? undefined : { problem: 'environment', subject: text };
}

function judgeUser(text: string): Problem | undefined {
  const reason = idProblem(text);
  return reason && { problem: 'user', subject: text, reason };
}

function judgeSurface(text: string): Problem | undefined {
  const ids = surfaces.map(({ id }) => id);
  if (ids.includes(text)) return undefined;
  const suggestion = similar(text, ids);
  return { problem: 'surface', subject: text, ...(suggestion === undefined ? {} : { suggestion }) };
}

function readDuration(node: Node | undefined, name: Key, found: Found): { text: string; seconds: number } | undefined {
  if (!node) return undefined;
  const text: unknown = getNodeValue(node);
  if (typeof text !== 'string') {
    found(node, { problem: 'type', subject: name, expected: 'a duration, such as "1h"' });
    return undefined;
  }
  const parsed = parseDuration(text);
  if ('seconds' in parsed) return { text, seconds: parsed.seconds };
  found(node, { problem: 'duration', subject: text, reason: parsed.problem });
  return undefined;
}

function readBoolean(node: Node | undefined, name: Key, found: Found): boolean {
  const value: unknown = node ? getNodeValue(node) : false;
  if (typeof value === 'boolean') return value;
  found(node!, { problem: 'type', subject: name, expected: 'true or false' });
  return false;
}

/** Whole days that leave an hour to spare. */
function atLeast(minTtl: number): string {
  return `${Math.max(1, Math.ceil((minTtl + 3600) / 86_400))}d`;
}

/** From 1, in UTF-16 units, as editors count. */
function placesIn(text: string): At {
  const starts = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map(({ index, 0: { length } }) => index + length)];
  return (offset) => {
    let [line, beyond] = [0, starts.length];
    while (beyond - line > 1) {
      const middle = (line + beyond) >> 1;
      if (starts[middle]! <= offset) line = middle;
      else beyond = middle;
    }
    return { line: line + 1, column: offset - starts[line]! + 1 };
  };
}

/** Nothing for what is nested deeper than a stack is. */
function treeOf(text: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(text, errors, { allowTrailingComma: false, disallowComments: true, allowEmptyContent: true });
  } catch {
    return undefined;
  }
}
