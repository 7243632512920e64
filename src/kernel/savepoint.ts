import type BetterSqlite3 from 'better-sqlite3';

/** Undoes the changes of one write without those of the writes before it in the transaction. It is set at its first change. */
export class Savepoint {
  #isSet = false;
  #isNeeded: boolean;
  #hasChanged = false;

  /** @param isFirst whether the write is the first of the transaction, which is rolled back with it instead */
  constructor(
    private readonly sqlite: BetterSqlite3.Database,
    isFirst: boolean,
  ) {
    this.#isNeeded = !isFirst;
  }

  /** The write throws before its next change or not at all. Each savepoint copies the pages that the write changes. */
  omit(): void {
    this.#isNeeded = false;
  }

  beforeChange(): void {
    if (this.#isNeeded && !this.#isSet) {
      this.sqlite.exec('SAVEPOINT write');
      this.#isSet = true;
    }
    this.#hasChanged = true;
  }

  release(): void {
    if (this.#isSet) this.sqlite.exec('RELEASE write');
  }

  /** Undoes the changes. Returns whether it could: if not, the transaction has to be rolled back. */
  undo(): boolean {
    // SQLite rolls the whole transaction back where it cannot go on, such as on a full disk.
    if (!this.sqlite.inTransaction) return false;
    if (!this.#isSet) return !this.#hasChanged;
    try {
      this.sqlite.exec('ROLLBACK TO write; RELEASE write');
      return true;
    } catch {
      return false;
    }
  }
}
