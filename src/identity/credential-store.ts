import { createHash } from 'node:crypto';
import type { Caller } from '../http/gatekeeper.js';
import type { LiveTokens } from '../http/faults/limits.js';
import type { Database } from '../kernel/database.js';
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

type CredentialRow = Pick<Caller, 'id' | 'kind' | 'organizationId' | 'profile'> & {
  readonly secret: string;
  readonly roles: string;
  readonly projectId: string | null;
  readonly now: number;
};

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

const BY_ID = `${SELECT_CREDENTIAL} WHERE credentials.id = :id`;
const OF_ORGANIZATION = `${SELECT_CREDENTIAL} WHERE credentials.organization_id = :id ORDER BY credentials.id`;
const OF_PROJECT = `${SELECT_CREDENTIAL} WHERE credentials.project_id = :id ORDER BY credentials.id`;

const SELECT_TOKENS = `
  SELECT hash, credential_id AS credentialId, expires_at AS expiresAt, revoked,
    coalesce(${PROJECT_NOW}, :now) AS now
  FROM credentials JOIN tokens ON credential_id = credentials.id
  LEFT JOIN projects ON projects.id = credentials.project_id`;
const TOKENS_OF_PROJECT = `${SELECT_TOKENS} WHERE credentials.project_id = :projectId`;

/** For how long an expired token is still called expired, and not unknown. */
const FORGET_AFTER_MS = 3_600_000;

/** API keys, service accounts and tokens in SQL. Writes belong inside `Database.write`. */
export class CredentialStore {
  constructor(
    private readonly database: Database,
    private readonly now: () => number,
  ) {}

  /** The credential with this public key or client id. */
  credential(id: string): Credential | undefined {
    const row = this.database.get<CredentialRow>(BY_ID, { id, now: this.now() });
    return row && stored(row);
  }

  /** All credentials of an organization, by public key and client id. */
  ofOrganization(organizationId: string): readonly Credential[] {
    return this.#all(OF_ORGANIZATION, organizationId);
  }

  add({ projectId, roles, ...credential }: NewCredential): void {
    this.database.run(
      'INSERT INTO credentials VALUES (:id, :kind, :secret, :organizationId, :projectId, :roles)',
      { ...credential, projectId: projectId ?? null, roles: JSON.stringify(roles) },
    );
  }

  /** The credentials that were made for a project. */
  ofProject(projectId: string): readonly Credential[] {
    return this.#all(OF_PROJECT, projectId);
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
    const tokens = this.database.all<TokenRow>(projectId === undefined ? SELECT_TOKENS : TOKENS_OF_PROJECT, {
      now: this.now(),
      projectId: projectId ?? null,
    });
    const result = work();
    for (const { now: before, ...token } of tokens) {
      const after = this.credential(token.credentialId)?.now;
      if (after === undefined) continue;
      const left = token.expiresAt - after;
      const expiresAt = left > 0 && left <= lifeMs ? token.expiresAt : token.expiresAt - before + after;
      this.database.run(
        `INSERT INTO tokens (hash, credential_id, expires_at, revoked)
         VALUES (:hash, :credentialId, :expiresAt, :revoked)
         ON CONFLICT (hash) DO UPDATE SET expires_at = excluded.expires_at`,
        { ...token, expiresAt },
      );
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
    this.database.run('UPDATE credentials SET roles = ? WHERE id = ?', JSON.stringify(roles), id);
  }

  /** Takes away what roles the credentials that are made for no project have in one. */
  removeProjectRoles(projectId: string): void {
    this.database.run(
      `UPDATE credentials SET roles = json_remove(roles, :path)
       WHERE project_id IS NULL AND json_type(roles, :path) IS NOT NULL`,
      { path: `$.projects."${projectId}"` },
    );
  }

  /** The holder of a token, or why it has none. */
  bearer(token: string): Caller | 'expired' | 'revoked' | 'unknown' {
    const row = this.#token(token);
    const credential = row && this.credential(row.credentialId);
    if (!credential) return 'unknown';
    if (row.revoked) return 'revoked';
    return row.expiresAt <= credential.now ? 'expired' : credential.caller;
  }

  /** Keeps a token's hash, and drops those of the same holder that nobody can use any more. */
  addToken(token: string, { caller, now }: Credential, lifeMs: number): void {
    this.database.run(
      'DELETE FROM tokens WHERE credential_id = ? AND expires_at <= ?',
      caller.id,
      now - FORGET_AFTER_MS,
    );
    this.database.run(
      'INSERT INTO tokens (hash, credential_id, expires_at) VALUES (?, ?, ?)',
      hashOf(token),
      caller.id,
      now + lifeMs,
    );
  }

  /** The holder's tokens that can be used. */
  liveTokens({ caller, now }: Credential): LiveTokens {
    const { count = 0, first } =
      this.database.get<{ count: number; first: number | null }>(
        `SELECT count(*) AS count, min(expires_at) AS first FROM tokens
         WHERE credential_id = ? AND revoked = 0 AND expires_at > ?`,
        caller.id,
        now,
      ) ?? {};
    return { count, seconds: Math.ceil(((first ?? now) - now) / 1000) };
  }

  /** Returns whether the token was the holder's. */
  revokeToken(token: string, holder: Credential): boolean {
    const sql = 'UPDATE tokens SET revoked = 1 WHERE hash = ? AND credential_id = ?';
    return this.database.run(sql, hashOf(token), holder.caller.id) > 0;
  }

  /** Whether there is such a token, whosever it is. */
  knowsToken(token: string): boolean {
    return this.#token(token) !== undefined;
  }

  #token(token: string): Omit<TokenRow, 'hash' | 'now'> | undefined {
    return this.database.get(
      'SELECT credential_id AS credentialId, expires_at AS expiresAt, revoked FROM tokens WHERE hash = ?',
      hashOf(token),
    );
  }

  #all(sql: string, id: string): readonly Credential[] {
    return this.database.all<CredentialRow>(sql, { id, now: this.now() }).map(stored);
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
