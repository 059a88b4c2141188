/** So many are kept, and none that is longer: what is always new must not fill the memory. */
const most = 1000;
const longest = 1000;

/** A pure function of a text that keeps what came of it: a stream says much the same again and again. */
export function memo<T>(of: (text: string) => T): (text: string) => T {
  const known = new Map<string, { value: T }>();
  return (text) => {
    const before = known.get(text);
    if (before) return before.value;
    const value = of(text);
    if (known.size >= most) known.clear();
    if (text.length <= longest) known.set(text, { value });
    return value;
  };
}
