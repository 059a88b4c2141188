/** So many are kept, and no longer text: what is always new must not fill the memory. */
const most = 1000;
const longest = 1000;

/** A pure function that keeps what came of it: a stream says much the same again and again. */
export function memo<K extends string | number, T>(of: (key: K) => T): (key: K) => T {
  const known = new Map<K, { value: T }>();
  return (key) => {
    const before = known.get(key);
    if (before) return before.value;
    const value = of(key);
    if (known.size >= most) known.clear();
    if (typeof key === 'number' || key.length <= longest) known.set(key, { value });
    return value;
  };
}
