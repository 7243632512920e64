import { createHash } from 'node:crypto';
import type { Project } from '../http/gatekeeper.js';
import type { JsonText } from '../http/replies/replies.js';
import type { Paging } from '../http/steps/query.js';
import type { Database } from '../kernel/database.js';
import { goneAt, positionAt, type Path, type Plan, type Stage } from './lifecycle.js';
import type { StatefulResource } from './resource.js';
import { statementsOf } from './tables.js';
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
}

/** A {@link CurrentItem} as SQL returns it. */
type Row = Omit<CurrentItem<string>, 'path' | 'rest'> & Readonly<Record<'path' | 'rest', string>>;

/** An item whose next state is due. */
export type DueItem = Pick<Item<unknown>, 'id' | 'path'> &
  Readonly<Record<'seq' | 'dueAt', number> & Record<'projectId', string>>;

/**
 * Items of one resource in SQL. Reads derive the state from the row and the project's time, and never write.
 *
 * A project has one alarm, at the emulator's time at which the first of its items is due: moving a clock changes no
 * item. An alarm may ring early, never late.
 */
export class ItemStore<Sent extends object> {
  readonly #sql;
  /** How many items a project had when the database was at a revision, between two moments of the project's time. */
  #counted: { projectId: string; revision: number; from: number; until: number; count: number } | undefined;

  constructor(
    private readonly database: Database,
    private readonly resource: StatefulResource<Sent>,
  ) {
    this.#sql = statementsOf(resource);
  }

  /** One item as JSON text, and how many reads are left until its next state, if reads bring it. */
  get(projectId: string, id: string, now: number, baseUrl: string) {
    type Found = Pick<Row, 'state' | 'readsLeft'> & { readonly text: string };
    const row = this.database.get<Found>(this.#sql.get, { id, projectId, now });
    return row && { text: render(row.text, [row.state], baseUrl), readsLeft: row.readsLeft };
  }

  /** One page of a project's items, oldest first, as JSON texts joined by commas. */
  page(projectId: string, { itemsPerPage, pageNum }: Paging, now: number, baseUrl: string): JsonText {
    const page = { projectId, now, limit: itemsPerPage, offset: (pageNum - 1) * itemsPerPage };
    const { texts, states } =
      this.database.get<{ texts: string | null; states: string | null }>(this.#sql.page, page) ?? {};
    return render(texts ?? '', states?.split(',') ?? [], baseUrl);
  }

  /** How many items of a project are not gone. Counting thousands takes longer than a page of them. */
  count(projectId: string, now: number): number {
    const last = this.#counted;
    const { revision } = this.database;
    if (last?.projectId === projectId && last.revision === revision && last.from <= now && now < last.until) {
      return last.count;
    }
    const { count = 0, until } =
      this.database.get<{ count: number; until: number | null }>(this.#sql.count, { projectId, now }) ?? {};
    if (revision !== undefined)
      this.#counted = { projectId, revision, from: now, until: until ?? Infinity, count };
    return count;
  }

  /** The id of an item of the project that has the same target and is not gone. */
  sameTarget(projectId: string, target: string, now: number): string | undefined {
    return this.database.value(this.#sql.sameTarget, { target: hashOf(projectId, target), now });
  }

  /** All items of a project that are not gone, oldest first, read one at a time. */
  *all(projectId: string, now: number): Iterable<CurrentItem<Sent>> {
    for (let after = 0; ;) {
      const item = this.#current(this.#sql.next, { projectId, now, after });
      if (!item) return;
      yield item;
      after = item.seq;
    }
  }

  /** An item that is not gone. */
  current(projectId: string, id: string, now: number): CurrentItem<Sent> | undefined {
    return this.#current(this.#sql.current, { projectId, now, id });
  }

  /**
   * Inserts an item, or replaces that of a number; removes it if its path has ended.
   *
   * @param emulatorNow what the emulator's clock shows
   * @returns the emulator's time at which an item of the project is due, if one is
   */
  save(item: Item<Sent>, project: Project, emulatorNow: number, seq?: number): number | undefined {
    const { id, sent, path, errorMessage } = item;
    const { resource } = this;
    const { state, dueAt } = positionAt(path, project.now);
    if (state === resource.gone && seq !== undefined) {
      this.database.run(this.#sql.remove, seq);
      return undefined;
    }
    const shown = { id, project, complete: false, errorMessage: undefined };
    this.database.run(this.#sql.save, {
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
    });
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
      const item = this.database.get<DueItem & { path: string }>(this.#sql.due, alarm.projectId);
      return item && { ...item, path: JSON.parse(item.path) as Path };
    }
  }

  /** Persists where a due item is from now on. */
  move({ seq, path, dueAt: now }: DueItem): void {
    const { state, dueAt } = positionAt(path, now);
    if (state === this.resource.gone) this.database.run(this.#sql.remove, seq);
    else this.database.run(this.#sql.move, { seq, state, dueAt: dueAt ?? null });
  }

  /**
   * Sets the alarm of a project, or all, after items or clocks have changed.
   *
   * @returns when that of the project rings, if it has one
   */
  setAlarm(projectId: string | undefined, now: number): number | undefined {
    const projects = `projects ${projectId === undefined ? '' : 'WHERE id = :projectId'}`;
    const parameters = { now, projectId: projectId ?? null };
    this.database.run(this.#sql.removeAlarms(projects), parameters);
    return this.database.value<number>(this.#sql.setAlarms(projects), parameters);
  }

  #firstAlarm(): { projectId: string; at: number } | undefined {
    return this.database.get(this.#sql.firstAlarm);
  }

  #current(sql: string, which: Record<string, string | number>): CurrentItem<Sent> | undefined {
    const row = this.database.get<Row>(sql, which);
    if (!row) return undefined;
    const [sent, path, rest] = [row.sent, row.path, row.rest].map((text) => JSON.parse(text) as unknown);
    return { ...row, sent: sent as Sent, path: path as Path, rest: rest as Stage[] };
  }
}

/** What identifies a target of a project in the index. */
function hashOf(projectId: string, target: string): Buffer {
  return createHash('sha256').update(projectId).update(target).digest().subarray(0, 16);
}
