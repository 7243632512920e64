import { createHash } from 'node:crypto';
import type { Statement } from 'better-sqlite3';
import type { JsonText } from '../http/replies/answer.js';
import type { Paging } from '../http/steps/query.js';
import type { Database } from '../kernel/database.js';
import { Alarms, type DueItem } from './alarms.js';
import { goneAt, positionAt, type Path, type Plan, type Stage } from './lifecycle.js';
import { namesOf } from './names.js';
import type { StateModel } from './resource.js';
import { render } from './text.js';

/** An item: all that its representation follows from. */
export interface Item<Sent> extends Plan {
  readonly id: string;
  readonly sent: Sent;
  readonly errorMessage: string | undefined;
}

/** An item as it is now. */
export interface CurrentItem<Sent> extends Item<Sent> {
  /** Its place in the order of creation. */
  readonly seq: number;
  readonly state: string;
  /** Until when the persisted state holds: no event was emitted yet for states entered from then on. */
  readonly dueAt: number | undefined;
}

/** An item to store. `path` and `now` are in project time, in milliseconds. */
export interface ItemRow<Sent> extends Item<Sent> {
  readonly projectId: string;
  /** Undefined where two items may be alike. */
  readonly target: string | undefined;
  readonly shown: JsonText;
  readonly shownDone: JsonText;
  readonly shownFailed: JsonText | undefined;
  /** What the project's clock shows. */
  readonly now: number;
  /** What to add to project time to get the emulator's; undefined while the project's clock stands still. */
  readonly toEmulatorTime: number | undefined;
}

/** A {@link CurrentItem} as SQL returns it. */
interface CurrentRow {
  seq: number;
  id: string;
  sent: string;
  path: string;
  state: string;
  dueAt: number | null;
  rest: string;
  readsLeft: number | null;
  errorMessage: string | null;
}

/** Names an item, and when it is looked at. */
interface At {
  readonly id: string;
  readonly projectId: string;
  readonly now: number;
}

/** How many items a project had when the database was at a revision, between two moments of the project's time. */
interface Counted {
  readonly projectId: string;
  readonly revision: number;
  readonly from: number;
  readonly until: number;
  readonly count: number;
}

/** What of an item changes. */
const CHANGING =
  'target, sent, shown, shown_done, shown_failed, error_message, path, rest, reads_left, state, due_at, gone_at'.split(
    ', ',
  );

/** Items of one resource in SQL. Reads derive the state from the row and the project's time, and never write. */
export class ItemStore<Sent> {
  /** When its rows are due. */
  readonly alarms: Alarms;
  readonly #database: Database;
  readonly #gone: string;
  readonly #get: Statement<[At], { text: string; state: string; readsLeft: number | null }>;
  readonly #page: Statement<
    [Omit<At, 'id'> & { limit: number; offset: number }],
    { texts: string | null; states: string | null }
  >;
  readonly #count: Statement<[Omit<At, 'id'>], { count: number; until: number | null }>;
  #counted: Counted | undefined;
  readonly #sameTarget: Statement<[{ target: Buffer; now: number }], string>;
  readonly #current: Statement<[At], CurrentRow>;
  readonly #next: Statement<[Omit<At, 'id'> & { after: number }], CurrentRow>;
  readonly #save: Statement<[Record<string, string | number | Buffer | null>]>;
  readonly #move: Statement<[{ seq: number; state: string; dueAt: number | null }]>;
  readonly #remove: Statement<[number]>;

  constructor(
    database: Database,
    { name, complete, failed = '', gone }: Pick<StateModel, 'name' | 'complete' | 'failed' | 'gone'>,
  ) {
    const { table } = namesOf(name);
    // The persisted state until it is due, then what the path says.
    const stateNow = `
      CASE WHEN due_at IS NULL OR due_at > :now THEN state
      ELSE (SELECT value ->> 0 FROM json_each(${table}.path) WHERE value ->> 1 <= :now ORDER BY key DESC LIMIT 1) END`;
    // Marks are replaced outside of SQL, whose `replace` takes as long as all the rest.
    const text = `CASE state_now WHEN '${complete}' THEN shown_done
      WHEN '${failed}' THEN coalesce(shown_failed, shown) ELSE shown END`;
    const visible = 'project_id = :projectId AND (gone_at IS NULL OR gone_at > :now)';
    const shown = `SELECT shown, shown_done, shown_failed, reads_left, ${stateNow} AS state_now FROM ${table}
      WHERE ${visible}`;
    const current = `
      SELECT seq, id, sent, path, rest, reads_left AS readsLeft, due_at AS dueAt, error_message AS errorMessage,
        ${stateNow} AS state FROM ${table} WHERE ${visible}`;
    this.alarms = new Alarms(database, name);
    this.#database = database;
    this.#gone = gone;
    this.#get = database.prepare(
      `SELECT ${text} AS text, state_now AS state, reads_left AS readsLeft FROM (${shown} AND id = :id)`,
    );
    this.#page = database.prepare(
      `SELECT group_concat(${text}, ',') AS texts, group_concat(state_now, ',') AS states
       FROM (${shown} ORDER BY seq LIMIT :limit OFFSET :offset)`,
    );
    this.#count = database.prepare(
      `SELECT count(*) AS count, min(gone_at) AS until FROM ${table} WHERE ${visible}`,
    );
    this.#sameTarget = database
      .prepare<[{ target: Buffer; now: number }], string>(
        `SELECT id FROM ${table} WHERE target = :target AND (gone_at IS NULL OR gone_at > :now) LIMIT 1`,
      )
      .pluck();
    this.#current = database.prepare(`${current} AND id = :id`);
    this.#next = database.prepare(`${current} AND seq > :after ORDER BY seq LIMIT 1`);
    this.#save = database.prepare(
      `INSERT INTO ${table} (seq, id, project_id, ${CHANGING.join(', ')})
       VALUES (:seq, :id, :project_id, ${CHANGING.map((column) => `:${column}`).join(', ')})
       ON CONFLICT (seq) DO UPDATE SET ${CHANGING.map((column) => `${column} = excluded.${column}`).join(', ')}`,
    );
    this.#move = database.prepare(`UPDATE ${table} SET state = :state, due_at = :dueAt WHERE seq = :seq`);
    this.#remove = database.prepare(`DELETE FROM ${table} WHERE seq = ?`);
  }

  /** One item as JSON text, and how many reads are left until its next state, if reads bring it. */
  get(
    projectId: string,
    id: string,
    now: number,
    baseUrl: string,
  ): { readonly text: JsonText; readonly readsLeft: number | undefined } | undefined {
    const row = this.#get.get({ id, projectId, now });
    return row && { text: render(row.text, [row.state], baseUrl), readsLeft: row.readsLeft ?? undefined };
  }

  /** One page of a project's items, oldest first, as JSON texts joined by commas. */
  page(projectId: string, paging: Paging, now: number, baseUrl: string): JsonText {
    const limit = paging.itemsPerPage;
    const offset = (paging.pageNum - 1) * limit;
    const { texts, states } = this.#page.get({ projectId, now, limit, offset }) ?? {};
    return render(texts ?? '', states?.split(',') ?? [], baseUrl);
  }

  /** How many items of a project are not gone. Counting thousands takes longer than a page of them. */
  count(projectId: string, now: number): number {
    const last = this.#counted;
    const { revision } = this.#database;
    if (last?.projectId === projectId && last.revision === revision && last.from <= now && now < last.until) {
      return last.count;
    }
    const { count = 0, until } = this.#count.get({ projectId, now }) ?? {};
    this.#counted =
      revision === undefined
        ? undefined
        : { projectId, revision, from: now, until: until ?? Infinity, count };
    return count;
  }

  /** The id of an item of the project that has the same target and is not gone. */
  sameTarget(projectId: string, target: string, now: number): string | undefined {
    return this.#sameTarget.get({ target: hashOf(projectId, target), now });
  }

  /** All items of a project that are not gone, oldest first, read one at a time. */
  *all(projectId: string, now: number): Iterable<CurrentItem<Sent>> {
    let row = this.#next.get({ projectId, now, after: 0 });
    for (; row; row = this.#next.get({ projectId, now, after: row.seq })) yield currentOf<Sent>(row);
  }

  /** An item that is not gone. */
  current(projectId: string, id: string, now: number): CurrentItem<Sent> | undefined {
    const row = this.#current.get({ id, projectId, now });
    return row && currentOf(row);
  }

  /**
   * Inserts an item, or replaces that of a number; removes it if its path has ended.
   *
   * @returns the emulator's time at which its next state is due, if it has one
   */
  save(item: ItemRow<Sent>, seq?: number): number | undefined {
    const { id, projectId, path, target, toEmulatorTime } = item;
    const { state, dueAt } = positionAt(path, item.now);
    if (state === this.#gone && seq !== undefined) {
      this.#remove.run(seq);
      return undefined;
    }
    this.#save.run({
      seq: seq ?? null,
      id,
      project_id: projectId,
      target: target === undefined ? Buffer.alloc(0) : hashOf(projectId, target),
      sent: JSON.stringify(item.sent),
      shown: item.shown,
      shown_done: item.shownDone,
      shown_failed: item.shownFailed ?? null,
      error_message: item.errorMessage ?? null,
      path: JSON.stringify(path),
      rest: JSON.stringify(item.rest),
      reads_left: item.readsLeft ?? null,
      state,
      due_at: dueAt ?? null,
      gone_at: goneAt(path, this.#gone) ?? null,
    });
    if (dueAt === undefined || toEmulatorTime === undefined) return undefined;
    this.alarms.hurry(projectId, dueAt + toEmulatorTime);
    return dueAt + toEmulatorTime;
  }

  /** Persists where a due item is from now on. */
  move({ seq, path, dueAt: now }: DueItem): void {
    const { state, dueAt } = positionAt(path, now);
    if (state === this.#gone) this.#remove.run(seq);
    else this.#move.run({ seq, state, dueAt: dueAt ?? null });
  }
}

function currentOf<Sent>({
  sent,
  path,
  rest,
  dueAt,
  readsLeft,
  errorMessage,
  ...row
}: CurrentRow): CurrentItem<Sent> {
  return {
    ...row,
    sent: JSON.parse(sent) as Sent,
    path: JSON.parse(path) as Path,
    rest: JSON.parse(rest) as Stage[],
    dueAt: dueAt ?? undefined,
    readsLeft: readsLeft ?? undefined,
    errorMessage: errorMessage ?? undefined,
  };
}

/** What identifies a target of a project in the index. */
function hashOf(projectId: string, target: string): Buffer {
  return createHash('sha256').update(projectId).update(target).digest().subarray(0, 16);
}
