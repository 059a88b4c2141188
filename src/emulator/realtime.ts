import type { Caller, EnvironmentName } from './caller.js';
import type { MarkAllEvent, MarkEvent } from './inbox.js';
import type { Message } from './world.js';

/** One end of a socket. */
export interface Connection {
  send(frame: string): void;
  close(code: number, reason: string): void;
}

/** Source: `InboxMessageEventEnvelope` of @trycourier/courier-js. */
export type Envelope =
  | { event: 'message'; data: unknown }
  | { event: MarkEvent; messageId: string }
  | { event: MarkAllEvent };

export interface Audience {
  environment: EnvironmentName;
  user: string;
  /** A tenant's messages reach those who subscribed to that tenant; undefined reaches all of the user's connections. */
  tenant?: string | null;
  /** The connection that the event comes from knows of it already. */
  except?: string | undefined;
}

interface Member {
  caller: Caller;
  user: string;
  clientId: string | null;
  connection: Connection;
  /** Undefined until it subscribes. */
  subscription: { tenant: string | null } | undefined;
}

/** Policy violation. Source: RFC 6455, 7.4.1. */
const policyViolation = 1008;

/** Seconds between pings of a client, and how many may be unanswered. Source: the defaults of @trycourier/courier-js. */
const config = { pingInterval: 60, maxOutstandingPings: 3 };

/** The connections of Courier's realtime service, and what it says to them. */
export class Realtime {
  readonly #members = new Set<Member>();

  get size(): number {
    return this.#members.size;
  }

  /** A connection whose token was judged. Gives what to do with its frames, and when it has ended. */
  connect(caller: Caller, user: string, clientId: string | null, connection: Connection) {
    const member: Member = { caller, user, clientId, connection, subscription: undefined };
    this.#members.add(member);
    return {
      receive: (frame: string) => this.#receive(member, frame),
      ended: () => void this.#members.delete(member),
    };
  }

  /** Says it to the audience. A token that has expired by `now` hears nothing any more. */
  publish(envelope: Envelope, { environment, user, tenant, except }: Audience, now: number): void {
    for (const member of this.#members) {
      const { caller, subscription } = member;
      if (member.user !== user || caller.environment !== environment || !subscription) continue;
      if (tenant !== undefined && tenant !== subscription.tenant) continue;
      if (except !== undefined && member.clientId === except) continue;
      if (caller.expiresAt !== null && caller.expiresAt <= now) this.#refuse(member);
      else member.connection.send(JSON.stringify(envelope));
    }
  }

  closeAll(code: number, reason: string): void {
    for (const { connection } of this.#members) connection.close(code, reason);
    this.#members.clear();
  }

  /** What is no frame of the protocol is ignored, as something that a later one may have. */
  #receive(member: Member, text: string): void {
    const frame = frameIn(text);
    if (!frame) return;
    const { action, tid, data } = frame;
    const answer = (response: object) => member.connection.send(JSON.stringify({ tid, ...response }));
    if (action === 'ping') answer({ response: 'pong' });
    if (action === 'get-config') answer({ response: 'config', data: config });
    if (action === 'subscribe') {
      // A channel is a user: somebody else's is not to be had.
      if (data.channel !== member.user) return this.#refuse(member);
      member.subscription = { tenant: typeof data.accountId === 'string' ? data.accountId || null : null };
      answer({ response: 'ack' });
    }
    if (action === 'unsubscribe') {
      member.subscription = undefined;
      answer({ response: 'ack' });
    }
  }

  #refuse(member: Member): void {
    this.#members.delete(member);
    member.connection.close(policyViolation, 'Unauthorized');
  }
}

function frameIn(text: string): { action: string; tid: string | undefined; data: Record<string, unknown> } | undefined {
  try {
    const { action, tid, data } = JSON.parse(text) as Record<string, unknown>;
    if (typeof action !== 'string') return undefined;
    return {
      action,
      tid: typeof tid === 'string' ? tid : undefined,
      data: ((typeof data === 'object' ? data : null) as Record<string, unknown> | null) ?? {},
    };
  } catch {
    return undefined;
  }
}

/** A new message as a socket tells of it. Source: `InboxMessage` of @trycourier/courier-js. */
export function announced({ messageId, title, body, created, tags, data, actions, trackingIds }: Message): Envelope {
  const preview = body;
  return { event: 'message', data: { messageId, title, body, preview, created, tags, data, actions, trackingIds } };
}
