import type { Statement } from 'better-sqlite3';
import type { JsonText } from '../../http/answer.js';
import type { Paging } from '../../http/query.js';
import type { Database } from '../../kernel/database.js';
import { positionAt, type Path } from './lifecycle.js';
import { BASE_URL_MARK, STATE_MARK } from './representation.js';
import {
  columnsOf,
  currentOf,
  hashOf,
  type CurrentLink,
  type CurrentRow,
  type DueLink,
  type LinkRow,
} from './rows.js';

/** The state when the project's clock shows `:now`: the persisted one until it is due, then what the path says. */
const STATE_NOW = `
  CASE WHEN due_at IS NULL OR due_at > :now THEN state
  ELSE (SELECT value ->> 0 FROM json_each(private_links.path) WHERE value ->> 1 <= :now ORDER BY key DESC LIMIT 1) END`;

/** A link's text with its marks filled in. */
const TEXT = `
  replace(replace(
    CASE state_now WHEN 'DONE' THEN shown_done WHEN 'FAILED' THEN coalesce(shown_failed, shown) ELSE shown END,
    '${STATE_MARK}', state_now), '${BASE_URL_MARK}', :baseUrl)`;

const VISIBLE = '(gone_at IS NULL OR gone_at > :now)';

/** Private links in SQL. Reads derive the state from the row and the project's time, and never write. */
export class PrivateLinkStore {
  readonly #get: Statement<[{ id: string; projectId: string; now: number; baseUrl: string }], string>;
  readonly #page: Statement<
    [{ projectId: string; now: number; baseUrl: string; limit: number; offset: number }],
    string | null
  >;
  readonly #count: Statement<[{ projectId: string; now: number }], number>;
  readonly #sameTarget: Statement<[{ target: Buffer; now: number }], string>;
  readonly #insert: Statement<[Record<string, string | number | Buffer | null>]>;
  readonly #nextWake: Statement<[], number | null>;
  readonly #due: Statement<
    [{ now: number; limit: number }],
    { seq: number; id: string; projectId: string; path: string; dueAt: number; wakeAt: number }
  >;
  readonly #move: Statement<[{ seq: number; state: string; dueAt: number | null; wakeAt: number | null }]>;
  readonly #remove: Statement<[number]>;
  readonly #retimeAll: Statement<[{ now: number }]>;
  readonly #retime: Statement<[{ projectId: string; now: number }]>;
  readonly #readsLeft: Statement<[{ id: string; projectId: string }], number | null>;
  readonly #countRead: Statement<[{ id: string; projectId: string }]>;
  readonly #current: Statement<[{ id: string; projectId: string; now: number }], CurrentRow>;
  readonly #all: Statement<[{ projectId: string; now: number }], CurrentRow>;
  readonly #replace: Statement<[Record<string, string | number | Buffer | null>]>;

  constructor(database: Database) {
    this.#get = database
      .prepare<[{ id: string; projectId: string; now: number; baseUrl: string }], string>(
        `SELECT ${TEXT} FROM (
           SELECT shown, shown_done, shown_failed, ${STATE_NOW} AS state_now FROM private_links
           WHERE id = :id AND project_id = :projectId AND ${VISIBLE})`,
      )
      .pluck();
    this.#page = database
      .prepare<
        [{ projectId: string; now: number; baseUrl: string; limit: number; offset: number }],
        string | null
      >(
        `SELECT group_concat(${TEXT}, ',') FROM (
           SELECT shown, shown_done, shown_failed, ${STATE_NOW} AS state_now FROM private_links
           WHERE project_id = :projectId AND ${VISIBLE} ORDER BY seq LIMIT :limit OFFSET :offset)`,
      )
      .pluck();
    this.#count = database
      .prepare<[{ projectId: string; now: number }], number>(
        `SELECT count(*) FROM private_links WHERE project_id = :projectId AND ${VISIBLE}`,
      )
      .pluck();
    this.#sameTarget = database
      .prepare<[{ target: Buffer; now: number }], string>(
        `SELECT id FROM private_links WHERE target = :target AND ${VISIBLE} LIMIT 1`,
      )
      .pluck();
    this.#insert = database.prepare(
      `INSERT INTO private_links
         (id, project_id, target, sent, shown, shown_done, shown_failed, error_message,
          path, rest, reads_left, state, due_at, gone_at, wake_at)
       VALUES (:id, :projectId, :target, :sent, :shown, :shownDone, :shownFailed, :errorMessage,
          :path, :rest, :readsLeft, :state, :dueAt, :goneAt, :wakeAt)`,
    );
    this.#nextWake = database
      .prepare<[], number | null>('SELECT min(wake_at) FROM private_links WHERE wake_at IS NOT NULL')
      .pluck();
    this.#due = database.prepare(
      `SELECT seq, id, project_id AS projectId, path, due_at AS dueAt, wake_at AS wakeAt
       FROM private_links WHERE wake_at <= :now ORDER BY wake_at, seq LIMIT :limit`,
    );
    this.#move = database.prepare(
      'UPDATE private_links SET state = :state, due_at = :dueAt, wake_at = :wakeAt WHERE seq = :seq',
    );
    this.#remove = database.prepare('DELETE FROM private_links WHERE seq = ?');
    // A clock that stands still wakes for nothing but what it has passed: that is due now, in its order.
    const wakeAt = `
      CASE WHEN frozen_at IS NULL THEN due_at - clock_offset_ms
      WHEN due_at <= frozen_at THEN :now - (frozen_at - due_at) END`;
    const retime = `
      UPDATE private_links SET wake_at = ${wakeAt} FROM projects
      WHERE projects.id = project_id AND due_at IS NOT NULL AND wake_at IS NOT (${wakeAt})`;
    this.#retimeAll = database.prepare(retime);
    this.#retime = database.prepare(`${retime} AND project_id = :projectId`);
    this.#readsLeft = database
      .prepare<[{ id: string; projectId: string }], number | null>(
        'SELECT reads_left FROM private_links WHERE id = :id AND project_id = :projectId',
      )
      .pluck();
    this.#countRead = database.prepare(
      'UPDATE private_links SET reads_left = reads_left - 1 WHERE id = :id AND project_id = :projectId',
    );
    const current = `
      SELECT seq, id, sent, path, rest, reads_left AS readsLeft, due_at AS dueAt, error_message AS errorMessage,
        ${STATE_NOW} AS state
      FROM private_links WHERE project_id = :projectId AND ${VISIBLE}`;
    this.#current = database.prepare(`${current} AND id = :id`);
    this.#all = database.prepare(`${current} ORDER BY seq`);
    this.#replace = database.prepare(
      `UPDATE private_links SET target = :target, sent = :sent, shown = :shown, shown_done = :shownDone,
         shown_failed = :shownFailed, path = :path, rest = :rest, reads_left = :readsLeft, state = :state, due_at = :dueAt, gone_at = :goneAt, wake_at = :wakeAt,
         error_message = :errorMessage
       WHERE seq = :seq`,
    );
  }

  /** One link as JSON text. */
  get(projectId: string, id: string, now: number, baseUrl: string): JsonText | undefined {
    return this.#get.get({ id, projectId, now, baseUrl: escaped(baseUrl) });
  }

  /** One page of a project's links, oldest first, as JSON texts joined by commas. */
  page(projectId: string, paging: Paging, now: number, baseUrl: string): JsonText {
    const limit = paging.itemsPerPage;
    const offset = (paging.pageNum - 1) * limit;
    return this.#page.get({ projectId, now, baseUrl: escaped(baseUrl), limit, offset }) ?? '';
  }

  count(projectId: string, now: number): number {
    return this.#count.get({ projectId, now }) ?? 0;
  }

  /** The id of a link of the project that has the same target and is not gone. */
  sameTarget(projectId: string, target: string, now: number): string | undefined {
    return this.#sameTarget.get({ target: hashOf(projectId, target), now });
  }

  /** All links of a project that are not gone, oldest first. */
  all(projectId: string, now: number): readonly (CurrentLink & { readonly id: string })[] {
    return this.#all.all({ projectId, now }).map((row) => ({ ...currentOf(row), id: row.id }));
  }

  /** A link that is not gone. */
  current(projectId: string, id: string, now: number): CurrentLink | undefined {
    const row = this.#current.get({ id, projectId, now });
    return row && currentOf(row);
  }

  /** Inserts a link. Returns the emulator's time at which its next state is due, if it has one. */
  insert(link: LinkRow): number | undefined {
    const { wakeAt, columns } = columnsOf(link);
    this.#insert.run({ ...columns, id: link.id, projectId: link.projectId });
    return wakeAt;
  }

  /**
   * Puts a link in the place of another; removes it if its path has ended in DELETED.
   *
   * @returns the emulator's time at which its next state is due, if it has one
   */
  replace(seq: number, link: LinkRow): number | undefined {
    const { wakeAt, columns } = columnsOf(link);
    if (columns.state === 'DELETED') this.#remove.run(seq);
    else this.#replace.run({ ...columns, seq });
    return wakeAt;
  }

  /** The emulator's time at which the next row is due. */
  nextWake(): number | undefined {
    return this.#nextWake.get() ?? undefined;
  }

  /**
   * Sets anew when rows have to be woken, after clocks were moved.
   *
   * @param projectId of the project whose clock was moved, undefined for all
   */
  retime(projectId: string | undefined, now: number): void {
    if (projectId === undefined) this.#retimeAll.run({ now });
    else this.#retime.run({ projectId, now });
  }

  /** How many reads are left until a link's next state; undefined if reads do not bring it. */
  readsLeft(projectId: string, id: string): number | undefined {
    return this.#readsLeft.get({ id, projectId }) ?? undefined;
  }

  countRead(projectId: string, id: string): void {
    this.#countRead.run({ id, projectId });
  }

  /** Rows that are due at the emulator's time `now`, in due order. */
  due(now: number, limit: number): readonly DueLink[] {
    return this.#due.all({ now, limit }).map((row) => ({ ...row, path: JSON.parse(row.path) as Path }));
  }

  /** Persists where a due link is when the emulator's time is `now`. */
  move(link: DueLink, now: number): void {
    const toEmulatorTime = link.wakeAt - link.dueAt;
    const { state, dueAt } = positionAt(link.path, now - toEmulatorTime);
    if (state === 'DELETED') {
      this.#remove.run(link.seq);
    } else {
      const wakeAt = dueAt === undefined ? null : dueAt + toEmulatorTime;
      this.#move.run({ seq: link.seq, state, dueAt: dueAt ?? null, wakeAt });
    }
  }
}

/** An address as it stands inside a JSON string. */
function escaped(baseUrl: string): string {
  return JSON.stringify(baseUrl).slice(1, -1);
}
