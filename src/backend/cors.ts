import { type Answer, type Call, Refusal } from './call.js';

/** Whether a page of this origin, of another one than the endpoint's own, may call. */
export type Allows = (origin: string) => boolean;

/** What a browser must be told for the page to read the answer: that page by name, for its cookies come along. */
export function corsHeaders(call: Call, allows: Allows): Record<string, string> {
  const origin = call.header('origin');
  if (origin === undefined || !allows(origin)) return { vary: 'Origin' };
  return { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', vary: 'Origin' };
}

export function isPreflight(call: Call): boolean {
  return call.method === 'OPTIONS' && call.header('access-control-request-method') !== undefined;
}

/** @throws {Refusal} */
export function preflight(call: Call, allows: Allows): Answer {
  const { vary, ...allowed } = corsHeaders(call, allows);
  if (Object.keys(allowed).length === 0) throw foreign();
  return {
    status: 204,
    headers: {
      ...allowed,
      vary: `${vary}, Access-Control-Request-Headers`,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': call.header('access-control-request-headers') ?? 'content-type',
      'access-control-max-age': '600',
    },
    body: '',
  };
}

/**
 * A page of another site that sends a form here could not read the answer; but each would be a token minted.
 * @throws {Refusal}
 */
export function refuseForeign(call: Call, allows: Allows): void {
  const origin = call.header('origin');
  if (call.header('sec-fetch-site') === 'cross-site' && !(origin !== undefined && allows(origin))) throw foreign();
}

function foreign(): Refusal {
  return new Refusal(403, 'origin.refused', 'Forbidden');
}
