import type { Command } from 'commander';
import { Failure } from '../errors.js';
import { toJson } from '../output/escape.js';
import { bashScript } from './completion/bash.js';
import { fishScript } from './completion/fish.js';
import { commandLine, shells } from './completion/model.js';
import { zshScript } from './completion/zsh.js';
import { examples } from './options.js';
import type { Act, Tools } from './tools.js';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

export function define(command: Command, act: Act): void {
  command
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      examples(
        ['source <(courier-jwt completion bash)', 'in ~/.bashrc'],
        ['courier-jwt completion zsh > "${fpath[1]}/_courier-jwt"', 'once; then start zsh again'],
        ['courier-jwt completion fish > ~/.config/fish/completions/courier-jwt.fish', 'once'],
      ) + '\n\nTAB starts no courier-jwt. After an update, make the script again.',
    )
    .action(act(completion));
}

async function completion(
  _: object,
  { console, context, flags }: Tools,
  [value = '']: (string | undefined)[],
): Promise<number> {
  const shell = shells.find((one) => one === value);
  if (!shell) throw new Failure('usage.value', { option: 'completion', value, reason: 'it takes bash, zsh or fish' });
  const script = scripts[shell](await commandLine(context));
  console.result(flags.json ? toJson({ shell, script }) : script);
  return 0;
}
