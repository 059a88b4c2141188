import { Failure } from '../errors.js';

export interface PromptStreams {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
  signal: AbortSignal;
}

/** Asks for a yes; no is the default. @throws {Failure} `interrupted.signal` */
export async function askConfirm(message: string, streams: PromptStreams): Promise<boolean> {
  const { confirm } = await import('@inquirer/prompts');
  return interruptible(confirm({ message, default: false }, streams));
}

/** Asks for a key, with no echo and no way to reveal it. @throws {Failure} `interrupted.signal` */
export async function askSecret(message: string, streams: PromptStreams): Promise<string> {
  const { password } = await import('@inquirer/prompts');
  return interruptible(password({ message, mask: false, toggleMask: false }, streams));
}

async function interruptible<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && /^(?:ExitPromptError|AbortPromptError)$/.test(error.name))
      throw new Failure('interrupted.signal', {});
    throw error;
  }
}
