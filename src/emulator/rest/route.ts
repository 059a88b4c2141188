import type * as v from 'valibot';
import { type Answer, invalid } from '../answer.js';
import type { Call } from '../call.js';
import { read } from '../schema.js';

/** Who may call: anybody, an API key, or also a user token with the scope (and the user in the path). */
export type Access =
  | { by: 'anyone' }
  | { by: 'key' }
  | { by: 'token'; scope?: string | ((parameters: Parameters) => string); user?: boolean };

/** The parts of the path that a route names, decoded. */
export type Parameters = Record<string, string>;

export interface RestRequest {
  parameters: Parameters;
  query: URLSearchParams;
  /** The parsed body; undefined where there is none. */
  body: unknown;
}

export interface Route {
  method: string;
  /** `/users/:user/tokens`. */
  path: string;
  access: Access;
  answer(request: RestRequest, call: Call): Answer;
}

/** The route for a method and a path. */
export function routeFor(routes: Route[], method: string, path: string) {
  const given = path.split('/');
  for (const route of routes) {
    if (route.method !== method) continue;
    const parameters = parametersIn(route.path, path, given);
    if (parameters) return { route, parameters };
  }
  return undefined;
}

/** The methods that have a route for the path. */
export function methodsFor(routes: Route[], path: string): string[] {
  const given = path.split('/');
  return routes.filter((route) => parametersIn(route.path, path, given)).map(({ method }) => method);
}

function parametersIn(pattern: string, path: string, given: string[]): Parameters | undefined {
  if (pattern === path) return {};
  const expected = pattern.split('/');
  if (expected.length !== given.length) return undefined;
  const parameters: Parameters = {};
  for (const [i, part] of expected.entries()) {
    const value = decoded(given[i]!);
    if (part.startsWith(':') && value) parameters[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return parameters;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/**
 * The body as `schema` has it.
 * @throws {Refusal} 400 with the place and the reason
 */
export function bodyAs<T extends v.GenericSchema>(schema: T, body: unknown): v.InferOutput<T> {
  const found = read(schema, body);
  if ('problem' in found) throw invalid(found.problem);
  return found.value;
}

export const noContent: Answer = { status: 204 };
