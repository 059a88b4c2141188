import type {
  DurationProblem,
  Failure,
  FailureCode,
  FailureFacts,
  KeyProblem,
  NetworkReason,
  NonsenseProblem,
  UserProblem,
} from '../../errors.js';
import { someUser } from '../../checks/expectations.js';
import { isName } from '../../environments/name.js';
import { say, short } from '../escape.js';

export interface Explanation {
  message: string;
  /** A command that mends it, or that says how. */
  fix: string[];
}

/** The sentence of a failure: what was wrong, and what to do. Everything in it that came from outside is escaped. */
export function explain({ code, facts }: Pick<Failure, 'code' | 'facts'>): Explanation {
  const sentence = sentences[code] as (facts: object) => Explanation;
  return sentence(facts);
}

type Sentences = { [C in FailureCode]: (facts: FailureFacts[C]) => Explanation };

const command = (...words: string[]) => ['courier-jwt', ...words];
const help = (...words: string[]) => command(...words, '--help');
const didYouMean = (suggestion: string | undefined) => (suggestion ? say` Did you mean ${suggestion}?` : '');
const fromStdin = command('decode', '-');
const keysPage = 'https://app.courier.com/settings/api-keys';

const userProblems: Record<UserProblem, string> = {
  empty: 'it is empty',
  placeholder: 'it is a placeholder that nothing was put in for: a variable in single quotes, or one that is not set',
  whitespace: 'it has white space in it, and a space in a user id adds scopes to the token',
  control: 'it has control characters in it',
  'unpaired-surrogate': 'it is not valid Unicode',
};

const durationProblems: Record<DurationProblem, string> = {
  'no-unit': 'it has no unit, and Courier reads a bare number as milliseconds: write 3600s or 1h',
  'not-positive': 'it is not more than nothing',
  'ambiguous-month': 'M means minutes to Courier, not months: write 1m or 30d',
  'too-short': 'it is under a second',
  'too-long': 'no date is that far away',
  'not-a-duration': 'a duration is a number and a unit: 30m, 12h, 1d, "2 hours"',
};

const keyProblems: Record<KeyProblem, string> = {
  empty: 'it is empty',
  whitespace: 'it has white space in it: something else was pasted with it',
  newline: 'it has a line break in it: print it with printf, or cut the line break off',
  quoted: 'it still has its quotes',
  'too-short': 'it is too short to be a key',
  'not-ascii': 'it has characters in it that no key has',
  jwt: 'that is a user token (a JWT), not an API key: try courier-jwt decode',
  'client-key': 'that is a client key (ck_…), which is public and cannot mint tokens',
};

const networkReasons: Record<NetworkReason, string> = {
  refused: 'nothing answers there',
  dns: 'there is no such host, or no network',
  dropped: 'it dropped the connection',
  certificate: 'its certificate is not trusted; for a CA of your own set NODE_EXTRA_CA_CERTS',
  proxy: 'the proxy of HTTPS_PROXY did not let it through; NO_PROXY exempts hosts',
  other: 'the network failed',
};

const nonsense: Record<NonsenseProblem, string> = {
  'not-json': 'it is not JSON: is that URL Courier?',
  'no-token': 'it has no token in it',
  'not-a-jwt': 'its token is not a JWT',
  'too-large': 'it is far too large',
};

const tokenParts: Record<FailureFacts['token.part']['problem'], string> = {
  base64url: 'is not base64url: something in it was changed or lost',
  json: 'is not JSON: something in it was changed or cut out',
  array: 'is a JSON array, and a JWT has an object there',
  null: 'is null, and a JWT has an object there',
  'not-an-object': 'is not a JSON object',
};

const sentences: Sentences = {
  'usage.parser': ({ message, command: name }) => ({ message: say`${message}`, fix: help(...(name ? name.split(' ') : [])) }),
  'usage.unknown-command': ({ word, suggestion }) => ({
    message: say`there is no command ${short(word)}.`,
    fix: suggestion ?? help(),
  }),
  'usage.token-first': () => ({
    message: 'a token needs a command before it. Run this, paste the token, and press Enter and Ctrl-D:',
    fix: fromStdin,
  }),
  'usage.key-in-argv': ({ option }) => ({
    message: say`${option} is not an option: other users of this machine can see what stands on a command line. Pipe the key in, name a file, or set COURIER_API_KEY. If the key is real, rotate it (${keysPage}).`,
    fix: command('issue', '--user', someUser, '--api-key-stdin'),
  }),
  'usage.unknown-option': ({ option, command: name, suggestion }) => ({
    message: say`${name ? `${name} has` : 'there is'} no option ${short(option)}.` + didYouMean(suggestion),
    fix: help(...(name ? name.split(' ') : [])),
  }),
  'usage.value': ({ option, value, reason, suggestion }) => ({
    message: say`${option} ${short(value)}: ${reason}.` + didYouMean(suggestion),
    fix: option === '--for' ? command('scopes') : help(),
  }),
  'usage.excess': ({ command: name, suggestion }) => ({
    message: say`${name} takes no such word${suggestion ? '. Did you mean:' : ': see its help.'}`,
    fix: suggestion ?? help(...name.split(' ')),
  }),
  'usage.repeated': ({ option }) => ({
    message: say`${option} is given twice, and takes one value: one user a token.`,
    fix: help('issue'),
  }),
  'usage.conflict': ({ options, reason }) => ({
    message: say`${options.join(' and ')} do not go together${reason ? `: ${reason}` : ''}.`,
    fix: help(),
  }),
  'usage.missing': ({ option, command: name }) => ({
    message: say`${name} needs ${option}.`,
    fix: help(...name.split(' ')),
  }),
  'usage.needs-yes': ({ what, option, argv }) => ({
    message: say`${what} needs a yes, and there is no terminal to ask on: add ${option}.`,
    fix: argv,
  }),
  'usage.declined': ({ what }) => ({ message: say`not confirmed: ${what}. Nothing was changed.`, fix: help() }),
  'usage.file': ({ option, path, reason }) => ({
    message: say`${option} ${path} cannot be read: ${reason}.`,
    fix: help(),
  }),
  'usage.node-debug': ({ value }) => ({
    message: say`NODE_DEBUG=${short(value)} would make Node print the API key with the request. Nothing was sent; unset it.`,
    fix: ['unset', 'NODE_DEBUG'],
  }),
  'usage.base-url': ({ url, reason }) => ({
    message: {
      invalid: say`COURIER_BASE_URL ${short(url)} is not an http(s) URL, such as https://api.courier.com.`,
      'plain-http': say`COURIER_BASE_URL ${short(url)} is not https, and an API key goes over plain http to this machine only.`,
      credentials: say`COURIER_BASE_URL for ${short(url)} has a user or password in it, which Courier does not take.`,
    }[reason],
    fix: ['unset', 'COURIER_BASE_URL'],
  }),
  'usage.mixed-sources': ({ key, url }) => ({
    message: say`the key is from ${key}, and ${url} would receive it: both must come from the same place. Nothing was sent.`,
    fix: ['unset', 'COURIER_BASE_URL'],
  }),
  'usage.region-with-base-url': ({ environment, baseUrl }) => ({
    message: say`${environment} is kept for ${baseUrl}: its key is not sent to a region. Leave --region out.`,
    fix: command('env', 'list'),
  }),
  'usage.reserved-name': ({ name, action }) => ({
    message: say`${name} is built in, and cannot be ${action}: choose another name.`,
    fix: command('env', 'list'),
  }),
  'usage.exists': ({ name }) => ({
    message: say`${name} is there already. To put a new key in the place of its own, add --replace.`,
    fix: command('env', 'add', name, '--replace'),
  }),

  'token.no-source': () => ({
    message:
      'there is no token: give it as an argument, in a file with --token-file, or on stdin. With - paste it, and press Enter and Ctrl-D.',
    fix: fromStdin,
  }),
  'token.two-sources': ({ sources }) => ({
    message: say`the token is given twice: ${sources.join(' and ')}. Give it once.`,
    fix: help('decode'),
  }),
  'token.empty': ({ source }) => ({
    message: say`${source} is empty: there is no token in it. Did the command before it fail?`,
    fix: help('decode'),
  }),
  'token.too-large': ({ limitBytes }) => ({
    message: say`that is more than ${limitBytes / 1024 / 1024} MB, and is not read: cut it down to the part with the token.`,
    fix: help('decode'),
  }),
  'token.none': ({ bytes, binary }) => ({
    message: say`there is no JWT in ${bytes === 1 ? 'that one byte' : `those ${bytes} bytes`}${binary ? ' (they are binary)' : ''}. A JWT is three parts with dots between them and starts with eyJ.`,
    fix: help('decode'),
  }),
  'token.ambiguous': ({ candidates }) => ({
    message: [
      say`there are ${candidates.length} different Courier tokens in that. Pass the one you mean:`,
      ...candidates
        .slice(0, 9)
        .map(({ users, expiresAt, place }) =>
          say`  ${place}. user ${short(users.join(', ') || 'none')}, expires ${expiresAt ?? 'never'}`,
        ),
    ].join('\n'),
    fix: fromStdin,
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
    message: say`that token is cut short: it ends in its ${inside}, and a JWT has three parts with dots between them. Copy it again, whole.`,
    fix: fromStdin,
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
    fix: fromStdin,
  }),

  'user.invalid': ({ user, problem }) => ({
    message: say`--user ${short(user)} cannot be a user id: ${userProblems[problem]}.`,
    fix: command('issue', '--user', someUser),
  }),
  'tenant.invalid': ({ tenant, problem }) => ({
    message: say`--tenant ${short(tenant)} cannot be a tenant id: ${problem === 'colon' ? 'a colon in it would make another scope' : userProblems[problem]}.`,
    fix: help('issue'),
  }),
  'tenant.unused': ({ tenant }) => ({
    message: say`--tenant ${short(tenant)} changes only Courier Create's scopes, and none of them is asked for: add --for create.`,
    fix: command('issue', '--user', someUser, '--for', 'create', '--tenant', tenant),
  }),
  'scope.user-id': ({ scope }) => ({
    message: say`${short(scope)} is not a scope to ask for: the user is named with --user, and only there.`,
    fix: help('issue'),
  }),
  'scope.invalid': ({ scope }) => ({
    message: say`"${short(scope)}" is not a scope: a scope is words with colons between them, such as inbox:read:messages.`,
    fix: command('scopes'),
  }),
  'duration.invalid': ({ option, value, problem }) => ({
    message: say`${option} ${short(value)}: ${durationProblems[problem]}.`,
    fix: help(...(option === '--expires-in' ? ['issue'] : option === '--timeout' ? [] : ['check-scopes'])),
  }),
  'production.unconfirmed': ({ environment, how }) => ({
    message: say`${environment} mints production tokens (${
      {
        recorded: 'as env add recorded',
        prefix: 'its key says so',
        minted: 'the token says so; it was thrown away unseen',
      }[how]
    }), and a token opens a real user's inbox until it expires. If that is what you want, add --allow-production.`,
    fix: help('issue'),
  }),
  'request.rejected': ({ status, message }) => ({
    message: say`Courier cannot mint that (${status})${message ? `: ${message}` : ''}.`,
    fix: command('scopes'),
  }),

  'key.missing': () => ({
    message:
      'there is no API key. Keep one with env add, set COURIER_API_KEY, or pipe one in with --api-key-stdin. Without a key, --env local mints from the embedded Courier.',
    fix: command('env', 'add', 'test'),
  }),
  'key.malformed': ({ source, problem }) => ({
    message: say`the key from ${source} is not an API key: ${keyProblems[problem]}. Keys are at ${keysPage}.`,
    fix: help('env', 'add'),
  }),
  'key.refused': ({ status, environment, host }) => ({
    message:
      status === 401
        ? say`${host} refused the API key of ${environment} (401): it is wrong, was rotated, or is of another region. Keys are at ${keysPage}.`
        : say`${host} does not let the API key of ${environment} mint tokens (403): its permissions are restricted. See ${keysPage}.`,
    // A name of ours is in lower case; flags and variables, which also give keys, are not.
    fix: isName(environment) ? command('env', 'add', environment, '--replace') : command('env', 'check'),
  }),
  'environment.unknown': ({ name, known, suggestion, source }) => ({
    message:
      say`there is no environment ${short(name)} (${source}). There ${known.length === 0 ? 'is' : 'are'}: ${[...known, 'local'].join(', ')}.` +
      didYouMean(suggestion),
    fix: command('env', 'add', isName(name) ? name : 'test'),
  }),
  'environment.none': () => ({
    message: 'no environment is kept yet.',
    fix: command('env', 'add', 'test'),
  }),
  'environment.broken': ({ name, path, problem }) => ({
    message: say`the file of ${name} is broken (${
      { empty: 'it is empty', 'not-json': 'it is not JSON', 'not-ours': 'it is not ours' }[problem]
    }): ${path}. Add the environment again.`,
    fix: name === 'config' ? command('env', 'use', 'test') : command('env', 'add', name, '--replace'),
  }),
  'environment.unreadable': ({ path, reason }) => ({
    message: say`${path} cannot be read: ${reason}.`,
    fix: ['ls', '-ld', path],
  }),
  'environment.unwritable': ({ path, reason }) => ({
    message: say`${path} cannot be written: ${reason}. COURIER_JWT_CONFIG_DIR names another folder. Nothing was changed.`,
    fix: ['ls', '-ld', path],
  }),
  'environment.different': ({ name, before, after }) => ({
    message: say`the new key is of ${after}, and ${name} is of ${before}. Nothing was changed; if that is what you want, add --yes.`,
    fix: command('env', 'add', name, '--replace', '--yes'),
  }),
  'keychain.unavailable': ({ name }) => ({
    message: say`there is no keychain here, and the key of ${name} cannot be kept in one. --storage file keeps it in a file that only you can read.`,
    fix: command('env', 'add', name, '--replace', '--storage', 'file'),
  }),
  'keychain.timeout': ({ name, seconds }) => ({
    message: say`the keychain did not answer for ${name} in ${seconds} seconds: it may be locked. Unlock it, or keep the key with --storage file.`,
    fix: command('env', 'add', name, '--replace', '--storage', 'file'),
  }),
  'keychain.refused': ({ name, reason }) => ({
    message: say`the keychain refused for ${name}: ${short(reason, 200)}. Unlock it, or keep the key with --storage file.`,
    fix: command('env', 'add', name, '--replace', '--storage', 'file'),
  }),
  'keychain.missing': ({ name }) => ({
    message: say`the keychain has no key for ${name}: it was removed there, or this is another login. Add it again.`,
    fix: command('env', 'add', name, '--replace'),
  }),

  'courier.unreachable': ({ host, reason, detail }) => ({
    message: say`${host} cannot be reached: ${networkReasons[reason]} (${detail}).`,
    fix: reachable(host),
  }),
  'courier.timeout': ({ host, seconds }) => ({
    message: say`${host} did not answer in ${seconds} seconds. --timeout gives it more.`,
    fix: reachable(host),
  }),
  'courier.redirect': ({ host, status, location }) => ({
    message: say`${host} redirects (${status}) to ${short(location) || 'nowhere'}, and a key is not sent after a redirect. Is the base URL right?`,
    fix: reachable(host),
  }),
  'courier.rate-limited': ({ host, retryAfterSeconds }) => ({
    message: say`${host} asks to slow down (429)${retryAfterSeconds === null ? '' : ` and to wait ${retryAfterSeconds} seconds`}. Try again later.`,
    fix: reachable(host),
  }),
  'courier.unavailable': ({ host, status }) => ({
    message: say`${host} is in trouble (${status}), after three tries. See https://status.courier.com.`,
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
  'output.failed': ({ reason }) => ({
    message: say`the output could not be written: ${reason}.`,
    fix: ['df', '-h'],
  }),
  'internal.error': ({ message }) => ({
    message: say`something went wrong inside courier-jwt: ${short(message, 300)}. Run it again with --debug, and report it.`,
    fix: help(),
  }),
  'interrupted.signal': () => ({ message: 'interrupted.', fix: help() }),
};

/** Whether the host answers at all, asked without a key. */
function reachable(host: string): string[] {
  return ['curl', '-sSI', /^(?:localhost|127\.|\[::1\])/.test(host) ? host : `https://${host}/`];
}
