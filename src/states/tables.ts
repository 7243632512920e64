import type { Migration } from '../kernel/database.js';
import type { StatefulResource } from './resource.js';

/** What a resource is called, in lower-case words: `tea pot`, `tea pots`. */
export interface ResourceName {
  readonly one: string;
  readonly many: string;
}

/** The names of tables, fixture keys and control operations, which follow from what a resource is called. */
export function namesOf({ one, many }: ResourceName) {
  const join = (text: string, separator: string): string => text.replaceAll(' ', separator);
  const camelCase = (text: string): string =>
    text.replace(/ (.)/g, (_, letter: string) => letter.toUpperCase());
  return {
    one,
    many,
    table: join(many, '_'),
    alarmTable: `${join(one, '_')}_alarms`,
    ruleTable: `${join(one, '_')}_rules`,
    // Of the control API, without a slash.
    path: join(many, '-'),
    rulePath: `${join(one, '-')}-rules`,
    // Of a fixture.
    key: camelCase(many),
    ruleKey: `${camelCase(one)}Rules`,
    // Components and operation ids are named after it.
    title: camelCase(` ${one}`),
  };
}

/**
 * A migration that creates the tables of a resource.
 *
 * @param migration its name, such as `0007_gadgets`
 */
export function createTables(migration: string, name: ResourceName): Migration {
  const { table, alarmTable, ruleTable } = namesOf(name);
  return {
    name: migration,
    sql: `
      CREATE TABLE ${table} (
        -- Never reused: restoring a snapshot puts items back in their places.
        seq           INTEGER PRIMARY KEY AUTOINCREMENT,
        id            TEXT NOT NULL UNIQUE,
        project_id    TEXT NOT NULL,
        -- Hash of the project and of what no two of its items may share; empty if they may share everything.
        target        BLOB NOT NULL,
        -- What the client sent: JSON.
        sent          TEXT NOT NULL,
        -- JSON with marks: before the complete state, from then on, and after a failure that has a message.
        shown         TEXT NOT NULL,
        shown_done    TEXT NOT NULL,
        shown_failed  TEXT,
        error_message TEXT,
        -- See lifecycle.ts: Path and Stage[], as JSON.
        path          TEXT NOT NULL,
        rest          TEXT NOT NULL DEFAULT '[]',
        reads_left    INTEGER,
        -- The state that was persisted last, and until when it holds in the project's time (null: for good).
        state         TEXT NOT NULL,
        due_at        INTEGER,
        gone_at       INTEGER
      ) STRICT;
      CREATE INDEX ${table}_of_project ON ${table} (project_id, seq, gone_at);
      CREATE INDEX ${table}_by_target ON ${table} (target);
      CREATE INDEX ${table}_due ON ${table} (project_id, due_at) WHERE due_at IS NOT NULL;
      CREATE TRIGGER ${table}_of_removed_project AFTER DELETE ON projects BEGIN
        DELETE FROM ${table} WHERE project_id = old.id;
      END;
      CREATE TABLE ${alarmTable} (
        project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
        at         INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX ${alarmTable}_by_time ON ${alarmTable} (at);
      CREATE TABLE ${ruleTable} (
        seq        INTEGER PRIMARY KEY AUTOINCREMENT,
        id         TEXT NOT NULL UNIQUE,
        project_id TEXT REFERENCES projects (id) ON DELETE CASCADE,
        rule       TEXT NOT NULL,
        -- How many more items it applies to (null: all).
        times_left INTEGER
      ) STRICT;
      CREATE INDEX ${ruleTable}_of_project ON ${ruleTable} (project_id);
    `,
  };
}

/** When, by the emulator's clock, an item is due. What a stopped clock has passed is due now, in its order. */
const WAKE_AT = `
  CASE WHEN frozen_at IS NULL THEN due_at - clock_offset_ms
  WHEN due_at <= frozen_at THEN :now - (frozen_at - due_at) END`;

/** What of an item changes. */
const CHANGING =
  'target, sent, shown, shown_done, shown_failed, error_message, path, rest, reads_left, state, due_at, gone_at';

/** `change` of each of the columns that change. */
const changing = (change: (column: string) => string): string => CHANGING.split(', ').map(change).join(', ');

/** Statements on the items of a resource, in the project's time, and on the alarms of projects, in the emulator's. */
export function statementsOf({ name, complete, failed = '' }: StatefulResource) {
  const { table, alarmTable } = namesOf(name);
  // The persisted state until it is due, then what the path says.
  const state = `
    CASE WHEN due_at IS NULL OR due_at > :now THEN state
    ELSE (SELECT value ->> 0 FROM json_each(${table}.path) WHERE value ->> 1 <= :now ORDER BY key DESC LIMIT 1) END`;
  // Marks are replaced outside of SQL, whose `replace` takes as long as all the rest.
  const text = `CASE state_now WHEN '${complete}' THEN shown_done
    WHEN '${failed}' THEN coalesce(shown_failed, shown) ELSE shown END`;
  const due = `${table} AS items INDEXED BY ${table}_due`;
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
    firstAlarm: `SELECT project_id AS projectId, at FROM ${alarmTable} ORDER BY at LIMIT 1`,
    due: `
      SELECT seq, id, project_id AS projectId, path, due_at AS dueAt FROM ${due}
      WHERE project_id = ? AND due_at IS NOT NULL ORDER BY due_at, seq LIMIT 1`,
    removeAlarms: (projects: string) =>
      `DELETE FROM ${alarmTable} WHERE project_id IN (SELECT id FROM ${projects})`,
    // Materialized: SQLite would look for the first item at each mention of its time.
    setAlarms: (projects: string) => `
      WITH first AS MATERIALIZED (
        SELECT id, frozen_at, clock_offset_ms, (
          SELECT min(due_at) FROM ${due} WHERE project_id = projects.id AND due_at IS NOT NULL
        ) AS due_at FROM ${projects})
      INSERT INTO ${alarmTable} SELECT id, ${WAKE_AT} FROM first WHERE ${WAKE_AT} IS NOT NULL RETURNING at`,
  };
}
