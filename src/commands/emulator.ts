import type { Command } from 'commander';
import {
  type EmulatorOptions,
  type Listening,
  type RequestEntry,
  type Seed,
  createEmulator,
} from '../emulator/index.js';
import { isIsoTime } from '../emulator/schema.js';
import { readSeed } from '../emulator/seed.js';
import { Failure } from '../errors.js';
import { bracketed, isThisMachine } from '../guard.js';
import { readyText, requestLine } from '../output/emulator-text.js';
import { documentLine } from '../output/escape.js';
import { refuseCourierFlags } from './courier-flags.js';
import { keyByHand } from './environment.js';
import { examples, list, once, oneOf } from './options.js';
import { logTo, origins, port, untilStopped } from './serving.js';
import { readTextFile } from './text-file.js';
import type { Act, Tools } from './tools.js';

interface EmulatorFlags {
  port: number;
  host: string;
  seed?: string;
  apiKeyFile?: string;
  missingScope?: 'refuse' | 'empty';
  clock?: string;
  fixedIds?: boolean;
  allowHost?: string[];
  allowOrigin?: string[];
}

export function define(command: Command, act: Act): void {
  command
    .option('--port <port>', 'where it listens; 0 takes one that is free', port, 4010)
    .option('--host <host>', 'the address; beyond loopback others reach it', '127.0.0.1')
    .option('--seed <path>', 'what it begins with, as JSON', once('--seed'))
    .option('--api-key-file <path>', 'take this API key only, not any', once('--api-key-file'))
    .option(
      '--missing-scope <how>',
      'an Inbox without inbox:read:messages: refuse (401), or empty (200)',
      oneOf('--missing-scope', ['refuse', 'empty']),
    )
    .option('--clock <time>', 'begin at this time or date (ISO 8601), and stand still', time)
    .option('--fixed-ids', 'ids that count up: two runs answer the same')
    .option('--allow-host <hosts>', 'other names that it is called by', list('--allow-host'))
    .option('--allow-origin <origins>', 'pages of other machines that may call it', origins('--allow-origin', ['null']))
    .addHelpText(
      'after',
      examples(
        ['courier-jwt emulator', 'on port 4010, with messages for alice and bob'],
        ['courier-jwt emulator --port 0 --json', 'any port; a line of JSON a request'],
        ['courier-jwt emulator --port 0 -q > url', 'any port; the URL alone'],
        ['courier-jwt emulator --seed inbox.json', 'with messages of your own'],
        ['courier-jwt issue --user alice --env local', 'a token that it takes'],
        ['curl -X POST localhost:4010/__emulator/reset', 'begin again; GET /__emulator lists the rest'],
      ) + '\n\nExit code: 0 once it is stopped, by Ctrl-C or SIGTERM.',
    )
    .action(act(emulator));
}

async function emulator(flags: EmulatorFlags, tools: Tools): Promise<number> {
  refuseCourierFlags('emulator', tools.flags, {
    env: 'it needs no key, and holds test and production both: the key of a request says which',
    region: '--host and --port say where it listens',
    envFile: 'it reads no variables. --api-key-file takes the key of a file',
  });
  const log = logTo(tools);
  const onRequest = (entry: RequestEntry) =>
    log.add({
      document: () => ({ event: 'request', ...entry }),
      line: () => requestLine(entry, tools.console.err),
    });
  const emulated = createEmulator({ ...(await optionsOf(flags, tools)), onRequest });
  const { port: at, host, allowHost: allowedHosts = [], allowOrigin: allowedOrigins = [] } = flags;
  const listening = await emulated.listen({ port: at, host, allowedHosts, allowedOrigins });
  const tellReady = () => tellListening(listening, flags, tools);
  return untilStopped({ close: listening.close, log, tellReady }, tools);
}

async function optionsOf(flags: EmulatorFlags, tools: Tools): Promise<EmulatorOptions> {
  const { seed, missingScope, clock, fixedIds } = flags;
  const pinned = await keyByHand(flags, tools);
  return {
    ...(seed !== undefined && { seed: await seedIn(seed, tools) }),
    ...(pinned && { apiKey: pinned.key }),
    ...(missingScope && { missingScope }),
    ...(clock !== undefined && { clock }),
    ...(fixedIds && { sequentialIds: true }),
  };
}

async function seedIn(path: string, tools: Tools): Promise<Seed> {
  const text = await readTextFile('--seed', path, tools);
  const value = parseJson(text.replace(/^\uFEFF/, ''));
  const read = value === undefined ? { problem: 'it is not JSON' } : readSeed(value);
  if ('problem' in read) throw new Failure('usage.seed', { path, problem: read.problem });
  return read.value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tellListening(
  { url, apiUrls }: Listening,
  { host, apiKeyFile }: EmulatorFlags,
  { console, flags }: Tools,
): void {
  if (flags.json) console.result(documentLine({ event: 'ready', url, apiUrls }));
  else if (flags.quiet) console.result(url);
  // Any key is taken: one that has the shape of a real one would be redacted.
  console.note(readyText(url, apiUrls, apiKeyFile === undefined ? 'token_emulated' : null, console.err));
  if (!isThisMachine(bracketed(host.toLowerCase())))
    console.warn({ code: 'emulator.exposed', status: 'warn', facts: { host: url } });
}

function time(value: string): string {
  if (isIsoTime(value)) return value;
  throw new Failure('usage.value', {
    option: '--clock',
    value,
    reason: 'it takes an ISO 8601 time, such as 2026-01-01T00:00:00Z',
  });
}
