import { expect, it } from 'vitest';
import { backend } from './support.js';

/** A body that comes in parts; `broken`: and breaks off. `cancelled` tells whether no more was wanted. */
function streamed(parts: (string | Uint8Array)[], { broken = false } = {}) {
  const told = { cancelled: false, pulled: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const part = parts[told.pulled];
        told.pulled += 1;
        if (part !== undefined) controller.enqueue(typeof part === 'string' ? new TextEncoder().encode(part) : part);
        else if (broken) controller.error(new Error('reset'));
        else controller.close();
      },
      cancel() {
        told.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { told, init: { headers: { session: 'é' }, body, duplex: 'half' } as RequestInit };
}

const utf8 = new TextEncoder().encode('{"userId":"é"}');

it.each<[string, (string | Uint8Array)[], number]>([
  ['whole', [utf8], 200],
  ['in the middle of a letter', [utf8.slice(0, 12), utf8.slice(12)], 200],
  ['of somebody else', ['{"userId":', '"bob"}'], 403],
  ['of none', [], 200],
  ['that ends inside a letter', [utf8, utf8.slice(11, 12)], 400],
  ['with a byte that is none of UTF-8', [utf8.slice(0, 12), '"}'], 403],
])('a body in parts: %s', async (_, parts, status) => {
  const { ask } = backend({ authenticate: () => 'é' });
  expect((await ask(streamed(parts).init)).status).toBe(status);
});

it('no more is read than is taken', async () => {
  const { ask, log } = backend({ authenticate: () => 'alice' });
  const { told, init } = streamed(Array.from({ length: 1000 }, () => 'x'.repeat(1000)));
  expect((await ask(init)).status).toBe(413);
  expect(told).toEqual({ cancelled: true, pulled: 11 });
  expect(log).toEqual([{ event: 'refused', status: 413, code: 'body.too-large', user: 'alice' }]);
});

it('a sender who goes away is told of', async () => {
  const { ask, log } = backend({ authenticate: () => 'alice' });
  expect((await ask(streamed(['{"userId"'], { broken: true }).init)).status).toBe(400);
  expect(log).toEqual([{ event: 'refused', status: 400, code: 'body.cut-short', user: 'alice' }]);
});

it('nothing is read for whoever has no session', async () => {
  const { ask } = backend({ authenticate: () => null });
  const { told, init } = streamed(['{}']);
  expect([(await ask(init)).status, told.pulled]).toEqual([401, 0]);
});

it('authenticate may read a clone', async () => {
  const { ask } = backend({
    authenticate: async (request) => ((await request.clone().text()) === '{"userId":"bob"}' ? 'alice' : null),
  });
  expect((await ask({ body: '{"userId":"bob"}' })).status).toBe(403);
});
