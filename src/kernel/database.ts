// Not the global function: commits must not depend on a test's fake timers.
import { setImmediate } from 'node:timers';
import { readFileSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import { FIXTURES } from '../version.js';
import { openFile, retain } from './database-file.js';

/** A migration of the schema. Migrations are applied in order, once each, and never edited after a release. */
export interface Migration {
  /** Unique over all features, such as `0001_identity`. */
  readonly name: string;
  readonly sql: string;
}

/** The migration in the file of this name in `fixtures/migrations`. */
export function migration(name: string): Migration {
  return { name, sql: readFileSync(new URL(`migrations/${name}.sql`, FIXTURES), 'utf8') };
}

/** A table that snapshots cover. A column `seq`, if it has one, orders its rows; no two keys ever share a number. */
export interface CoveredTable {
  readonly name: string;
  /** The column that identifies its rows. */
  readonly key: string;
  /** The column with the project of a row; undefined if rows belong to no project. */
  readonly project: string | undefined;
  /** A unique text column whose values rows can swap. */
  readonly unique?: string;
}

/** A write in progress. */
export interface Transaction {
  /** Runs `effect` after the commit; never, if the write is rolled back. */
  afterCommit(effect: () => void): void;
}

/** The writes that share a commit. */
interface Batch {
  readonly committed: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  readonly effects: (() => void)[];
}

/** A value that SQLite stores. */
type Value = string | number | Buffer | null;

/** A row, with the JSON in these columns parsed. The caller names its type, as for a query. */
export function withJson<Row extends object>(row: object, ...columns: (keyof Row & string)[]): Row {
  const texts = row as Readonly<Record<string, string>>;
  const parsed = columns.map((column) => [column, JSON.parse(texts[column] ?? 'null') as unknown]);
  return { ...row, ...Object.fromEntries(parsed) } as Row;
}

/** Parameters of a statement: by position, or by name in one object. */
type Parameters = (Value | Readonly<Record<string, Value>>)[];

/**
 * The emulator's one SQLite connection.
 *
 * Writes go through {@link Database.write}; those of one turn of the event loop share a commit. A response to a client
 * first awaits {@link Database.settled}, so that it shows nothing that is not yet committed.
 */
export class Database {
  readonly #statements = new Map<string, BetterSqlite3.Statement>();
  /** Runs a function within a savepoint of the open transaction. */
  readonly #savepoint;
  #batch: Batch | undefined;
  #writes = 0;
  #writing = false;

  private constructor(private readonly sqlite: BetterSqlite3.Database) {
    this.#savepoint = sqlite.transaction((work: () => void) => {
      work();
    });
  }

  /**
   * Opens `path` (`:memory:` for a database in memory), locks it and applies the migrations that it lacks.
   *
   * With WAL and `synchronous=NORMAL` a committed write survives the death of the process; a power failure can lose
   * the last ones.
   *
   * @throws {DatabaseUnusable} if another process has locked it, it is not a database of this or an older version, or
   * it cannot be written
   */
  static open(path: string, migrations: readonly Migration[]): Database {
    return new Database(openFile(path, migrations));
  }

  // The compiler cannot know the rows of a query: the caller names their type.
  /* eslint-disable @typescript-eslint/no-unnecessary-type-parameters */

  /** The first row of a query. Statements are prepared once for each text of SQL. */
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

  /** Runs a statement and returns the number of rows that it changed. Belongs inside {@link Database.write}. */
  run(sql: string, ...parameters: Parameters): number {
    return this.#statement(sql).run(...parameters).changes;
  }

  /** Runs statements without preparing them, such as changes of the schema at startup. */
  execute(sql: string): void {
    this.sqlite.exec(sql);
  }

  /** The version of the content: data read at a revision is valid while it stays the same. Undefined within a write. */
  get revision(): number | undefined {
    return this.#writing ? undefined : this.#writes;
  }

  /**
   * Runs `work` immediately and atomically, and resolves with its result when it is committed.
   *
   * @returns a promise that rejects with what `work` threw, with its changes rolled back
   */
  async write<T>(work: (transaction: Transaction) => T): Promise<T> {
    const batch = (this.#batch ??= this.#begin());
    const before = batch.effects.length;
    this.#writing = true;
    let result!: T;
    try {
      this.#savepoint(() => {
        result = work({ afterCommit: (effect) => void batch.effects.push(effect) });
      });
    } catch (error) {
      batch.effects.length = before;
      throw error;
    } finally {
      this.#writing = false;
      this.#writes += 1;
    }
    await batch.committed;
    return result;
  }

  /** A promise of the pending commit, or undefined if there is none. */
  settled(): Promise<void> | undefined {
    return this.#batch?.committed;
  }

  /** Commits the pending writes now. */
  flush(): void {
    const batch = this.#batch;
    if (!batch) return;
    this.#batch = undefined;
    try {
      this.sqlite.exec('COMMIT');
    } catch (error) {
      if (this.sqlite.inTransaction) this.sqlite.exec('ROLLBACK');
      this.#writes += 1;
      batch.reject(error);
      return;
    }
    try {
      for (const effect of batch.effects) effect();
    } finally {
      // Responses to committed writes are sent even if a subscriber of an event throws.
      batch.resolve();
    }
  }

  close(): void {
    this.flush();
    this.sqlite.close();
  }

  #begin(): Batch {
    this.sqlite.exec('BEGIN IMMEDIATE');
    let settle!: Pick<Batch, 'resolve' | 'reject'>;
    // Promise.withResolvers needs Node 22.
    const committed = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const batch: Batch = { committed, ...settle, effects: [] };
    // Each writer awaits it. Without one, nothing was lost.
    committed.catch(() => undefined);
    setImmediate(() => {
      if (this.#batch === batch) this.flush();
    });
    return batch;
  }

  #statement(sql: string): BetterSqlite3.Statement {
    const cached = this.#statements.get(sql);
    if (cached) return cached;
    const statement = retain(this.sqlite.prepare(sql));
    this.#statements.set(sql, statement);
    return statement;
  }
}
