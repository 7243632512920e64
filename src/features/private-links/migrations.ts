import type { Migration } from '../../kernel/database.js';

export const privateLinkMigrations: readonly Migration[] = [
  {
    name: '0002_private_links',
    sql: `
      CREATE TABLE private_links (
        -- Never given twice: a snapshot that is restored puts links back in their places.
        seq           INTEGER PRIMARY KEY AUTOINCREMENT,
        id            TEXT NOT NULL UNIQUE,
        -- No reference: a project that is removed is emptied, below.
        project_id    TEXT NOT NULL,
        -- Hash of the project and of what no two of its links may share.
        target        BLOB NOT NULL,
        -- What the client sent, as it was: JSON.
        sent          TEXT NOT NULL,
        -- The link as GET shows it: before DONE, from DONE on, and FAILED where it has a message for that; the state
        -- and the base URL are marks.
        shown         TEXT NOT NULL,
        shown_done    TEXT NOT NULL,
        shown_failed  TEXT,
        -- Why it FAILED, or would.
        error_message TEXT,
        -- The states it has entered and will enter by time, in the project's time: JSON [[state, at, why], ...].
        path          TEXT NOT NULL,
        -- The stages that time does not bring: JSON [{"state": ..., "lasts": ...}, ...].
        rest          TEXT NOT NULL DEFAULT '[]',
        -- How many reads are left until the next of them (null: reads bring none).
        reads_left    INTEGER,
        -- The state that was last persisted, and until when in the project's time it holds (null: for good).
        state         TEXT NOT NULL,
        due_at        INTEGER,
        -- When it is gone, in the project's time, if it is being deleted.
        gone_at       INTEGER
      ) STRICT;
      -- In the order of creation; what is gone is told from it, so that a count reads nothing else.
      CREATE INDEX private_links_of_project ON private_links (project_id, seq, gone_at);
      CREATE INDEX private_links_by_target ON private_links (target);
      CREATE INDEX private_links_due ON private_links (project_id, due_at) WHERE due_at IS NOT NULL;

      -- When, by the emulator's clock, the first of a project's links is due: follows from the links and the clocks.
      CREATE TABLE private_link_alarms (
        project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
        at         INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX private_link_alarms_by_time ON private_link_alarms (at);

      -- A project's links up to this number are removed, though their rows still wait for a sweep.
      CREATE TABLE private_links_emptied (
        project_id TEXT PRIMARY KEY,
        up_to      INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TRIGGER private_links_of_removed_project AFTER DELETE ON projects BEGIN
        INSERT INTO private_links_emptied
        SELECT project_id, max(seq) FROM private_links WHERE project_id = old.id GROUP BY project_id
        ON CONFLICT (project_id) DO UPDATE SET up_to = excluded.up_to;
      END;

      -- What becomes of links that are not created yet.
      CREATE TABLE private_link_rules (
        seq        INTEGER PRIMARY KEY AUTOINCREMENT,
        id         TEXT NOT NULL UNIQUE,
        project_id TEXT REFERENCES projects (id) ON DELETE CASCADE,
        -- The rule as it was given: JSON.
        rule       TEXT NOT NULL,
        -- For how many more links it is (null: for all).
        times_left INTEGER
      ) STRICT;
      CREATE INDEX private_link_rules_of_project ON private_link_rules (project_id);
    `,
  },
  {
    name: '0006_private_links_removed_directly',
    // Links that 0002 only marked as removed are deleted; from now on they are deleted with their project.
    sql: `
      DELETE FROM private_links
      WHERE seq <= (SELECT up_to FROM private_links_emptied AS emptied
                    WHERE emptied.project_id = private_links.project_id);
      DROP TRIGGER private_links_of_removed_project;
      DROP TABLE private_links_emptied;
      CREATE TRIGGER private_links_of_removed_project AFTER DELETE ON projects BEGIN
        DELETE FROM private_links WHERE project_id = old.id;
      END;
    `,
  },
];
