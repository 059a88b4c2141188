/** Colours for one stream; each is the identity where there is no colour. */
export interface Paint {
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

const plain = (text: string) => text;
export const noPaint: Paint = { red: plain, green: plain, yellow: plain, dim: plain, bold: plain };

/** Chalk for a stream that shows colour; it does not honour NO_COLOR by itself, and is not loaded in vain. */
export async function paintFor(coloured: boolean): Promise<Paint> {
  if (!coloured) return noPaint;
  const { Chalk } = await import('chalk');
  return new Chalk({ level: 1 });
}

/** `--color` and `--no-color`, then FORCE_COLOR, then NO_COLOR, then whether the stream is a terminal. */
export function isColoured(
  flag: boolean | undefined,
  variables: Record<string, string | undefined>,
  isTerminal: boolean,
): boolean {
  if (flag !== undefined) return flag;
  if (variables.FORCE_COLOR) return !['0', 'false'].includes(variables.FORCE_COLOR);
  if (variables.NO_COLOR) return false;
  return isTerminal && variables.TERM !== 'dumb';
}
