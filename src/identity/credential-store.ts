import { hash } from 'node:crypto';
import type { Caller } from '../http/gatekeeper.js';
import type { LiveTokens } from '../http/faults/limits.js';
import type { Database } from '../kernel/database.js';
import { storedJson, withJson } from '../kernel/tables.js';
import { PROJECT_NOW, type ProjectStore } from './project-store.js';
import type { Credential, Secrets } from './secrets.js';

/** Organizations, projects and credentials: who can call, and what there is to call. */
export interface Identity {
  readonly projects: ProjectStore;
  readonly credentials: CredentialStore;
}

/** Roles of a caller by project id. */
type ProjectRoles = Readonly<Record<string, readonly string[]>>;

/** What credentials that are added have in common. */
interface NewCredentials extends Pick<Caller, 'organizationId' | 'organizationRoles'> {
  /** Roles by project id. */
  readonly projectRoles: ProjectRoles;
  /** The project that they are made for, whose clock their tokens follow. */
  readonly projectId?: string | null;
}

interface CredentialRow extends Omit<Credential, 'now'> {
  /** The roles of a credential that was made for a project. */
  readonly own: ProjectRoles | null;
  /** The project whose clock its tokens follow, if any. */
  readonly clockOf: string | null;
}

interface Token {
  readonly credentialId: string;
  readonly expiresAt: number;
  readonly revoked: number;
}

/** The project whose clock a credential's tokens follow: the one that it was made for, or in which alone it has roles. */
const CLOCK_OF = `coalesce(credentials.project_id,
    (SELECT min(project_id)
     FROM (SELECT project_id FROM project_roles WHERE credential_id = credentials.id LIMIT 2) HAVING count(*) = 1))`;

const SELECT_CREDENTIAL = `
  SELECT secret, project_id AS projectId, ${CLOCK_OF} AS clockOf, json_object(
    'id', credentials.id, 'kind', kind, 'organizationId', credentials.organization_id, 'profile', profile,
    'organizationRoles', roles -> 'organization') AS caller, roles -> 'projects' AS own
  FROM credentials JOIN organizations ON organizations.id = credentials.organization_id`;

/** With the time of the clock by which they expire. */
const SELECT_TOKENS = `
  SELECT hash, credential_id AS credentialId, expires_at AS expiresAt, revoked,
    coalesce(${PROJECT_NOW}, :now) AS now
  FROM credentials JOIN tokens ON credential_id = credentials.id LEFT JOIN projects ON projects.id = ${CLOCK_OF}`;
/** Not by the joined project alone, for which there is no index. */
const TOKENS_OF_PROJECT = `${SELECT_TOKENS} WHERE projects.id = :projectId AND credentials.id IN (
    SELECT id FROM credentials WHERE project_id = :projectId
    UNION ALL SELECT credential_id FROM project_roles WHERE project_id = :projectId)`;

/** The id of the row with a credential's roles in a project. */
const inProject = (id: string, projectId: string): string => `${id} ${projectId}`;

/** How long an expired token is reported as expired instead of unknown. */
const FORGET_AFTER_MS = 3_600_000;

/** API keys, service accounts and tokens in SQL. Writes belong inside `Database.write`. */
export class CredentialStore {
  readonly #credential;
  /** In a project, by {@link inProject}. */
  readonly #roles;
  /** By the hash, in hexadecimal. */
  readonly #token;

  constructor(
    private readonly database: Database,
    private readonly projects: ProjectStore,
    private readonly now: () => number,
  ) {
    this.#credential = database.memo((id: string) => this.#rows('credentials.id = :id', { id })[0]);
    const roles = 'SELECT roles FROM project_roles WHERE id = ?';
    this.#roles = database.memo((id: string) => {
      const held = database.value<string>(roles, id);
      return held === undefined ? undefined : (storedJson(held) as string[]);
    });
    const sql =
      'SELECT credential_id AS credentialId, expires_at AS expiresAt, revoked FROM tokens WHERE hash = ?';
    const token = (hash: string) => database.get<Token>(sql, Buffer.from(hash, 'hex'));
    this.#token = database.memo(token, 'tokens');
  }

  /** The credential with this public key or client id. */
  credential(id: string): Credential | undefined {
    const row = this.#credential(id);
    return row && this.#present(row);
  }

  /** All credentials of an organization, by public key and client id. */
  ofOrganization(id: string): readonly Credential[] {
    return this.#select('credentials.organization_id = :id', { id });
  }

  /** The credentials that were made for a project. */
  ofProject(id: string): readonly Credential[] {
    return this.#select('credentials.project_id = :id', { id });
  }

  /** All roles of a credential in projects: very many, perhaps. */
  projectRoles(id: string): ProjectRoles {
    const sql =
      'SELECT json_group_object(project_id, json(roles)) FROM project_roles WHERE credential_id = ?';
    const gained = storedJson(this.database.value<string>(sql, id) ?? '{}') as ProjectRoles;
    return { ...this.#credential(id)?.own, ...gained };
  }

  /** Adds an API key, a service account, or both; returns them. */
  add(
    { organizationId, organizationRoles, projectRoles, projectId = null }: NewCredentials,
    { apiKey, serviceAccount }: Secrets,
  ): Secrets {
    const own = projectId === null ? {} : { projects: projectRoles };
    const stored = JSON.stringify({ organization: organizationRoles, ...own });
    const add = (id: string, kind: Caller['kind'], secret: string): void => {
      const sql = 'INSERT INTO credentials VALUES (?, ?, ?, ?, ?, ?)';
      this.database.run(sql, id, kind, secret, organizationId, projectId, stored);
      if (projectId !== null) return;
      for (const [project, held] of Object.entries(projectRoles)) this.#addRoles(id, project, held);
    };
    if (apiKey) add(apiKey.publicKey, 'API key', apiKey.privateKey);
    if (serviceAccount) add(serviceAccount.clientId, 'service account', serviceAccount.clientSecret);
    return { apiKey, serviceAccount };
  }

  /**
   * Runs work that may replace credentials and move clocks. Tokens of credentials that exist afterwards stay valid for
   * the rest of their lifetime or, if a clock moved back to a time within it, for what was left at that time.
   *
   * @param projectId the project whose credentials it may concern; undefined for all
   * @param lifeMs how long a token is valid
   */
  keepingTokens<T>(projectId: string | undefined, lifeMs: number, work: () => T): T {
    const tokens = this.database.all<Token & { hash: Buffer; now: number }>(
      projectId === undefined ? SELECT_TOKENS : TOKENS_OF_PROJECT,
      { now: this.now(), projectId: projectId ?? null },
    );
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

  /** Gives a credential a role in a new project. */
  addProjectRole(id: string, projectId: string, role: string): void {
    this.#keepingLives('credentials.id = :id', { id }, () => this.#addRoles(id, projectId, [role]));
  }

  /** Removes all roles in a project. */
  removeProjectRoles(projectId: string): void {
    const holders = 'credentials.id IN (SELECT credential_id FROM project_roles WHERE project_id = :id)';
    this.#keepingLives(holders, { id: projectId }, () =>
      this.database.run('DELETE FROM project_roles WHERE project_id = ?', projectId),
    );
  }

  #addRoles(id: string, projectId: string, roles: readonly string[]): void {
    const sql = 'INSERT INTO project_roles VALUES (?, ?, ?, ?)';
    this.database.run(sql, inProject(id, projectId), id, projectId, JSON.stringify(roles));
  }

  /** Changes roles, and with them perhaps the clocks of credentials; tokens stay valid for as long as they were. */
  #keepingLives(where: string, parameters: Readonly<Record<string, string>>, change: () => void): void {
    const changed = this.#select(where, parameters);
    change();
    for (const { caller, now } of changed) {
      const ahead = (this.credential(caller.id)?.now ?? now) - now;
      const move = 'UPDATE tokens SET expires_at = expires_at + ? WHERE credential_id = ?';
      if (ahead !== 0) this.database.run(move, ahead, caller.id);
    }
  }

  /** The caller to whom a token was issued, or why it is not valid. */
  bearer(token: string): Caller | 'expired' | 'revoked' | 'unknown' {
    const row = this.#token(hash('sha256', token));
    const credential = row && this.credential(row.credentialId);
    if (!credential) return 'unknown';
    if (row.revoked) return 'revoked';
    return row.expiresAt <= credential.now ? 'expired' : credential.caller;
  }

  /** Stores the hash of a token, and deletes long expired ones of the same client. */
  addToken(token: string, { caller, now }: Credential, lifeMs: number): void {
    const [id, before] = [caller.id, now - FORGET_AFTER_MS];
    this.database.run('DELETE FROM tokens WHERE credential_id = ? AND expires_at <= ?', id, before);
    const sql = 'INSERT INTO tokens (hash, credential_id, expires_at) VALUES (?, ?, ?)';
    this.database.run(sql, hashOf(token), id, now + lifeMs);
  }

  /** The client's tokens that are valid. */
  liveTokens({ caller, now }: Credential): LiveTokens {
    const live = this.database.get<LiveTokens>(
      `SELECT count(*) AS count, coalesce(CAST((min(expires_at) - :now + 999) / 1000 AS INTEGER), 0) AS seconds
       FROM tokens WHERE credential_id = :id AND revoked = 0 AND expires_at > :now`,
      { id: caller.id, now },
    );
    return live ?? { count: 0, seconds: 0 };
  }

  /** Revokes a token. Returns whose it is, undefined if it is unknown; that of another client stays valid. */
  revokeToken(token: string, client: Credential): string | undefined {
    const sql = 'UPDATE tokens SET revoked = 1 WHERE hash = ? AND credential_id = ?';
    this.database.run(sql, hashOf(token), client.caller.id);
    return this.#token(hashOf(token).toString('hex'))?.credentialId;
  }

  #select(where: string, parameters: Readonly<Record<string, string>>): Credential[] {
    return this.#rows(where, parameters).map((row) => this.#present(row));
  }

  #rows(where: string, parameters: Readonly<Record<string, string>>): CredentialRow[] {
    const sql = `${SELECT_CREDENTIAL} WHERE ${where} ORDER BY credentials.id`;
    return this.database.all<object>(sql, parameters).map((row) => {
      const { caller, ...rest } = withJson<CredentialRow>(row, 'caller', 'own');
      const rolesIn = (projectId: string) =>
        rest.own?.[projectId] ?? this.#roles(inProject(caller.id, projectId)) ?? [];
      return { ...rest, caller: { ...caller, rolesIn } };
    });
  }

  #present({ caller, secret, projectId, clockOf }: CredentialRow): Credential {
    const project = clockOf === null ? undefined : this.projects.project(clockOf);
    return { caller, secret, projectId, now: project?.now ?? this.now() };
  }
}

function hashOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
