import type { CoveredTable, Database } from '../kernel/database.js';

const NUMBER = 'seq';

/** Makes the tables of the copies. Where a table has other columns now, nothing of older snapshots can be restored. */
export function makeCopies(database: Database, tables: readonly CoveredTable[]): void {
  for (const { name, key, project = key } of tables) {
    const copy = nameOfCopy(name);
    const columns = columnsOf(database, name);
    const existing = columnsOf(database, copy);
    if (existing.join() === ['snapshot', ...columns].join()) continue;
    if (existing.length > 0) database.execute(`DELETE FROM snapshots; DROP TABLE ${copy}`);
    // A number without a type is none that an index is used for.
    const typed = columns.map((column) => (column === NUMBER ? `${column} INTEGER` : column));
    database.execute(`
      CREATE TABLE ${copy} (
        snapshot INTEGER NOT NULL REFERENCES snapshots (seq) ON DELETE CASCADE, ${typed.join(', ')});
      CREATE INDEX ${copy}_by_key ON ${copy} (snapshot, ${key})`);
    if (columns.includes(NUMBER)) {
      database.execute(`CREATE INDEX ${copy}_by_number ON ${copy} (snapshot, ${NUMBER}, ${project})`);
    }
  }
}

/**
 * Statements that take and restore the copy of a table. `:snapshot` is its number, `:projectId` a project.
 *
 * @param ofProject whether the scope is one project, or all
 */
export function copyOf(
  database: Database,
  { name, key, project = key, unique }: CoveredTable,
  ofProject: boolean,
) {
  const copy = nameOfCopy(name);
  const columns = columnsOf(database, name);
  const list = columns.join(', ');
  const numbered = columns.includes(NUMBER);
  const same = numbered ? NUMBER : key;
  // A number is put back apart: where it is among what may change, SQLite moves each row that does.
  const others = columns.filter((column) => column !== key && column !== NUMBER);
  const changing = (change: (column: string) => string): string => others.map(change).join(', ');
  const inScope = ofProject ? `${project} = :projectId` : '1';
  const update = `UPDATE
    SET ${changing((column) => `${column} = excluded.${column}`)}
    WHERE (${changing((column) => `${name}.${column}`)}) IS NOT (${changing((column) => `excluded.${column}`)})`;
  const copied = (what: string): string =>
    `EXISTS (SELECT 1 FROM ${copy} WHERE snapshot = :snapshot AND ${copy}.${what} = ${name}.${what}`;
  return {
    take: `INSERT INTO ${copy} SELECT :snapshot, ${list} FROM ${name} WHERE ${inScope}`,
    renumber: numbered ? renumber(name, key, inScope) : undefined,
    removeOthers: `DELETE FROM ${name} WHERE ${inScope} AND NOT ${copied(same)})`,
    // To a text that no other row has.
    setAside:
      unique &&
      `UPDATE ${name} SET ${unique} = char(0) || ${key}
       WHERE ${inScope} AND ${copied(key)} AND ${copy}.${unique} <> ${name}.${unique})`,
    putBack: `
      INSERT INTO ${name} (${list})
      SELECT ${list} FROM ${copy} WHERE snapshot = :snapshot AND ${inScope}
      ON CONFLICT (${same}) DO ${others.length === 0 ? 'NOTHING' : update}`,
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
  const columns = database.all<{ name: string }>('SELECT name FROM pragma_table_info(?)', table);
  return columns.map(({ name }) => name);
}
