import { type Node, type ParseError, getNodeValue, parseTree } from 'jsonc-parser';
import { isName } from '../../environments/name.js';
import type { ConfigProblem } from '../../errors.js';
import { surfaces } from '../../scopes/catalogue.js';
import { similar } from '../../scopes/similar.js';
import { apiKeyPattern } from '../../token/api-key.js';
import { parseDuration } from '../../token/duration.js';
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
  const root = parseTree(json, errors, { allowTrailingComma: false, disallowComments: true, allowEmptyContent: true });
  const at = (offset: number) => placeOf(json, offset);
  const [broken] = errors;
  if (broken) return { problems: [{ ...at(broken.offset), problem: 'syntax', subject: '' }] };
  if (root?.type !== 'object') return { problems: [{ ...at(0), problem: 'type', subject: '', expected: 'an object' }] };
  return readObject(root, at);
}

type Place = Pick<ConfigProblem, 'line' | 'column'>;
type At = (offset: number) => Place;

function readObject(root: Node, at: At): Read {
  const properties = (root.children ?? []).map(({ children: [key, value] = [] }) => ({ key: key!, value: value! }));
  const problems: ConfigProblem[] = [];
  const found = (node: Node, problem: Omit<ConfigProblem, keyof Place>) => {
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
  const list = (
    name: Key,
    judge: (text: string) => Omit<ConfigProblem, keyof Place> | undefined,
    required: boolean,
  ) => {
    const node = valueOf(name);
    if (!node && required) found(root, { problem: 'missing', subject: name });
    if (!node) return [];
    return readList(node, name, judge, found);
  };
  const duration = (name: Key) => readDuration(valueOf(name), name, found);
  const minTtl = duration('minTtl')?.seconds;
  const config: SmokeConfig = {
    environments: list('environments', judgeEnvironment, true),
    users: list('users', judgeUser, true),
    surfaces: list('surfaces', judgeSurface, false),
    expiresIn: duration('expiresIn')?.text ?? atLeast(minTtl ?? 0),
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

type Found = (node: Node, problem: Omit<ConfigProblem, keyof Place>) => void;

function isKey(name: string): name is Key {
  return keys.some((key) => key === name);
}

/** The file names environments: who reads it must not learn a key, nor choose where one is sent. */
function unknown(name: string): Omit<ConfigProblem, keyof Place> {
  if (/production/i.test(name)) return { problem: 'production', subject: name };
  if (/key|secret|token|jwt|url|host|endpoint|region/i.test(name)) return { problem: 'secret', subject: name };
  const suggestion = similar(name, [...keys]);
  return { problem: 'unknown', subject: name, ...(suggestion === undefined ? {} : { suggestion }) };
}

function readList(
  node: Node,
  name: Key,
  judge: (text: string) => Omit<ConfigProblem, keyof Place> | undefined,
  found: Found,
): string[] {
  if (node.type !== 'array') {
    found(node, { problem: 'type', subject: name, expected: 'a list of texts' });
    return [];
  }
  const items = node.children ?? [];
  if (items.length === 0) found(node, { problem: 'empty', subject: name });
  const seen = new Set<unknown>();
  for (const item of items) {
    const value: unknown = getNodeValue(item);
    const problem =
      typeof value === 'string' ? judge(value) : ({ problem: 'type', subject: name, expected: 'a text' } as const);
    if (problem) found(item, problem);
    else if (seen.has(value)) found(item, { problem: 'twice', subject: String(value) });
    seen.add(value);
  }
  return items.map((item) => String(getNodeValue(item)));
}

function judgeEnvironment(text: string) {
  if (isName(text)) return undefined;
  // Not repeated: it may be the key itself.
  if (apiKeyPattern.test(text) || text.includes('://')) return { problem: 'secret', subject: 'environments' } as const;
  return { problem: 'environment', subject: text } as const;
}

function judgeUser(text: string) {
  const problem = idProblem(text);
  if (problem === 'api-key') return { problem: 'secret', subject: 'users' } as const;
  return problem && ({ problem: 'user', subject: text, reason: problem } as const);
}

function judgeSurface(text: string) {
  const ids = surfaces.map(({ id }) => id);
  if (ids.includes(text)) return undefined;
  const suggestion = similar(text, ids);
  return { problem: 'surface', subject: text, ...(suggestion === undefined ? {} : { suggestion }) } as const;
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
function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
