import type { Verdict } from '../request-entry.js';

/** What goes back: JSON, or nothing; or a text, whose type is in the headers. */
export interface Answer {
  status: number;
  body?: unknown;
  text?: string;
  headers?: Record<string, string>;
}

/** Courier's error types by status. Source: https://www.courier.com/docs/reference/errors. */
const types: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'authorization_error',
  404: 'invalid_request_error',
  405: 'invalid_request_error',
  409: 'invalid_request_error',
  413: 'invalid_request_error',
  429: 'rate_limit_error',
};

/** An error as Courier words it: `{message, type}`. */
export function errorAnswer(status: number, message: string, headers?: Record<string, string>): Answer {
  const body = { message, type: types[status] ?? 'api_error' };
  return headers ? { status, body, headers } : { status, body };
}

/** What goes over the wire, with 500 where the body has no text: it would be longer than any, or nested without end. */
export function inText({ status, body, text, headers }: Answer): {
  status: number;
  text: string | undefined;
  headers: Answer['headers'];
} {
  try {
    return { status, text: text ?? JSON.stringify(body), headers };
  } catch {
    return { status: 500, text: JSON.stringify(errorAnswer(500, 'Internal Server Error').body), headers };
  }
}

/** Ends the work on a request with this answer; with a verdict where its credentials are the reason. */
export class Refusal extends Error {
  readonly answer: Answer;
  readonly verdict: Verdict | undefined;

  constructor(answer: Answer, verdict?: Verdict) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
    this.verdict = verdict;
  }
}

export const invalid = (message: string) => new Refusal(errorAnswer(400, message));
export const notFound = (message = 'Not Found') => new Refusal(errorAnswer(404, message));
