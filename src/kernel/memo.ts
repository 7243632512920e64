/** How much is remembered at most, in characters. */
const MOST = 16 * 1024 * 1024;

/**
 * Remembers what `load` returns for each key, until `version` returns another number.
 *
 * @param sizeOf approximate characters of a value; by default so many that 10,000 values are remembered
 */
export function remember<Key, Value>(
  load: (key: Key) => Value,
  version: () => number,
  sizeOf: (value: Value) => number = () => MOST / 10_000,
): (key: Key) => Value {
  const known = new Map<Key, Value>();
  let [last, size] = [version(), 0];
  return (key) => {
    const now = version();
    if (now !== last || size > MOST) {
      known.clear();
      [last, size] = [now, 0];
    }
    const found = known.get(key);
    if (found !== undefined) return found;
    const loaded = load(key);
    // Clients choose keys: what does not exist takes no memory.
    if (loaded !== undefined) {
      known.set(key, loaded);
      size += sizeOf(loaded);
    }
    return loaded;
  };
}
