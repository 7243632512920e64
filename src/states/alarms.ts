import type { Database } from '../kernel/database.js';
import { namesOf, type ResourceName } from './resource.js';

/** When an item of a project is due, in the emulator's time. */
interface ProjectAlarm {
  readonly projectId: string;
  readonly at: number;
}

/** When, by the emulator's clock, an item is due. What a stopped clock has passed is due now, in its order. */
const WAKE_AT = `
  CASE WHEN frozen_at IS NULL THEN due_at - clock_offset_ms
  WHEN due_at <= frozen_at THEN :now - (frozen_at - due_at) END`;

/**
 * The alarms of a resource in SQL. A project has one, at the emulator's time at which the first of its items is due, so
 * moving a clock changes no item. An alarm may ring early, never late. Methods that write belong inside `Database.write`.
 */
export class Alarms {
  readonly #items: string;
  readonly #table: string;
  readonly #first: string;

  constructor(
    private readonly database: Database,
    name: ResourceName,
  ) {
    const { table, alarmTable } = namesOf(name);
    this.#items = table;
    this.#table = alarmTable;
    this.#first = `SELECT project_id AS projectId, at FROM ${alarmTable} ORDER BY at LIMIT 2`;
  }

  /** The first two, or fewer if there are fewer. */
  first(): readonly ProjectAlarm[] {
    return this.database.all(this.#first);
  }

  /** Lets the alarm of a project ring at `at` or earlier. Returns when it rings. */
  advance(projectId: string, at: number): number | undefined {
    const sql = `INSERT INTO ${this.#table} VALUES (?, ?)
      ON CONFLICT (project_id) DO UPDATE SET at = min(at, excluded.at) RETURNING at`;
    return this.database.value(sql, projectId, at);
  }

  /** Sets the alarm of a project, or all, after items or clocks have changed. */
  set(projectId: string | undefined, now: number): void {
    const projects = `projects ${projectId === undefined ? '' : 'WHERE id = :projectId'}`;
    const parameters = { now, projectId: projectId ?? null };
    const sql = `DELETE FROM ${this.#table} WHERE project_id IN (SELECT id FROM ${projects})`;
    this.database.run(sql, parameters);
    // Materialized: SQLite would look for the first item at each mention of its time.
    this.database.run(
      `WITH first AS MATERIALIZED (
         SELECT id, frozen_at, clock_offset_ms, (
           SELECT min(due_at) FROM ${this.#items} AS items INDEXED BY ${this.#items}_due
           WHERE project_id = projects.id AND due_at IS NOT NULL
         ) AS due_at FROM ${projects})
       INSERT INTO ${this.#table} SELECT id, ${WAKE_AT} FROM first WHERE ${WAKE_AT} IS NOT NULL`,
      parameters,
    );
  }
}
