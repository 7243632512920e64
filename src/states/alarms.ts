import type { Database } from '../kernel/database.js';
import type { Path } from './lifecycle.js';
import type { ResourceName } from './names.js';
import { alarmStatements } from './statements.js';

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
  readonly #sql;

  constructor(
    private readonly database: Database,
    name: ResourceName,
  ) {
    this.#sql = alarmStatements(name);
  }

  /** When the first alarm rings. */
  first(): number | undefined {
    return this.#first()?.at;
  }

  /** The item that is due first, of all that are due at `now`. */
  due(now: number): DueItem | undefined {
    for (;;) {
      const alarm = this.#first();
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
    this.database.run(this.#sql.hurry, { projectId, at });
  }

  /** Sets the alarm of a project, or all, again: after clocks were moved or rows restored. */
  readonly retime = (projectId: string | undefined, now: number): void => {
    if (projectId !== undefined) {
      this.#setNext(projectId, now);
      return;
    }
    this.database.run(this.#sql.removeAll);
    this.database.run(this.#sql.setAll, { now });
  };

  #first(): { projectId: string; at: number } | undefined {
    return this.database.get(this.#sql.first);
  }

  /** Sets a project's alarm for the next of its items, and returns that. */
  #setNext(projectId: string, now: number): NextRow | undefined {
    const next = this.database.get<NextRow>(this.#sql.next, { projectId, now });
    const at = next?.wakeAt ?? undefined;
    if (at === undefined) this.database.run(this.#sql.remove, projectId);
    else this.database.run(this.#sql.set, { projectId, at });
    return next;
  }
}
