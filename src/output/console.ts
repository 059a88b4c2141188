import type { Context, Stream } from '../context.js';
import type { Finding } from '../report.js';
import { describe } from './messages/findings.js';
import { type Paint, isColoured, paintFor } from './paint.js';
import type { Secrets } from './secrets.js';

/** How a command speaks: the artifact on stdout, everything else on stderr, and no secret on either. */
export interface Console {
  /** Colours for stdout and for stderr. */
  out: Paint;
  err: Paint;
  /** Writes to stdout, with one newline at the end; `revealed` is the one token that is the artifact itself. */
  result(text: string, revealed?: string): void;
  /** On stderr, unless `--quiet`. */
  note(text: string): void;
  warn(finding: Finding): void;
  /** On stderr, with `--debug`. */
  debug(text: string): void;
  /** On stderr, whatever the flags. */
  error(text: string): void;
  /** Tells GitHub Actions to hide a token in its logs, which shows it on stderr once: nothing else can. */
  maskInActions(token: string): void;
}

export interface ConsoleFlags {
  color?: boolean | undefined;
  json?: boolean | undefined;
  quiet?: boolean | undefined;
  debug?: boolean | undefined;
}

type Spoken = Pick<Stream, 'isTerminal' | 'write'>;

/** Everything that leaves the process passes here, and is redacted by value. */
export async function makeConsole(
  { stdout, stderr, variables }: Record<'stdout' | 'stderr', Spoken> & Pick<Context, 'variables'>,
  secrets: Secrets,
  flags: ConsoleFlags,
): Promise<Console> {
  const out = await paintFor(!flags.json && isColoured(flags.color, variables, stdout.isTerminal));
  const err = await paintFor(isColoured(flags.color, variables, stderr.isTerminal));
  const complain = (text: string) => stderr.write(`${secrets.redact(text)}\n`);
  const unlessQuiet = flags.quiet ? () => {} : complain;
  return {
    out,
    err,
    result: (text, revealed) => stdout.write(`${secrets.redact(text, revealed)}\n`),
    note: unlessQuiet,
    warn: (finding) => unlessQuiet(`${err.yellow('warning:')} ${describe(finding)}`),
    debug: flags.debug ? (text) => complain(err.dim(`debug: ${text}`)) : () => {},
    error: complain,
    maskInActions(token) {
      if (variables.GITHUB_ACTIONS === 'true') stderr.write(`::add-mask::${token}\n`);
    },
  };
}
