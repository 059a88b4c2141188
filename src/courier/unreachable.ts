import { Failure, type NetworkReason, errnoOf } from '../errors.js';

/** The proxy's own answer, which the agent would replay as if Courier had given it. */
export class ProxyRefusal extends Error {}

/** Why a host cannot be reached. `tunnelled`: whether a proxy, if there is one, has let the connection through. */
export function unreachable(url: URL, error: unknown, tunnelled: boolean): Failure {
  const detail = error instanceof ProxyRefusal ? error.message : errnoOf(error);
  const reason = tunnelled ? reasonOf(detail) : 'proxy';
  return new Failure('courier.unreachable', { host: url.host, reason, detail });
}

function reasonOf(detail: string): NetworkReason {
  if (detail === 'ECONNREFUSED') return 'refused';
  if (detail === 'ENOTFOUND' || detail === 'EAI_AGAIN') return 'dns';
  if (/CERT|SIGNED|ALTNAME|ISSUER/.test(detail)) return 'certificate';
  if (/^(?:ECONNRESET|EPIPE|aborted|socket hang up)$/.test(detail) || detail.startsWith('HPE_')) return 'dropped';
  return 'other';
}
