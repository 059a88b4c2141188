import { someUser } from '../../../checks/expectations.js';
import { say, short } from '../../escape.js';
import { configProblem } from './config-problem.js';
import {
  type SentencesOf,
  command,
  didYouMean,
  help,
  isHere,
  keysPage,
  pasted,
  replacing,
  resuming,
  shown,
} from './sentences.js';
import { usersSentences } from './users.js';

export const usageSentences: SentencesOf<'usage' | 'output' | 'internal' | 'interrupted'> = {
  ...usersSentences,
  'usage.parser': ({ message, command: name }) => ({
    message: say`${message}`,
    fix: help(...(name ? name.split(' ') : [])),
  }),
  'usage.unknown-command': ({ word, suggestion }) => ({
    message: say`there is no command ${short(word)}.`,
    fix: suggestion ?? help(),
  }),
  'usage.token-first': () => ({
    message: 'a token needs a command before it. Run this, paste the token, and press Enter and Ctrl-D:',
    fix: pasted.fix,
  }),
  'usage.key-in-argv': ({ option, name, command: of }) => ({
    message: say`${option === undefined ? 'no key belongs there' : `${option} is not an option`}: other users of this machine can see what stands on a command line. ${of === 'emulator' ? 'Without one the emulator takes any key; name a file, and it takes that one alone' : 'Pipe the key in, name a file, or set COURIER_API_KEY'}. If the key is real, rotate it (${keysPage}).`,
    fix:
      of === 'emulator'
        ? command('emulator', '--api-key-file', 'key.txt')
        : name === undefined
          ? command('issue', '--user', someUser, '--api-key-stdin')
          : command('env', 'add', name, '--api-key-stdin'),
    ...(option !== undefined && {
      again: { commands: ['issue', 'exec', 'env add', 'env check'], without: [option], add: ['--api-key-stdin'] },
    }),
  }),
  'usage.unknown-option': ({ option, command: name, suggestion }) => ({
    message: say`${name ? `${name} has` : 'there is'} no option ${short(option)}.` + didYouMean(suggestion),
    fix: help(),
    ...replacing(option.split('=')[0]!, suggestion),
  }),
  'usage.option-first': ({ option, command: name }) => ({
    message: say`${option.split('=')[0]!} belongs behind ${name}.`,
    fix: help(),
    again: {},
  }),
  'usage.option': ({ option, known, suggestion }) => ({
    message: say`there is no option ${short(option)}: there are ${known.join(', ')}.` + didYouMean(suggestion),
    fix: help(),
  }),
  'usage.no-value': ({ option, next }) => ({
    message: say`${option} has no value: ${short(next)} follows it. Is a variable empty? A value that begins with - goes behind =.`,
    fix: help(),
  }),
  'usage.token-option': ({ option }) => ({
    message: say`${option} takes no token: it stands alone, or comes on stdin. Run this, paste the token, and press Enter and Ctrl-D:`,
    ...pasted,
  }),
  'usage.value': ({ option, value, reason, suggestion }) => ({
    message: say`${option} ${shown(value)}: ${reason}.` + didYouMean(suggestion),
    fix: option === '--for' ? command('scopes') : help(),
    ...replacing(value, suggestion),
  }),
  'usage.excess': ({ command: name, suggestion, takesToken }) => ({
    message: takesToken
      ? say`${name} takes one token, or one text with it in quotes. Run this, paste it, and press Enter and Ctrl-D:`
      : say`${name} takes no such word${suggestion ? '. Did you mean:' : ': see its help.'}`,
    fix: suggestion ?? help(),
    ...(takesToken && pasted),
  }),
  'usage.no-dashes': ({ word, suggestion }) => ({
    message: say`exec takes no ${short(word)} before --: the command stands after it, and what is before it is for courier-jwt.`,
    fix: suggestion ?? help(),
  }),
  'usage.repeated': ({ option }) => ({
    message: say`${option} is given twice, and takes one value${option === '--user' ? ': one user a token, and for many --users names a file' : ''}.`,
    fix: help(),
  }),
  'usage.conflict': ({ options, reason }) => ({
    message: say`${options.join(' and ')} do not go together${reason ? `: ${reason}` : ''}.`,
    fix: help(),
    // Its conflicts are with flags of other commands.
    again: { commands: ['emulator', 'snippet'], without: [...options, '-e'] },
  }),
  'usage.needs': ({ option, needs }) => ({
    message: say`${option} means nothing without ${needs}.`,
    fix: help(),
    ...(needs.includes(' ') ? {} : { again: { add: [needs] } }),
  }),
  'usage.missing': ({ option, command: name }) => ({
    message: say`${name || 'courier-jwt'} needs ${option}.`,
    fix: help(),
  }),
  'usage.needs-yes': ({ what, option }) => ({
    message: say`${what} needs a yes, and there is no terminal to ask on: add ${option}.`,
    fix: help(),
    again: { add: [option] },
  }),
  'usage.declined': ({ what }) => ({ message: say`not confirmed: ${what}. Nothing was done.`, fix: help() }),
  'usage.file': ({ option, path, reason }) => ({
    message: say`${option}${path === '' ? '' : ` ${path}`} cannot be read: ${reason}.`,
    fix: help(),
  }),
  'usage.seed': ({ path, problem }) => ({
    message: say`${path === '' ? 'that' : `--seed ${path}`} is no seed: ${short(problem, 200)}.`,
    fix: help('emulator'),
  }),
  'usage.no-config': ({ path }) => ({
    message: say`there is no ${path}: smoke init writes one to start with.`,
    fix: command('smoke', 'init', ...(path === 'courier-jwt.config.json' ? [] : [path])),
  }),
  'usage.config': ({ path, problems }) => ({
    message: problems
      .map((one) => say`${path}:${one.line}:${one.column}: ` + configProblem(one))
      .slice(0, 20)
      .join('\n'),
    fix: help('smoke'),
  }),
  'usage.listen': ({ host, port, reason }) => ({
    message: listening(host, port, reason),
    fix: help(),
    ...(reason === 'EADDRINUSE' && { again: { without: ['--port'], add: ['--port', '0'] } }),
  }),
  'usage.node-debug': ({ value, isToken, isInput }) => ({
    message: say`NODE_DEBUG=${short(value)} would make Node print ${isInput ? 'the tokens that are read' : isToken ? "the token with the command's environment" : 'the API key with the request'}. Nothing was sent; unset it.`,
    fix: ['unset', 'NODE_DEBUG'],
  }),
  'usage.base-url': ({ url, reason, option = 'COURIER_BASE_URL' }) => ({
    message: {
      invalid:
        say`${option} ${short(url)} is not an http(s) URL, such as https://api.courier.com.` +
        didYouMean(withScheme(url)),
      'plain-http': say`${option} ${short(url)} is not https, and an API key goes over plain http to this machine only.`,
      credentials: say`${option} for ${short(url)} has a user or password in it, which Courier does not take.`,
    }[reason],
    fix: (reason === 'invalid' && exported(withScheme(url))) || ['unset', 'COURIER_BASE_URL'],
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
    again: { without: ['--no-check'], add: ['--replace'] },
  }),
  'usage.file-exists': ({ option, path }) => ({
    message: say`${option} ${path}: that is there already. To write in its place, add --yes${option === '--out' ? '; --resume goes on with it' : ''}.`,
    fix: help(),
    again: option === '--out' ? { without: ['--out'], add: ['--resume', path] } : { add: ['--yes'] },
  }),
  'output.failed': ({ reason }) => ({
    message: say`the output could not be written: ${reason}.`,
    fix: ['df', '-h'],
  }),
  'usage.unwritable': ({ option, path, reason }) => ({
    message: say`${option} ${path} cannot be written: ${reason}.`,
    fix: [...(reason === 'ENOENT' ? ['mkdir', '-p'] : ['ls', '-ld']), path.replace(/[^/]*$/, '') || '.'],
  }),
  'internal.error': ({ message }) => ({
    message: say`something went wrong inside courier-jwt: ${short(message, 300)}. Run it again with --debug, and report it.`,
    fix: help(),
  }),
  'output.shared': () => ({
    message: 'something else writes to the same file, another run perhaps: once it has ended, --resume goes on.',
    fix: help('issue'),
  }),
  'interrupted.signal': ({ resume }) => ({
    message: 'interrupted.',
    fix: help(),
    ...(resume !== undefined && { again: resuming(resume) }),
  }),
};

const exported = (url: string | undefined) => url && ['export', `COURIER_BASE_URL=${url}`];

/** What was meant by a host without its scheme; undefined for what is none. */
function withScheme(text: string): string | undefined {
  const [, host] = /^(\[[\da-f:]+\]|[\w.-]+)(?::\d{1,5})?(?:\/[\w./-]*)?$/i.exec(text) ?? [];
  if (host === undefined || !/[.\]]|^localhost$/i.test(host) || text.length > 80) return undefined;
  return `${isHere(host.toLowerCase()) ? 'http' : 'https'}://${text}`;
}

function listening(host: string, port: number, reason: string): string {
  const place = say`port ${port} of ${short(host)}`;
  if (reason === 'EADDRINUSE') return `${place} is in use. Choose another one, or 0 for any that is free.`;
  if (reason === 'EACCES') return `${place} is not for everybody to take: choose one above 1023.`;
  return say`${short(host)} is no address of this machine that can be listened on (${reason}). Left out, it is 127.0.0.1.`;
}
