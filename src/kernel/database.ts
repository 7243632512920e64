import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { keep } from './kept.js';
import { setImmediate } from './turn.js';

/** A step of the schema. Steps are applied in order, once each, and never edited after a release. */
export interface Migration {
  /** Unique over all features, such as `0001_private_links`. */
  readonly name: string;
  readonly sql: string;
}

/**
 * A table that snapshots cover. Where it has a column `seq`, that numbers its rows in their order, and never gives a
 * number to another key.
 */
export interface CoveredTable {
  readonly name: string;
  /** The column that tells its rows apart. */
  readonly key: string;
  /** The column that names the project of a row; undefined for what belongs to no project. */
  readonly project: string | undefined;
  /** A column of texts that no two rows may share, and that rows may have swapped since. */
  readonly unique?: string;
}

/** The database cannot be used; `message` is one line that says why, for a person. */
export class DatabaseUnusable extends Error {}

/** A write in progress. */
export interface Transaction {
  /** Runs `effect` once the write is on disk; never, if it is undone. */
  afterCommit(effect: () => void): void;
}

interface Batch {
  readonly committed: Promise<void>;
  readonly settle: (error?: unknown) => void;
  readonly effects: (() => void)[];
}

/** "ASE1": marks a file as the emulator's own. */
const APPLICATION_ID = 0x41534531;

/** How long a start waits for a file that another process is just letting go of. */
const LOCK_WAIT_MS = 250;

/**
 * The emulator's one SQLite connection.
 *
 * Reads are plain prepared statements. Writes go through {@link Database.write}; those of one turn of the
 * event loop share a commit. Whoever answers a client first awaits {@link Database.settled}, so that no
 * answer tells of what is not yet committed.
 */
export class Database {
  readonly #sqlite: BetterSqlite3.Database;
  readonly #savepoint: BetterSqlite3.Statement;
  readonly #release: BetterSqlite3.Statement;
  readonly #rollbackTo: BetterSqlite3.Statement;
  #batch: Batch | undefined;
  #writes = 0;
  #writing = false;

  private constructor(sqlite: BetterSqlite3.Database) {
    this.#sqlite = sqlite;
    this.#savepoint = this.prepare('SAVEPOINT one_write');
    this.#release = this.prepare('RELEASE one_write');
    this.#rollbackTo = this.prepare('ROLLBACK TO one_write');
  }

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
    let sqlite: BetterSqlite3.Database | undefined;
    try {
      sqlite = keep(new BetterSqlite3(path, { timeout: LOCK_WAIT_MS }));
      sqlite.exec('PRAGMA locking_mode = EXCLUSIVE');
      // Before WAL, which is written into the file: another program's is left as it was.
      refuseStranger(sqlite, path);
      sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
      migrate(sqlite, path, migrations);
      return new Database(sqlite);
    } catch (error) {
      sqlite?.close();
      throw error instanceof DatabaseUnusable ? error : new DatabaseUnusable(unusable(path, error));
    }
  }

  /** Prepares a statement, once, for reading or for use inside {@link Database.write}. */
  prepare<Parameters extends unknown[], Row = unknown>(
    sql: string,
  ): BetterSqlite3.Statement<Parameters, Row> {
    return keep(this.#sqlite.prepare<Parameters, Row>(sql));
  }

  /** Runs statements that are not prepared: changes of the schema, at a start. */
  execute(sql: string): void {
    this.#sqlite.exec(sql);
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
    this.#savepoint.run();
    this.#writing = true;
    let result: T;
    try {
      result = work({ afterCommit: (effect) => void batch.effects.push(effect) });
    } catch (error) {
      this.#rollbackTo.run();
      this.#release.run();
      batch.effects.length = before;
      throw error;
    } finally {
      this.#writing = false;
      this.#writes += 1;
    }
    this.#release.run();
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
      this.#sqlite.exec('COMMIT');
    } catch (error) {
      if (this.#sqlite.inTransaction) this.#sqlite.exec('ROLLBACK');
      this.#writes += 1;
      batch.settle(error);
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
    this.#sqlite.close();
  }

  #begin(): Batch {
    this.#sqlite.exec('BEGIN IMMEDIATE');
    const { promise, resolve, reject } = deferred();
    const batch: Batch = {
      committed: promise,
      settle: (error) => {
        if (error === undefined) resolve();
        else reject(error);
      },
      effects: [],
    };
    // Whoever wrote is told through its own await; without one there is nobody to tell.
    promise.catch(() => undefined);
    setImmediate(() => {
      if (this.#batch === batch) this.flush();
    });
    return batch;
  }
}

// Promise.withResolvers needs Node 22.
function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** The first column of each row. */
function column(sqlite: BetterSqlite3.Database, sql: string): unknown[] {
  return keep(sqlite.prepare(sql)).pluck().all();
}

function refuseStranger(sqlite: BetterSqlite3.Database, path: string): void {
  const [tables] = column(sqlite, 'SELECT count(*) FROM sqlite_schema');
  if (tables !== 0 && column(sqlite, 'PRAGMA application_id')[0] !== APPLICATION_ID) {
    throw new DatabaseUnusable(`${path} is a SQLite database, but not one of atlas-streams-emulator`);
  }
}

function migrate(sqlite: BetterSqlite3.Database, path: string, migrations: readonly Migration[]): void {
  const [damage] = column(sqlite, 'PRAGMA quick_check(1)');
  if (damage !== 'ok') throw new DatabaseUnusable(`${path} is damaged: ${oneLine(String(damage))}`);

  sqlite
    .transaction(() => {
      sqlite.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      sqlite.exec('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) STRICT');
      const applied = new Set(column(sqlite, 'SELECT name FROM migrations') as string[]);
      const known = new Set(migrations.map(({ name }) => name));
      const newer = [...applied].find((name) => !known.has(name));
      if (newer !== undefined) {
        throw new DatabaseUnusable(`${path} was written by a newer version (it has "${newer}")`);
      }
      for (const { name, sql } of migrations) {
        if (applied.has(name)) continue;
        sqlite.exec(sql);
        keep(sqlite.prepare('INSERT INTO migrations VALUES (?)')).run(name);
      }
    })
    .immediate();
}

function unusable(path: string, error: unknown): string {
  const code = error instanceof BetterSqlite3.SqliteError ? error.code : '';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return `${path} is in use by another process`;
  }
  if (code.startsWith('SQLITE_NOTADB')) return `${path} is not a SQLite database`;
  if (code.startsWith('SQLITE_CORRUPT')) return `${path} is damaged`;
  // For a file without write permission SQLite speaks of an I/O error, or that it cannot open it.
  if (code.startsWith('SQLITE_READONLY') || isReadOnly(path) || isReadOnly(dirname(path))) {
    return `${path} cannot be written`;
  }
  return `${path} cannot be opened: ${oneLine(error instanceof Error ? error.message : String(error))}`;
}

function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return false;
  } catch (error) {
    return ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
