import type { Organization, Pace, Project } from '../http/gatekeeper.js';
import { shows, type ClockState } from '../kernel/clock.js';
import type { Database } from '../kernel/database.js';
import { withJson, type CoveredTable } from '../kernel/tables.js';

/** What a snapshot covers, parents before children. Tokens are not in it: it signs nobody out. */
export const identityTables: readonly CoveredTable[] = [
  { name: 'organizations', key: 'id', project: undefined },
  { name: 'projects', key: 'id', project: 'id', unique: 'name' },
  { name: 'credentials', key: 'id', project: 'project_id' },
  // Of no project: credentials of the whole server have roles in projects.
  { name: 'project_roles', key: 'id', project: undefined },
  { name: 'deleted_projects', key: 'id', project: undefined },
];

/** What the owner of a project sets besides its name; what was not set is left out. */
export interface ProjectSettings {
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  readonly withDefaultAlertsSettings?: boolean;
  readonly regionUsageRestrictions?: string;
}

/** A project as the store has it. */
export interface StoredProject extends Project {
  /** In milliseconds of real time. */
  readonly createdAt: number;
  readonly settings: ProjectSettings;
  /** The project's own clock, relative to the emulator's. */
  readonly clock: ClockState;
}

/** A project to add. */
export interface NewProject extends Pick<StoredProject, 'id' | 'organizationId' | 'name' | 'createdAt'> {
  readonly settings?: ProjectSettings;
  readonly pace?: Pace;
}

/** What is stored of a project. */
type ProjectRow = Omit<StoredProject, 'frozen' | 'now'>;

const DEFAULT_PACE: Pace = { durations: {}, movement: 'time' };

/** What a project's clock shows when real time is `:now`. */
export const PROJECT_NOW = 'coalesce(projects.frozen_at, :now + projects.clock_offset_ms)';

const SELECT_PROJECT = `
  SELECT projects.id, projects.name, organization_id AS organizationId, profile, created_at AS createdAt,
    settings, pace, json_patch('{}', json_object('offsetMs', clock_offset_ms, 'frozenAt', frozen_at)) AS clock
  FROM projects JOIN organizations ON organizations.id = organization_id`;
const SELECT_ORGANIZATION = 'SELECT id, name, profile FROM organizations';

/** Organizations and their projects in SQL. Writes belong inside `Database.write`. */
export class ProjectStore {
  readonly #project;
  /** The organization with an id. */
  readonly organization;

  constructor(
    private readonly database: Database,
    private readonly now: () => number,
  ) {
    this.#project = database.memo((id: string) => this.#rows('WHERE projects.id = :id', { id })[0]);
    const sql = `${SELECT_ORGANIZATION} WHERE id = ?`;
    this.organization = database.memo((id: string) => database.get<Organization>(sql, id));
  }

  /** All organizations, oldest first. */
  organizations(): readonly Organization[] {
    return this.database.all(`${SELECT_ORGANIZATION} ORDER BY seq`);
  }

  project(id: string): StoredProject | undefined {
    const row = this.#project(id);
    return row && this.#present(row);
  }

  /** A project that was found in the same turn. */
  existing(id: string): StoredProject {
    const project = this.project(id);
    if (!project) throw new Error(`project ${id} was removed within one request`);
    return project;
  }

  /** The organization's project of this name. */
  named(organizationId: string, name: string): StoredProject | undefined {
    const tail = 'WHERE organization_id = :organizationId AND projects.name = :name';
    return this.#select(tail, { organizationId, name })[0];
  }

  /** The organization's projects, oldest first. */
  ofOrganization(id: string): readonly StoredProject[] {
    return this.#select('WHERE organization_id = :id ORDER BY projects.seq', { id });
  }

  /** Number of the organization's projects, without those that have credentials of their own: projects for tests. */
  countOf(organizationId: string): number {
    const sql = 'SELECT count(*) FROM counted_projects WHERE organization_id = ?';
    return this.database.value(sql, organizationId) ?? 0;
  }

  /** The projects of all organizations, oldest first. @param limit how many at most; -1 for all */
  all(limit = -1): readonly StoredProject[] {
    return this.#select('ORDER BY projects.seq LIMIT :limit', { limit });
  }

  addOrganization({ id, name, profile }: Organization): void {
    this.database.run('INSERT INTO organizations (id, name, profile) VALUES (?, ?, ?)', id, name, profile);
  }

  add({ settings = {}, pace = DEFAULT_PACE, ...project }: NewProject): void {
    this.database.run(
      `INSERT INTO projects (id, organization_id, name, created_at, settings, pace)
       VALUES (:id, :organizationId, :name, :createdAt, :settings, :pace)`,
      { ...project, settings: JSON.stringify(settings), pace: JSON.stringify(pace) },
    );
  }

  update(id: string, name: string, settings: ProjectSettings): void {
    const sql = 'UPDATE projects SET name = ?, settings = ? WHERE id = ?';
    this.database.run(sql, name, JSON.stringify(settings), id);
  }

  setPace(id: string, pace: Pace): void {
    this.database.run('UPDATE projects SET pace = ? WHERE id = ?', JSON.stringify(pace), id);
  }

  setClock(id: string, { offsetMs, frozenAt }: ClockState): void {
    const sql = 'UPDATE projects SET clock_offset_ms = ?, frozen_at = ? WHERE id = ?';
    this.database.run(sql, offsetMs, frozenAt ?? null, id);
  }

  /** Moves a project's clock by `ms`, unless it is frozen. */
  shiftClock(id: string, ms: number): void {
    const set = 'SET clock_offset_ms = clock_offset_ms + ?';
    this.database.run(`UPDATE projects ${set} WHERE id = ? AND frozen_at IS NULL`, ms, id);
  }

  /** Moves all frozen clocks by `ms`. */
  shiftFrozen(ms: number): void {
    this.database.run('UPDATE projects SET frozen_at = frozen_at + ? WHERE frozen_at IS NOT NULL', ms);
  }

  /** The project whose clock is furthest from a time. */
  furthestFrom(time: number): StoredProject | undefined {
    const tail = `ORDER BY abs(${PROJECT_NOW} - :time) DESC LIMIT 1`;
    return this.#select(tail, { now: this.now(), time })[0];
  }

  /** Removes all organizations, and with them projects, credentials and tokens. */
  clear(): void {
    for (const table of ['credentials', 'projects', 'organizations'])
      this.database.run(`DELETE FROM ${table}`);
  }

  /** Removes a project and everything in it. */
  remove(id: string): void {
    const from = 'SELECT id, organization_id FROM projects WHERE id = ?';
    this.database.run(`INSERT OR IGNORE INTO deleted_projects ${from}`, id);
    this.database.run('DELETE FROM projects WHERE id = ?', id);
  }

  /** The organization that had a project which was deleted; undefined if there never was one. */
  deletedFrom(id: string): Organization | undefined {
    const from = 'SELECT organization_id FROM deleted_projects WHERE id = ?';
    return this.database.get(`${SELECT_ORGANIZATION} WHERE id = (${from})`, id);
  }

  #select(tail: string, parameters?: Readonly<Record<string, string | number>>): StoredProject[] {
    return this.#rows(tail, parameters).map((row) => this.#present(row));
  }

  #rows(tail: string, parameters: Readonly<Record<string, string | number>> = {}): ProjectRow[] {
    const rows = this.database.all<object>(`${SELECT_PROJECT} ${tail}`, parameters);
    return rows.map((row) => withJson<ProjectRow>(row, 'settings', 'pace', 'clock'));
  }

  #present(row: ProjectRow): StoredProject {
    const { id, name, organizationId, profile, createdAt, settings, pace, clock } = row;
    const present = { frozen: clock.frozenAt !== undefined, now: shows(clock, this.now()) };
    // Every request does this: a spread of the row, whose columns V8 keeps in a hash table, takes 20 times as long.
    return { id, name, organizationId, profile, createdAt, settings, pace, clock, ...present };
  }
}
