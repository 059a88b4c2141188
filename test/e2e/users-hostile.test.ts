import { linkSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyed, shell, told, withCourier } from '../support/e2e-world.js';
import { configFolder } from '../support/run.js';

describe.concurrent('a list of users is never written over', () => {
  const help = 'courier-jwt issue --help';
  it.each([
    { of: 'the same name', argv: ['--out', 'u', '--yes'], option: '--out' },
    { of: 'without --yes', argv: ['--out', './u'], option: '--out' },
    { of: 'a link', argv: ['--out', 'soft', '--yes'], option: '--out' },
    { of: 'a second name', argv: ['--out', 'hard', '--yes'], option: '--out' },
    { of: 'to go on with', argv: ['--resume', './u'], option: '--resume' },
    { of: 'a link to go on with', argv: ['--resume', 'soft'], option: '--resume' },
    { of: 'a second name to go on with', argv: ['--resume', 'hard'], option: '--resume' },
    { of: 'what --resume writes beside it', argv: ['--resume', 'o'], users: 'o.resuming', option: '--resume' },
    { of: 'what --out writes beside it', argv: ['--out', 'o', '--yes'], users: 'o.writing', option: '--out' },
    { of: 'on stdin', argv: ['--out', 'soft', '--yes'], isOnStdin: true, option: '--out' },
    { of: 'on stdin, to go on with', argv: ['--resume', 'u'], isOnStdin: true, option: '--resume' },
  ])('$of', async ({ argv, users = 'u', isOnStdin = false, option }) =>
    withCourier(async (courier) => {
      const cwd = configFolder();
      const list = '{"user":"alice","error":{}}\n{"user":"bob"}\n';
      writeFileSync(join(cwd, users), list);
      linkSync(join(cwd, users), join(cwd, 'hard'));
      symlinkSync(users, join(cwd, 'soft'));
      writeFileSync(join(cwd, 'o'), '{"user":"to');
      const before = readdirSync(cwd);
      const script = `courier-jwt issue --users ${isOnStdin ? `- < ${users}` : users} ${argv.join(' ')}`;
      const ran = await shell(script, { cwd, variables: keyed(courier) });
      const stderr = told(`--users and ${option} do not go together: they are one file.`, help);
      expect(ran).toEqual({ code: 2, signal: null, stdout: '', stderr });
      expect([readdirSync(cwd), readFileSync(join(cwd, users), 'utf8')]).toEqual([before, list]);
      expect(courier.requests).toEqual([]);
    }),
  );
});
