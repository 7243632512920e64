import { readdirSync, readFileSync } from 'node:fs';
import { FIXTURES } from '../version.js';
import { notJson } from './storage-error.js';

/** A value that SQLite stores. */
type Value = string | number | Buffer | null;

/** Parameters of a statement: by position, or by name in one object. */
export type Parameters = (Value | Readonly<Record<string, Value>>)[];

/**
 * A migration of the schema. Migrations are applied in order, once each. After a release, the name stays, and every
 * change goes into a new migration, and perhaps also into what new files begin with: see `upgrade`.
 */
export interface Migration {
  /** Unique, such as `0001_identity`. */
  readonly name: string;
  readonly sql: string;
  /** Not run in a new file, which an earlier migration gives the same schema. */
  readonly upgrade?: boolean;
}

const FOLDER = new URL('migrations/', FIXTURES);

/** The SQL of a file in `fixtures/migrations`. */
export function readMigration(file: string): string {
  return readFileSync(new URL(file, FOLDER), 'utf8');
}

/** The migrations of the files in `fixtures/migrations`, in the order of their numbers; upgrades end with `.upgrade.sql`. */
export const migrations: readonly Migration[] = readdirSync(FOLDER)
  .filter((file) => /^\d{4}_/.test(file))
  .sort()
  .map((file) => {
    const [name = '', kind] = file.split('.');
    return { name, upgrade: kind === 'upgrade', sql: readMigration(file) };
  });

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

/** The value of a JSON text that is stored. @throws {StorageError} if it is not JSON */
export function storedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notJson(error);
  }
}

/** Parses the JSON in these columns of a row, in place: to copy a row takes longer. The caller names its type. */
export function withJson<Row extends object>(row: object, ...columns: (keyof Row & string)[]): Row {
  const parsed = row as Record<string, unknown>;
  for (const column of columns) parsed[column] = storedJson((parsed[column] ?? 'null') as string);
  return parsed as Row;
}
