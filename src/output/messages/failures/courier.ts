import type { NetworkReason, NonsenseProblem } from '../../../errors.js';
import { say, short } from '../../escape.js';
import { type SentencesOf, command, isHere } from './sentences.js';

const networkReasons: Record<NetworkReason, string> = {
  refused: 'nothing answers there',
  dns: 'there is no such host, or no network',
  dropped: 'it dropped the connection',
  certificate: 'its certificate is not trusted; for a CA of your own set NODE_EXTRA_CA_CERTS',
  proxy: 'the proxy of HTTPS_PROXY did not let it through; NO_PROXY exempts hosts',
  other: 'the network failed',
};

const nonsense: Record<NonsenseProblem, string> = {
  'not-json': "it is not JSON, so that URL may not be Courier's",
  'no-token': 'it has no token in it',
  'not-a-jwt': 'its token is not a JWT',
  'not-asked-for': "it is not what was asked for, so that URL may not be Courier's",
  'too-large': 'it is far too large',
};

export const courierSentences: SentencesOf<'courier'> = {
  'courier.unreachable': ({ host, reason, detail }) => ({
    message:
      say`${host} cannot be reached: ${networkReasons[reason]} (${detail}).` +
      (startable(host, reason) ? ' It is this machine: is the local server running?' : ''),
    fix: startable(host, reason) ?? (reason === 'proxy' ? ['unset', 'HTTPS_PROXY'] : reachable(host)),
  }),
  'courier.timeout': ({ host, seconds }) => ({
    message: say`${host} did not answer in ${seconds} second${seconds === 1 ? '' : 's'}. --timeout gives it more.`,
    fix: reachable(host),
  }),
  'courier.redirect': ({ host, status, location }) => ({
    message: say`${host} redirects (${status}) to ${short(location) || 'nowhere'}, and a key is not sent after a redirect. Is the base URL right?`,
    fix: reachable(host),
  }),
  'courier.rate-limited': ({ host, retryAfterSeconds }) => ({
    message: say`${host} asks to slow down (429)${retryAfterSeconds === null ? '' : ` and to wait ${retryAfterSeconds} second${retryAfterSeconds === 1 ? '' : 's'}`}. Try again later.`,
    fix: reachable(host),
  }),
  'courier.unavailable': ({ host, status }) => ({
    message: say`${host} is in trouble (${status}). ${isHere(host) ? 'It is the local server: its log says more' : 'See https://status.courier.com'}.`,
    fix: reachable(host),
  }),
  'courier.status': ({ host, status, message }) => ({
    message: say`${host} answered ${status}${message ? `: ${message}` : ''}. Is the base URL right?`,
    fix: reachable(host),
  }),
  'courier.nonsense': ({ host, problem }) => ({
    message: say`${host} answered, but the answer makes no sense: ${nonsense[problem]}.`,
    fix: reachable(host),
  }),
};

/** The emulator where nothing answers on this machine; undefined elsewhere, and without a port. */
function startable(host: string, reason: NetworkReason): string[] | undefined {
  const [, name = '', port] = /^(.*):(\d+)$/.exec(host) ?? [];
  if (reason !== 'refused' || port === undefined || !isHere(host)) return undefined;
  const at = name === 'localhost' || name === '127.0.0.1' ? [] : ['--host', name.replace(/[[\]]/g, '')];
  return command('emulator', '--port', port, ...at);
}

/** Whether the host answers at all, asked without a key. */
function reachable(host: string): string[] {
  return ['curl', '-sSI', isHere(host) ? host : `https://${host}/`];
}
