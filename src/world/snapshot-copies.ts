import type { Statement } from 'better-sqlite3';
import type { CoveredTable, Database } from '../kernel/database.js';

const NUMBER = 'seq';

/** What is taken or restored. */
export interface Scope {
  readonly snapshot: number;
  readonly projectId: string | null;
}

/** What is done with one table and its copy, in one kind of scope. */
export interface Copy {
  readonly take: Statement<[Scope]>;
  readonly renumber: Statement<[Scope]> | undefined;
  readonly removeOthers: Statement<[Scope]>;
  readonly setAside: Statement<[Scope]> | undefined;
  readonly putBack: Statement<[Scope]>;
}

/** Makes the tables of the copies. Where a table has other columns now, nothing of older snapshots can be restored. */
export function makeCopies(database: Database, tables: readonly CoveredTable[]): void {
  for (const { name, key, project } of tables) {
    const columns = columnsOf(database, name);
    const kept = columnsOf(database, nameOfCopy(name));
    if (kept.join() === ['snapshot', ...columns].join()) continue;
    if (kept.length > 0) {
      database.execute(`DELETE FROM snapshots; DROP TABLE ${nameOfCopy(name)}`);
    }
    // A number without a type is none that an index is used for.
    const typed = columns.map((column) => (column === NUMBER ? `${column} INTEGER` : column));
    database.execute(`
      CREATE TABLE ${nameOfCopy(name)} (
        snapshot INTEGER NOT NULL REFERENCES snapshots (seq) ON DELETE CASCADE, ${typed.join(', ')});
      CREATE INDEX ${nameOfCopy(name)}_by_key ON ${nameOfCopy(name)} (snapshot, ${key});
    `);
    if (columns.includes(NUMBER)) {
      const rest = [NUMBER, project ?? key].join(', ');
      database.execute(
        `CREATE INDEX ${nameOfCopy(name)}_by_number ON ${nameOfCopy(name)} (snapshot, ${rest})`,
      );
    }
  }
}

/**
 * Prepares what is done with a table.
 *
 * @param ofProject whether the scope is one project, or all
 */
export function copyOf(
  database: Database,
  { name, key, project = key, unique }: CoveredTable,
  ofProject: boolean,
): Copy {
  const copy = nameOfCopy(name);
  const columns = columnsOf(database, name);
  const list = columns.join(', ');
  const numbered = columns.includes(NUMBER);
  const same = numbered ? NUMBER : key;
  // A number is put back apart: where it is among what may change, SQLite moves each row that does.
  const others = columns.filter((column) => column !== key && column !== NUMBER);
  const inScope = ofProject ? `${project} = :projectId` : '1';
  const update = `
    SET ${others.map((column) => `${column} = excluded.${column}`).join(', ')}
    WHERE (${others.map((column) => `${name}.${column}`).join(', ')})
      IS NOT (${others.map((column) => `excluded.${column}`).join(', ')})`;
  const kept = (what: string): string =>
    `EXISTS (SELECT 1 FROM ${copy} WHERE snapshot = :snapshot AND ${copy}.${what} = ${name}.${what}`;
  return {
    take: database.prepare(`INSERT INTO ${copy} SELECT :snapshot, ${list} FROM ${name} WHERE ${inScope}`),
    renumber: numbered ? database.prepare<[Scope]>(renumber(name, key, inScope)) : undefined,
    removeOthers: database.prepare(`DELETE FROM ${name} WHERE ${inScope} AND NOT ${kept(same)})`),
    setAside:
      unique === undefined
        ? undefined
        : // A text that no other row has.
          database.prepare(
            `UPDATE ${name} SET ${unique} = char(0) || ${key}
             WHERE ${inScope} AND ${kept(key)} AND ${copy}.${unique} <> ${name}.${unique})`,
          ),
    putBack: database.prepare(
      `INSERT INTO ${name} (${list})
       SELECT ${list} FROM ${copy} WHERE snapshot = :snapshot AND ${inScope}
       ON CONFLICT (${same}) DO ${others.length === 0 ? 'NOTHING' : `UPDATE ${update}`}`,
    ),
  };
}

/**
 * Gives rows that came anew under their old keys the numbers that they had. No other row has them. Of most rows nothing
 * but the number is looked at, which the index holds.
 */
function renumber(name: string, key: string, inScope: string): string {
  const copy = nameOfCopy(name);
  return `
    UPDATE ${name} SET ${NUMBER} =
      (SELECT ${NUMBER} FROM ${copy} WHERE snapshot = :snapshot AND ${copy}.${key} = ${name}.${key})
    WHERE ${key} IN (
      SELECT ${key} FROM ${copy} INDEXED BY ${copy}_by_number WHERE snapshot = :snapshot AND ${inScope}
      AND NOT EXISTS (SELECT 1 FROM ${name} AS live WHERE live.${NUMBER} = ${copy}.${NUMBER}))`;
}

/** The table that holds the copies of a table. */
export function nameOfCopy(table: string): string {
  return `snapshot_of_${table}`;
}

function columnsOf(database: Database, table: string): string[] {
  return database
    .prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => name);
}
