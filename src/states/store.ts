import { createHash } from 'node:crypto';
import type { Project } from '../http/gatekeeper.js';
import type { JsonText } from '../http/replies/replies.js';
import type { Paging } from '../http/steps/query.js';
import type { Database } from '../kernel/database.js';
import { withJson } from '../kernel/tables.js';
import { goneAt, positionAt, type Plan } from './lifecycle.js';
import { namesOf, type StatefulResource } from './resource.js';
import { render } from './text.js';

/** An item: all that its representation follows from. */
export interface Item<Sent> extends Plan {
  readonly id: string;
  readonly sent: Sent;
  /** What it shows while it has failed. */
  readonly errorMessage: string | null;
}

/** An item as it is now. */
export interface CurrentItem<Sent> extends Item<Sent> {
  /** Its place in the order of creation. */
  readonly seq: number;
  readonly state: string;
  /** Until when the persisted state holds: no event was emitted yet for states entered from then on. */
  readonly dueAt: number | null;
  /** Its JSON, with marks: see text.ts. */
  readonly text: JsonText;
}

/** An item whose next state is due. */
export type DueItem = Pick<CurrentItem<unknown>, 'seq' | 'id' | 'path'> &
  Readonly<Record<'projectId', string> & Record<'dueAt', number>>;

/** When, by the emulator's clock, an item is due. What a stopped clock has passed is due now, in its order. */
const WAKE_AT = `
  CASE WHEN frozen_at IS NULL THEN due_at - clock_offset_ms
  WHEN due_at <= frozen_at THEN :now - (frozen_at - due_at) END`;

/** What is there at a time of the project. */
const REMAINS = '(gone_at IS NULL OR gone_at > :now)';
const VISIBLE = `project_id = :projectId AND ${REMAINS}`;

/**
 * Items of one resource in SQL. Reads derive the state from the row and the project's time, and never write.
 *
 * A project has one alarm, at the emulator's time at which the first of its items is due: moving a clock changes no
 * item. An alarm may ring early, never late.
 */
export class ItemStore<Sent extends object> {
  readonly #table: string;
  readonly #alarms: string;
  /** The state of a row: the persisted one until it is due, then what the path says. */
  readonly #state: string;
  /** The JSON of a row in the state `state_now`. Marks are replaced outside of SQL, whose `replace` is slow. */
  readonly #text: string;
  /** How many items a project has, gone or not, and when the first of them is gone. Counting thousands takes long. */
  readonly #counted;

  constructor(
    private readonly database: Database,
    private readonly resource: StatefulResource<Sent>,
  ) {
    const { name, complete, failed = '' } = resource;
    const { table, alarmTable } = namesOf(name);
    this.#table = table;
    this.#alarms = alarmTable;
    this.#state = `CASE WHEN due_at IS NULL OR due_at > :now THEN state ELSE
      (SELECT value ->> 0 FROM json_each(${table}.path) WHERE value ->> 1 <= :now ORDER BY key DESC LIMIT 1) END`;
    this.#text = `CASE state_now WHEN '${complete}' THEN shown_done
      WHEN '${failed}' THEN coalesce(shown_failed, shown) ELSE shown END`;
    const counted = `SELECT count(*) AS count, min(gone_at) AS until FROM ${table} WHERE project_id = ?`;
    this.#counted = database.memo(
      (projectId: string) => database.get<{ count: number; until: number | null }>(counted, projectId),
      'items',
    );
  }

  /** One page of a project's items, oldest first, as JSON texts joined by commas. */
  page(projectId: string, { itemsPerPage, pageNum }: Paging, now: number, baseUrl: string): JsonText {
    const page = this.database.get<{ texts: string | null; states: string | null }>(
      `SELECT group_concat(${this.#text}, ',') AS texts, group_concat(state_now, ',') AS states FROM (
         SELECT shown, shown_done, shown_failed, ${this.#state} AS state_now FROM ${this.#table} WHERE ${VISIBLE}
         ORDER BY seq LIMIT :limit OFFSET :offset)`,
      { projectId, now, limit: itemsPerPage, offset: (pageNum - 1) * itemsPerPage },
    );
    return render(page?.texts ?? '', page?.states?.split(',') ?? [], baseUrl);
  }

  /** How many items of a project are not gone. */
  count(projectId: string, now: number): number {
    const { count = 0, until = null } = this.#counted(projectId) ?? {};
    if (until === null || now < until) return count;
    const sql = `SELECT count(*) FROM ${this.#table} WHERE ${VISIBLE}`;
    return this.database.value(sql, { projectId, now }) ?? 0;
  }

  /** The id of an item of the project that has the same target and is not gone. */
  sameTarget(projectId: string, target: string, now: number): string | undefined {
    const sql = `SELECT id FROM ${this.#table} WHERE target = :target AND ${REMAINS} LIMIT 1`;
    return this.database.value(sql, { target: hashOf(projectId, target), now });
  }

  /** All items of a project that are not gone, oldest first, read one at a time. */
  *all(projectId: string, now: number): Iterable<CurrentItem<Sent>> {
    for (let after = 0; ;) {
      const item = this.#current('seq > :after ORDER BY seq LIMIT 1', { projectId, now, after });
      if (!item) return;
      yield item;
      after = item.seq;
    }
  }

  /** An item that is not gone. */
  current(projectId: string, id: string, now: number): CurrentItem<Sent> | undefined {
    return this.#current('id = :id', { projectId, now, id });
  }

  /**
   * Inserts an item, or replaces that of a number; only removes that if the path has ended.
   *
   * @param emulatorNow what the emulator's clock shows
   * @returns the emulator's time at which an item of the project is due, if one is
   */
  save(item: Item<Sent>, project: Project, emulatorNow: number, seq?: number): number | undefined {
    const { id, sent, path, errorMessage } = item;
    const { resource } = this;
    const { state, dueAt } = positionAt(path, project.now);
    if (seq !== undefined) this.#remove(seq);
    if (state === resource.gone) return undefined;
    const shown = { id, project, complete: false, errorMessage: undefined };
    const row = {
      seq: seq ?? null,
      id,
      project_id: project.id,
      target: resource.target ? hashOf(project.id, resource.target.of(sent)) : Buffer.alloc(0),
      sent: JSON.stringify(sent),
      shown: resource.represent(sent, shown),
      shown_done: resource.represent(sent, { ...shown, complete: true }),
      shown_failed: errorMessage === null ? null : resource.represent(sent, { ...shown, errorMessage }),
      error_message: errorMessage,
      path: JSON.stringify(path),
      rest: JSON.stringify(item.rest),
      reads_left: item.readsLeft,
      state,
      due_at: dueAt ?? null,
      gone_at: goneAt(path, resource.gone) ?? null,
    };
    const columns = Object.keys(row);
    const values = columns.map((column) => `:${column}`);
    this.database.run(`INSERT INTO ${this.#table} (${columns.join()}) VALUES (${values.join()})`, row);
    return dueAt === undefined ? undefined : this.setAlarm(project.id, emulatorNow);
  }

  /** When the first alarm rings, in the emulator's time. */
  nextDueAt(): number | undefined {
    return this.#firstAlarm()?.at;
  }

  /** The item that is due first, of all that are due at `now`, in the emulator's time. Writes. */
  due(now: number): DueItem | undefined {
    for (;;) {
      const alarm = this.#firstAlarm();
      if (!alarm || alarm.at > now) return undefined;
      const at = this.setAlarm(alarm.projectId, now);
      // One that rang early is now set for later.
      if (at === undefined || at > alarm.at) continue;
      const item = this.database.get<object>(
        `SELECT seq, id, project_id AS projectId, path, due_at AS dueAt FROM ${this.#due}
         WHERE project_id = ? AND due_at IS NOT NULL ORDER BY due_at, seq LIMIT 1`,
        alarm.projectId,
      );
      return item && withJson<DueItem>(item, 'path');
    }
  }

  /** Persists where a due item is from now on. */
  move({ seq, path, dueAt: now }: DueItem): void {
    const { state, dueAt } = positionAt(path, now);
    if (state === this.resource.gone) this.#remove(seq);
    else {
      const sql = `UPDATE ${this.#table} SET state = ?, due_at = ? WHERE seq = ?`;
      this.database.run(sql, state, dueAt ?? null, seq);
    }
  }

  /**
   * Sets the alarm of a project, or all, after items or clocks have changed.
   *
   * @returns when that of the project rings, if it has one
   */
  setAlarm(projectId: string | undefined, now: number): number | undefined {
    const projects = `projects ${projectId === undefined ? '' : 'WHERE id = :projectId'}`;
    const parameters = { now, projectId: projectId ?? null };
    const sql = `DELETE FROM ${this.#alarms} WHERE project_id IN (SELECT id FROM ${projects})`;
    this.database.run(sql, parameters);
    // Materialized: SQLite would look for the first item at each mention of its time.
    return this.database.value<number>(
      `WITH first AS MATERIALIZED (
         SELECT id, frozen_at, clock_offset_ms, (
           SELECT min(due_at) FROM ${this.#due} WHERE project_id = projects.id AND due_at IS NOT NULL
         ) AS due_at FROM ${projects})
       INSERT INTO ${this.#alarms} SELECT id, ${WAKE_AT} FROM first WHERE ${WAKE_AT} IS NOT NULL RETURNING at`,
      parameters,
    );
  }

  get #due(): string {
    return `${this.#table} AS items INDEXED BY ${this.#table}_due`;
  }

  #remove(seq: number): void {
    this.database.run(`DELETE FROM ${this.#table} WHERE seq = ?`, seq);
  }

  #firstAlarm(): { projectId: string; at: number } | undefined {
    return this.database.get(`SELECT project_id AS projectId, at FROM ${this.#alarms} ORDER BY at LIMIT 1`);
  }

  #current(which: string, parameters: Record<string, string | number>): CurrentItem<Sent> | undefined {
    const row = this.database.get<object>(
      `SELECT seq, id, sent, path, rest, reads_left AS readsLeft, due_at AS dueAt, error_message AS errorMessage,
         state_now AS state, ${this.#text} AS text
       FROM (SELECT *, ${this.#state} AS state_now FROM ${this.#table} WHERE ${VISIBLE} AND ${which})`,
      parameters,
    );
    return row && withJson<CurrentItem<Sent>>(row, 'sent', 'path', 'rest');
  }
}

/** What identifies a target of a project in the index. */
function hashOf(projectId: string, target: string): Buffer {
  return createHash('sha256').update(projectId).update(target).digest().subarray(0, 16);
}
