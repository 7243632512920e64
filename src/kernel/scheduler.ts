import type { Clock } from './clock.js';
import type { Database, Transaction } from './database.js';
import { setImmediate } from './turn.js';

/** Rows that change when their time has come. */
export interface DueWork {
  /** Real time at which the next row is due, or undefined if none waits. */
  nextDueAt(): number | undefined;
  /** Moves at most `limit` rows that are due at the real time `now`, in due order; returns how many it moved. */
  moveDue(transaction: Transaction, now: number, limit: number): number;
}

/** Rows moved in one go: more of them would hold up the requests that wait meanwhile. */
const BATCH = 500;

/** How long rows that could not be moved wait for the next try: at once would keep the process busy with errors. */
const RETRY_MS = 1000;

/**
 * One alarm for all rows of all features and projects, set for the next that is due. It keeps the file true;
 * answers do not wait for it, since reads derive the state from the row and the time.
 */
export class Scheduler {
  readonly #works: DueWork[] = [];
  #armedFor = Infinity;
  #disarm: () => void = () => undefined;
  #stopped = false;

  /** @param onError told when due rows could not be moved; they stay due, and answers stay right */
  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Adds work and wakes for what of it waits already. */
  add(work: DueWork): void {
    this.#works.push(work);
    this.#armForNext();
  }

  /** Sets the alarm for a row that is due at the real time `at`. */
  wakeAt(at: number): void {
    if (this.#stopped || at >= this.#armedFor) return;
    this.#disarm();
    this.#armedFor = at;
    this.#disarm = this.clock.setAlarm(at, () => {
      this.#armedFor = Infinity;
      this.#moveDue();
    });
  }

  /** Moves all that is due, in due order, within a write; after clocks were moved. */
  catchUp(transaction: Transaction): void {
    const now = this.clock.now();
    for (const work of this.#works) {
      while (work.moveDue(transaction, now, BATCH) === BATCH);
    }
  }

  /** Sets the alarm anew, after clocks were moved. */
  rearm(): void {
    this.#disarm();
    this.#armedFor = Infinity;
    if (!this.#stopped) this.#armForNext();
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm();
  }

  #moveDue(): void {
    if (this.#stopped) return;
    const now = this.clock.now();
    const failed = new Set(this.#works);
    let fullBatches = 0;
    for (const work of this.#works) {
      this.database
        .write((transaction) => {
          if (work.moveDue(transaction, now, BATCH) === BATCH) fullBatches += 1;
          failed.delete(work);
        })
        // Not only `moveDue` can fail, but the commit too, later.
        .catch((error: unknown) => {
          this.onError(error);
          this.wakeAt(now + RETRY_MS);
        });
    }
    if (fullBatches > 0) {
      setImmediate(() => {
        this.#moveDue();
      });
    } else {
      this.#armForNext(failed);
    }
  }

  #armForNext(except: ReadonlySet<DueWork> = new Set()): void {
    for (const work of this.#works) {
      const at = except.has(work) ? undefined : work.nextDueAt();
      if (at !== undefined) this.wakeAt(at);
    }
  }
}
