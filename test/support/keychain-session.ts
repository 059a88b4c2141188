import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** Whether a program is on the path. */
export function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export const hasKeyring = ['dbus-run-session', 'gnome-keyring-daemon', 'gdbus'].every(isInstalled);

export interface Keyring {
  /** What a command needs to find it. */
  variables: Record<string, string>;
  /** The keys that the keyring has of courier-jwt, by account; asked of the keyring itself. */
  entries(): Promise<Record<string, string>>;
  /** As if by the desktop's password manager. */
  removeEntry(account: string): Promise<void>;
  lock(): Promise<void>;
  stop(): Promise<void>;
}

/** GNOME's keyring, unlocked, on a D-Bus and in a home of its own. */
export async function startKeyring(): Promise<Keyring> {
  const home = mkdtempSync(join(tmpdir(), 'courier-jwt-keyring-'));
  const runtime = join(home, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const own = { PATH: process.env.PATH ?? '', HOME: home, XDG_RUNTIME_DIR: runtime };
  const script =
    'printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 && echo "$DBUS_SESSION_BUS_ADDRESS" && cat >/dev/null';
  const session = spawn('dbus-run-session', ['--', 'sh', '-c', script], {
    env: own,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    session.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    session.once('exit', (code) => reject(new Error(`the keyring ended early: ${code}`)));
  });
  const variables = { XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: address };
  const keyring = JSON.stringify(createRequire(import.meta.url).resolve('@napi-rs/keyring'));
  const inBus = async (program: string, ...argv: string[]) => {
    const { stdout } = await promisify(execFile)(program, argv, { env: { ...own, ...variables } });
    return stdout;
  };
  return {
    variables,
    async entries() {
      const all = `console.log(JSON.stringify(require(${keyring}).findCredentials('courier-jwt')))`;
      const list = JSON.parse(await inBus(process.execPath, '-e', all)) as { account: string; password: string }[];
      return Object.fromEntries(list.map(({ account, password }) => [account, password]));
    },
    async removeEntry(account) {
      const entry = `new (require(${keyring}).Entry)('courier-jwt', process.argv[1], { linux: { store: 'secret-service' } })`;
      await inBus(process.execPath, '-e', `${entry}.deletePassword()`, account);
    },
    async lock() {
      const to = ['--dest', 'org.freedesktop.secrets', '--object-path', '/org/freedesktop/secrets'];
      const login = "['/org/freedesktop/secrets/collection/login']";
      await inBus('gdbus', 'call', '--session', ...to, '--method', 'org.freedesktop.Secret.Service.Lock', login);
    },
    async stop() {
      const ended = new Promise((resolve) => session.once('exit', resolve));
      session.stdin.end();
      await ended;
    },
  };
}

/** A D-Bus that takes connections and never answers. */
export async function startSilentBus() {
  const path = join(mkdtempSync(join(tmpdir(), 'courier-jwt-bus-')), 'bus');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    variables: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` },
    connections: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface ProcessView {
  pid: number;
  /** As `ps` and any user of the machine can see it. */
  commandLine: string;
  variables: string;
}

/** The processes that `pid` started and that run, as /proc shows them. */
export function childrenOf(pid: number): ProcessView[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The command's name, in parentheses, may have spaces in it.
        const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
        if (Number(parent) !== pid) return [];
        const read = (file: string) => readFileSync(`/proc/${name}/${file}`, 'utf8').replaceAll('\0', '\n');
        return [{ pid: Number(name), commandLine: read('cmdline'), variables: read('environ') }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

/** Waits until a process waits itself: none of its threads has run, or wanted to, for half a second. */
export async function untilIdle(pid: number): Promise<void> {
  const isIdle = () =>
    readdirSync(`/proc/${pid}/task`).every((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').split(') ').at(-1)!.startsWith('S'),
    );
  for (let times = 0; times < 20; times = isIdle() ? times + 1 : 0)
    await new Promise((resolve) => setTimeout(resolve, 25));
}

/** The process that runs `script` in this home, once it is there. */
export async function processIn(home: string, script: string): Promise<number> {
  const runs = (pid: string) => {
    try {
      const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
      return read('cmdline')[1] === script && read('environ').includes(`HOME=${home}`);
    } catch {
      return false;
    }
  };
  for (;;) {
    const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && runs(name));
    if (pid !== undefined) return Number(pid);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
