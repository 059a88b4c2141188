import { say } from '../../escape.js';
import { type SentencesOf, help, shown } from './sentences.js';

export const execSentences: SentencesOf<'exec'> = {
  'exec.not-found': ({ command: name }) => ({
    message:
      say`there is no command ${shown(name)}. ` +
      (name.includes(' ') ? 'In quotes it is one word: leave them out. ' : '') +
      `No shell is between: what only a shell knows goes into sh -c '…'.`,
    fix: name === '' ? help() : ['command', '-v', name],
  }),
  'exec.not-runnable': ({ command: name, reason }) => ({
    message: say`${shown(name)} cannot be run: ${reason}.`,
    fix: name.includes('/') ? ['ls', '-ld', name] : ['command', '-v', name],
  }),
};
