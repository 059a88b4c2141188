import { say, short } from '../../escape.js';
import { type SentencesOf } from './sentences.js';

export const execSentences: SentencesOf<'exec'> = {
  'exec.not-found': ({ program }) => ({
    message: say`there is no command ${short(program)}. No shell is between: what only a shell knows goes into sh -c '…'.`,
    fix: ['command', '-v', program],
  }),
  'exec.not-runnable': ({ program, reason }) => ({
    message: say`${short(program)} cannot be run: ${reason}.`,
    fix: ['ls', '-l', program],
  }),
};
