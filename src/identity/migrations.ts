import type { CoveredTable, Migration } from '../kernel/database.js';

/** What a snapshot covers, parents before children. Tokens are not in it: it signs nobody out. */
export const identityTables: readonly CoveredTable[] = [
  { name: 'organizations', key: 'id', project: undefined },
  { name: 'projects', key: 'id', project: 'id', unique: 'name' },
  { name: 'credentials', key: 'id', project: 'project_id' },
  { name: 'deleted_projects', key: 'id', project: undefined },
];

export const identityMigrations: readonly Migration[] = [
  {
    name: '0001_identity',
    sql: `
      CREATE TABLE organizations (
        -- Never used twice: a restore puts rows back with the numbers that they had.
        seq     INTEGER PRIMARY KEY AUTOINCREMENT,
        id      TEXT NOT NULL UNIQUE,
        name    TEXT NOT NULL,
        profile TEXT NOT NULL
      ) STRICT;

      -- A project's own time: real time plus clock_offset_ms, or frozen_at where its clock stands still.
      CREATE TABLE projects (
        seq             INTEGER PRIMARY KEY AUTOINCREMENT,
        id              TEXT NOT NULL UNIQUE,
        organization_id TEXT NOT NULL REFERENCES organizations (id),
        name            TEXT NOT NULL,
        created_at      INTEGER NOT NULL,
        -- What else its owner set, as sent: JSON.
        settings        TEXT NOT NULL DEFAULT '{}',
        -- How its states move: JSON.
        pace            TEXT NOT NULL DEFAULT '{"durations":{},"movement":"time"}',
        clock_offset_ms INTEGER NOT NULL DEFAULT 0,
        frozen_at       INTEGER
      ) STRICT;
      CREATE UNIQUE INDEX projects_of_organization ON projects (organization_id, name);

      -- The emulator's own clock, and whatever else there is one of.
      CREATE TABLE properties (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

      -- API keys and service accounts. One that was made for a project lives in that project's time.
      CREATE TABLE credentials (
        id              TEXT PRIMARY KEY,
        kind            TEXT NOT NULL CHECK (kind IN ('API key', 'service account')),
        secret          TEXT NOT NULL,
        organization_id TEXT NOT NULL REFERENCES organizations (id),
        project_id      TEXT REFERENCES projects (id) ON DELETE CASCADE,
        roles           TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX credentials_of_project ON credentials (project_id);

      -- Tokens by the SHA-256 of their text; times are those of the credential.
      CREATE TABLE tokens (
        hash          BLOB PRIMARY KEY,
        credential_id TEXT NOT NULL REFERENCES credentials (id) ON DELETE CASCADE,
        expires_at    INTEGER NOT NULL,
        revoked       INTEGER NOT NULL DEFAULT 0
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX tokens_of_credential ON tokens (credential_id);
    `,
  },
  {
    name: '0007_deleted_projects',
    sql: `
      CREATE TABLE deleted_projects (
        id              TEXT PRIMARY KEY,
        organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID;
    `,
  },
];
