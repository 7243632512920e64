/** How many keys are remembered at most. */
const SIZE = 10_000;

/** Remembers what `load` returns for each key, until `version` returns another number. */
export function remember<Key, Value>(load: (key: Key) => Value, version: () => number): (key: Key) => Value {
  const known = new Map<Key, Value>();
  let last = version();
  return (key) => {
    const now = version();
    if (now !== last || known.size > SIZE) known.clear();
    last = now;
    const found = known.get(key) ?? load(key);
    // Clients choose keys: what does not exist takes no memory.
    if (found !== undefined) known.set(key, found);
    return found;
  };
}
