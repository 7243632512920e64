/** Requests a minute that Atlas allows, as its answers say (recorded). The emulator counts, and refuses none. */
export const REQUESTS_A_MINUTE = 1200;

const WINDOW_MS = 60_000;

/** Counts requests by project, for the `RateLimit-*` headers of Atlas's answers. */
export class RequestQuota {
  readonly #now: () => number;
  readonly #counts = new Map<string, number>();
  #window = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a request on `key`, and returns how many are left in this minute. */
  take(key: string): number {
    const window = Math.floor(this.#now() / WINDOW_MS);
    if (window !== this.#window) {
      this.#window = window;
      this.#counts.clear();
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return Math.max(0, REQUESTS_A_MINUTE - count);
  }
}
