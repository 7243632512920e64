/** Requests a minute that Atlas allows a project, as its answers say (recorded). */
export const REQUESTS_A_MINUTE = 1200;

const WINDOW_MS = 60_000;

/** Counts requests by minute and key. */
export class RequestQuota {
  readonly #now: () => number;
  readonly #limit: number;
  readonly #counts = new Map<string, number>();
  #window = 0;

  /** @param limit how many a minute has room for */
  constructor(now: () => number, limit: number) {
    this.#now = now;
    this.#limit = limit;
  }

  /** Counts a request on `key`, and returns how many are left in this minute: below 0 for one too many. */
  take(key: string): number {
    const window = Math.floor(this.#now() / WINDOW_MS);
    if (window !== this.#window) {
      this.#window = window;
      this.#counts.clear();
    }
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return this.#limit - count;
  }

  /** Seconds until the next minute begins, at least 1. */
  secondsLeft(): number {
    return Math.ceil((WINDOW_MS - (this.#now() % WINDOW_MS)) / 1000);
  }
}
