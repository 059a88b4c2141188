import { type Answer, type Call, cutShort, longestBody } from './call.js';

export function callOf(request: Request): Call {
  return {
    method: request.method,
    header: (name) => request.headers.get(name) ?? undefined,
    body: async () => textOf(request),
    request: () => request,
  };
}

export function responseOf({ status, headers, body }: Answer): Response {
  return new Response(body === '' ? null : body, { status, headers });
}

/** No more of it is read than is taken. */
async function textOf(request: Request): Promise<string | undefined> {
  if (request.bodyUsed) throw new Error('the body was read before: authenticate can read that of request.clone()');
  if (!request.body) return '';
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  const reader = request.body.getReader();
  const next = async () =>
    reader.read().catch(() => {
      throw cutShort();
    });
  for (let part = await next(); !part.done; part = await next()) {
    bytes += part.value.byteLength;
    if (bytes > longestBody) {
      await reader.cancel().catch(() => {});
      return undefined;
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}
