import { copyFileSync, existsSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type CourierServer, json, late } from '../support/courier-server.js';
import { leaksIn } from '../support/e2e-secrets.js';
import { keyed, shell, withCourier } from '../support/e2e-world.js';
import { configFolder } from '../support/run.js';
import { type SshHost, killTree, withSshHosts } from '../support/ssh-hosts.js';

const root = resolve(import.meta.dirname, '../..');
const [, chapter = ''] = readFileSync(join(root, 'README.md'), 'utf8').split('\n## On many machines\n');
const blocks = (language: string) =>
  [...chapter.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, block = '']) => block);
const [onProcesses, onHosts, onShards] = blocks('sh') as [string, string, string];
const [kubernetes, github] = blocks('yaml').map((block) => parse(block) as unknown) as [Job, Workflow];

/** Of this file alone: other tests may show theirs. */
const apiKey = 'pk_test_Mc4Vd8Ns1Lq6Yw3Rt9Kz5Bg2Hp7Jx0';

interface Line {
  user: string;
  token?: string;
  error?: { code: string };
}

function linesOf(ndjson: string): Line[] {
  return ndjson
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

/** The users that have a token, in order; one that has two is there twice. */
function mintedIn(ndjson: string): string[] {
  return linesOf(ndjson)
    .filter(({ token }) => token !== undefined)
    .map(({ user }) => user)
    .toSorted();
}

function usersNamed(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `user-${at}`).toSorted();
}

/** A folder with a list of users, and the key as README has it. */
function folderWith(users: string[]): string {
  const folder = configFolder();
  writeFileSync(join(folder, 'users.txt'), users.map((user) => `${user}\n`).join(''));
  writeFileSync(join(folder, 'key.txt'), `${apiKey}\n`);
  return folder;
}

/** Whom Courier was asked for, by host: each has a base URL of its own. */
function askedBy({ requests }: CourierServer, host: string): string[] {
  return requests
    .filter(({ path }) => path.startsWith(`/${host}/`))
    .map(({ body }) => /user_id:(\S+)/.exec((JSON.parse(body) as { scope: string }).scope)![1]!)
    .filter((user) => user !== 'courier-jwt-check');
}

/** Rejects when it does not come to that: what was started is ended then. */
async function until(condition: () => boolean): Promise<void> {
  const limit = performance.now() + 15_000;
  while (!condition()) {
    if (performance.now() > limit) throw new Error('it did not come to that');
    await new Promise((done) => setTimeout(done, 10));
  }
}

interface Machines {
  courier: CourierServer;
  /** Runs a script of README in `cwd`, on this machine, which has the key in its environment, and knows the hosts. */
  run(script: string, cwd: string): ReturnType<typeof shell>;
  one: SshHost;
  two: SshHost;
}

async function withMachines<T>(work: (machines: Machines) => Promise<T>): Promise<T> {
  return withCourier(async (courier) => {
    const asks = (host: string) => ({ COURIER_BASE_URL: `${courier.url}/${host}` });
    return withSshHosts({ one: asks('one'), two: asks('two') }, async ({ hosts, bin }) => {
      const variables = { ...keyed(courier, apiKey), ...asks('here') };
      // What hangs is ended, and so are the hosts.
      const run = (script: string, cwd: string) =>
        shell('exec timeout 60 bash -c "$SCRIPT"', { cwd, variables: { ...variables, SCRIPT: script }, path: [bin] });
      const [one, two] = hosts as [SshHost, SshHost];
      return work({ courier, run, one, two });
    });
  });
}

describe('GNU parallel', { timeout: 120_000 }, () => {
  const users = usersNamed(3000);
  /** What README has each host do once. */
  const [giveKey] = /^for [^]*?^done\n/m.exec(onHosts)!;

  it('blocks of users, to processes of this machine', async () =>
    withMachines(async ({ courier, run }) => {
      const cwd = folderWith(users);
      expect(await run(onProcesses, cwd)).toMatchObject({ code: 0, stdout: '' });
      const out = join(cwd, 'tokens.ndjson');
      expect(mintedIn(readFileSync(out, 'utf8'))).toEqual(users);
      expect(statSync(out).mode & 0o777).toBe(0o600);
      expect(askedBy(courier, 'here').toSorted()).toEqual(users);
    }));

  it('blocks of a CSV, each with its header', async () =>
    withMachines(async ({ run }) => {
      const cwd = folderWith(['name,id', ...users.map((user) => `"A, B",${user}`)]);
      const script = onProcesses
        .replace('--pipe', '--pipe --header :')
        .replace('--users -', '--users - --users-column id');
      expect((await run(script, cwd)).code).toBe(0);
      expect(mintedIn(readFileSync(join(cwd, 'tokens.ndjson'), 'utf8'))).toEqual(users);
    }));

  it('blocks to hosts: nobody twice, no command line that shows the key, nothing left behind', async () =>
    withMachines(async ({ courier, run, one, two }) => {
      const cwd = folderWith(users);
      const { ran, shown } = await watched(run(onHosts, cwd));
      expect(ran).toMatchObject({ code: 0, stdout: '' });
      const out = join(cwd, 'tokens.ndjson');
      expect(mintedIn(readFileSync(out, 'utf8'))).toEqual(users);
      expect(statSync(out).mode & 0o777).toBe(0o600);
      const asked = [one, two].map(({ name }) => askedBy(courier, name));
      expect(asked.flat().toSorted()).toEqual(users);
      expect(asked.map(({ length }) => length > 0)).toEqual([true, true]);
      expect(leaksIn(shown, [apiKey, inHex(apiKey)])).toEqual([]);
      expect([one, two].map(({ home }) => readdirSync(home).toSorted())).toEqual([
        ['.config', 'bin'],
        ['.config', 'bin'],
      ]);
    }));

  it("parallel's own --env shows it", async () =>
    withMachines(async ({ run }) => {
      const { ran, shown } = await watched(
        run('parallel -j 1 -S one --env COURIER_API_KEY sleep {} ::: 0.5', configFolder()),
      );
      expect([ran.code, leaksIn(shown, [inHex(apiKey)]).length]).toEqual([0, 1]);
    }));

  it('a host dies while it mints blocks: the other one mints them', async () =>
    withMachines(async ({ courier, run, two }) => {
      courier.misbehave(late);
      const cwd = folderWith(users);
      const running = run(onHosts, cwd);
      await until(() => askedBy(courier, 'two').length > 100);
      await two.die();
      expect((await running).code).toBe(0);
      expect(mintedIn(readFileSync(join(cwd, 'tokens.ndjson'), 'utf8'))).toEqual(users);
      expect([askedBy(courier, 'here'), askedBy(courier, 'one').length > 1000]).toEqual([[], true]);
      expect(askedBy(courier, 'one').length + askedBy(courier, 'two').length).toBeGreaterThan(users.length);
    }));

  it('what is lost on the way is minted by the last line', async () =>
    withMachines(async ({ courier, run, one, two }) => {
      const cwd = folderWith(users);
      await run(giveKey, cwd);
      await Promise.all([one.die(), two.die()]);
      expect((await run(onHosts.slice(onHosts.indexOf(giveKey) + giveKey.length), cwd)).code).toBe(0);
      expect(askedBy(courier, 'here').toSorted()).toEqual(users);
    }));

  it('a user with an error: the rest of its block is not minted again', async () =>
    withMachines(async ({ courier, run }) => {
      const cwd = folderWith(['a b', ...users]);
      expect((await run(onHosts, cwd)).code).toBe(1);
      const lines = linesOf(readFileSync(join(cwd, 'tokens.ndjson'), 'utf8'));
      expect(lines.filter(({ error }) => error).map(({ user }) => user)).toEqual(['a b']);
      expect(courier.requests.length).toBe(users.length + 2);
    }));

  describe('shards, on a disk that the hosts share', () => {
    const shards = (folder: string) =>
      readdirSync(folder)
        .filter((name) => /^tokens\.\d\.ndjson$/.test(name))
        .map((name) => readFileSync(join(folder, name), 'utf8'));
    /** The exit codes that parallel saw, in the order of the shards: of each one the last. */
    const exitCodes = (folder: string) => {
      const rows = readFileSync(join(folder, 'jobs.tsv'), 'utf8').trim().split('\n').slice(1);
      const codes = rows.map((row) => row.split('\t')).map((row) => [Number(row[0]) - 1, Number(row[6])]);
      return Object.values(Object.fromEntries(codes) as Record<number, number>);
    };

    it('all of them, and nobody twice', async () =>
      withMachines(async ({ courier, run, one, two }) => {
        const cwd = folderWith(users);
        expect(await run(giveKey + onShards, cwd)).toMatchObject({ code: 0, stdout: '' });
        expect(mintedIn(shards(cwd).join(''))).toEqual(users);
        const asked = [one, two].map(({ name }) => askedBy(courier, name));
        expect(asked.flat().toSorted()).toEqual(users);
        expect(asked.map(({ length }) => length > 0)).toEqual([true, true]);
      }));

    it('without such a disk, as README says', async () =>
      withMachines(async ({ run, one, two }) => {
        const cwd = folderWith(users);
        for (const { home } of [one, two]) copyFileSync(join(cwd, 'users.txt'), join(home, 'users.txt'));
        const script = onShards.replace(/ --workdir \S+| --resume-failed| --resume \S+/g, '');
        await run(giveKey, cwd);
        const { code, stdout } = await run(script, cwd);
        expect([code, mintedIn(stdout)]).toEqual([0, users]);
      }));

    it('a host dies: the other one goes on where it stopped', async () =>
      withMachines(async ({ courier, run, two }) => {
        courier.misbehave(late);
        const cwd = folderWith(users);
        const running = run(giveKey + onShards, cwd);
        await until(() => askedBy(courier, 'two').length > 1000);
        await two.die();
        expect((await running).code).toBe(0);
        expect(mintedIn(shards(cwd).join(''))).toEqual(users);
        // What was in flight, or not yet on the disk, is minted again; far from all of it.
        const again = askedBy(courier, 'one').length + askedBy(courier, 'two').length - users.length;
        expect([again > 0, again < 500]).toEqual([true, true]);
      }));

    it('parallel itself is killed: the same line again completes it', async () =>
      withMachines(async ({ courier, run, one, two }) => {
        courier.misbehave(late);
        const cwd = folderWith(users);
        const killing = `${giveKey}(${onShards.trimEnd()}) & echo $! > pid; wait`;
        const running = run(killing, cwd);
        await until(() => courier.requests.length > 500);
        killTree(Number(readFileSync(join(cwd, 'pid'), 'utf8')));
        await running;
        await until(() => !one.isBusy() && !two.isBusy());
        expect(mintedIn(shards(cwd).join('')).length).toBeLessThan(users.length);
        expect((await run(onShards, cwd)).code).toBe(0);
        expect(mintedIn(shards(cwd).join(''))).toEqual(users);
      }));

    it('what failed, here as no host has a key yet, is run again by the same line', async () =>
      withMachines(async ({ run }) => {
        const cwd = folderWith(users.slice(0, 50));
        expect((await run(onShards, cwd)).code).toBe(8);
        expect((await run(giveKey + onShards, cwd)).code).toBe(0);
        expect(mintedIn(shards(cwd).join(''))).toEqual(users.slice(0, 50));
      }));

    it.each([
      { of: 'a user with an error', list: ['a b', ...users.slice(0, 50)], refuses: false, code: 1, own: [0, 1] },
      { of: 'a key that Courier refuses', list: users.slice(0, 50), refuses: true, code: 8, own: [3] },
    ])('exit codes of $of', async ({ list, refuses, code, own }) =>
      withMachines(async ({ courier, run }) => {
        const cwd = folderWith(list);
        await run(giveKey, cwd);
        if (refuses) courier.misbehave(json(401, { message: 'Unauthorized', type: 'authentication_error' }));
        expect((await run(onShards, cwd)).code).toBe(code);
        expect(new Set(exitCodes(cwd))).toEqual(new Set(own));
      }),
    );
  });

  it('--rate is each process’s own', async () =>
    withMachines(async ({ courier, run }) => {
      const asked: number[] = [];
      courier.misbehave(() => {
        asked.push(performance.now());
        return false;
      });
      const few = users.slice(0, 200);
      const script = onProcesses.replace('-N 1000', '-N 50').replace('--users -', '--users - --rate 20/s');
      const cwd = folderWith(few);
      expect((await run(script, cwd)).code).toBe(0);
      const seconds = (asked.at(-1)! - asked[0]!) / 1000;
      const rate = asked.length / seconds;
      expect([asked.length, rate < 4 * 20 * 1.1, rate > 4 * 20 * 0.5]).toEqual([200, true, true]);
    }));
});

function inHex(text: string): string {
  return Buffer.from(text).toString('hex');
}

/** All command lines that a user of this machine, which is all machines here, could see meanwhile. */
async function watched<T>(running: Promise<T>): Promise<{ ran: T; shown: string }> {
  const seen = new Set<string>();
  const timer = setInterval(() => commandLines().forEach((line) => seen.add(line)), 20);
  try {
    const ran = await running;
    return { ran, shown: [...seen].join('\n') };
  } finally {
    clearInterval(timer);
  }
}

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        // It ended meanwhile.
        return '';
      }
    });
}

interface Job {
  spec: {
    completionMode: string;
    completions: number;
    template: {
      spec: {
        containers: [
          {
            command: string[];
            args: [string];
            env: { name: string; valueFrom: { secretKeyRef: { name: string; key: string } } }[];
            volumeMounts: { name: string; mountPath: string }[];
          },
        ];
        volumes: { name: string }[];
      };
    };
  };
}

describe('an Indexed Job of Kubernetes', { timeout: 60_000 }, () => {
  const { completionMode, completions, template } = kubernetes.spec;
  const { containers, volumes } = template.spec;
  const [{ command, args, env, volumeMounts }] = containers;
  const users = usersNamed(80);
  const secrets: Record<string, Record<string, string>> = { courier: { 'api-key': apiKey } };

  /** Runs the container's command as the pod of an index. Its volumes are folders of `folder`. */
  async function runPod(index: number, folder: string, courier: CourierServer, prefix = '') {
    const own = env.map(({ name, valueFrom: { secretKeyRef: ref } }) => [name, secrets[ref.name]![ref.key]!]);
    const inFolder = volumeMounts.reduce(
      (text, { mountPath }) => text.replaceAll(`${mountPath}/`, `${folder}/`),
      args[0],
    );
    const variables = {
      ...(Object.fromEntries(own) as Record<string, string>),
      COURIER_BASE_URL: courier.url,
      JOB_COMPLETION_INDEX: String(index),
      ARGUMENT: inFolder,
    };
    return shell(`${prefix}${command.join(' ')} "$ARGUMENT"`, { variables, cwd: folder });
  }

  const indexes = Array.from({ length: completions }, (_, index) => index);
  const minted = (folder: string) =>
    mintedIn(indexes.map((index) => readFileSync(join(folder, `tokens.${index}.ndjson`), 'utf8')).join(''));

  it('mounts what it has, and has a shard for each completion', () => {
    expect(volumeMounts.map(({ name }) => name)).toEqual(volumes.map(({ name }) => name));
    expect([completionMode, /\/(\d+)"/.exec(args[0])?.[1]]).toEqual(['Indexed', String(completions)]);
  });

  it('its pods mint all users, and nobody twice', async () =>
    withCourier(async (courier) => {
      const folder = folderWith(users);
      const ran = await Promise.all(indexes.map((index) => runPod(index, folder, courier)));
      expect(ran.map(({ code, stdout }) => [code, stdout])).toEqual(indexes.map(() => [0, '']));
      expect(minted(folder)).toEqual(users);
      expect(courier.requests.length).toBe(users.length);
    }));

  it.each([
    { by: 'SIGTERM', came: { code: 130, signal: null } },
    { by: 'SIGKILL', came: { code: null, signal: 'SIGKILL' } },
  ])('a pod that is ended by $by: the one in its place goes on where it stopped', async ({ by, came }) =>
    withCourier(async (courier) => {
      const folder = folderWith(users);
      await Promise.all(indexes.slice(1).map((index) => runPod(index, folder, courier)));
      const before = courier.requests.length;
      const ended = runPod(0, folder, courier, 'echo $$ > pid; exec ');
      await until(() => courier.requests.length > before + 3);
      process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), by);
      expect(await ended).toMatchObject(came);
      expect(minted(folder).length).toBeLessThan(users.length);
      expect((await runPod(0, folder, courier)).code).toBe(0);
      expect(minted(folder)).toEqual(users);
    }),
  );
});

interface Workflow {
  jobs: Record<
    'mint' | 'join',
    {
      strategy?: { matrix: { shard: number[] } };
      env: Record<string, string>;
      steps: { name?: string; run?: string; uses?: string; with?: Record<string, string> }[];
    }
  >;
}

describe('a matrix of GitHub Actions', { timeout: 60_000 }, () => {
  const { mint, join: joined } = github.jobs;
  const { shard: shards } = mint.strategy!.matrix;
  const users = usersNamed(80);
  const secrets = { COURIER_TEST_KEY: apiKey, TOKENS_PASSPHRASE: 'only for this test' };

  const filled = (text: string, values: Record<string, string>) =>
    text.replace(/\$\{\{ (\S+) \}\}/g, (_, name: string) => values[name]!);

  /** Runs the named steps of a job in `cwd`, each as Actions does: `bash -e`. Ends with the first that fails. */
  async function runJob(
    { steps, env }: typeof mint,
    values: Record<string, string>,
    courier: CourierServer,
    cwd: string,
  ) {
    const own = Object.entries(env).map(([name, value]) => [name, filled(value, values)]);
    const variables = { ...(Object.fromEntries(own) as Record<string, string>), ...{ COURIER_BASE_URL: courier.url } };
    const runs = steps.flatMap(({ name, run }) => (name && run ? [filled(run, values)] : []));
    const script = runs.map((_, at) => `bash -e step.${at}`).join(' && ');
    runs.forEach((run, at) => writeFileSync(join(cwd, `step.${at}`), run));
    return shell(script, { cwd, variables: { ...variables, CI: 'true', GITHUB_ACTIONS: 'true' } });
  }

  function valuesOf(shard: number, own: Partial<typeof secrets> = {}): Record<string, string> {
    const entries = Object.entries({ ...secrets, ...own }).map(([name, value]) => [`secrets.${name}`, value]);
    return { ...(Object.fromEntries(entries) as Record<string, string>), 'matrix.shard': String(shard) };
  }

  /** A runner's workspace, once the repositories are checked out. */
  function workspaceWith(list: string[]): string {
    const cwd = folderWith(list);
    symlinkSync(root, join(cwd, 'courier-jwt'));
    return cwd;
  }

  it('its jobs mint all users, nobody twice, and the last one joins them; no token is in the log or bare in an artifact', async () =>
    withCourier(async (courier) => {
      const artifacts = configFolder();
      const upload = mint.steps.find(({ uses }) => uses?.startsWith('actions/upload-artifact'))!.with!;
      const logs = await Promise.all(
        shards.map(async (shard) => {
          const cwd = workspaceWith(users);
          const ran = await runJob(mint, valuesOf(shard), courier, cwd);
          expect(ran.code).toBe(0);
          const path = filled(upload.path!, valuesOf(shard));
          copyFileSync(join(cwd, path), join(artifacts, path));
          return ran.stdout + ran.stderr.replace(/^::add-mask::.*\n/gm, '');
        }),
      );
      const uploaded = readdirSync(artifacts).map((name) => readFileSync(join(artifacts, name), 'latin1'));
      expect((await runJob(joined, valuesOf(0), courier, artifacts)).code).toBe(0);
      const all = readFileSync(join(artifacts, 'tokens.ndjson'), 'utf8');
      expect(mintedIn(all)).toEqual(users);
      expect(courier.requests.length).toBe(users.length);
      const signatures = linesOf(all).map(({ token }) => token!.split('.')[2]!);
      expect([leaksIn(logs.join('\n'), signatures), leaksIn(uploaded.join('\n'), signatures)]).toEqual([[], []]);
    }));

  it('without a passphrase nothing is encrypted with an empty one', async () =>
    withCourier(async (courier) => {
      const cwd = workspaceWith(users);
      const { code, stderr } = await runJob(mint, valuesOf(1, { TOKENS_PASSPHRASE: '' }), courier, cwd);
      expect([code, existsSync(join(cwd, 'tokens.1.enc'))]).toEqual([1, false]);
      expect(stderr).toMatch(/PASSPHRASE: is not set, and openssl takes none for one$/m);
    }));
});
