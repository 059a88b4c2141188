import { proxyFor } from '../../courier/proxy.js';
import { Failure, errnoOf } from '../../errors.js';
import { unmadeCheck } from '../../output/messages/unmade.js';
import type { Finding } from '../../report.js';
import type { Target } from '../online.js';
import { limitBytes } from '../text-file.js';
import type { Tools } from '../tools.js';

/** What is around the token and its key: the store, proxy and certificates, and what older tools left behind. */
export async function examineSurroundings(target: Target | undefined, tools: Tools): Promise<Finding[]> {
  return [
    ...examineStore(target, tools),
    ...(target && !target.local ? examineProxy(target, tools) : []),
    ...(await examineCertificates(tools)),
    ...examineOldFile(tools),
  ];
}

function examineStore(target: Target | undefined, { context }: Tools): Finding[] {
  const { store } = context;
  try {
    const chosen = target?.choice;
    const stored: Finding[] =
      chosen?.record && chosen.name !== null
        ? [
            {
              code: `config.${chosen.record.storage}`,
              status: 'pass',
              subject: chosen.name,
              facts: { folder: store.directory },
            },
          ]
        : [];
    const exposed = store.names().filter((name) => store.isExposed(name));
    const fix = ['chmod', '-R', 'go-rwx', store.directory];
    return [
      ...stored,
      ...exposed.map((subject): Finding => ({ code: 'environment.exposed', status: 'warn', subject, facts: {}, fix })),
    ];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [unmadeCheck(error, store.directory)];
  }
}

function examineProxy({ baseUrl }: Target, { context }: Tools): Finding[] {
  const proxy = proxyFor(new URL(baseUrl), context.variables);
  // A proxy may have a password in it.
  return proxy === undefined
    ? []
    : [{ code: 'config.proxy', status: 'pass', subject: new URL(proxy).host, facts: { host: new URL(baseUrl).host } }];
}

/** What Node passes over without an error. */
async function examineCertificates({ context }: Tools): Promise<Finding[]> {
  const { NODE_TLS_REJECT_UNAUTHORIZED: verify, NODE_EXTRA_CA_CERTS: path } = context.variables;
  const unverified: Finding[] =
    verify === '0'
      ? [{ code: 'tls.not-verified', status: 'warn', facts: {}, fix: ['unset', 'NODE_TLS_REJECT_UNAUTHORIZED'] }]
      : [];
  if (!path) return unverified;
  const reason = await whyUnreadable(path, { context });
  if (reason === undefined) return unverified;
  const fix = ['ls', '-l', path];
  return [...unverified, { code: 'certificates.unreadable', status: 'warn', subject: path, facts: { reason }, fix }];
}

async function whyUnreadable(path: string, { context }: Pick<Tools, 'context'>): Promise<string | undefined> {
  try {
    await context.files.read(path, limitBytes);
    return undefined;
  } catch (error) {
    if (error instanceof Failure) throw error;
    return errnoOf(error);
  }
}

/** What Courier's earlier command line left in a project: it is not read, and may hold a key. */
function examineOldFile({ context }: Tools): Finding[] {
  if (!context.files.isFile('.courier')) return [];
  const fix = ['courier-jwt', 'env', 'add', 'test'];
  return [{ code: 'config.old-file', status: 'warn', subject: '.courier', facts: {}, fix }];
}
