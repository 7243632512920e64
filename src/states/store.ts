import type { Statement } from 'better-sqlite3';
import type { JsonText } from '../../http/replies/answer.js';
import type { Paging } from '../../http/steps/query.js';
import type { Database } from '../../kernel/database.js';
import { LinkAlarms } from './alarms.js';
import { positionAt } from './lifecycle.js';
import { filled } from './representation.js';
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

/** A link's text, with marks. They are filled in out of SQL, whose `replace` takes as long as all the rest. */
const TEXT =
  "CASE state_now WHEN 'DONE' THEN shown_done WHEN 'FAILED' THEN coalesce(shown_failed, shown) ELSE shown END";

const VISIBLE = '(gone_at IS NULL OR gone_at > :now)';

/** How many links a project had when the database was at a revision, between two moments of the project's time. */
interface Counted {
  readonly projectId: string;
  readonly revision: number;
  readonly from: number;
  readonly until: number;
  readonly count: number;
}

/** Private links in SQL. Reads derive the state from the row and the project's time, and never write. */
export class PrivateLinkStore {
  readonly #database: Database;
  readonly #get: Statement<[{ id: string; projectId: string; now: number }], { text: string; state: string }>;
  readonly #page: Statement<
    [{ projectId: string; now: number; limit: number; offset: number }],
    { texts: string | null; states: string | null }
  >;
  readonly #count: Statement<[{ projectId: string; now: number }], { count: number; until: number | null }>;
  #counted: Counted | undefined;
  readonly #sameTarget: Statement<[{ projectId: string; target: Buffer; now: number }], string>;
  readonly #insert: Statement<[Record<string, string | number | Buffer | null>]>;
  readonly #move: Statement<[{ seq: number; state: string; dueAt: number | null }]>;
  readonly #remove: Statement<[number]>;
  readonly #readsLeft: Statement<[{ id: string; projectId: string }], number | null>;
  readonly #countRead: Statement<[{ id: string; projectId: string }]>;
  readonly #current: Statement<[{ id: string; projectId: string; now: number }], CurrentRow>;
  readonly #next: Statement<[{ projectId: string; now: number; after: number }], CurrentRow>;
  readonly #replace: Statement<[Record<string, string | number | Buffer | null>]>;

  /** When its rows are due. */
  readonly alarms: LinkAlarms;

  constructor(database: Database) {
    this.alarms = new LinkAlarms(database);
    this.#database = database;
    this.#get = database.prepare(
      `SELECT ${TEXT} AS text, state_now AS state FROM (
         SELECT shown, shown_done, shown_failed, ${STATE_NOW} AS state_now FROM private_links
         WHERE id = :id AND project_id = :projectId AND ${VISIBLE})`,
    );
    this.#page = database.prepare(
      `SELECT group_concat(${TEXT}, ',') AS texts, group_concat(state_now, ',') AS states FROM (
         SELECT shown, shown_done, shown_failed, ${STATE_NOW} AS state_now FROM private_links
         WHERE project_id = :projectId AND ${VISIBLE} ORDER BY seq LIMIT :limit OFFSET :offset)`,
    );
    this.#count = database.prepare(
      `SELECT count(*) AS count, min(gone_at) AS until FROM private_links
       WHERE project_id = :projectId AND ${VISIBLE}`,
    );
    this.#sameTarget = database
      .prepare<[{ projectId: string; target: Buffer; now: number }], string>(
        `SELECT id FROM private_links WHERE target = :target AND ${VISIBLE} LIMIT 1`,
      )
      .pluck();
    this.#insert = database.prepare(
      `INSERT INTO private_links
         (id, project_id, target, sent, shown, shown_done, shown_failed, error_message,
          path, rest, reads_left, state, due_at, gone_at)
       VALUES (:id, :projectId, :target, :sent, :shown, :shownDone, :shownFailed, :errorMessage,
          :path, :rest, :readsLeft, :state, :dueAt, :goneAt)`,
    );
    this.#move = database.prepare(
      'UPDATE private_links SET state = :state, due_at = :dueAt WHERE seq = :seq',
    );
    this.#remove = database.prepare('DELETE FROM private_links WHERE seq = ?');
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
    this.#next = database.prepare(`${current} AND seq > :after ORDER BY seq LIMIT 1`);
    this.#replace = database.prepare(
      `UPDATE private_links SET target = :target, sent = :sent, shown = :shown, shown_done = :shownDone,
         shown_failed = :shownFailed, path = :path, rest = :rest, reads_left = :readsLeft, state = :state,
         due_at = :dueAt, gone_at = :goneAt, error_message = :errorMessage
       WHERE seq = :seq`,
    );
  }

  /** One link as JSON text. */
  get(projectId: string, id: string, now: number, baseUrl: string): JsonText | undefined {
    const row = this.#get.get({ id, projectId, now });
    return row && filled(row.text, [row.state], baseUrl);
  }

  /** One page of a project's links, oldest first, as JSON texts joined by commas. */
  page(projectId: string, paging: Paging, now: number, baseUrl: string): JsonText {
    const limit = paging.itemsPerPage;
    const offset = (paging.pageNum - 1) * limit;
    const { texts, states } = this.#page.get({ projectId, now, limit, offset }) ?? {};
    return filled(texts ?? '', states?.split(',') ?? [], baseUrl);
  }

  /** How many links of a project are not gone. Counting thousands takes longer than a page of them. */
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

  /** The id of a link of the project that has the same target and is not gone. */
  sameTarget(projectId: string, target: string, now: number): string | undefined {
    return this.#sameTarget.get({ projectId, target: hashOf(projectId, target), now });
  }

  /** All links of a project that are not gone, oldest first, read one at a time. */
  *all(projectId: string, now: number): Iterable<CurrentLink & { readonly id: string }> {
    let row = this.#next.get({ projectId, now, after: 0 });
    for (; row; row = this.#next.get({ projectId, now, after: row.seq })) {
      yield { ...currentOf(row), id: row.id };
    }
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
    if (wakeAt !== undefined) this.alarms.hurry(link.projectId, wakeAt);
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
    if (wakeAt !== undefined) this.alarms.hurry(link.projectId, wakeAt);
    return wakeAt;
  }

  /** How many reads are left until a link's next state; undefined if reads do not bring it. */
  readsLeft(projectId: string, id: string): number | undefined {
    return this.#readsLeft.get({ id, projectId }) ?? undefined;
  }

  countRead(projectId: string, id: string): void {
    this.#countRead.run({ id, projectId });
  }

  /** Persists where a due link is from now on. */
  move({ seq, path, dueAt: now }: DueLink): void {
    const { state, dueAt } = positionAt(path, now);
    if (state === 'DELETED') this.#remove.run(seq);
    else this.#move.run({ seq, state, dueAt: dueAt ?? null });
  }
}
