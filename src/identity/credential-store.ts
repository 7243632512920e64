import { createHash } from 'node:crypto';
import type { Statement } from 'better-sqlite3';
import type { Caller } from '../http/gatekeeper.js';
import type { LiveTokens } from '../http/faults/limits.js';
import type { Database } from '../kernel/database.js';
import type { ProfileName } from '../profiles/index.js';
import { PROJECT_NOW } from './project-store.js';

/** A caller with its secret: the private key, or the client secret. */
export interface Credential {
  readonly caller: Caller;
  readonly secret: string;
  /** What the clock shows that its tokens live by, in milliseconds since the epoch. */
  readonly now: number;
  /** The project that it was made for, if it was made for one. */
  readonly projectId: string | undefined;
}

/** What is kept of a credential's roles. */
export interface Roles {
  readonly organization: readonly string[];
  readonly projects: Readonly<Record<string, readonly string[]>>;
}

/** A credential to add. */
export interface NewCredential {
  /** The public key, or the client id. */
  readonly id: string;
  readonly kind: Caller['kind'];
  readonly secret: string;
  readonly organizationId: string;
  /** The project that it is made for and in whose time it lives, if it is made for one. */
  readonly projectId?: string;
  readonly roles: Roles;
}

interface CredentialRow {
  id: string;
  kind: Caller['kind'];
  secret: string;
  organizationId: string;
  profile: ProfileName;
  roles: string;
  projectId: string | null;
  now: number;
}

interface TokenRow {
  hash: Buffer;
  credentialId: string;
  expiresAt: number;
  revoked: number;
  /** What its credential's clock shows. */
  now: number;
}

const SELECT_CREDENTIAL = `
  SELECT credentials.id, kind, secret, credentials.organization_id AS organizationId, profile, roles,
    project_id AS projectId, coalesce(${PROJECT_NOW}, :now) AS now
  FROM credentials JOIN organizations ON organizations.id = credentials.organization_id
  LEFT JOIN projects ON projects.id = credentials.project_id`;

/** For how long an expired token is still called expired, and not unknown. */
const FORGET_AFTER_MS = 3_600_000;

/** API keys, service accounts and tokens in SQL. Writes belong inside `Database.write`. */
export class CredentialStore {
  readonly #now: () => number;
  readonly #credential: Statement<[{ id: string; now: number }], CredentialRow>;
  readonly #ofOrganization: Statement<[{ organizationId: string; now: number }], CredentialRow>;
  readonly #add: Statement<
    [Omit<NewCredential, 'projectId' | 'roles'> & { projectId: string | null; roles: string }]
  >;
  readonly #setRoles: Statement<[{ id: string; roles: string }]>;
  readonly #removeRoles: Statement<[{ path: string }]>;
  readonly #token: Statement<[Buffer], { credentialId: string; expiresAt: number; revoked: number }>;
  readonly #addToken: Statement<[Buffer, string, number]>;
  readonly #dropTokens: Statement<[string, number]>;
  readonly #revokeToken: Statement<[Buffer, string]>;
  readonly #liveTokens: Statement<[string, number], { count: number; first: number | null }>;
  readonly #tokens: Statement<[{ now: number }], TokenRow>;
  readonly #tokensOfProject: Statement<[{ now: number; projectId: string }], TokenRow>;
  readonly #putToken: Statement<[Omit<TokenRow, 'now'>]>;
  readonly #ofProject: Statement<[{ projectId: string; now: number }], CredentialRow>;

  constructor(database: Database, now: () => number) {
    this.#now = now;
    this.#credential = database.prepare(`${SELECT_CREDENTIAL} WHERE credentials.id = :id`);
    this.#ofOrganization = database.prepare(
      `${SELECT_CREDENTIAL} WHERE credentials.organization_id = :organizationId ORDER BY credentials.id`,
    );
    this.#add = database.prepare(
      'INSERT INTO credentials VALUES (:id, :kind, :secret, :organizationId, :projectId, :roles)',
    );
    this.#setRoles = database.prepare('UPDATE credentials SET roles = :roles WHERE id = :id');
    this.#token = database.prepare(
      'SELECT credential_id AS credentialId, expires_at AS expiresAt, revoked FROM tokens WHERE hash = ?',
    );
    this.#addToken = database.prepare(
      'INSERT INTO tokens (hash, credential_id, expires_at) VALUES (?, ?, ?)',
    );
    this.#liveTokens = database.prepare(
      `SELECT count(*) AS count, min(expires_at) AS first FROM tokens
       WHERE credential_id = ? AND revoked = 0 AND expires_at > ?`,
    );
    this.#dropTokens = database.prepare('DELETE FROM tokens WHERE credential_id = ? AND expires_at <= ?');
    const tokens = `
      SELECT hash, credential_id AS credentialId, expires_at AS expiresAt, revoked,
        coalesce(${PROJECT_NOW}, :now) AS now
      FROM credentials JOIN tokens ON credential_id = credentials.id
      LEFT JOIN projects ON projects.id = credentials.project_id`;
    this.#tokens = database.prepare(tokens);
    this.#tokensOfProject = database.prepare(`${tokens} WHERE credentials.project_id = :projectId`);
    this.#putToken = database.prepare(
      `INSERT INTO tokens (hash, credential_id, expires_at, revoked)
       VALUES (:hash, :credentialId, :expiresAt, :revoked)
       ON CONFLICT (hash) DO UPDATE SET expires_at = excluded.expires_at`,
    );
    this.#removeRoles = database.prepare(
      `UPDATE credentials SET roles = json_remove(roles, :path)
       WHERE project_id IS NULL AND json_type(roles, :path) IS NOT NULL`,
    );
    this.#ofProject = database.prepare(
      `${SELECT_CREDENTIAL} WHERE credentials.project_id = :projectId ORDER BY credentials.id`,
    );
    this.#revokeToken = database.prepare(
      'UPDATE tokens SET revoked = 1 WHERE hash = ? AND credential_id = ?',
    );
  }

  /** The credential with this public key or client id. */
  credential(id: string): Credential | undefined {
    const row = this.#credential.get({ id, now: this.#now() });
    return row && stored(row);
  }

  /** All credentials of an organization, by public key and client id. */
  ofOrganization(organizationId: string): readonly Credential[] {
    return this.#ofOrganization.all({ organizationId, now: this.#now() }).map(stored);
  }

  add({ projectId, roles, ...credential }: NewCredential): void {
    this.#add.run({ ...credential, projectId: projectId ?? null, roles: JSON.stringify(roles) });
  }

  /** The credentials that were made for a project. */
  ofProject(projectId: string): readonly Credential[] {
    return this.#ofProject.all({ projectId, now: this.#now() }).map(stored);
  }

  /**
   * Runs work that may remove credentials and make them anew, and put clocks to another time. Tokens of credentials
   * that are there afterwards stay: with what is left of their lives, or, where a clock came back to a moment of a
   * token's life, with what was left then.
   *
   * @param projectId the project whose credentials it may concern; undefined for all
   * @param lifeMs how long a token lives
   */
  keepingTokens<T>(projectId: string | undefined, lifeMs: number, work: () => T): T {
    const now = this.#now();
    const tokens =
      projectId === undefined ? this.#tokens.all({ now }) : this.#tokensOfProject.all({ now, projectId });
    const result = work();
    for (const { now: before, ...token } of tokens) {
      const after = this.credential(token.credentialId)?.now;
      if (after === undefined) continue;
      const left = token.expiresAt - after;
      const expiresAt = left > 0 && left <= lifeMs ? token.expiresAt : token.expiresAt - before + after;
      this.#putToken.run({ ...token, expiresAt });
    }
    return result;
  }

  /** Gives a credential a role in a project. */
  addProjectRole(id: string, projectId: string, role: string): void {
    const caller = this.credential(id)?.caller;
    if (!caller) return;
    const projects = {
      ...caller.projectRoles,
      [projectId]: [...(caller.projectRoles[projectId] ?? []), role],
    };
    const roles: Roles = { organization: caller.organizationRoles, projects };
    this.#setRoles.run({ id, roles: JSON.stringify(roles) });
  }

  /** Takes away what roles the credentials that are made for no project have in one. */
  removeProjectRoles(projectId: string): void {
    this.#removeRoles.run({ path: `$.projects."${projectId}"` });
  }

  /** The holder of a token, or why it has none. */
  bearer(token: string): Caller | 'expired' | 'revoked' | 'unknown' {
    const row = this.#token.get(hashOf(token));
    const credential = row && this.credential(row.credentialId);
    if (!credential) return 'unknown';
    if (row.revoked) return 'revoked';
    return row.expiresAt <= credential.now ? 'expired' : credential.caller;
  }

  /** Keeps a token's hash, and drops those of the same holder that nobody can use any more. */
  addToken(token: string, holder: Credential, lifeMs: number): void {
    this.#dropTokens.run(holder.caller.id, holder.now - FORGET_AFTER_MS);
    this.#addToken.run(hashOf(token), holder.caller.id, holder.now + lifeMs);
  }

  /** The holder's tokens that can be used. */
  liveTokens({ caller, now }: Credential): LiveTokens {
    const { count, first } = this.#liveTokens.get(caller.id, now) ?? { count: 0, first: null };
    return { count, seconds: Math.ceil(((first ?? now) - now) / 1000) };
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

function stored(row: CredentialRow): Credential {
  const { id, kind, secret, organizationId, profile, roles, projectId, now } = row;
  const { organization, projects } = JSON.parse(roles) as Roles;
  return {
    caller: { id, kind, organizationId, profile, organizationRoles: organization, projectRoles: projects },
    secret,
    now,
    projectId: projectId ?? undefined,
  };
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
