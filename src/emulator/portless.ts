import type { HttpRequest, HttpResponse, Network, SocketRequest } from '../courier/transport.js';
import { Failure } from '../errors.js';
import { type Answer, inText } from './answer.js';
import type { EmulatedCourier } from './courier.js';
import type { Silence } from './faults.js';

/** The emulator without a network: what `issueToken({ transport })` takes. Faults are felt as the network's. */
export function inProcess(courier: EmulatedCourier): Network {
  return {
    async send(request) {
      const { host, pathname, search } = new URL(request.url);
      const { method, body = '' } = request;
      const headers = lowerCase(request.headers);
      const answer = await withinTime(request, host, courier.handle({ method, url: pathname + search, headers, body }));
      return asHttp(given(answer, host));
    },
    async openSocket(request) {
      const { host, pathname, search } = new URL(request.url);
      const admitting = courier.admit((pathname || '/') + search);
      const answer = await withinTime(
        request,
        host,
        admitting.then((admitted) => ('join' in admitted ? { status: 101 } : admitted.answer)),
      );
      return { status: given(answer, host).status };
    },
  };
}

function given(answer: Answer | 'drop', host: string): Answer {
  if (answer !== 'drop') return answer;
  throw new Failure('courier.unreachable', { host, reason: 'dropped', detail: 'the emulator was told to' });
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function asHttp(answer: Answer): HttpResponse {
  const { status, text, headers } = inText(answer);
  const type = text === undefined ? {} : { 'content-type': 'application/json' };
  return { status, headers: { ...type, ...headers }, body: text ?? '' };
}

/** What hangs ends with the request's own timeout. */
async function withinTime(
  { timeoutMs, signal }: HttpRequest | SocketRequest,
  host: string,
  answering: Promise<Answer | Silence>,
): Promise<Answer | 'drop'> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupted);
      settle();
    };
    const interrupted = end(() => reject(new Failure('interrupted.signal', {})));
    const timer = setTimeout(
      end(() => reject(new Failure('courier.timeout', { host, seconds: timeoutMs / 1000 }))),
      timeoutMs,
    );
    if (signal?.aborted) interrupted();
    signal?.addEventListener('abort', interrupted, { once: true });
    void answering.then((answer) => (answer === 'hang' ? undefined : end(() => resolve(answer))()), reject);
  });
}
