import { signal } from '@preact/signals';
import type { RequestLine } from '../../client/types.generated.js';
import { call, scopeOf } from './api.js';

/** A request, with its times in milliseconds. */
export interface Row extends RequestLine {
  /** When it was answered, in real time. */
  readonly realTime: number;
  /** When it arrived, in the time of its project, or in real time without a project. */
  readonly time: number;
}

/** How many requests the page holds: about as many as the journal does. */
const MOST_ROWS = 20_000;

/** How many requests are loaded at once. */
const PAGE = 1000;

/** All requests that the page holds, in order. Replaced with each change of {@link rowsChanged}. */
let rows: Row[] = [];
let bySeq = new Map<number, Row>();
/** The first request that used a challenge or a token, by the number of the request that gave it. */
let users = new Map<number, Row>();
/** What the page has seen of the journal. */
let last = 0;

/** Changes with each change of the rows. */
export const rowsChanged = signal(0);

/** The rows, oldest first. Reading them subscribes to changes. */
export function allRows(): readonly Row[] {
  return rowsChanged.value < 0 ? [] : rows;
}

/** The request of a number, while the page holds it. */
export const rowOf = (seq: number): Row | undefined => bySeq.get(seq);

/** The request that this one is shown with: the first that answered its challenge, or used its token. */
export const shownWith = (row: Row): Row | undefined => users.get(row.seq);

/** The requests that are shown with this one, oldest first. */
export function preparationsOf(row: Row): readonly Row[] {
  const numbers = [row.token, row.challenge].filter((seq) => seq !== undefined && users.get(seq) === row);
  return numbers.flatMap((seq) => bySeq.get(seq ?? 0) ?? []);
}

/** A page of requests. */
interface Lines {
  readonly requests: readonly RequestLine[];
  readonly last: number;
}

/** Loads a page of requests, without headers and bodies. */
const linesOf = (query: string) => call<Lines>('GET', `requests/lines?limit=${PAGE}&${query}`);

/** Loads the last requests. @returns the number of the last event before them */
export async function loadRows(): Promise<number> {
  const lines = await linesOf('since=0');
  rows = [];
  bySeq = new Map();
  users = new Map();
  add(lines.requests);
  last = lines.last;
  rowsChanged.value++;
  return lines.last;
}

/** Loads earlier requests, a page at a time, so that the page shows the last ones first. */
export async function loadEarlierRows(): Promise<void> {
  for (let first = rows[0]; first && rows.length < MOST_ROWS;) {
    const { requests } = await linesOf(`before=${first.seq}`);
    if (requests.length === 0 || rows[0] !== first) return;
    add(requests);
    rowsChanged.value++;
    first = rows[0];
  }
}

/** Loads the requests that have arrived since the last call. */
export async function loadNewRows(): Promise<void> {
  const since = last;
  let lines = await linesOf(`since=${since}`);
  // Numbers that begin again are those of another emulator.
  if (lines.last < since) {
    await loadRows();
    return;
  }
  last = lines.last;
  const pages = [lines.requests];
  while (lines.requests.length === PAGE) {
    lines = await linesOf(`since=${since}&before=${lines.requests[0]?.seq ?? 0}`);
    pages.unshift(lines.requests);
  }
  const added = pages.flat();
  if (added.length === 0) return;
  add(added);
  rowsChanged.value++;
}

/** Deletes the recorded requests of a project, or of all; here and in the emulator. */
export async function clearRows(project: string): Promise<void> {
  await call('DELETE', `${scopeOf(project)}requests`);
  const isGone = (row: Row): boolean => row.seq <= last && (project === '' || row.project === project);
  rows = rows.filter((row) => !isGone(row));
  bySeq = new Map(rows.map((row) => [row.seq, row]));
  rowsChanged.value++;
}

/** Adds requests that are all later, or all earlier, than those held. */
function add(lines: readonly RequestLine[]): void {
  const added = lines.filter(({ seq }) => !bySeq.has(seq)).map(rowFrom);
  const isEarlier = (added[0]?.seq ?? 0) < (rows[0]?.seq ?? 0);
  rows = isEarlier ? [...added, ...rows] : [...rows, ...added];
  for (const row of added) {
    bySeq.set(row.seq, row);
    for (const seq of [row.challenge, row.token]) {
      if (seq !== undefined && row.seq < (users.get(seq)?.seq ?? Infinity)) users.set(seq, row);
    }
  }
  if (rows.length <= MOST_ROWS) return;
  for (const { seq } of rows.splice(0, rows.length - MOST_ROWS)) {
    bySeq.delete(seq);
    users.delete(seq);
  }
}

/** A request with its times as numbers. */
function rowFrom(line: RequestLine): Row {
  const realTime = Date.parse(line.at);
  const time = line.projectTime === undefined ? realTime - line.tookMs : Date.parse(line.projectTime);
  return { ...line, realTime, time };
}
