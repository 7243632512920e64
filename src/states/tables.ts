import type { Migration } from '../kernel/database.js';

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
