import { someUser } from '../../../checks/expectations.js';
import type { FailureFacts } from '../../../errors.js';
import { say, short } from '../../escape.js';
import { type SentencesOf, command, help, pasted } from './sentences.js';

const tokenParts: Record<FailureFacts['token.part']['problem'], string> = {
  base64url: 'is not base64url: something in it was changed or lost',
  json: 'is not JSON: something in it was changed or cut out',
  array: 'is a JSON array, and a JWT has an object there',
  null: 'is null, and a JWT has an object there',
  'not-an-object': 'is not a JSON object',
};

export const tokenSentences: SentencesOf<'token'> = {
  'token.no-source': () => ({
    message:
      'there is no token: give it as an argument, in a file with --token-file, or on stdin. With - paste it, and press Enter and Ctrl-D.',
    ...pasted,
  }),
  'token.two-sources': ({ sources }) => ({
    message: say`the token is given twice: ${sources.join(' and ')}. Give it once.`,
    ...pasted,
  }),
  'token.empty': ({ source }) => ({
    message: say`${source} is empty: there is no token in it. Did the command before it fail?`,
    fix: help(),
  }),
  'token.too-large': ({ limitBytes }) => ({
    message: say`that is more than ${limitBytes / 1024 / 1024} MB, and is not read: cut it down to the part with the token.`,
    fix: help(),
  }),
  'token.not-at-path': ({ path }) => ({
    message: say`there is no token at ${short(path)}: it is no JSON with a text there.`,
    fix: help(),
  }),
  'token.none': ({ bytes, binary, path }) =>
    path === undefined
      ? {
          message: say`there is no JWT in ${bytes === 1 ? 'that one byte' : `those ${bytes} bytes`}${binary ? ' (they are binary)' : ''}. A JWT is three parts with dots between them and starts with eyJ.`,
          fix: help(),
        }
      : {
          message: say`${short(path)} is no token. If it is a file with one in it, name it with --token-file.`,
          fix: command('decode', '--token-file', path),
          again: { token: ['--token-file', path] },
        },
  'token.ambiguous': ({ candidates }) => ({
    message: [
      say`there are ${candidates.length} different Courier tokens in that. Pass the one you mean, or all of them with --lines:`,
      ...candidates
        .slice(0, 9)
        .map(
          ({ users, expiresAt, place }) =>
            say`  ${place}. user ${short(users.join(', ') || 'none')}, expires ${expiresAt ?? 'never'}`,
        ),
    ].join('\n'),
    ...pasted,
  }),
  'token.api-key': ({ prefix }) => ({
    message: say`that is an API key (${prefix}…), not a user token: it mints tokens, and belongs in no browser. Mint one with it:`,
    fix: command('issue', '--user', someUser),
  }),
  'token.client-key': () => ({
    message:
      'that is a client key (ck_…), not a user token: the older SDKs took it, and it says nothing about a user. Mint a token:',
    fix: command('issue', '--user', someUser),
  }),
  'token.cut-short': ({ inside }) => ({
    message: say`that token is cut short: ${inside === 'signature' ? 'it has no signature' : `it ends in its ${inside}`}, and a JWT has three parts with dots between them. Copy it again, whole.`,
    ...pasted,
  }),
  'token.unsigned': ({ algorithm }) => ({
    message: say`that token is not signed${algorithm ? ` (alg ${algorithm})` : ''}: Courier takes only tokens that it signed itself. Mint one:`,
    fix: command('issue', '--user', someUser),
  }),
  'token.encrypted': () => ({
    message: 'that is an encrypted token (a JWE, five parts): Courier gives signed ones. Is it from another service?',
    fix: command('issue', '--user', someUser),
  }),
  'token.part': ({ part, problem }) => ({
    message: say`that is not a JWT: its ${part} ${tokenParts[problem]}. Copy it again, whole.`,
    ...pasted,
  }),
};
