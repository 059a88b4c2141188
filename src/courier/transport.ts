/** One HTTP exchange, as plain data. The embedded Courier answers it in-process, `https.ts` over the network. */
export interface Transport {
  /**
   * Resolves with whatever status the server gave.
   * @throws {Failure} `courier.unreachable`, `courier.timeout`, `courier.nonsense` (too large) or `interrupted.signal`
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** Covers the whole exchange, the body included; in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string | undefined>;
  body: string;
}
