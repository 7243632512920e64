import type { Database } from '../kernel/database.js';
import { withJson, type CoveredTable } from '../kernel/tables.js';

/** Which snapshot is restored, and what of it. A scope is a project, or undefined for the whole server. */
export interface Restored {
  readonly name: string;
  /** The scope that is restored. */
  readonly project: string | undefined;
  /** The scope that the snapshot was taken of. */
  readonly takenOf: string | undefined;
}

/** A snapshot, without the copies of rows. */
interface Snapshot {
  readonly seq: number;
  readonly name: string;
  /** In milliseconds since the epoch, in the time of the emulator's clock. */
  readonly takenAt: number;
  /** The data saved with it. */
  readonly extra: unknown;
}

/** What of a snapshot a restore returns. */
export type Taken = Pick<Snapshot, 'takenAt' | 'extra'>;

/** A restore that deletes more rows than this from a table deletes them in batches first. */
const LARGE = 10_000;

/** Rows of such a batch: they are deleted in some milliseconds, for which requests wait. */
const BATCH = 2000;

const SELECT =
  'SELECT seq, name, taken_at AS takenAt, extra FROM snapshots WHERE project_id IS ? ORDER BY seq';

/**
 * Copies of tables, by name, of a project or of the whole server. A restore deletes the rows that the snapshot lacks and
 * writes those that differ. It leaves other rows alone, and so what refers to them: a token of a credential. Methods that
 * write belong inside `Database.write`.
 */
export class Snapshots {
  /** Of each scope. */
  readonly #statements;

  /** @param tables parents before children */
  constructor(
    private readonly database: Database,
    tables: readonly CoveredTable[],
  ) {
    const copied = tables.map((table) => ({ ...table, columns: createCopy(database, table) }));
    const ofProjects = copied.filter(({ project }) => project !== undefined);
    this.#statements = {
      project: ofProjects.map((table) => statementsOf(table, true)),
      server: copied.map((table) => statementsOf(table, false)),
    };
  }

  /** The snapshots of a scope, oldest first. */
  list(projectId: string | undefined): readonly Snapshot[] {
    const rows = this.database.all<object>(SELECT, projectId ?? null);
    return rows.map((row) => withJson<Snapshot>(row, 'extra'));
  }

  /** Takes a snapshot; one of the same name and scope is replaced. @param extra data that a restore returns */
  take(projectId: string | undefined, name: string, takenAt: number, extra: unknown = null): void {
    this.remove(projectId, name);
    const scope = projectId ?? null;
    const sql = 'INSERT INTO snapshots (name, project_id, taken_at, extra) VALUES (?, ?, ?, ?)';
    this.database.run(sql, name, scope, takenAt, JSON.stringify(extra));
    for (const { take } of this.#statementsOf(projectId)) this.database.run(take, { projectId: scope });
  }

  /**
   * Deletes rows that a restore would delete, if there are more than {@link LARGE} in a table: in batches, between which
   * the event loop is free, so that requests are answered. Rows that are created meanwhile are left to the restore.
   */
  async deleteLarge({ name, project, takenOf }: Restored): Promise<void> {
    const snapshot = this.#find(takenOf, name)?.seq;
    if (snapshot === undefined) return;
    const scope = { snapshot, projectId: project ?? null };
    for (const { lastIfLarge, deleteBatch } of this.#statementsOf(project).toReversed()) {
      const last = lastIfLarge === undefined ? undefined : this.database.value<number>(lastIfLarge, scope);
      if (last === undefined) continue;
      const batch = () => this.database.run(deleteBatch, { ...scope, last });
      while ((await this.database.write(batch)) === BATCH);
    }
  }

  /**
   * Restores a snapshot. Returns undefined if there is none.
   *
   * @throws if a restored row conflicts with one out of scope, such as the name that another project has taken
   */
  restore({ name, project, takenOf }: Restored): Taken | undefined {
    const snapshot = this.#find(takenOf, name);
    if (!snapshot) return undefined;
    const statements = this.#statementsOf(project);
    const scope = { snapshot: snapshot.seq, projectId: project ?? null };
    const restoreRows = (): void => {
      const deletions = statements
        .toReversed()
        .map((one) => (this.database.get(one.copied, scope) ? one.deleteOthers : one.deleteAll));
      const others = [...statements.map(({ setAside }) => setAside), ...statements.map(({ write }) => write)];
      for (const sql of [...deletions, ...others]) if (sql !== undefined) this.database.run(sql, scope);
    };
    try {
      restoreRows();
    } catch (error) {
      if (project !== undefined) throw error;
      // A row that is written later may refer to one that is deleted earlier. Not deferred in the first attempt, since
      // SQLite prepares all statements again after a PRAGMA.
      this.database.execute('PRAGMA defer_foreign_keys = ON');
      restoreRows();
    }
    return { takenAt: snapshot.takenAt, extra: snapshot.extra };
  }

  /** Whether there is a snapshot of this name and scope. */
  has(projectId: string | undefined, name: string): boolean {
    return this.#find(projectId, name) !== undefined;
  }

  /** Whether a snapshot of the whole server has a project. */
  hasProject(name: string, id: string): boolean {
    const sql = `SELECT 1 FROM ${copyOf('projects')} WHERE snapshot = ? AND id = ?`;
    return this.database.get(sql, this.#find(undefined, name)?.seq ?? null, id) !== undefined;
  }

  /** Returns whether there was one. */
  remove(projectId: string | undefined, name: string): boolean {
    const sql = 'DELETE FROM snapshots WHERE name = ? AND project_id IS ?';
    return this.database.run(sql, name, projectId ?? null) > 0;
  }

  #find(projectId: string | undefined, name: string): Snapshot | undefined {
    return this.list(projectId).find((one) => one.name === name);
  }

  #statementsOf(projectId: string | undefined) {
    return this.#statements[projectId === undefined ? 'server' : 'project'];
  }
}

/** The column that numbers the rows of a table, if it has one. */
const NUMBER = 'seq';

/** The table with the copies of a table. */
const copyOf = (table: string): string => `snapshot_of_${table}`;

const columnsOf = (database: Database, table: string) =>
  database.column<string>('SELECT name FROM pragma_table_info(?)', table);

/**
 * Creates the table of the copies. If the columns have changed, older snapshots cannot be restored and are deleted.
 *
 * @returns the columns of the table that is copied
 */
function createCopy(database: Database, { name, key, project = key }: CoveredTable): string[] {
  const copy = copyOf(name);
  const columns = columnsOf(database, name);
  const existing = columnsOf(database, copy);
  if (existing.join() === ['snapshot', ...columns].join()) return columns;
  if (existing.length > 0) database.execute(`DELETE FROM snapshots; DROP TABLE ${copy}`);
  // SQLite uses an index on numbers only if their column has a type.
  const typed = columns.map((column) => (column === NUMBER ? `${column} INTEGER` : column));
  database.execute(`
    CREATE TABLE ${copy} (
      snapshot INTEGER NOT NULL REFERENCES snapshots (seq) ON DELETE CASCADE, ${typed.join(', ')});
    CREATE INDEX ${copy}_by_key ON ${copy} (snapshot, ${key})`);
  if (columns.includes(NUMBER)) {
    database.execute(`CREATE INDEX ${copy}_by_number ON ${copy} (snapshot, ${NUMBER}, ${project})`);
  }
  return columns;
}

/** Statements that copy a table and restore it. `:snapshot` is the number of the snapshot, `:projectId` the scope. */
function statementsOf(table: CoveredTable & { readonly columns: readonly string[] }, ofProject: boolean) {
  const { name, key, project = key, unique, columns } = table;
  const copy = copyOf(name);
  const list = columns.join(', ');
  const numbered = columns.includes(NUMBER);
  const same = numbered ? NUMBER : key;
  // Without the number: SQLite would move every row that is updated.
  const others = columns.filter((column) => column !== key && column !== NUMBER);
  const inScope = ofProject ? `${project} = :projectId` : '1';
  // The innermost table has the column of the project: that of the copies.
  const copied = `SELECT 1 FROM ${copy} WHERE snapshot = :snapshot AND ${inScope}`;
  const isOther = (column: string): string =>
    `NOT EXISTS (${copied} AND ${copy}.${column} = ${name}.${column})`;
  // A row that was created again under its old key is renumbered, not deleted.
  const deleted = `FROM ${name} WHERE ${inScope} AND ${isOther(same)} AND ${isOther(key)}`;
  const update = (changing: string[]): string =>
    `UPDATE SET ${changing.map((column) => `${column} = excluded.${column}`).join(', ')}`;
  const valuesIn = (row: string): string => others.map((column) => `${row}.${column}`).join(', ');
  const updateChanged = `${update(others)} WHERE (${valuesIn(name)}) IS NOT (${valuesIn('excluded')})`;
  // Fast, and false at most restores.
  const many = `(SELECT count(*) FROM (SELECT 1 FROM ${name} WHERE ${inScope} LIMIT ${LARGE + 1})) > ${LARGE}`;
  return {
    // Into the last snapshot, which was just inserted.
    take: `INSERT INTO ${copy} SELECT (SELECT max(seq) FROM snapshots), ${list} FROM ${name} WHERE ${inScope}`,
    copied: `${copied} LIMIT 1`,
    deleteOthers: `DELETE ${deleted}`,
    // Takes three quarters of the time. Without a condition, SQLite empties a table at once.
    deleteAll: `DELETE FROM ${name} ${ofProject ? `WHERE ${inScope}` : ''}`,
    // Not of tables without a project: other rows refer to theirs.
    lastIfLarge:
      numbered && table.project !== undefined
        ? `SELECT max(${NUMBER}) FROM (SELECT ${NUMBER} ${deleted} AND ${many} ORDER BY ${NUMBER} DESC LIMIT ${LARGE + 1}) HAVING count(*) > ${LARGE}`
        : undefined,
    deleteBatch: `DELETE FROM ${name} WHERE ${NUMBER} IN (
      SELECT ${NUMBER} ${deleted} AND ${NUMBER} <= :last ORDER BY ${NUMBER} DESC LIMIT ${BATCH})`,
    // Gives rows that may swap their unique values ones that no row has.
    setAside:
      unique &&
      `UPDATE ${name} SET ${unique} = char(0) || ${key} WHERE ${inScope} AND EXISTS (
         ${copied} AND ${copy}.${key} = ${name}.${key} AND ${copy}.${unique} <> ${name}.${unique})`,
    write: `
      INSERT INTO ${name} (${list})
      SELECT ${list} FROM ${copy} WHERE snapshot = :snapshot AND ${inScope}
      ON CONFLICT (${same}) DO ${others.length === 0 ? 'NOTHING' : updateChanged}
      ${numbered ? `ON CONFLICT (${key}) DO ${update([NUMBER, ...others])}` : ''}`,
  };
}
