/**
 * What a write changes and a memo reads: `items` of resources with states, those of one project, `tokens`, the id of a
 * project; or anything.
 */
export type Subject = string;

/** The items of one project. What reads them reads `items` too, which a write of several projects changes. */
export const itemsOf = (projectId: string): Subject => `items ${projectId}`;

export const ANYTHING: Subject = 'anything';

/** How many subjects are known to have changed; with more, anything may have. */
const MOST_SUBJECTS = 10_000;

/** Counts changes. */
export class Versions {
  #last = 0;
  /** Of subjects that have changed since anything did. */
  #of = new Map<Subject, number>();

  /** The version of a subject, which increases when it changes. */
  of(subject: Subject): number {
    return this.#of.get(subject) ?? this.#of.get(ANYTHING) ?? 0;
  }

  add(changes: readonly Subject[]): void {
    this.#last += 1;
    for (const subject of changes) this.#of.set(subject, this.#last);
    const isKnown = !changes.includes(ANYTHING) && this.#of.size < MOST_SUBJECTS;
    if (!isKnown) this.#of = new Map([[ANYTHING, this.#last]]);
  }
}

/** How much is remembered at most, in characters. */
const MOST = 16 * 1024 * 1024;

/**
 * Remembers what `load` returns for each key, until `version` returns a higher number for it.
 *
 * @param sizeOf approximate characters of a value; by default so many that 10,000 values are remembered
 */
export function remember<Key, Value>(
  load: (key: Key) => Value,
  version: (key: Key) => number,
  sizeOf: (value: Value) => number = () => MOST / 10_000,
): (key: Key) => Value {
  const known = new Map<Key, { readonly version: number; readonly value: Value }>();
  let size = 0;
  return (key) => {
    const now = version(key);
    const found = known.get(key);
    if (found?.version === now) return found.value;
    const value = load(key);
    // Clients choose keys: what does not exist takes no memory.
    if (value === undefined) return value;
    size += sizeOf(value);
    // Replaced values count too, so that it is cleared sooner and not later.
    if (size > MOST) {
      known.clear();
      size = sizeOf(value);
    }
    known.set(key, { version: now, value });
    return value;
  };
}
