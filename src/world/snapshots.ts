import type { CoveredTable, Database, Migration } from '../kernel/database.js';
import { copyOf, makeCopies, nameOfCopy } from './snapshot-copies.js';

/** A snapshot. Times are in milliseconds since the epoch, of the emulator. */
export interface SnapshotInfo {
  readonly name: string;
  readonly takenAt: number;
}

/** Which snapshot, and what of it. */
export interface Restored {
  readonly name: string;
  /** What is restored: a project, or the whole server. */
  readonly project: string | undefined;
  /** In which scope it was taken: the project's, or the whole server's. */
  readonly takenOf: string | undefined;
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
      CREATE UNIQUE INDEX snapshots_of_projects ON snapshots (project_id, name);
      CREATE UNIQUE INDEX snapshots_of_all ON snapshots (name) WHERE project_id IS NULL;
    `,
  },
];

interface SnapshotRow extends SnapshotInfo {
  readonly seq: number;
  readonly extra: string;
}

const SELECT = 'SELECT seq, name, taken_at AS takenAt, extra FROM snapshots';

/**
 * Copies of tables, by name, of one project or of the whole server. To restore one, rows that came since are removed,
 * rows that changed are put back, and rows that are as they were are not touched: so what hangs on them, such as a
 * token on its credential, stays. All of it belongs inside `Database.write`.
 */
export class Snapshots {
  /** @param tables parents before children */
  constructor(
    private readonly database: Database,
    private readonly tables: readonly CoveredTable[],
  ) {
    makeCopies(database, tables);
  }

  list(projectId: string | undefined): readonly SnapshotInfo[] {
    return this.database.all<SnapshotInfo>(`${SELECT} WHERE project_id IS ? ORDER BY seq`, projectId ?? null);
  }

  /** Takes a snapshot; one of the same name and scope is replaced. */
  take(projectId: string | undefined, name: string, takenAt: number, extra: unknown = null): void {
    this.remove(projectId, name);
    this.database.run(
      'INSERT INTO snapshots (name, project_id, taken_at, extra) VALUES (?, ?, ?, ?)',
      name,
      projectId ?? null,
      takenAt,
      JSON.stringify(extra),
    );
    const snapshot = this.database.value<number>('SELECT last_insert_rowid()') ?? 0;
    const scope = { snapshot, projectId: projectId ?? null };
    for (const { take } of this.#copies(projectId)) this.database.run(take, scope);
  }

  /**
   * Restores a snapshot.
   *
   * @returns when it was taken and what its maker kept with it; undefined if there is none
   * @throws if what is restored is not to be had beside what is not, such as a name that another project has taken
   */
  restore({
    name,
    project,
    takenOf,
  }: Restored): { readonly takenAt: number; readonly extra: unknown } | undefined {
    const row = this.#find(takenOf, name);
    if (!row) return undefined;
    const scope = { snapshot: row.seq, projectId: project ?? null };
    const copies = this.#copies(project);
    // A row that is put back may have hung, meanwhile, on one that is removed.
    this.database.execute('PRAGMA defer_foreign_keys = ON');
    const steps = [
      ...copies.map(({ renumber }) => renumber),
      ...copies.map(({ removeOthers }) => removeOthers).reverse(),
      ...copies.map(({ setAside }) => setAside),
      ...copies.map(({ putBack }) => putBack),
    ];
    for (const step of steps) if (step !== undefined) this.database.run(step, scope);
    return { takenAt: row.takenAt, extra: JSON.parse(row.extra) as unknown };
  }

  /** Whether there is a snapshot of this name and scope. */
  has(projectId: string | undefined, name: string): boolean {
    return this.#find(projectId, name) !== undefined;
  }

  /** Whether a snapshot of the whole server has a row of a table. */
  holds(name: string, table: string, key: string): boolean {
    const { key: column } = this.tables.find((one) => one.name === table) ?? { key: 'id' };
    const snapshot = this.#find(undefined, name)?.seq ?? null;
    const sql = `SELECT EXISTS (SELECT 1 FROM ${nameOfCopy(table)} WHERE snapshot = ? AND ${column} = ?)`;
    return this.database.value(sql, snapshot, key) === 1;
  }

  /** Returns whether there was one. */
  remove(projectId: string | undefined, name: string): boolean {
    const sql = 'DELETE FROM snapshots WHERE name = ? AND project_id IS ?';
    return this.database.run(sql, name, projectId ?? null) > 0;
  }

  #find(projectId: string | undefined, name: string): SnapshotRow | undefined {
    return this.database.get(`${SELECT} WHERE name = ? AND project_id IS ?`, name, projectId ?? null);
  }

  #copies(projectId: string | undefined) {
    const ofProject = projectId !== undefined;
    // What belongs to no project is not touched where one project is restored.
    const tables = this.tables.filter(({ project }) => !ofProject || project !== undefined);
    return tables.map((table) => copyOf(this.database, table, ofProject));
  }
}
