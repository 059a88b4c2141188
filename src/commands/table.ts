import type { CommandModule } from './tools.js';

export interface CommandEntry {
  name: string;
  summary: string;
  /** Chunks of their own: a command loads its code and no other's. */
  load(): Promise<CommandModule>;
}

export const commandTable: CommandEntry[] = [
  { name: 'issue', summary: 'mint a token for a user', load: () => import('./issue.js') },
  { name: 'decode', summary: 'show what is in a token', load: () => import('./decode.js') },
  {
    name: 'check-scopes',
    summary: 'judge a token: what it lacks, and how to mend it',
    load: () => import('./check-scopes.js'),
  },
  {
    name: 'scopes',
    summary: 'the scopes and what needs them; a ready scope string',
    load: () => import('./scopes.js'),
  },
  { name: 'env', summary: 'keep an API key for each environment', load: () => import('./env/index.js') },
  { name: 'completion', summary: 'a completion script for bash, zsh or fish', load: () => import('./completion.js') },
];

/** What people type first, by the command that does it. */
export const otherNames: Record<string, string[]> = {
  issue: ['mint', 'token', 'create', 'generate', 'sign', 'new', 'jwt', 'issue-token', 'get-token'],
  decode: ['parse', 'show', 'inspect', 'read', 'view', 'debug', 'explain', 'dump'],
  'check-scopes': ['check', 'verify', 'validate', 'lint', 'test', 'check-scope', 'check-token', 'diagnose'],
  scopes: ['scope', 'surfaces', 'permissions', 'catalogue', 'catalog'],
  'env add': ['login', 'auth', 'configure', 'config', 'init', 'setup', 'add', 'set-key', 'signin'],
  'env list': ['list', 'ls', 'envs', 'environments', 'profiles', 'keys'],
  'env use': ['use', 'switch', 'default', 'select'],
  'env check': ['status', 'whoami', 'ping'],
  'env remove': ['logout', 'remove', 'rm', 'delete', 'signout'],
  completion: ['completions', 'autocomplete'],
};
