import type { Command } from 'commander';
import type { Act } from './tools.js';
export function define(command: Command, act: Act): void {
  command.argument('<shell>').action(act(async () => 0));
}
