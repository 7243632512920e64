/**
 * What the control API keeps open: streams, and requests that wait. It is ended before the server closes, since
 * closing waits for every connection.
 */
export class Ongoing {
  readonly #ends = new Set<() => void>();
  #over = false;

  /** @param end called once when the server is about to close; returns a function that forgets it */
  add(end: () => void): () => void {
    if (this.#over) end();
    else this.#ends.add(end);
    return () => this.#ends.delete(end);
  }

  /** Ends all there is, and at once all that is added later. */
  endAll(): void {
    this.#over = true;
    for (const end of this.#ends) {
      this.#ends.delete(end);
      end();
    }
  }
}
