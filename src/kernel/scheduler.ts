// Not the global function: batches must not depend on a test's fake timers.
import { setImmediate } from 'node:timers';
import type { Clock } from './clock.js';
import type { Database, Transaction } from './database.js';

/** Rows that change when they are due. */
export interface DueWork {
  /** When the next row is due, in the time of the clock; undefined if there is none. */
  nextDueAt(): number | undefined;
  /** Processes at most `limit` rows that are due at `now`, in due order. Returns how many. */
  moveDue(transaction: Transaction, now: number, limit: number): number;
}

/** Rows of one batch, for which requests wait: a few milliseconds. Fewer rows would write the same pages more often. */
const BATCH = 100;

/** What its writes change. */
const ITEMS = ['items'];

/** The delay after a failure. */
const RETRY_MS = 1000;

/**
 * One alarm for the due rows of all features and projects, set for the next of them. It persists what has changed;
 * responses do not depend on it, because reads derive the state from the row and the time.
 */
export class Scheduler {
  readonly #works: DueWork[] = [];
  /** `-Infinity` while due rows are processed: the alarm is set again when there are no more. */
  #armedFor = Infinity;
  /** Settles when the last call of {@link finish} does. */
  #finishing = Promise.resolve();
  #disarm: () => void = () => undefined;
  #stopped = false;

  /** @param onError receives the error of a failed batch, which is retried */
  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Adds work, and sets the alarm for its rows. */
  add(work: DueWork): void {
    this.#works.push(work);
    this.#armForNext();
  }

  /** Sets the alarm for a row that is due at `at`. */
  wakeAt(at: number): void {
    if (this.#stopped || at >= this.#armedFor) return;
    this.#disarm();
    this.#armedFor = at;
    this.#disarm = this.clock.setAlarm(at, () => {
      this.#armedFor = -Infinity;
      this.#moveDue();
    });
  }

  /**
   * Processes a batch of due rows of each source, within a write; after clocks were moved. If there may be more,
   * {@link finish} processes them after the commit; else the alarm is set again.
   */
  catchUp(transaction: Transaction): void {
    const now = this.clock.now();
    const isFull = this.#works.map((work) => work.moveDue(transaction, now, BATCH)).includes(BATCH);
    transaction.afterCommit(() => {
      this.#disarm();
      this.#armedFor = -Infinity;
      if (!isFull) this.#rearm();
    });
  }

  /**
   * Processes all due rows that {@link catchUp} has left, in batches between which the event loop is free. Calls wait for
   * each other.
   */
  finish(): Promise<void> {
    const finished = this.#finishing.then(async () => {
      while (this.#armedFor === -Infinity && !this.#stopped) {
        await this.database.write((transaction) => {
          this.catchUp(transaction);
        }, ITEMS);
      }
    });
    this.#finishing = finished.catch(() => {
      // The alarm rings at once, and tries again.
      this.#rearm();
    });
    return finished;
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm();
  }

  #moveDue(): void {
    if (this.#stopped) return;
    const now = this.clock.now();
    let fullBatches = 0;
    for (const work of this.#works) {
      this.database
        .write((transaction) => {
          if (work.moveDue(transaction, now, BATCH) === BATCH) fullBatches += 1;
        }, ITEMS)
        // The commit can fail too.
        .catch((error: unknown) => {
          this.onError(error);
          this.wakeAt(now + RETRY_MS);
        });
    }
    if (fullBatches > 0) {
      setImmediate(() => this.#moveDue());
    } else {
      // What is still due has failed, and waits for its retry.
      this.#rearm(now);
    }
  }

  /** Sets the alarm for the next row that is due after a time. */
  #rearm(after?: number): void {
    this.#armedFor = Infinity;
    if (!this.#stopped) this.#armForNext(after);
  }

  #armForNext(after = -Infinity): void {
    for (const work of this.#works) {
      const at = work.nextDueAt();
      if (at !== undefined && at > after) this.wakeAt(at);
    }
  }
}
