import { createHash } from 'node:crypto';
import type { Statement } from 'better-sqlite3';
import type { Database } from '../kernel/database.js';
import type { Caller, Project } from '../http/gatekeeper.js';
import type { ProfileName } from '../profiles/index.js';

/** A project as the store has it. `createdAt` is in milliseconds of real time. */
export interface StoredProject extends Project {
  readonly createdAt: number;
}

/** A caller with its secret: the private key, or the client secret. */
export interface Credential {
  readonly caller: Caller;
  readonly secret: string;
  /** What the clock shows that its tokens live by, in milliseconds since the epoch. */
  readonly now: number;
}

/** What is kept of a credential's roles. */
export interface Roles {
  readonly organization: readonly string[];
  readonly projects: Readonly<Record<string, readonly string[]>>;
}

interface ProjectRow {
  id: string;
  name: string;
  organizationId: string;
  profile: ProfileName;
  createdAt: number;
  now: number;
}

interface CredentialRow {
  id: string;
  kind: Caller['kind'];
  secret: string;
  organizationId: string;
  profile: ProfileName;
  roles: string;
  now: number;
}

/** What a project's clock shows when real time is `:now`. */
export const PROJECT_NOW = 'coalesce(projects.frozen_at, :now + projects.clock_offset_ms)';

const PROJECT_COLUMNS = `
  projects.id, projects.name, organization_id AS organizationId, profile, created_at AS createdAt,
  ${PROJECT_NOW} AS now
  FROM projects JOIN organizations ON organizations.id = organization_id`;

const CREDENTIAL_COLUMNS = `
  credentials.id, kind, secret, credentials.organization_id AS organizationId, profile, roles,
  coalesce(${PROJECT_NOW}, :now) AS now
  FROM credentials JOIN organizations ON organizations.id = credentials.organization_id
  LEFT JOIN projects ON projects.id = credentials.project_id`;

/** Organizations, projects, credentials and tokens in SQL. Writes belong inside `Database.write`. */
export class IdentityStore {
  readonly #now: () => number;
  readonly #project: Statement<[{ id: string; now: number }], ProjectRow>;
  readonly #projects: Statement<[{ organizationId: string; now: number }], ProjectRow>;
  readonly #firstProjects: Statement<[{ limit: number; now: number }], ProjectRow>;
  readonly #credential: Statement<[{ id: string; now: number }], CredentialRow>;
  readonly #credentialsOf: Statement<[{ organizationId: string; now: number }], CredentialRow>;
  readonly #token: Statement<[Buffer], { credentialId: string; expiresAt: number; revoked: number }>;
  readonly #addOrganization: Statement<[{ id: string; name: string; profile: string }]>;
  readonly #addProject: Statement<[{ id: string; organizationId: string; name: string; createdAt: number }]>;
  readonly #addCredential: Statement<
    [
      {
        id: string;
        kind: string;
        secret: string;
        organizationId: string;
        projectId: string | null;
        roles: string;
      },
    ]
  >;
  readonly #addToken: Statement<[Buffer, string, number]>;
  readonly #dropExpiredTokens: Statement<[string, number]>;
  readonly #revokeToken: Statement<[Buffer, string]>;
  readonly #isEmpty: Statement<[], number>;

  constructor(database: Database, now: () => number) {
    this.#now = now;
    this.#project = database.prepare(`SELECT ${PROJECT_COLUMNS} WHERE projects.id = :id`);
    this.#projects = database.prepare(
      `SELECT ${PROJECT_COLUMNS} WHERE organization_id = :organizationId ORDER BY projects.seq`,
    );
    this.#firstProjects = database.prepare(`SELECT ${PROJECT_COLUMNS} ORDER BY projects.seq LIMIT :limit`);
    this.#credential = database.prepare(`SELECT ${CREDENTIAL_COLUMNS} WHERE credentials.id = :id`);
    this.#credentialsOf = database.prepare(
      `SELECT ${CREDENTIAL_COLUMNS} WHERE credentials.organization_id = :organizationId ORDER BY credentials.id`,
    );
    this.#token = database.prepare(
      'SELECT credential_id AS credentialId, expires_at AS expiresAt, revoked FROM tokens WHERE hash = ?',
    );
    this.#addOrganization = database.prepare(
      'INSERT INTO organizations (id, name, profile) VALUES (:id, :name, :profile)',
    );
    this.#addProject = database.prepare(
      'INSERT INTO projects (id, organization_id, name, created_at) VALUES (:id, :organizationId, :name, :createdAt)',
    );
    this.#addCredential = database.prepare(
      'INSERT INTO credentials VALUES (:id, :kind, :secret, :organizationId, :projectId, :roles)',
    );
    this.#addToken = database.prepare(
      'INSERT INTO tokens (hash, credential_id, expires_at) VALUES (?, ?, ?)',
    );
    this.#dropExpiredTokens = database.prepare(
      'DELETE FROM tokens WHERE credential_id = ? AND expires_at <= ?',
    );
    this.#revokeToken = database.prepare(
      'UPDATE tokens SET revoked = 1 WHERE hash = ? AND credential_id = ?',
    );
    this.#isEmpty = database.prepare<[], number>('SELECT NOT EXISTS (SELECT 1 FROM organizations)').pluck();
  }

  /** Whether nothing was ever loaded: a new database. */
  isEmpty(): boolean {
    return this.#isEmpty.get() === 1;
  }

  project(id: string): StoredProject | undefined {
    return this.#project.get({ id, now: this.#now() });
  }

  /** The organization's projects, oldest first. */
  projectsOf(organizationId: string): readonly StoredProject[] {
    return this.#projects.all({ organizationId, now: this.#now() });
  }

  /** The oldest projects of all organizations. */
  firstProjects(limit: number): readonly StoredProject[] {
    return this.#firstProjects.all({ limit, now: this.#now() });
  }

  /** The credential with this public key or client id. */
  credential(id: string): Credential | undefined {
    const row = this.#credential.get({ id, now: this.#now() });
    return row && credentialOf(row);
  }

  /** All credentials of an organization, by public key and client id. */
  credentialsOf(organizationId: string): readonly Credential[] {
    return this.#credentialsOf.all({ organizationId, now: this.#now() }).map(credentialOf);
  }

  /** The holder of a token, or why it has none. */
  bearer(token: string): Caller | 'expired' | 'revoked' | 'unknown' {
    const row = this.#token.get(hashOf(token));
    const credential = row && this.credential(row.credentialId);
    if (!credential) return 'unknown';
    if (row.revoked) return 'revoked';
    return row.expiresAt <= credential.now ? 'expired' : credential.caller;
  }

  addOrganization(organization: { id: string; name: string; profile: ProfileName }): void {
    this.#addOrganization.run(organization);
  }

  addProject(project: { id: string; organizationId: string; name: string; createdAt: number }): void {
    this.#addProject.run(project);
  }

  /** @param credential `projectId` where it is made for one project and lives in its time */
  addCredential(credential: {
    id: string;
    kind: Caller['kind'];
    secret: string;
    organizationId: string;
    projectId?: string;
    roles: Roles;
  }): void {
    this.#addCredential.run({
      ...credential,
      projectId: credential.projectId ?? null,
      roles: JSON.stringify(credential.roles),
    });
  }

  /** Keeps a token's hash, and drops those of the same holder that nobody can use any more. */
  addToken(token: string, holder: Credential, lifeMs: number): void {
    this.#dropExpiredTokens.run(holder.caller.id, holder.now - FORGET_AFTER_MS);
    this.#addToken.run(hashOf(token), holder.caller.id, holder.now + lifeMs);
  }

  /** Returns whether the token was the holder's. */
  revokeToken(token: string, holder: Credential): boolean {
    return this.#revokeToken.run(hashOf(token), holder.caller.id).changes > 0;
  }

  /** Whether there is such a token, whosever it is. */
  knowsToken(token: string): boolean {
    return this.#token.get(hashOf(token)) !== undefined;
  }
}

/** For how long an expired token is still called expired, and not unknown. */
const FORGET_AFTER_MS = 3_600_000;

function credentialOf({ id, kind, secret, organizationId, profile, roles, now }: CredentialRow): Credential {
  const { organization, projects } = JSON.parse(roles) as Roles;
  return {
    caller: { id, kind, organizationId, profile, organizationRoles: organization, projectRoles: projects },
    secret,
    now,
  };
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
