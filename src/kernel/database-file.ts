import { accessSync, chmodSync, closeSync, constants, existsSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { readFixture } from '../version.js';
import { isGroupWritable } from './files.js';
import { notJson, StorageError } from './storage-error.js';
import type { Migration } from './tables.js';

/** The database cannot be used; `message` says why, in one line. */
export class DatabaseUnusable extends Error {}

/**
 * An addon compiled with the headers of Node 24.19 to 24.21 aborts the process when V8 collects one of its objects while
 * no JavaScript runs (nodejs/node#65446). There all of them are retained, some 0.2 MB for each emulator that was closed.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const retained: unknown[] | undefined = major === 24 && minor >= 19 ? [] : undefined;

/** Returns what the addon created, safe from collection where that would abort the process. */
export function retain<Created>(created: Created): Created {
  retained?.push(created);
  return created;
}

/** "ASE1": marks a file as the emulator's own. */
const APPLICATION_ID = 0x41534531;

/** How long a start waits for another process to unlock the file. */
const LOCK_WAIT_MS = 250;

/** Opens a file, locks it and brings its schema up to date. @throws {DatabaseUnusable} */
export function openFile(path: string, migrations: readonly Migration[]): BetterSqlite3.Database {
  let sqlite: BetterSqlite3.Database | undefined;
  try {
    if (path !== ':memory:') createFile(path);
    sqlite = retain(new BetterSqlite3(path, { timeout: LOCK_WAIT_MS }));
    sqlite.exec('PRAGMA locking_mode = EXCLUSIVE');
    // Before WAL, which changes the file: the file of another program must stay as it is.
    refuseForeignFile(sqlite, path);
    sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    // After one large write, the pages that each savepoint may restore would be written to a file: 13 of the 17 writes
    // to files of a create.
    sqlite.exec('PRAGMA temp_store = MEMORY');
    migrate(sqlite, path, migrations);
    return sqlite;
  } catch (error) {
    sqlite?.close();
    throw error instanceof DatabaseUnusable ? error : new DatabaseUnusable(unusable(path, error));
  }
}

/** Creates a new file as writable for the group as its directory is; SQLite gives its other files the same mode. */
function createFile(path: string): void {
  if (!isGroupWritable(path) || existsSync(path)) return;
  closeSync(openSync(path, 'a'));
  // Unlike the mode of open, independent of the umask.
  chmodSync(path, 0o664);
}

/** The first column of each row. */
function column(sqlite: BetterSqlite3.Database, sql: string): unknown[] {
  return retain(sqlite.prepare(sql)).pluck().all();
}

function refuseForeignFile(sqlite: BetterSqlite3.Database, path: string): void {
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
      const apply = retain(sqlite.prepare('INSERT INTO migrations VALUES (?)'));
      for (const { name, sql, upgrade } of migrations) {
        if (applied.has(name)) continue;
        if (!upgrade || applied.size > 0) sqlite.exec(sql);
        apply.run(name);
      }
      if (applied.size > 0) checkSchema(sqlite, path, migrations);
    })
    .immediate();
}

/** Checks that tables, indexes and triggers are those of the migrations, and that rows refer to rows that exist. */
function checkSchema(sqlite: BetterSqlite3.Database, path: string, migrations: readonly Migration[]): void {
  const fresh = retain(new BetterSqlite3(':memory:'));
  fresh.exec(migrations.map(({ sql, upgrade }) => (upgrade ? '' : sql)).join(';\n'));
  const found = new Map(schemaOf(sqlite));
  const wrong = schemaOf(fresh).find(([object, sql]) => found.get(object) !== sql)?.[0];
  fresh.close();
  const [orphan] = column(
    sqlite,
    `SELECT "table" || ' without its ' || parent FROM pragma_foreign_key_check`,
  );
  if (wrong === undefined && orphan === undefined) return;
  const broken = wrong === undefined ? `it has ${String(orphan)}` : `its ${wrong} has been changed`;
  const problem = wrong === undefined || found.has(wrong) ? broken : `it has no ${wrong}`;
  throw new DatabaseUnusable(`${path} is damaged: ${problem}`);
}

/** Each table, index and trigger, such as `table projects`, with its SQL without comments and spaces. */
function schemaOf(sqlite: BetterSqlite3.Database): (readonly [object: string, sql: string])[] {
  const rows = column(
    sqlite,
    "SELECT type || ' ' || name || char(0) || sql FROM sqlite_schema WHERE sql <> ''",
  );
  return (rows as string[]).map((row) => {
    const [object = '', sql = ''] = row.split('\0');
    return [object, sql.replace(/--.*/g, '').replace(/[\s"]+/g, '')];
  });
}

function unusable(path: string, error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (/^SQLITE_(?:BUSY|LOCKED)/.test(code)) return `${path} is in use by another process`;
  if (code.startsWith('SQLITE_NOTADB')) return `${path} is not a SQLite database`;
  if (code.startsWith('SQLITE_CORRUPT')) return `${path} is damaged`;
  if (code.startsWith('SQLITE_FULL')) return `${path} cannot be written: the disk is full`;
  try {
    return problemOf(path) ?? `${path} cannot be opened: ${oneLine(message)}`;
  } catch (denied) {
    return `${path} cannot be opened: ${(denied as Error).message}`;
  }
}

/** Problems of a file in use by SQLite's result code, each with what helps. */
const PROBLEMS = readFixture('database-problems.json') as Readonly<Record<string, string>>;

/** The error of a file in use that cannot be read or written; undefined for errors that are not of the file. */
export function storageError(path: string, error: unknown): StorageError | undefined {
  if (!(error instanceof BetterSqlite3.SqliteError)) return undefined;
  if (error.message === 'malformed JSON') return notJson(error);
  // Extended codes, such as SQLITE_IOERR_WRITE, begin with the primary one.
  const problem = PROBLEMS[/^SQLITE_[A-Z]+/.exec(error.code)?.[0] ?? ''];
  return problem === undefined
    ? undefined
    : new StorageError(`The database ${path} ${problem}.`, { cause: error });
}

/** Whether a file in use was deleted or moved, in a sentence: then SQLite writes what nobody will read. */
export function movedProblem(path: string): string | undefined {
  if (path === ':memory:' || existsSync(path)) return undefined;
  return `The database ${path} was deleted or moved while the emulator uses it: restart the emulator.`;
}

/** What is wrong with a path, where SQLite only reports that it cannot open the file, or an I/O error. */
function problemOf(path: string): string | undefined {
  const directory = dirname(path);
  const around = statSync(directory, { throwIfNoEntry: false });
  if (!around) return `${path} cannot be created: the directory ${directory} does not exist`;
  if (!around.isDirectory()) return `${path} cannot be created: ${directory} is not a directory`;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    return `${path} is a directory: name a file in it, such as ${join(path, 'emulator.db')}`;
  }
  const [denied] = [path, `${path}-wal`, directory].flatMap((one) => refusalToWrite(one) ?? []);
  return denied && `${path} cannot be written: ${denied}`;
}

/** Why a file or directory cannot be written, and what helps; undefined if it can, or does not exist. */
function refusalToWrite(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EROFS') return `${path} is on a read-only file system: mount it for writing`;
    if (code !== 'EACCES' && code !== 'EPERM') return undefined;
    const { uid, gid, mode } = statSync(path);
    return `${path} belongs to user ${uid} and group ${gid} with mode ${(mode & 0o7777).toString(8)}, and this process is of user ${process.getuid?.()} and group ${process.getgid?.()}: run it as user ${uid}, or change the owner or the mode (chown, chmod g+rw)`;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
