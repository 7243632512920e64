// Not the global function: commits must not depend on a test's fake timers.
import { setImmediate } from 'node:timers';
import type BetterSqlite3 from 'better-sqlite3';
import { movedProblem, openFile, retain, storageError } from './database-file.js';
import { ANYTHING, remember, Versions, type Subject } from './memo.js';
import { Savepoint } from './savepoint.js';
import { StorageError } from './storage-error.js';
import type { Migration, Parameters } from './tables.js';

/** A write in progress. */
export interface Transaction {
  /** Runs `effect` after the commit; never, if the write is rolled back. */
  afterCommit(effect: () => void): void;
  /** Says that the work throws before its next change or not at all: then it needs no savepoint. */
  omitSavepoint(): void;
}

/** The writes that share a commit. */
interface Batch {
  readonly effects: (() => void)[];
  readonly writers: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[];
  readonly changes: Set<Subject>;
}

/**
 * The emulator's one SQLite connection.
 *
 * Writes go through {@link Database.write}; those of one turn of the event loop share a commit. Memory follows the
 * commit: a read outside of a write commits what is pending first, so it never returns what may be rolled back, and what
 * is kept in memory is either read through {@link Database.memo} or changed by {@link Transaction.afterCommit}.
 */
export class Database {
  readonly #statements = new Map<string, BetterSqlite3.Statement>();
  /** Those that return the first column. */
  readonly #columns = new Map<string, BetterSqlite3.Statement>();
  #batch: Batch | undefined;
  readonly #versions = new Versions();
  /** The write in progress: what it changes, and how it is undone. */
  #writing: { readonly changes: readonly Subject[]; readonly savepoint: Savepoint } | undefined;
  #failure: string | undefined;

  private constructor(
    private readonly sqlite: BetterSqlite3.Database,
    private readonly path: string,
  ) {}

  /**
   * Opens `path` (`:memory:` for a database in memory), locks it and applies the migrations that it lacks.
   *
   * With WAL and `synchronous=NORMAL`, committed writes survive the death of the process, but not always a power failure.
   *
   * @throws {DatabaseUnusable} if another process has locked it, it is not a database of this or an older version, or
   * it cannot be written
   */
  static open(path: string, migrations: readonly Migration[]): Database {
    return new Database(openFile(path, migrations), path);
  }

  // The compiler cannot know the rows of a query: the caller names their type.
  /* eslint-disable @typescript-eslint/no-unnecessary-type-parameters */

  /** The first row of a query. Statements are prepared once for each text of SQL. @throws {StorageError} */
  get<Row>(sql: string, ...parameters: Parameters): Row | undefined {
    this.#settle();
    return this.#attempt(() => this.#statement(sql).get(...parameters) as Row | undefined);
  }

  /** The rows of a query. @throws {StorageError} */
  all<Row>(sql: string, ...parameters: Parameters): Row[] {
    this.#settle();
    return this.#attempt(() => this.#statement(sql).all(...parameters) as Row[]);
  }

  /** The first column of the rows of a query. @throws {StorageError} */
  column<Column>(sql: string, ...parameters: Parameters): Column[] {
    this.#settle();
    return this.#attempt(() => this.#statement(sql, this.#columns).all(...parameters) as Column[]);
  }

  /** The first column of the first row. @throws {StorageError} */
  value<Column>(sql: string, ...parameters: Parameters): Column | undefined {
    return this.column<Column>(sql, ...parameters)[0];
  }

  /* eslint-enable @typescript-eslint/no-unnecessary-type-parameters */

  /** Runs a statement and returns the number of rows that it changed. Belongs inside {@link Database.write}. */
  run(sql: string, ...parameters: Parameters): number {
    this.#touch();
    return this.#attempt(() => this.#statement(sql).run(...parameters).changes);
  }

  /** Runs statements without preparing them, such as changes of the schema at startup. */
  execute(sql: string): void {
    this.#touch();
    this.#writing?.savepoint.beforeChange();
    this.#attempt(() => this.sqlite.exec(sql));
  }

  /**
   * What {@link remember} does, until a write changes what it reads or is rolled back. `load` reads only this database.
   *
   * @param reads the subjects that `load` reads; by default that of its key, which may be the id of a project
   */
  memo<Key extends string | undefined, Value>(
    load: (key: Key) => Value,
    reads?: Subject | ((key: Key) => readonly Subject[]),
    sizeOf?: (value: Value) => number,
  ) {
    const versionOf = (subject: Subject): number => {
      this.#settle(subject);
      return this.#versions.of(subject);
    };
    const version =
      typeof reads === 'function'
        ? (key: Key) => Math.max(...reads(key).map(versionOf))
        : (key: Key) => versionOf(reads ?? key ?? ANYTHING);
    return remember(load, version, sizeOf);
  }

  /**
   * Runs `work` immediately and atomically, and resolves with its result when it is committed. Work that throws is
   * decided by what is committed: pending writes before it are committed first, and if that fails, it runs again.
   *
   * @param changes all that `work` changes; by default anything. What is remembered of the rest lives on
   * @returns a promise that rejects with what `work` threw, with its changes rolled back, or a {@link StorageError}
   */
  async write<T>(work: (transaction: Transaction) => T, changes = [ANYTHING]): Promise<T> {
    for (;;) {
      const isFirst = this.#batch === undefined;
      const batch = (this.#batch ??= this.#begin());
      const before = batch.effects.length;
      for (const subject of changes) batch.changes.add(subject);
      const savepoint = new Savepoint(this.sqlite, isFirst);
      this.#writing = { changes, savepoint };
      let result: T;
      try {
        const afterCommit = (effect: () => void) => void batch.effects.push(effect);
        result = work({ afterCommit, omitSavepoint: () => savepoint.omit() });
        savepoint.release();
      } catch (thrown) {
        const error = this.#seen(thrown);
        batch.effects.length = before;
        if (isFirst || !savepoint.undo()) this.#fail(batch, error);
        else if (batch.writers.length > 0 && !(error instanceof StorageError) && !this.flush()) continue;
        throw error;
      } finally {
        this.#touch();
        this.#writing = undefined;
      }
      await new Promise<void>((resolve, reject) => batch.writers.push({ resolve, reject }));
      return result;
    }
  }

  /** Why the file cannot be used, in a sentence, if it cannot. If the last access failed, tries to write some pages. */
  async problem(): Promise<string | undefined> {
    if (this.#failure === undefined) return movedProblem(this.path);
    const fill = 'DROP TABLE IF EXISTS probe; CREATE TABLE probe AS SELECT zeroblob(65536) AS filler';
    try {
      for (const sql of [fill, 'DROP TABLE probe']) await this.write(() => this.execute(sql));
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
    }
    return this.#failure;
  }

  /** Commits the pending writes now. Returns whether they are committed: their promises reject if not. */
  flush(): boolean {
    const batch = this.#batch;
    if (!batch) return true;
    try {
      this.sqlite.exec('COMMIT');
    } catch (error) {
      this.#fail(batch, this.#seen(error));
      return false;
    }
    this.#batch = undefined;
    if (batch.writers.length > 0) this.#failure = undefined;
    try {
      for (const effect of batch.effects) effect();
    } finally {
      // Responses to committed writes are sent even if a subscriber of an event throws.
      for (const { resolve } of batch.writers) resolve();
    }
    return true;
  }

  close(): void {
    this.flush();
    this.sqlite.close();
  }

  #begin(): Batch {
    this.#attempt(() => this.sqlite.exec('BEGIN IMMEDIATE'));
    const batch: Batch = { effects: [], writers: [], changes: new Set() };
    setImmediate(() => {
      if (this.#batch === batch) this.flush();
    });
    return batch;
  }

  /** Rolls a batch back: nothing of it has happened. */
  #fail(batch: Batch, error: unknown): void {
    this.#batch = undefined;
    if (this.sqlite.inTransaction) this.sqlite.exec('ROLLBACK');
    this.#touch([...batch.changes]);
    for (const { reject } of batch.writers) reject(error);
  }

  /** Before a read outside of a write, commits what is pending, unless that changes nothing that it reads. */
  #settle(reads?: Subject): void {
    if (!this.#batch || this.#writing) return;
    const { changes } = this.#batch;
    if (reads === undefined || changes.has(reads) || changes.has(ANYTHING)) this.flush();
  }

  #touch(changes: readonly Subject[] = this.#writing?.changes ?? [ANYTHING]): void {
    this.#versions.add(changes);
  }

  #attempt<T>(access: () => T): T {
    try {
      return access();
    } catch (error) {
      throw this.#seen(error);
    }
  }

  /** An error of the file as a {@link StorageError}, which is remembered; another as it is. */
  #seen(error: unknown): unknown {
    const failure = storageError(this.path, error);
    if (failure) this.#failure = failure.message;
    return failure ?? error;
  }

  #statement(sql: string, prepared = this.#statements): BetterSqlite3.Statement {
    let statement = prepared.get(sql);
    if (!statement) {
      statement = retain(this.sqlite.prepare(sql));
      prepared.set(sql, prepared === this.#columns ? statement.pluck() : statement);
    }
    if (!statement.readonly) this.#writing?.savepoint.beforeChange();
    return statement;
  }
}
