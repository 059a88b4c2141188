import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type CourierServer, json, sign, workspace } from '../support/courier-server.js';
import { withRegions } from '../support/e2e-regions.js';
import { apiKey, shell } from '../support/e2e-world.js';
import { configFolder } from '../support/run.js';

const root = resolve(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map(([, block = '']) => block);

interface Step {
  name?: string;
  run?: string;
  shell?: string;
}
const [github, gitlab] = blocks('yaml').map((block) => parse(block) as unknown) as [
  { jobs: { tokens: { env: Record<string, string>; steps: Step[] } } },
  { tokens: { script: string[]; artifacts: { reports: { junit: string } } } },
];
const config = blocks('json').find((block) => block.includes('"environments"'))!;

/** A repository that uses the recipes. What npm would fetch is stood in for by what is built here. */
function project() {
  const cwd = configFolder();
  writeFileSync(join(cwd, 'courier-jwt.config.json'), config);
  const bin = configFolder();
  const npm = `#!/bin/sh
case "$*" in
  'ci --prefix courier-jwt') cp -R ${root}/dist courier-jwt/ && ln -s ${root}/node_modules courier-jwt/ ;;
  'run e2e') node -e 'const { COURIER_JWT, COURIER_API_KEY_TEST } = process.env; console.log(Boolean(COURIER_JWT), COURIER_API_KEY_TEST)' ;;
  *) exit 99 ;;
esac
`;
  writeFileSync(join(bin, 'npm'), npm, { mode: 0o755 });
  return { cwd, bin };
}

/** What the backend of the recipe mints: the how-to's set for alice. */
function backend(courier: CourierServer): void {
  const now = Math.floor(Date.now() / 1000);
  const token = sign({
    scope: 'user_id:alice inbox:read:messages inbox:write:events read:preferences write:preferences read:brands',
    tenant_scope: 'published/test',
    tenant_id: `${workspace}/test`,
    iat: now,
    exp: now + 86_400,
  });
  courier.misbehave((request, response) =>
    request.headers.host === 'staging.example.com' ? json(200, { token })(request, response) : false,
  );
}

describe("README's recipe for GitHub Actions", () => {
  const { env, steps } = github.jobs.tokens;
  /** As Actions runs a step: `bash --noprofile --norc -eo pipefail`. */
  const commands = steps.flatMap(({ name = '', run, shell: which }) =>
    which === 'bash' && run ? [{ name, run }] : [],
  );

  async function runStep(script: string, secret: string) {
    const { cwd } = project();
    symlinkSync(root, join(cwd, 'courier-jwt'));
    const { bin } = project();
    const summary = join(cwd, 'summary.md');
    writeFileSync(summary, '');
    return withRegions(async (courier, { COURIER_API_KEY: _, ...network }) => {
      backend(courier);
      const own = Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name, value.replace('${{ secrets.COURIER_TEST_KEY }}', secret)]),
      );
      const variables = {
        ...network,
        CURL_CA_BUNDLE: network.NODE_EXTRA_CA_CERTS!,
        ...own,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_STEP_SUMMARY: summary,
      };
      const ran = await shell(`set -eo pipefail\n${script}`, { variables, cwd, path: [bin] });
      return { ...ran, summary: readFileSync(summary, 'utf8'), requests: courier.requests.length };
    });
  }

  it('has these steps', () => {
    expect(commands.map(({ name }) => name)).toEqual([
      'tokens do what the app needs',
      'the key still grants it',
      'the backend mints what the Inbox needs, and Courier takes it',
      'end-to-end tests, with a token of their own',
    ]);
    expect(env).toEqual({ COURIER_API_KEY_TEST: '${{ secrets.COURIER_TEST_KEY }}' });
  });

  it.each(commands)('$name', async ({ name, run: script }) => {
    const { code, stdout, stderr, summary } = await runStep(script, apiKey);
    expect([code, (stdout + stderr).includes(apiKey)]).toEqual([0, false]);
    if (name.startsWith('tokens')) {
      expect(stdout).toBe('smoke: 4 checks: 4 passed\n');
      expect(summary).toMatch(/^### courier-jwt smoke: 4 checks: 4 passed\n/);
    }
    if (name.startsWith('end-to-end'))
      expect([stdout, stderr.startsWith('::add-mask::eyJ')]).toEqual(['true undefined\n', true]);
  });

  it.each([
    {
      step: 'tokens do what the app needs',
      exit: 3,
      told: /^::error file=courier-jwt\.config\.json,line=3,.*COURIER_API_KEY_TEST is set, and empty: in CI, does this run have the secret\?/m,
    },
    { step: 'the key still grants it', exit: 3, told: /COURIER_API_KEY_TEST is set, and empty/ },
    { step: 'end-to-end tests, with a token of their own', exit: 3, told: /COURIER_API_KEY_TEST is set, and empty/ },
  ])('$step, in a fork whose secret is empty: exit $exit, and the reason', async ({ step, exit, told }) => {
    const { code, stdout, stderr, requests } = await runStep(commands.find(({ name }) => name === step)!.run, '');
    expect([code, requests]).toEqual([exit, 0]);
    expect(stdout + stderr).toMatch(told);
  });
});

it("README's recipe for GitLab, its script as it stands", async () => {
  const { cwd, bin } = project();
  // The clone is of what is committed, and of nothing else.
  const bare = configFolder();
  execFileSync('git', ['init', '-q', '-b', 'main', bare]);
  mkdirSync(join(bare, 'bin'));
  for (const file of ['bin/courier-jwt.cjs', 'bin/keychain.cjs'])
    writeFileSync(join(bare, file), readFileSync(join(root, file)), { mode: 0o755 });
  execFileSync('git', ['-C', bare, 'add', '-A']);
  execFileSync('git', ['-C', bare, '-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '-qm', 'x']);
  await withRegions(async (_, { COURIER_API_KEY: __, ...network }) => {
    const variables = {
      ...network,
      CI: 'true',
      GITLAB_CI: 'true',
      COURIER_API_KEY_TEST: apiKey,
      COURIER_JWT_REPOSITORY: `file://${bare}`,
    };
    const ran = await shell(`set -eo pipefail\n${gitlab.tokens.script.join('\n')}`, { variables, cwd, path: [bin] });
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([0, '', '']);
  });
  const xml = readFileSync(join(cwd, gitlab.tokens.artifacts.reports.junit), 'utf8');
  const { testsuites } = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(xml) as {
    testsuites: Record<string, string>;
  };
  expect([testsuites.tests, testsuites.failures, testsuites.errors, testsuites.skipped]).toEqual(['4', '0', '0', '0']);
});
