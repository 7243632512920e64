import type { Statement } from 'better-sqlite3';
import type { Database } from './database.js';
import { clearImmediate, setImmediate } from './turn.js';

/** A table of which a project can be emptied at once: what counts as removed is hidden, and swept later. */
export interface EmptiedTable {
  readonly name: string;
  /** The table that says up to which number (`up_to`) the rows of a project (`project_id`) are removed. */
  readonly emptied: string;
}

/** Rows swept in one go: more of them would hold up the requests that wait meanwhile. */
const BATCH = 500;

/**
 * Removes, after the answer, the rows that a project was emptied of. What is left to sweep stands in the database, so
 * a sweep that was cut off goes on with the next start.
 */
export class Sweeper {
  readonly #database: Database;
  readonly #tables: readonly EmptiedTable[];
  readonly #onError: (error: unknown) => void;
  /** Prepared when first needed: a start should not wait for it. */
  #statements: readonly { readonly sweep: Statement<[number]>; readonly forget: Statement<[]> }[] | undefined;
  readonly #waits: Statement<[], number>;
  #next: NodeJS.Immediate | undefined;
  #stopped = false;

  /** @param onError told when rows could not be removed; they stay hidden, and wait for the next sweep */
  constructor(database: Database, tables: readonly EmptiedTable[], onError: (error: unknown) => void) {
    this.#database = database;
    this.#tables = tables;
    this.#onError = onError;
    const each = tables.map(({ emptied }) => `EXISTS (SELECT 1 FROM ${emptied})`);
    this.#waits = database.prepare<[], number>(`SELECT ${['0', ...each].join(' OR ')}`).pluck();
  }

  /** Sweeps, from the next turn on, in batches of a turn each. */
  wake(): void {
    if (this.#stopped || this.#next || this.#waits.get() === 0) return;
    this.#next = setImmediate(() => {
      this.#next = undefined;
      this.#database
        .write(() => {
          this.#sweep(BATCH);
        })
        .then(() => {
          this.wake();
        }, this.#onError);
    });
  }

  /** Sweeps all there is, now. Belongs inside a write. */
  finish(): void {
    if (this.#waits.get() === 1) this.#sweep(-1);
  }

  /** Sweeps no more: what is under way, or comes with the last commit, finds the database closed. */
  stop(): void {
    this.#stopped = true;
    clearImmediate(this.#next);
  }

  /** @param limit how many rows of each table; -1 for all */
  #sweep(limit: number): void {
    this.#statements ??= this.#tables.map(({ name, emptied }) => ({
      sweep: this.#database.prepare(
        `DELETE FROM ${name} WHERE seq IN (
           SELECT seq FROM ${emptied} JOIN ${name} USING (project_id) WHERE seq <= up_to LIMIT ?)`,
      ),
      forget: this.#database.prepare(`DELETE FROM ${emptied}`),
    }));
    for (const { sweep, forget } of this.#statements) {
      const { changes } = sweep.run(limit);
      if (changes < limit || limit < 0) forget.run();
    }
  }
}
