import * as v from 'valibot';
import { Refusal, errorAnswer, notFound } from '../answer.js';
import { isoOf } from '../clock.js';
import { type MarkEvent, mark } from '../inbox.js';
import { announced } from '../realtime.js';
import { object } from '../schema.js';
import { deliver, sendSchema } from '../send.js';
import { type Message, type World, trackings } from '../world.js';
import { type Route, bodyAs } from './route.js';

const inboundSchema = v.object({
  event: v.pipe(v.string(), v.nonEmpty()),
  messageId: v.pipe(v.string(), v.nonEmpty()),
  type: v.literal('track'),
  userId: v.nullish(v.string()),
  properties: v.nullish(object),
});

const trackingSchema = v.object({ event: v.picklist(['CLICKED', 'DELIVERED', 'OPENED', 'READ', 'UNREAD']) });

/** That a message was delivered changes nothing that an inbox shows. */
const tracked: Record<string, MarkEvent | undefined> = {
  CLICKED: 'clicked',
  OPENED: 'opened',
  READ: 'read',
  UNREAD: 'unread',
};

/** Sending, and what comes back of it. */
export const eventRoutes: Route[] = [
  {
    method: 'POST',
    path: '/send',
    access: { by: 'key' },
    answer: ({ body }, call) => {
      const { message } = bodyAs(sendSchema, body);
      const delivered = deliver(call.world, message, call);
      for (const one of delivered) call.publish(announced(one), { user: one.user, tenant: one.tenant });
      const inboxes = delivered.map(({ user, tenant }) => (tenant === null ? user : `${user} of ${tenant}`));
      call.note(inboxes.length === 0 ? 'lands in no inbox' : `to ${inboxes.slice(0, 5).join(', ')}`);
      // Of one recipient it is the message's own id.
      const requestId = delivered.length === 1 ? delivered[0]!.messageId : call.newMessageId();
      return { status: 202, body: { requestId } };
    },
  },
  {
    // The web SDK calls it with a client key, which is public.
    method: 'POST',
    path: '/inbound/courier',
    access: { by: 'anyone' },
    answer: ({ body }, { world, now }) => {
      const { event, messageId, userId = null, properties } = bodyAs(inboundSchema, body);
      if (world.events.some((one) => one.messageId === messageId))
        throw new Refusal(errorAnswer(409, `messageId ${messageId} was used before`));
      world.events.push({ event, messageId, userId, properties: properties ?? {}, received: isoOf(now) });
      return { status: 202, body: { messageId } };
    },
  },
  {
    // Whoever has the link of a message may say what became of it.
    method: 'POST',
    path: '/t/:tracking',
    access: { by: 'anyone' },
    answer: ({ parameters: { tracking }, body }, call) => {
      const { event } = bodyAs(trackingSchema, body);
      const environment = call.reach.find((name) => trackedIn(call.worlds[name], tracking!));
      if (!environment) throw notFound('Tracking id not found');
      const message = trackedIn(call.worlds[environment], tracking!)!;
      const marked = tracked[event];
      if (marked) {
        mark(message, marked, call.now);
        const { messageId, user, tenant } = message;
        call.publish({ event: marked, messageId }, { environment, user, tenant });
      }
      return { status: 200, body: { messageId: message.messageId } };
    },
  },
];

function trackedIn(world: World, tracking: string): Message | undefined {
  return world.messages.find(({ trackingIds }) =>
    trackings.some((kind) => trackingIds[`${kind}TrackingId`] === tracking),
  );
}
