import BetterSqlite3 from 'better-sqlite3';
import { retain } from '../../src/kernel/database-file.js';

/** The rows of a query in a database file, as another program finds them. */
export function rowsIn(file: string, sql: string): Record<string, unknown>[] {
  const sqlite = retain(new BetterSqlite3(file, { fileMustExist: true }));
  try {
    return retain(sqlite.prepare<[], Record<string, unknown>>(sql)).all();
  } finally {
    sqlite.close();
  }
}

/** Runs statements in a database file, which is made if it is not there, as another program may. */
export function executeIn(file: string, sql: string): void {
  const sqlite = retain(new BetterSqlite3(file));
  try {
    sqlite.exec(sql);
  } finally {
    sqlite.close();
  }
}
