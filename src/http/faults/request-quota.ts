/** Requests a minute that Atlas allows a project, as its answers say (recorded). */
export const REQUESTS_A_MINUTE = 1200;

const WINDOW_MS = 60_000;

/** Counts requests by minute, whom they count for, and key. */
export class RequestQuota {
  readonly #now: () => number;
  /** How many requests a minute has room for. */
  readonly limit: number;
  readonly #counts = new Map<string, Map<string, number>>();
  #window = 0;

  constructor(now: () => number, limit: number) {
    this.#now = now;
    this.limit = limit;
  }

  /** Number of projects and organizations that have a count. */
  get retained(): number {
    return this.#counts.size;
  }

  /**
   * Counts a request on a key of `owner`, and returns how many are left in this minute: below 0 for one too many.
   *
   * @param owner the id of a project or organization
   */
  take(owner: string, key = ''): number {
    const window = Math.floor(this.#now() / WINDOW_MS);
    if (window !== this.#window) {
      this.#window = window;
      this.#counts.clear();
    }
    const counts = this.#counts.get(owner) ?? new Map<string, number>();
    this.#counts.set(owner, counts);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return this.limit - count;
  }

  /** Drops the counts of projects and organizations that were removed. */
  evict(isGone: (owner: string) => boolean): void {
    for (const owner of this.#counts.keys()) if (isGone(owner)) this.#counts.delete(owner);
  }

  /** Seconds until the next minute begins, at least 1. */
  secondsLeft(): number {
    return Math.ceil((WINDOW_MS - (this.#now() % WINDOW_MS)) / 1000);
  }
}
