import type { Statement } from 'better-sqlite3';
import type { Database } from '../../kernel/database.js';
import type { Path } from './lifecycle.js';
import type { DueLink } from './rows.js';

/** When, by the emulator's clock, a link has to be moved. What a clock at rest has passed is due now, in its order. */
const WAKE_AT = `
  CASE WHEN frozen_at IS NULL THEN due_at - clock_offset_ms
  WHEN due_at <= frozen_at THEN :now - (frozen_at - due_at) END`;

interface NextLink {
  seq: number;
  id: string;
  path: string;
  dueAt: number;
  wakeAt: number | null;
}

/**
 * One alarm for each project, at the emulator's time at which the first of its links is due: so a clock that is moved
 * touches no link. An alarm may ring early, never late. Whatever writes belongs inside `Database.write`.
 */
export class LinkAlarms {
  readonly #first: Statement<[], { projectId: string; at: number }>;
  readonly #next: Statement<[{ projectId: string; now: number }], NextLink>;
  readonly #hurry: Statement<[{ projectId: string; at: number }]>;
  readonly #set: Statement<[{ projectId: string; at: number }]>;
  readonly #remove: Statement<[string]>;
  readonly #removeAll: Statement<[]>;
  readonly #setAll: Statement<[{ now: number }]>;

  constructor(database: Database) {
    this.#first = database.prepare(
      'SELECT project_id AS projectId, at FROM private_link_alarms ORDER BY at LIMIT 1',
    );
    const set = `
      INSERT INTO private_link_alarms (project_id, at) VALUES (:projectId, :at)
      ON CONFLICT (project_id) DO UPDATE SET at = excluded.at WHERE excluded.at`;
    this.#hurry = database.prepare(`${set} < at`);
    this.#set = database.prepare(`${set} <> at`);
    this.#remove = database.prepare('DELETE FROM private_link_alarms WHERE project_id = ?');
    this.#removeAll = database.prepare('DELETE FROM private_link_alarms');
    this.#next = database.prepare(
      `SELECT links.seq, links.id, links.path, due_at AS dueAt, ${WAKE_AT} AS wakeAt
       FROM projects JOIN private_links AS links INDEXED BY private_links_due ON links.project_id = :projectId
       WHERE projects.id = :projectId AND due_at IS NOT NULL
       ORDER BY due_at, links.seq LIMIT 1`,
    );
    // Materialized: SQLite would look for the first link at each mention of its time.
    this.#setAll = database.prepare(
      `WITH first AS MATERIALIZED (
         SELECT id, frozen_at, clock_offset_ms, (
           SELECT min(due_at) FROM private_links AS links INDEXED BY private_links_due
           WHERE links.project_id = projects.id AND due_at IS NOT NULL
         ) AS due_at FROM projects)
       INSERT INTO private_link_alarms SELECT id, ${WAKE_AT} FROM first WHERE ${WAKE_AT} IS NOT NULL`,
    );
  }

  /** When the first alarm rings. */
  first(): number | undefined {
    return this.#first.get()?.at;
  }

  /** The link that is due first, of all that are due at `now`. */
  due(now: number): DueLink | undefined {
    for (;;) {
      const alarm = this.#first.get();
      if (!alarm || alarm.at > now) return undefined;
      const next = this.#setNext(alarm.projectId, now);
      // One that rang early is set anew by now.
      if (next && next.wakeAt !== null && next.wakeAt <= alarm.at) {
        const { seq, id, path, dueAt } = next;
        return { seq, id, projectId: alarm.projectId, path: JSON.parse(path) as Path, dueAt };
      }
    }
  }

  /** Sees to it that a project's alarm rings at `at` at the latest. */
  hurry(projectId: string, at: number): void {
    this.#hurry.run({ projectId, at });
  }

  /** Sets the alarm of a project anew, or all, after clocks were moved or links put in the place of others. */
  retime(projectId: string | undefined, now: number): void {
    if (projectId !== undefined) {
      this.#setNext(projectId, now);
      return;
    }
    this.#removeAll.run();
    this.#setAll.run({ now });
  }

  /** Sets a project's alarm for the next of its links; returns that. */
  #setNext(projectId: string, now: number): NextLink | undefined {
    const next = this.#next.get({ projectId, now });
    const at = next?.wakeAt ?? undefined;
    if (at === undefined) this.#remove.run(projectId);
    else this.#set.run({ projectId, at });
    return next;
  }
}
