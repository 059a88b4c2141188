import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { childrenOf } from './keychain-session.js';
import { configFolder, executable } from './run.js';

/** A machine that is reached by ssh; really an sshd of its own on loopback. */
export interface SshHost {
  name: string;
  /** Where its commands start; it is HOME there, and `courier-jwt` is on its PATH. */
  home: string;
  /** Whether something runs there that came by ssh. */
  isBusy(): boolean;
  /** As when its power goes. Resolves when the sshd and all that it started are gone. */
  die(): Promise<void>;
}

export interface SshHosts {
  hosts: SshHost[];
  /** For PATH: its `ssh` knows the hosts by name, and has the key to them. */
  bin: string;
}

/** Runs hosts of these names; `variables` are each one's environment. They are gone when `work` is done, whatever happens. */
export async function withSshHosts<T>(
  variables: Record<string, Record<string, string>>,
  work: (hosts: SshHosts) => Promise<T>,
): Promise<T> {
  // sshd, as root, wants this folder, which only an init makes.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const bin = configFolder();
  const key = newKey(bin);
  const started: (SshHost & { entry: string })[] = [];
  try {
    for (const [name, own] of Object.entries(variables)) started.push(await startHost(name, own, `${key}.pub`));
    const config = join(bin, 'config');
    const common = ['BatchMode yes', 'IdentitiesOnly yes', `IdentityFile ${key}`, 'LogLevel ERROR'];
    writeFileSync(config, [...started.map(({ entry }) => entry), 'Host *', ...common, ''].join('\n'));
    writeFileSync(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${config}' "$@"\n`, { mode: 0o755 });
    return await work({ hosts: started, bin });
  } finally {
    await Promise.all(started.map(({ die }) => die()));
  }
}

/** Its private half; the public one is beside it. */
function newKey(folder: string): string {
  const path = join(folder, 'key');
  execFileSync('/usr/bin/ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
  return path;
}

async function startHost(name: string, variables: Record<string, string>, authorized: string) {
  const folder = configFolder();
  const home = join(folder, 'home');
  mkdirSync(join(home, 'bin'), { recursive: true });
  symlinkSync(executable, join(home, 'bin/courier-jwt'));
  const port = await freePort();
  const key = newKey(folder);
  const path = [join(home, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter);
  const environment = { ...variables, HOME: home, PATH: path, TMPDIR: folder };
  const own = Object.entries(environment).map(([variable, value]) => `"${variable}=${value}"`);
  const config = `
ListenAddress 127.0.0.1
Port ${port}
HostKey ${key}
PidFile none
AuthorizedKeysFile ${authorized}
# Everybody may write to the folder of temporary files, in which the key is.
StrictModes no
UsePAM no
KbdInteractiveAuthentication no
PasswordAuthentication no
# parallel connects for each of its jobs, all at once.
MaxStartups 100
SetEnv ${own.join(' ')}
# Else it is the user's own home, of all hosts the same.
ForceCommand cd && eval "$SSH_ORIGINAL_COMMAND"
`;
  writeFileSync(join(folder, 'sshd_config'), config);
  const daemon = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await listening(daemon);
  const known = join(folder, 'known_hosts');
  writeFileSync(known, `[127.0.0.1]:${port} ${readFileSync(`${key}.pub`, 'utf8')}`);
  const entry = `Host ${name}\n  HostName 127.0.0.1\n  Port ${port}\n  UserKnownHostsFile ${known}`;
  const isBusy = () => childrenOf(daemon.pid!).length > 0;
  return { name, home, entry, isBusy, die: () => end(daemon) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** @throws what sshd says when it ends instead */
async function listening(daemon: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    daemon.once('error', reject).once('exit', () => reject(new Error(`sshd ended: ${said}`)));
    daemon.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('Server listening')) resolve();
    });
  });
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const gone = new Promise((resolve) => daemon.once('exit', resolve));
  killTree(daemon.pid!);
  await gone;
}

/** Kills a process and all below it. */
export function killTree(root: number): void {
  for (const pid of frozen(root)) signal(pid, 'SIGKILL');
}

/** They are stopped: one that runs may start others meanwhile. */
function frozen(pid: number): number[] {
  signal(pid, 'SIGSTOP');
  return [pid, ...childrenOf(pid).flatMap((child) => frozen(child.pid))];
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended meanwhile.
  }
}
