/** How a header begins in base64url: `{"`, or with white space after the brace. */
export const jwtStart = /e(?:yJ|yA|wo|wk|w0)/;

/** Nothing shorter gives a signature away. */
const tellingLength = 12;

/** Longer than a signature, which most words are not. With `{13,}` a word of megabytes would take all of the stack. */
const words = new RegExp(`[\\w+/=.-]{${tellingLength}}[\\w+/=.-]+`, 'g');

/** A text with every signature in it changed: what stands behind two parts that look like a JWT's. Linear in its length. */
export function mapSignatures(text: string, change: (signature: string) => string): string {
  if (!jwtStart.test(text)) return text;
  return text.replace(words, (word) => {
    const parts = word.split('.');
    const isSignature = (i: number) => parts[i - 1] !== '' && jwtStart.test(parts[i - 2] ?? '');
    return parts.map((part, i) => (part.length >= tellingLength && isSignature(i) ? change(part) : part)).join('.');
  });
}
