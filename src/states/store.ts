import { createHash } from 'node:crypto';
import type { Project } from '../http/gatekeeper.js';
import type { JsonText } from '../http/operation.js';
import type { Paging } from '../http/steps/query.js';
import type { Database } from '../kernel/database.js';
import { Alarms, type DueItem } from './alarms.js';
import { goneAt, positionAt, type Path, type Plan, type Stage } from './lifecycle.js';
import type { StatefulResource } from './resource.js';
import { itemStatements, type StoredModel } from './statements.js';
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

/** A {@link CurrentItem} as SQL returns it. */
type Row = Record<'id' | 'sent' | 'path' | 'rest' | 'state', string> & {
  readonly seq: number;
  readonly dueAt: number | null;
  readonly readsLeft: number | null;
  readonly errorMessage: string | null;
};

/** What the store needs to know of a resource. */
type StoredResource<Sent extends object> = StoredModel & Pick<StatefulResource<Sent>, 'represent' | 'target'>;

/** Items of one resource in SQL. Reads derive the state from the row and the project's time, and never write. */
export class ItemStore<Sent extends object> {
  /** When its rows are due. */
  readonly alarms: Alarms;
  readonly #sql;
  /** How many items a project had when the database was at a revision, between two moments of the project's time. */
  #counted: { projectId: string; revision: number; from: number; until: number; count: number } | undefined;

  constructor(
    private readonly database: Database,
    private readonly resource: StoredResource<Sent>,
  ) {
    this.alarms = new Alarms(database, resource.name);
    this.#sql = itemStatements(resource);
  }

  /** One item as JSON text, and how many reads are left until its next state, if reads bring it. */
  get(
    projectId: string,
    id: string,
    now: number,
    baseUrl: string,
  ): { readonly text: JsonText; readonly readsLeft: number | undefined } | undefined {
    const row = this.database.get<{ text: string; state: string; readsLeft: number | null }>(this.#sql.get, {
      ...{ id, projectId, now },
    });
    return row && { text: render(row.text, [row.state], baseUrl), readsLeft: row.readsLeft ?? undefined };
  }

  /** One page of a project's items, oldest first, as JSON texts joined by commas. */
  page(projectId: string, paging: Paging, now: number, baseUrl: string): JsonText {
    const limit = paging.itemsPerPage;
    const offset = (paging.pageNum - 1) * limit;
    const page = { projectId, now, limit, offset };
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
      const row = this.database.get<Row>(this.#sql.next, { projectId, now, after });
      if (!row) return;
      yield currentOf<Sent>(row);
      after = row.seq;
    }
  }

  /** An item that is not gone. */
  current(projectId: string, id: string, now: number): CurrentItem<Sent> | undefined {
    const row = this.database.get<Row>(this.#sql.current, { id, projectId, now });
    return row && currentOf(row);
  }

  /**
   * Inserts an item, or replaces that of a number; removes it if its path has ended.
   *
   * @param emulatorNow what the emulator's clock shows
   * @returns the emulator's time at which its next state is due, if it has one
   */
  save(item: Item<Sent>, project: Project, emulatorNow: number, seq?: number): number | undefined {
    const { id, sent, path, errorMessage } = item;
    const { represent, target, gone } = this.resource;
    const { state, dueAt } = positionAt(path, project.now);
    if (state === gone && seq !== undefined) {
      this.database.run(this.#sql.remove, seq);
      return undefined;
    }
    const shown = { id, project, complete: false, errorMessage: undefined };
    this.database.run(this.#sql.save, {
      seq: seq ?? null,
      id,
      project_id: project.id,
      target: target ? hashOf(project.id, target.of(sent)) : Buffer.alloc(0),
      sent: JSON.stringify(sent),
      shown: represent(sent, shown),
      shown_done: represent(sent, { ...shown, complete: true }),
      shown_failed: errorMessage === undefined ? null : represent(sent, { ...shown, errorMessage }),
      error_message: errorMessage ?? null,
      path: JSON.stringify(path),
      rest: JSON.stringify(item.rest),
      reads_left: item.readsLeft ?? null,
      state,
      due_at: dueAt ?? null,
      gone_at: goneAt(path, gone) ?? null,
    });
    if (dueAt === undefined || project.frozen) return undefined;
    const wakeAt = dueAt + emulatorNow - project.now;
    this.alarms.hurry(project.id, wakeAt);
    return wakeAt;
  }

  /** Persists where a due item is from now on. */
  move({ seq, path, dueAt: now }: DueItem): void {
    const { state, dueAt } = positionAt(path, now);
    if (state === this.resource.gone) this.database.run(this.#sql.remove, seq);
    else this.database.run(this.#sql.move, { seq, state, dueAt: dueAt ?? null });
  }
}

function currentOf<Sent>({ dueAt, readsLeft, errorMessage, ...row }: Row): CurrentItem<Sent> {
  return {
    ...row,
    sent: JSON.parse(row.sent) as Sent,
    path: JSON.parse(row.path) as Path,
    rest: JSON.parse(row.rest) as Stage[],
    dueAt: dueAt ?? undefined,
    readsLeft: readsLeft ?? undefined,
    errorMessage: errorMessage ?? undefined,
  };
}

/** What identifies a target of a project in the index. */
function hashOf(projectId: string, target: string): Buffer {
  return createHash('sha256').update(projectId).update(target).digest().subarray(0, 16);
}
