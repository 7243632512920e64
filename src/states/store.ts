import { hash } from 'node:crypto';
import type { Project } from '../http/gatekeeper.js';
import type { JsonText } from '../http/replies/replies.js';
import type { Paging } from '../http/steps/query.js';
import type { Database } from '../kernel/database.js';
import { withJson } from '../kernel/tables.js';
import { Alarms } from './alarms.js';
import { goneAt, positionAt, type Plan } from './lifecycle.js';
import { namesOf, type Shown, type StatefulResource } from './resource.js';
import { SettledItems } from './settled.js';
import { fillAddress, fillState } from './text.js';

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
  /** Its JSON, without the address: see text.ts. */
  readonly text: JsonText;
}

/** A row, with the JSON of its columns parsed. */
type Row<Sent> = Omit<CurrentItem<Sent>, 'text'> & { readonly projectId: string; readonly shown: JsonText };

/** Longer targets are hashed in the index, in characters: a page of SQLite has four such keys at least. */
const LONGEST_KEY = 500;

const NO_TARGET = Buffer.alloc(0);

/** Set by the upgrade of files whose targets were all hashed. */
const HAS_FORMER_KEYS = "SELECT 1 FROM properties WHERE name = 'hashed targets'";

/** What is there at a time of the project. */
const REMAINS = '(gone_at IS NULL OR gone_at > ?)';
const VISIBLE = `project_id = ? AND ${REMAINS}`;

const COLUMNS = [
  ...['seq', 'id', 'project_id', 'target', 'sent', 'shown', 'error_message'],
  ...['path', 'rest', 'reads_left', 'state', 'due_at', 'gone_at'],
];

/**
 * Items of one resource in SQL. A row has the JSON that a reader gets in the persisted state. Once the next state is due,
 * and until the scheduler has persisted it, reads derive both from the path; they never write.
 */
export class ItemStore<Sent extends object> {
  readonly alarms: Alarms;
  readonly #settled: SettledItems;
  #hasFormerKeys: boolean | undefined;
  /** What the representation of an item needs of its project. */
  readonly #project;
  readonly #sql;

  constructor(
    private readonly database: Database,
    private readonly resource: StatefulResource<Sent>,
  ) {
    const { table } = namesOf(resource.name);
    this.alarms = new Alarms(database, resource.name);
    this.#settled = new SettledItems(database, table);
    const selectRow = `SELECT seq, id, project_id AS projectId, sent, shown, path, rest, reads_left AS readsLeft, state,
      due_at AS dueAt, error_message AS errorMessage FROM ${table}`;
    this.#sql = {
      page: `${selectRow} WHERE ${VISIBLE} ORDER BY seq LIMIT ? OFFSET ?`,
      next: `${selectRow} WHERE ${VISIBLE} AND seq > ? ORDER BY seq LIMIT 1`,
      row: `${selectRow} WHERE ${VISIBLE} AND id = ?`,
      due: `${selectRow} INDEXED BY ${table}_due
        WHERE project_id = ? AND due_at <= ? ORDER BY due_at, seq LIMIT ?`,
      // The time of a project at a time of the emulator, of which it is `:now`.
      timeAt: 'SELECT coalesce(frozen_at - :now, clock_offset_ms) + :at FROM projects WHERE id = :projectId',
      sameTarget: `SELECT id FROM ${table} WHERE target = ? AND ${REMAINS} LIMIT 1`,
      count: `SELECT count(*) FROM ${table} WHERE ${VISIBLE}`,
      insert: `INSERT INTO ${table} (${COLUMNS.join()}) VALUES (${COLUMNS.map(() => '?').join()})`,
      move: `UPDATE ${table} SET state = ?, due_at = ?, shown = ? WHERE seq = ?`,
      remove: `DELETE FROM ${table} WHERE seq = ?`,
    };
    const project = `SELECT projects.id, profile FROM projects JOIN organizations
      ON organizations.id = organization_id WHERE projects.id = ?`;
    this.#project = database.memo((id: string) => database.get<Shown['project']>(project, id));
  }

  /** What a reader gets of an item that is not gone, and how many reads bring its next state. */
  read(projectId: string, id: string, now: number, baseUrl: string) {
    const item = this.#settled.item(projectId, id);
    if (!item) return undefined;
    const isDue = item.dueAt !== null && item.dueAt <= now;
    const text = isDue ? this.current(projectId, id, now)?.text : item.shown;
    return text === undefined ? undefined : { text: fillAddress(text, baseUrl), readsLeft: item.readsLeft };
  }

  /** One page of a project's items, oldest first, as JSON texts joined by commas. */
  page(projectId: string, { itemsPerPage, pageNum }: Paging, now: number, baseUrl: string): JsonText {
    const offset = (pageNum - 1) * itemsPerPage;
    if (!this.#settled.isAnyDue(projectId, now)) {
      return fillAddress(this.#settled.page(projectId, itemsPerPage, offset), baseUrl);
    }
    const texts = this.slice(projectId, now, itemsPerPage, offset).map(({ text }) => text);
    return fillAddress(texts.join(), baseUrl);
  }

  /** Some of the items of a project that are not gone, oldest first. */
  slice(projectId: string, now: number, limit: number, offset: number): CurrentItem<Sent>[] {
    const rows = this.database.all<object>(this.#sql.page, projectId, now, limit, offset);
    return rows.map((row) => this.#present(this.#parse(row), now));
  }

  /** How many items of a project are not gone. */
  count(projectId: string, now: number): number {
    if (!this.#settled.isAnyDue(projectId, now)) return this.#settled.count(projectId);
    return this.database.value(this.#sql.count, projectId, now) ?? 0;
  }

  /** The id of an item of the project that has the same target and is not gone. */
  sameTarget(projectId: string, target: string, now: number): string | undefined {
    const idOf = (key: Buffer) => this.database.get<{ id: string }>(this.#sql.sameTarget, key, now)?.id;
    this.#hasFormerKeys ??= this.database.value(HAS_FORMER_KEYS) === 1;
    const id = idOf(targetKey(projectId, target));
    return id ?? (this.#hasFormerKeys ? idOf(formerTargetKey(projectId, target)) : undefined);
  }

  /** All items of a project that are not gone, oldest first, read one at a time. */
  *all(projectId: string, now: number): Iterable<CurrentItem<Sent>> {
    for (let after = 0; ;) {
      const row = this.database.get<object>(this.#sql.next, projectId, now, after);
      if (!row) return;
      const item = this.#present(this.#parse(row), now);
      yield item;
      after = item.seq;
    }
  }

  /** An item that is not gone. */
  current(projectId: string, id: string, now: number): CurrentItem<Sent> | undefined {
    const row = this.database.get<object>(this.#sql.row, projectId, now, id);
    return row && this.#present(this.#parse(row), now);
  }

  /**
   * Inserts an item, or replaces that of a number; only removes that if the path has ended.
   *
   * @param emulatorNow what the emulator's clock shows
   * @param sentText the JSON of what was sent, if it is known
   * @returns the emulator's time at which an item of the project is due, if this one is due some time
   */
  save(
    item: Item<Sent>,
    project: Project,
    emulatorNow: number,
    seq?: number,
    sentText = JSON.stringify(item.sent),
  ): number | undefined {
    const { id, sent, path, errorMessage } = item;
    const { resource } = this;
    const { state, dueAt } = positionAt(path, project.now);
    if (seq !== undefined) this.database.run(this.#sql.remove, seq);
    if (state === resource.gone) return undefined;
    this.database.run(
      this.#sql.insert,
      ...[seq ?? null, id, project.id],
      resource.target ? targetKey(project.id, resource.target.of(sent)) : NO_TARGET,
      sentText,
      this.#represent(item, project, state),
      ...[errorMessage, JSON.stringify(path), JSON.stringify(item.rest), item.readsLeft],
      ...[state, dueAt ?? null, goneAt(path, resource.gone) ?? null],
    );
    // A frozen clock reaches only what it has passed.
    if (dueAt === undefined || (project.frozen && dueAt > project.now)) return undefined;
    return this.alarms.advance(project.id, dueAt - project.now + emulatorNow);
  }

  /**
   * The first items that are due at `now`, in the emulator's time: of one project, in due order, no more than `limit`.
   * No other of its items is due before `until`, in the project's time. Writes.
   */
  due(now: number, limit: number) {
    for (;;) {
      const [alarm, next] = this.alarms.first();
      if (!alarm || alarm.at > now) return undefined;
      const { projectId } = alarm;
      const at = Math.min(now, next?.at ?? now);
      const end = this.database.value<number>(this.#sql.timeAt, { projectId, now, at }) ?? -Infinity;
      const rows = this.database.all<object>(this.#sql.due, projectId, end, limit);
      const items = rows.map((row) => this.#parse(row));
      const last = items.at(-1)?.dueAt;
      if (last != null) return { projectId, items, until: items.length < limit ? end : last };
      // It rang early.
      this.alarms.set(projectId, now);
    }
  }

  /** Persists where an item is at a time of its project. */
  move(item: Row<Sent>, now: number): void {
    const { state, dueAt } = positionAt(item.path, now);
    if (state === this.resource.gone) this.database.run(this.#sql.remove, item.seq);
    else this.database.run(this.#sql.move, state, dueAt ?? null, this.#rendered(item, state), item.seq);
  }

  #parse(row: object): Row<Sent> {
    return withJson<Row<Sent>>(row, 'sent', 'path', 'rest');
  }

  /** A row as it is at a time of its project. */
  #present(row: Row<Sent>, now: number): CurrentItem<Sent> {
    if (row.dueAt === null || row.dueAt > now) return { ...row, text: row.shown };
    const { state } = positionAt(row.path, now);
    return { ...row, state, text: this.#rendered(row, state) };
  }

  #rendered(row: Row<Sent>, state: string): JsonText {
    const project = this.#project(row.projectId);
    return project ? this.#represent(row, project, state) : row.shown;
  }

  /** The JSON of an item in a state, without the address. */
  #represent({ id, sent, errorMessage }: Item<Sent>, project: Shown['project'], state: string): JsonText {
    const { complete, failed } = this.resource;
    const message = state === failed ? (errorMessage ?? undefined) : undefined;
    const shown = { id, project, complete: state === complete, errorMessage: message };
    return fillState(this.resource.represent(sent, shown), state);
  }
}

/**
 * What identifies a target of a project in the index. Names that clients count up are neighbours there, and share a page;
 * hashes of them would each write a page of its own (docs/performance.md).
 */
function targetKey(projectId: string, target: string): Buffer {
  return target.length > LONGEST_KEY ? formerTargetKey(projectId, target) : Buffer.from(projectId + target);
}

/** The key of a long target, and of each in files of 0.1.0. */
function formerTargetKey(projectId: string, target: string): Buffer {
  return hash('sha256', projectId + target, 'buffer').subarray(0, 16);
}
