import { type Expectations, issueCommand } from '../../checks/expectations.js';
import type { Finding } from '../../report.js';

/** What was asked of the doctor, to be asked again. */
export interface Asked {
  user?: string | undefined;
  for?: string[] | undefined;
  env?: string | undefined;
  tokenFile?: string | undefined;
}

/** A finding with a fix that asks for all that was asked for; a token itself is not repeated. */
export function withFix(finding: Finding, asked: Asked): Finding {
  const fix = fixFor(finding, asked);
  return fix ? { ...finding, fix } : finding;
}

function fixFor({ code, status, facts, fix = [] }: Finding, asked: Asked): string[] | undefined {
  if (code === 'environment.unknown' && typeof facts.suggestion === 'string')
    return again('doctor', { ...asked, env: facts.suggestion });
  if (code === 'access.empty' && status === 'unknown')
    return asked.user === undefined
      ? again('doctor', { ...asked, user: 'USER_ID' })
      : again('check-scopes', asked, '--online', '--controls');
  if (!code.startsWith('token.')) return undefined;
  // Of a text that holds no token: what is missing is the token, or another one is to be minted.
  if (fix[1] === 'issue') return issueCommand(expectedOf(asked), { user: asked.user, environment: asked.env });
  if (fix[1] === 'decode') return again('doctor', { ...asked, tokenFile: undefined });
  return fix.includes('--help') ? ['courier-jwt', 'doctor', '--help'] : undefined;
}

function expectedOf({ for: surfaces, user }: Asked): Expectations {
  return { for: surfaces, user };
}

/** The command once more; a token that was no file's is pasted. */
function again(command: string, { user, for: surfaces, env, tokenFile }: Asked, ...more: string[]): string[] {
  const flag = (name: string, value: string | undefined) => (value === undefined ? [] : [name, value]);
  return [
    'courier-jwt',
    command,
    ...(tokenFile === undefined ? ['-'] : ['--token-file', tokenFile]),
    ...more,
    ...flag('--user', user),
    ...flag('--for', surfaces?.join(',')),
    ...flag('--env', env),
  ];
}
