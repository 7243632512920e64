import type { Difference } from './compare.js';
import type { Verdict } from './emulated.js';
import type { Digest } from './digest.js';

/** A difference, with all operations and places that have it. */
export interface Row extends Pick<Difference, 'kind' | 'what' | 'name' | 'before' | 'after'>, Verdict {
  /** Ids of operations. */
  readonly operations: readonly string[];
  readonly places: readonly string[];
}

/** How many operations a row of a table names. */
const NAMED = 3;

/**
 * Merges differences that are the same at several places: a schema has many. Those that concern the emulator come first.
 *
 * @param idOf returns the id of an operation
 */
export function rowsOf(
  differences: readonly (Difference & Verdict)[],
  idOf: (operation: string) => string,
): Row[] {
  const rows = new Map<string, Row & { operations: string[]; places: string[] }>();
  for (const { operation, place, origin, ...difference } of differences) {
    const isOfSchema = origin !== undefined && origin !== '';
    const same = { ...difference, name: isOfSchema ? origin : difference.name };
    const key = JSON.stringify(same);
    const row = rows.get(key) ?? { ...same, operations: [], places: [] };
    rows.set(key, row);
    const id = difference.what === 'operation' ? operation : idOf(operation);
    if (!row.operations.includes(id)) row.operations.push(id);
    if (place !== '' && !row.places.includes(place)) row.places.push(place);
  }
  const all = [...rows.values()];
  const isFar = ({ emulator }: Row): boolean => emulator === 'does not emulate the operation';
  return [...all.filter((row) => !isFar(row)), ...all.filter(isFar)];
}

/** The formats of a report. */
export const FORMATS: Readonly<Record<string, (rows: readonly Row[], from: Digest, to: Digest) => string>> = {
  table: (rows, from, to) => {
    const cells = rows.map(cellsOf);
    const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
    const lines = cells.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
    return [...lines, ...(rows.length > 0 ? [''] : []), summary(rows, from, to), ''].join('\n');
  },
  json: (rows, from, to) => `${JSON.stringify({ from: from.sha, to: to.sha, differences: rows }, null, 2)}\n`,
  markdown: (rows, from, to) => {
    const line = (cells: readonly string[]): string =>
      `| ${cells.map((cell) => cell.replace(/[\\|`*_<]/g, String.raw`\$&`)).join(' | ')} |`;
    const table = [line(HEAD), `|${' --- |'.repeat(HEAD.length)}`, ...rows.map((row) => line(cellsOf(row)))];
    return [...(rows.length > 0 ? [...table, ''] : []), summary(rows, from, to), ''].join('\n');
  },
};

const HEAD = ['', 'what', 'name', 'emulator', 'where'];

function cellsOf(row: Row): string[] {
  const { kind, what, name, before, after, operations, places, emulator, known } = row;
  const change = [before, after].filter((text) => text !== undefined).join(' → ');
  const where = operations.length > NAMED ? [`${operations.length} operations`] : operations;
  const short = new Set(
    places.map((place) => place.replace(/ application\/(?:vnd\.atlas\.([^+]+)\+)?json$/, ' $1').trim()),
  );
  const at = short.size > NAMED ? [`${short.size} places`] : [...short];
  return [
    kind,
    what,
    [name, change].filter((text) => text !== '').join(': '),
    known.length > 0 ? `${emulator}, known as ${known.join(', ')}` : emulator,
    [where.join(', '), ...(at.length > 0 ? [`(${at.join(', ')})`] : [])].join(' '),
  ];
}

function summary(rows: readonly Row[], from: Digest, to: Digest): string {
  const read = from.date === undefined ? '' : `, read on ${from.date}`;
  const since = `since ${from.sha.slice(0, 10)} (${Object.keys(from.operations).length} operations${read})`;
  if (rows.length === 0) return `No differences in ${to.sha.slice(0, 10)} ${since}.`;
  const counts = (['new', 'gone', 'changed'] as const).map(
    (kind) => `${rows.filter((row) => row.kind === kind).length} ${kind}`,
  );
  const noun = rows.length === 1 ? 'difference' : 'differences';
  return `${rows.length} ${noun} in ${to.sha.slice(0, 10)} ${since}: ${counts.join(', ')}.`;
}
