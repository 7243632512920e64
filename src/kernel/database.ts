import type BetterSqlite3 from 'better-sqlite3';
import { openFile } from './database-file.js';
import { keep } from './kept.js';
import { setImmediate } from './turn.js';

/** A step of the schema. Steps are applied in order, once each, and never edited after a release. */
export interface Migration {
  /** Unique over all features, such as `0001_identity`. */
  readonly name: string;
  readonly sql: string;
}

/**
 * A table that snapshots cover. Where it has a column `seq`, that numbers its rows in their order, and never gives a
 * number to another key.
 */
export interface CoveredTable {
  readonly name: string;
  /** The column that identifies its rows. */
  readonly key: string;
  /** The column that names the project of a row; undefined for what belongs to no project. */
  readonly project: string | undefined;
  /** A column of texts that no two rows may share, and that rows may have swapped since. */
  readonly unique?: string;
}

/** A write in progress. */
export interface Transaction {
  /** Runs `effect` once the write is on disk; never, if it is undone. */
  afterCommit(effect: () => void): void;
}

interface Batch {
  readonly committed: Promise<void>;
  readonly settle: (error?: Error) => void;
  readonly effects: (() => void)[];
}

/** What SQLite stores. */
type Value = string | number | Buffer | null;

/** Parameters of a statement: by position, or by name in one object. */
type Parameters = (Value | Readonly<Record<string, Value>>)[];

/**
 * The emulator's one SQLite connection.
 *
 * Reads are plain prepared statements. Writes go through {@link Database.write}; those of one turn of the
 * event loop share a commit. Whoever answers a client first awaits {@link Database.settled}, so that no
 * response shows what is not yet committed.
 */
export class Database {
  readonly #statements = new Map<string, BetterSqlite3.Statement>();
  #batch: Batch | undefined;
  #writes = 0;
  #writing = false;

  private constructor(private readonly sqlite: BetterSqlite3.Database) {}

  /**
   * Opens `path` (`:memory:` for a database that is gone on close) and brings its schema up to date.
   *
   * The file belongs to this process alone until {@link Database.close}. With WAL and `synchronous=NORMAL` a
   * committed write survives the death of the process; a power cut may take the last ones.
   *
   * @throws {DatabaseUnusable} if another process has it, or it is not a database of this or an older version,
   * or cannot be written
   */
  static open(path: string, migrations: readonly Migration[]): Database {
    return new Database(openFile(path, migrations));
  }

  /**
   * Prepares a statement for reading, or for use inside {@link Database.write}.
   *
   * @internal kept out of the published types, whose readers lack those of better-sqlite3
   */
  prepare<Bound extends unknown[], Row = unknown>(sql: string): BetterSqlite3.Statement<Bound, Row> {
    return keep(this.sqlite.prepare<Bound, Row>(sql));
  }

  // Which rows a text of SQL has, the compiler cannot know: the caller names their type.
  /* eslint-disable @typescript-eslint/no-unnecessary-type-parameters */

  /** The first row of a query. Its statement, like that of the other three, is prepared once for each text. */
  get<Row>(sql: string, ...parameters: Parameters): Row | undefined {
    return this.#statement(sql).get(...parameters) as Row | undefined;
  }

  /** The rows of a query. */
  all<Row>(sql: string, ...parameters: Parameters): Row[] {
    return this.#statement(sql).all(...parameters) as Row[];
  }

  /** The first column of the first row. */
  value<Column>(sql: string, ...parameters: Parameters): Column | undefined {
    const row = this.get<Record<string, Column>>(sql, ...parameters);
    return row && Object.values(row)[0];
  }

  /* eslint-enable @typescript-eslint/no-unnecessary-type-parameters */

  /** Runs a statement that changes rows, and returns how many. Belongs inside {@link Database.write}. */
  run(sql: string, ...parameters: Parameters): number {
    return this.#statement(sql).run(...parameters).changes;
  }

  /** Runs statements that are not prepared: changes of the schema, at a start. */
  execute(sql: string): void {
    this.sqlite.exec(sql);
  }

  /**
   * Which state this is of what it holds: what was read of it stands for as long as that is the same. Undefined within a
   * write, which may still change what it has read.
   */
  get revision(): number | undefined {
    return this.#writing ? undefined : this.#writes;
  }

  /**
   * Runs `work` at once, whole or not at all, and resolves with its result when that is committed.
   *
   * @returns a promise that rejects with what `work` threw, with all that it wrote undone
   */
  async write<T>(work: (transaction: Transaction) => T): Promise<T> {
    const batch = (this.#batch ??= this.#begin());
    const before = batch.effects.length;
    this.run('SAVEPOINT one_write');
    this.#writing = true;
    let result: T;
    try {
      result = work({ afterCommit: (effect) => void batch.effects.push(effect) });
    } catch (error) {
      this.run('ROLLBACK TO one_write');
      this.run('RELEASE one_write');
      batch.effects.length = before;
      throw error;
    } finally {
      this.#writing = false;
      this.#writes += 1;
    }
    this.run('RELEASE one_write');
    await batch.committed;
    return result;
  }

  /** A promise of the commit that is under way, or undefined if there is none. */
  settled(): Promise<void> | undefined {
    return this.#batch?.committed;
  }

  /** Commits what is under way, now. */
  flush(): void {
    const batch = this.#batch;
    if (!batch) return;
    this.#batch = undefined;
    try {
      this.sqlite.exec('COMMIT');
    } catch (error) {
      if (this.sqlite.inTransaction) this.sqlite.exec('ROLLBACK');
      this.#writes += 1;
      batch.settle(error as Error);
      return;
    }
    try {
      for (const effect of batch.effects) effect();
    } finally {
      // What is committed is answered, whatever a reader of events makes of it.
      batch.settle();
    }
  }

  close(): void {
    this.flush();
    this.sqlite.close();
  }

  #begin(): Batch {
    this.sqlite.exec('BEGIN IMMEDIATE');
    let settle!: Batch['settle'];
    // Promise.withResolvers needs Node 22.
    const committed = new Promise<void>((resolve, reject) => {
      settle = (error) => {
        if (error === undefined) resolve();
        else reject(error);
      };
    });
    const batch: Batch = { committed, settle, effects: [] };
    // Each writer awaits it; without one an error concerns nobody.
    committed.catch(() => undefined);
    setImmediate(() => {
      if (this.#batch === batch) this.flush();
    });
    return batch;
  }

  #statement(sql: string): BetterSqlite3.Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
