/** One HTTP exchange, as plain data. The embedded Courier answers it in-process, `https.ts` over the network. */
export interface Transport {
  /**
   * Resolves with whatever status the server gave.
   * @throws {Failure} `courier.unreachable`, `courier.timeout`, `courier.nonsense` (too large) or `interrupted.signal`
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** HTTP, and the realtime socket. */
export interface Network extends Transport {
  /**
   * Opens a WebSocket and closes it. Resolves with the status of the handshake: 101 when it was let in.
   * @throws {Failure} as `send`
   */
  openSocket(request: SocketRequest): Promise<{ status: number }>;
}

/** And for runs of many. */
export interface WideNetwork extends Network {
  /** As `send`, for thousands of requests a second. */
  sendMany(request: HttpRequest): Promise<HttpResponse>;
}

export interface SocketRequest {
  /** `wss://…`; what is in its query may be secret. */
  url: string;
  headers: Record<string, string>;
  /** In milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'OPTIONS';
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
