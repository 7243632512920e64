import { namesOf } from './names.js';
import type { StateModel } from './resource.js';

/** What of the states of a resource its store needs. */
export type StoredModel = Pick<StateModel, 'name' | 'complete' | 'failed' | 'gone'>;

/** When, by the emulator's clock, an item has to be moved. What a stopped clock has passed is due now, in its order. */
const WAKE_AT = `
  CASE WHEN frozen_at IS NULL THEN due_at - clock_offset_ms
  WHEN due_at <= frozen_at THEN :now - (frozen_at - due_at) END`;

/** What of an item changes. */
const CHANGING =
  'target, sent, shown, shown_done, shown_failed, error_message, path, rest, reads_left, state, due_at, gone_at';

/** `change` of each of the columns that change. */
const changing = (change: (column: string) => string): string => CHANGING.split(', ').map(change).join(', ');

/** Statements on the items of a resource. `:now` is project time. */
export function itemStatements({ name, complete, failed = '' }: StoredModel) {
  const { table } = namesOf(name);
  // The persisted state until it is due, then what the path says.
  const state = `
    CASE WHEN due_at IS NULL OR due_at > :now THEN state
    ELSE (SELECT value ->> 0 FROM json_each(${table}.path) WHERE value ->> 1 <= :now ORDER BY key DESC LIMIT 1) END`;
  // Marks are replaced outside of SQL, whose `replace` takes as long as all the rest.
  const text = `CASE state_now WHEN '${complete}' THEN shown_done
    WHEN '${failed}' THEN coalesce(shown_failed, shown) ELSE shown END`;
  const remains = '(gone_at IS NULL OR gone_at > :now)';
  const visible = `FROM ${table} WHERE project_id = :projectId AND ${remains}`;
  const shown = `SELECT shown, shown_done, shown_failed, reads_left, ${state} AS state_now ${visible}`;
  const current = `
    SELECT seq, id, sent, path, rest, reads_left AS readsLeft, due_at AS dueAt, error_message AS errorMessage,
      ${state} AS state ${visible}`;
  return {
    get: `SELECT ${text} AS text, state_now AS state, reads_left AS readsLeft FROM (${shown} AND id = :id)`,
    page: `
      SELECT group_concat(${text}, ',') AS texts, group_concat(state_now, ',') AS states
      FROM (${shown} ORDER BY seq LIMIT :limit OFFSET :offset)`,
    count: `SELECT count(*) AS count, min(gone_at) AS until ${visible}`,
    sameTarget: `SELECT id FROM ${table} WHERE target = :target AND ${remains} LIMIT 1`,
    current: `${current} AND id = :id`,
    next: `${current} AND seq > :after ORDER BY seq LIMIT 1`,
    save: `
      INSERT INTO ${table} (seq, id, project_id, ${CHANGING})
      VALUES (:seq, :id, :project_id, ${changing((column) => `:${column}`)})
      ON CONFLICT (seq) DO UPDATE SET ${changing((column) => `${column} = excluded.${column}`)}`,
    move: `UPDATE ${table} SET state = :state, due_at = :dueAt WHERE seq = :seq`,
    remove: `DELETE FROM ${table} WHERE seq = ?`,
  };
}

/** Statements on the alarms of the projects. */
export function alarmStatements(name: StateModel['name']) {
  const { table, alarmTable } = namesOf(name);
  const set = `
    INSERT INTO ${alarmTable} (project_id, at) VALUES (:projectId, :at)
    ON CONFLICT (project_id) DO UPDATE SET at = excluded.at WHERE excluded.at`;
  return {
    first: `SELECT project_id AS projectId, at FROM ${alarmTable} ORDER BY at LIMIT 1`,
    next: `
      SELECT items.seq, items.id, items.path, due_at AS dueAt, ${WAKE_AT} AS wakeAt
      FROM projects JOIN ${table} AS items INDEXED BY ${table}_due ON items.project_id = :projectId
      WHERE projects.id = :projectId AND due_at IS NOT NULL
      ORDER BY due_at, items.seq LIMIT 1`,
    hurry: `${set} < at`,
    set: `${set} <> at`,
    remove: `DELETE FROM ${alarmTable} WHERE project_id = ?`,
    removeAll: `DELETE FROM ${alarmTable}`,
    // Materialized: SQLite would look for the first item at each mention of its time.
    setAll: `
      WITH first AS MATERIALIZED (
        SELECT id, frozen_at, clock_offset_ms, (
          SELECT min(due_at) FROM ${table} AS items INDEXED BY ${table}_due
          WHERE items.project_id = projects.id AND due_at IS NOT NULL
        ) AS due_at FROM projects)
      INSERT INTO ${alarmTable} SELECT id, ${WAKE_AT} FROM first WHERE ${WAKE_AT} IS NOT NULL`,
  };
}
