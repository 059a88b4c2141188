/** A request to the endpoint, as far as it is looked at: the same from a web-standard server and from Node's. */
export interface Call {
  method: string;
  header(name: string): string | undefined;
  /**
   * All of the body as text; undefined where it is longer than `longestBody`.
   * @throws {Refusal} where its sender went away
   */
  body(): Promise<string | undefined>;
  /** Web-standard, for whoever knows the session. */
  request(): Request;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** In bytes: no user id needs a tenth of it. */
export const longestBody = 10_000;

/** Why a call gets no token: what the client is told, and a code for the log. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: RefusalCode,
    message: string,
    /** Whom it was about, where the session is known. */
    readonly user: string | null = null,
  ) {
    super(message);
  }

  /** The same, where it is known whom it is about. */
  of(user: string): Refusal {
    return new Refusal(this.status, this.code, this.message, user);
  }
}

/** Nobody hears it; the log tells it from what went wrong inside. */
export function cutShort(): Refusal {
  return new Refusal(400, 'body.cut-short', 'The body is not complete');
}

export type RefusalCode =
  | 'host.refused'
  | 'path.unknown'
  | 'method.not-allowed'
  | 'origin.refused'
  | 'session.missing'
  | 'user.mismatch'
  | 'user.refused'
  | 'user.missing'
  | 'user.invalid'
  | 'body.malformed'
  | 'body.cut-short'
  | 'body.too-large';
