import { entryOf } from '../scopes/match.js';
import type { TokenView } from '../token/view.js';
import { toJson, visible } from './escape.js';
import type { Paint } from './paint.js';
import { moment } from './times.js';

export const timeStates: Record<TokenView['time']['state'], string> = {
  valid: 'valid',
  expired: 'expired',
  'no-expiry': 'never expires (it was minted without expires_in)',
  'not-yet-valid': 'not yet valid (clock skew?)',
};

/** A token as text, its signature left out. `now` in seconds. */
export function tokenText(view: TokenView, now: number, paint: Paint): string {
  const { payload, time, workspace } = view;
  const when = (claim: string) => (typeof payload[claim] === 'number' ? moment(payload[claim], now) : undefined);
  const [state, environment] = (workspace.tenantScope ?? '').split('/');
  const rows: [string, string | undefined][] = [
    ['user', view.users.map(visible).join(', ') || 'none: it names no user_id'],
    ['workspace', visible(workspace.tenantId ?? 'none')],
    ['environment', environment === undefined ? 'none' : visible(`${environment}, ${state}`)],
    [
      'time',
      payload.exp !== undefined && time.expiresAt === null ? 'cannot be told: exp is no date' : timeStates[time.state],
    ],
    ['issued', when('iat')],
    ['not before', when('nbf')],
    ['expires', when('exp')],
    ['signature', signatures[view.signature]],
  ];
  return [
    paint.bold('header'),
    toJson(view.header),
    paint.bold('payload'),
    toJson(payload),
    ...rows.flatMap(([name, value]) => (value === undefined ? [] : [`${paint.bold(name.padEnd(11))}  ${value}`])),
    paint.bold('scopes'),
    ...scopeRows(view.scopes),
  ].join('\n');
}

export const signatures: Record<TokenView['signature'], string> = {
  'not-verified': "not verified: these are claims only, and the signature is Courier's to verify",
  local: 'by the embedded Courier: Courier itself will refuse it; courier-jwt emulator takes it',
};

function scopeRows(scopes: string[]): string[] {
  if (scopes.length === 0) return ['  none: it opens nothing'];
  const width = Math.min(40, Math.max(...scopes.map((scope) => visible(scope).length)));
  return scopes.map((scope) => {
    const grants = entryOf(scope)?.grants ?? 'no scope that Courier documents';
    return `  ${visible(scope).padEnd(width)}  ${grants}`;
  });
}
