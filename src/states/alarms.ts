import type { Statement } from 'better-sqlite3';
import type { Database } from '../kernel/database.js';
import type { Path } from './lifecycle.js';
import { namesOf, type ResourceName } from './names.js';

/** When, by the emulator's clock, an item has to be moved. What a stopped clock has passed is due now, in its order. */
const WAKE_AT = `
  CASE WHEN frozen_at IS NULL THEN due_at - clock_offset_ms
  WHEN due_at <= frozen_at THEN :now - (frozen_at - due_at) END`;

/** A row whose time has come. */
export interface DueItem {
  readonly seq: number;
  readonly id: string;
  readonly projectId: string;
  readonly path: Path;
  readonly dueAt: number;
}

interface NextRow extends Omit<DueItem, 'projectId' | 'path'> {
  readonly path: string;
  readonly wakeAt: number | null;
}

/**
 * One alarm for each project, at the emulator's time at which the first of its items is due: moving a clock changes no
 * item. An alarm may ring early, never late. Methods that write belong inside `Database.write`.
 */
export class Alarms {
  readonly #first: Statement<[], { projectId: string; at: number }>;
  readonly #next: Statement<[{ projectId: string; now: number }], NextRow>;
  readonly #hurry: Statement<[{ projectId: string; at: number }]>;
  readonly #set: Statement<[{ projectId: string; at: number }]>;
  readonly #remove: Statement<[string]>;
  readonly #removeAll: Statement<[]>;
  readonly #setAll: Statement<[{ now: number }]>;

  constructor(database: Database, name: ResourceName) {
    const { table, alarmTable } = namesOf(name);
    this.#first = database.prepare(
      `SELECT project_id AS projectId, at FROM ${alarmTable} ORDER BY at LIMIT 1`,
    );
    const set = `
      INSERT INTO ${alarmTable} (project_id, at) VALUES (:projectId, :at)
      ON CONFLICT (project_id) DO UPDATE SET at = excluded.at WHERE excluded.at`;
    this.#hurry = database.prepare(`${set} < at`);
    this.#set = database.prepare(`${set} <> at`);
    this.#remove = database.prepare(`DELETE FROM ${alarmTable} WHERE project_id = ?`);
    this.#removeAll = database.prepare(`DELETE FROM ${alarmTable}`);
    this.#next = database.prepare(
      `SELECT items.seq, items.id, items.path, due_at AS dueAt, ${WAKE_AT} AS wakeAt
       FROM projects JOIN ${table} AS items INDEXED BY ${table}_due ON items.project_id = :projectId
       WHERE projects.id = :projectId AND due_at IS NOT NULL
       ORDER BY due_at, items.seq LIMIT 1`,
    );
    // Materialized: SQLite would look for the first item at each mention of its time.
    this.#setAll = database.prepare(
      `WITH first AS MATERIALIZED (
         SELECT id, frozen_at, clock_offset_ms, (
           SELECT min(due_at) FROM ${table} AS items INDEXED BY ${table}_due
           WHERE items.project_id = projects.id AND due_at IS NOT NULL
         ) AS due_at FROM projects)
       INSERT INTO ${alarmTable} SELECT id, ${WAKE_AT} FROM first WHERE ${WAKE_AT} IS NOT NULL`,
    );
  }

  /** When the first alarm rings. */
  first(): number | undefined {
    return this.#first.get()?.at;
  }

  /** The item that is due first, of all that are due at `now`. */
  due(now: number): DueItem | undefined {
    for (;;) {
      const alarm = this.#first.get();
      if (!alarm || alarm.at > now) return undefined;
      const next = this.#setNext(alarm.projectId, now);
      // An alarm that rang early was set again above.
      if (next && next.wakeAt !== null && next.wakeAt <= alarm.at) {
        const { seq, id, path, dueAt } = next;
        return { seq, id, projectId: alarm.projectId, path: JSON.parse(path) as Path, dueAt };
      }
    }
  }

  /** Makes a project's alarm ring at `at` at the latest. */
  hurry(projectId: string, at: number): void {
    this.#hurry.run({ projectId, at });
  }

  /** Sets the alarm of a project, or all, again: after clocks were moved or rows restored. */
  retime(projectId: string | undefined, now: number): void {
    if (projectId !== undefined) {
      this.#setNext(projectId, now);
      return;
    }
    this.#removeAll.run();
    this.#setAll.run({ now });
  }

  /** Sets a project's alarm for the next of its items, and returns that. */
  #setNext(projectId: string, now: number): NextRow | undefined {
    const next = this.#next.get({ projectId, now });
    const at = next?.wakeAt ?? undefined;
    if (at === undefined) this.#remove.run(projectId);
    else this.#set.run({ projectId, at });
    return next;
  }
}
