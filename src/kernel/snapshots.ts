import type { Statement } from 'better-sqlite3';
import type { Database, Migration } from './database.js';

/** A table that snapshots cover. */
export interface CoveredTable {
  readonly name: string;
  /** The column that tells its rows apart. */
  readonly key: string;
  /** The column that names the project of a row; undefined for what belongs to no project. */
  readonly project: string | undefined;
}

/** A snapshot. Times are in milliseconds since the epoch, of the emulator. */
export interface SnapshotInfo {
  readonly name: string;
  readonly takenAt: number;
}

export const snapshotMigrations: readonly Migration[] = [
  {
    name: '0004_snapshots',
    sql: `
      CREATE TABLE snapshots (
        seq        INTEGER PRIMARY KEY AUTOINCREMENT,
        name       TEXT NOT NULL,
        -- The project it is of; null for one of the whole server.
        project_id TEXT REFERENCES projects (id) ON DELETE CASCADE,
        taken_at   INTEGER NOT NULL,
        -- What else its maker wants back: JSON.
        extra      TEXT NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX snapshots_by_name ON snapshots (coalesce(project_id, ''), name);
    `,
  },
];

interface SnapshotRow {
  seq: number;
  name: string;
  takenAt: number;
  extra: string;
}

/** One table and its copy. */
interface Copy {
  readonly take: Statement<[{ snapshot: number; projectId: string | null }]>;
  readonly removeOthers: Statement<[{ snapshot: number; projectId: string | null }]>;
  readonly putBack: Statement<[{ snapshot: number; projectId: string | null }]>;
}

/**
 * Copies of tables, by name, of one project or of the whole server. To restore one, rows that came since are removed,
 * rows that changed are put back, and rows that are as they were are not touched: so what hangs on them, such as a
 * token on its credential, stays. All of it belongs inside `Database.write`.
 */
export class Snapshots {
  readonly #copies: readonly Copy[];
  readonly #find: Statement<[{ name: string; projectId: string | null }], SnapshotRow>;
  readonly #list: Statement<[{ projectId: string | null }], SnapshotRow>;
  readonly #add: Statement<[{ name: string; projectId: string | null; takenAt: number; extra: string }]>;
  readonly #remove: Statement<[{ name: string; projectId: string | null }]>;

  /** @param tables parents before children */
  constructor(database: Database, tables: readonly CoveredTable[]) {
    this.#copies = tables.map((table) => copyOf(database, table));
    const columns = 'seq, name, taken_at AS takenAt, extra FROM snapshots';
    this.#find = database.prepare(`SELECT ${columns} WHERE name = :name AND project_id IS :projectId`);
    this.#list = database.prepare(`SELECT ${columns} WHERE project_id IS :projectId ORDER BY seq`);
    this.#add = database.prepare(
      'INSERT INTO snapshots (name, project_id, taken_at, extra) VALUES (:name, :projectId, :takenAt, :extra)',
    );
    this.#remove = database.prepare('DELETE FROM snapshots WHERE name = :name AND project_id IS :projectId');
  }

  list(projectId: string | undefined): readonly SnapshotInfo[] {
    return this.#list.all({ projectId: projectId ?? null });
  }

  /** Takes a snapshot; one of the same name and scope is replaced. */
  take(projectId: string | undefined, name: string, takenAt: number, extra: unknown = null): void {
    const scope = projectId ?? null;
    this.#remove.run({ name, projectId: scope });
    this.#add.run({ name, projectId: scope, takenAt, extra: JSON.stringify(extra) });
    const snapshot = this.#find.get({ name, projectId: scope })?.seq ?? 0;
    for (const copy of this.#copies) copy.take.run({ snapshot, projectId: scope });
  }

  /**
   * Restores a snapshot.
   *
   * @param of the scope in which it was taken, where a project is restored from one of the whole server
   * @returns when it was taken and what its maker kept with it; undefined if there is none
   */
  restore(
    projectId: string | undefined,
    name: string,
    of: string | undefined = projectId,
  ): { readonly takenAt: number; readonly extra: unknown } | undefined {
    const row = this.#find.get({ name, projectId: of ?? null });
    if (!row) return undefined;
    const scope = { snapshot: row.seq, projectId: projectId ?? null };
    for (const copy of [...this.#copies].reverse()) copy.removeOthers.run(scope);
    for (const copy of this.#copies) copy.putBack.run(scope);
    return { takenAt: row.takenAt, extra: JSON.parse(row.extra) as unknown };
  }

  /** Whether a snapshot of the whole server has rows of a project. */
  has(projectId: string | undefined, name: string): boolean {
    return this.#find.get({ name, projectId: projectId ?? null }) !== undefined;
  }

  /** Returns whether there was one. */
  remove(projectId: string | undefined, name: string): boolean {
    return this.#remove.run({ name, projectId: projectId ?? null }).changes > 0;
  }
}

/** Makes the copy of a table, or makes it anew if the table has other columns now. */
function copyOf(database: Database, { name, key, project }: CoveredTable): Copy {
  const copy = `snapshot_of_${name}`;
  const columns = columnsOf(database, name);
  const kept = columnsOf(database, copy);
  if (kept.length > 0 && kept.join() !== ['snapshot', ...columns].join())
    database.execute(`DROP TABLE ${copy}`);
  database.execute(`
    CREATE TABLE IF NOT EXISTS ${copy} (
      snapshot INTEGER NOT NULL REFERENCES snapshots (seq) ON DELETE CASCADE, ${columns.join(', ')});
    CREATE INDEX IF NOT EXISTS ${copy}_by_key ON ${copy} (snapshot, ${key});
  `);

  const list = columns.join(', ');
  const others = columns.filter((column) => column !== key);
  // What belongs to no project is not touched where one project is restored.
  const inScope =
    project === undefined ? ':projectId IS NULL' : `(:projectId IS NULL OR ${project} = :projectId)`;
  return {
    take: database.prepare(`INSERT INTO ${copy} SELECT :snapshot, ${list} FROM ${name} WHERE ${inScope}`),
    removeOthers: database.prepare(
      `DELETE FROM ${name} WHERE ${inScope}
         AND NOT EXISTS (SELECT 1 FROM ${copy} WHERE snapshot = :snapshot AND ${copy}.${key} = ${name}.${key})`,
    ),
    putBack: database.prepare(
      `INSERT INTO ${name} (${list})
       SELECT ${list} FROM ${copy} WHERE snapshot = :snapshot AND ${inScope} ORDER BY rowid
       ON CONFLICT (${key}) DO UPDATE SET ${others.map((column) => `${column} = excluded.${column}`).join(', ')}
         WHERE (${others.map((column) => `${name}.${column}`).join(', ')})
           IS NOT (${others.map((column) => `excluded.${column}`).join(', ')})`,
    ),
  };
}

function columnsOf(database: Database, table: string): string[] {
  return database
    .prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => name);
}
