/** How many things of one kind are remembered of a client. */
export const REMEMBERED = 100;

/** A map that forgets the oldest of its keys beyond a limit. */
export class Recent<Key, Value> extends Map<Key, Value> {
  /** Goes from the oldest key to the next, while all are taken: a new iterator would pass all that were removed. */
  #oldest: IterableIterator<Key> | undefined;

  constructor(private readonly limit: number) {
    super();
  }

  override set(key: Key, value: Value): this {
    // A key that is set again is the newest.
    this.delete(key);
    super.set(key, value);
    if (this.size > this.limit) {
      this.#oldest ??= this.keys();
      this.delete(this.#oldest.next().value as Key);
    } else {
      // It would retain all tables that the map has had since.
      this.#oldest = undefined;
    }
    return this;
  }

  /** The value of a key, made if it is not there. */
  take(key: Key, make: () => Value): Value {
    const known = this.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.set(key, made);
    return made;
  }
}
