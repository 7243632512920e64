import type { Organization, Project } from '../http/gatekeeper.js';
import type { ClockState } from '../kernel/clock-state.js';
import type { Database } from '../kernel/database.js';
import { USUAL_PACE, type Pace } from '../kernel/pace.js';

/** A project as the store has it. `createdAt` is in milliseconds of real time. */
export interface StoredProject extends Project {
  readonly createdAt: number;
  readonly settings: ProjectSettings;
}

/** What the owner of a project sets beside its name; what was not set is left out. */
export interface ProjectSettings {
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  readonly withDefaultAlertsSettings?: boolean;
  readonly regionUsageRestrictions?: string;
}

/** A project to add. */
export interface NewProject {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly createdAt: number;
  readonly settings?: ProjectSettings;
  readonly pace?: Pace;
}

type ProjectRow = Omit<StoredProject, 'settings' | 'pace' | 'frozen'> & {
  readonly settings: string;
  readonly pace: string;
  readonly frozen: number;
};

/** What a project's clock shows when real time is `:now`. */
export const PROJECT_NOW = 'coalesce(projects.frozen_at, :now + projects.clock_offset_ms)';

const SELECT_PROJECT = `
  SELECT projects.id, projects.name, organization_id AS organizationId, profile, created_at AS createdAt,
    settings, pace, frozen_at IS NOT NULL AS frozen, ${PROJECT_NOW} AS now
  FROM projects JOIN organizations ON organizations.id = organization_id`;

const BY_ID = `${SELECT_PROJECT} WHERE projects.id = :id`;
const BY_NAME = `${SELECT_PROJECT} WHERE organization_id = :organizationId AND projects.name = :name`;
const OF_ORGANIZATION = `${SELECT_PROJECT} WHERE organization_id = :organizationId ORDER BY projects.seq`;
const OLDEST = `${SELECT_PROJECT} ORDER BY projects.seq LIMIT :limit`;

/** Organizations and their projects in SQL. Writes belong inside `Database.write`. */
export class ProjectStore {
  constructor(
    private readonly database: Database,
    private readonly now: () => number,
  ) {}

  /** Whether there is no organization. */
  isEmpty(): boolean {
    return this.database.value('SELECT NOT EXISTS (SELECT 1 FROM organizations)') === 1;
  }

  organization(id: string): Organization | undefined {
    return this.database.get('SELECT id, name, profile FROM organizations WHERE id = ?', id);
  }

  project(id: string): StoredProject | undefined {
    return this.#first(BY_ID, { id });
  }

  /** The organization's project of this name. */
  named(organizationId: string, name: string): StoredProject | undefined {
    return this.#first(BY_NAME, { organizationId, name });
  }

  /** The organization's projects, oldest first. */
  ofOrganization(organizationId: string): readonly StoredProject[] {
    return this.#all(OF_ORGANIZATION, { organizationId });
  }

  /** The projects of all organizations, oldest first. @param limit how many at most; -1 for all */
  all(limit = -1): readonly StoredProject[] {
    return this.#all(OLDEST, { limit });
  }

  addOrganization({ id, name, profile }: Organization): void {
    this.database.run('INSERT INTO organizations (id, name, profile) VALUES (?, ?, ?)', id, name, profile);
  }

  add({ settings = {}, pace = USUAL_PACE, ...project }: NewProject): void {
    this.database.run(
      `INSERT INTO projects (id, organization_id, name, created_at, settings, pace)
       VALUES (:id, :organizationId, :name, :createdAt, :settings, :pace)`,
      { ...project, settings: JSON.stringify(settings), pace: JSON.stringify(pace) },
    );
  }

  update(id: string, name: string, settings: ProjectSettings): void {
    this.database.run(
      'UPDATE projects SET name = ?, settings = ? WHERE id = ?',
      name,
      JSON.stringify(settings),
      id,
    );
  }

  /** The project's own clock, relative to the emulator's. */
  clock(id: string): ClockState | undefined {
    const row = this.database.get<{ offsetMs: number; frozenAt: number | null }>(
      'SELECT clock_offset_ms AS offsetMs, frozen_at AS frozenAt FROM projects WHERE id = ?',
      id,
    );
    return row && { offsetMs: row.offsetMs, frozenAt: row.frozenAt ?? undefined };
  }

  setClock(id: string, { offsetMs, frozenAt }: ClockState): void {
    this.database.run(
      'UPDATE projects SET clock_offset_ms = ?, frozen_at = ? WHERE id = ?',
      offsetMs,
      frozenAt ?? null,
      id,
    );
  }

  setPace(id: string, pace: Pace): void {
    this.database.run('UPDATE projects SET pace = ? WHERE id = ?', JSON.stringify(pace), id);
  }

  /** Moves a project's clock by `ms`, if it runs. */
  shiftClock(id: string, ms: number): void {
    this.database.run(
      'UPDATE projects SET clock_offset_ms = clock_offset_ms + ? WHERE id = ? AND frozen_at IS NULL',
      ms,
      id,
    );
  }

  /** Moves all frozen clocks by `ms`. */
  shiftFrozen(ms: number): void {
    this.database.run('UPDATE projects SET frozen_at = frozen_at + ? WHERE frozen_at IS NOT NULL', ms);
  }

  /** The project whose clock shows the latest moment. */
  furthestAhead(): { readonly id: string; readonly now: number } | undefined {
    return this.database.get(`SELECT id, ${PROJECT_NOW} AS now FROM projects ORDER BY now DESC LIMIT 1`, {
      now: this.now(),
    });
  }

  /** All organizations, oldest first. */
  organizations(): readonly Organization[] {
    return this.database.all('SELECT id, name, profile FROM organizations ORDER BY seq');
  }

  /** Removes all organizations, and with them projects, credentials and tokens. */
  clear(): void {
    for (const table of ['credentials', 'projects', 'organizations']) {
      this.database.run(`DELETE FROM ${table}`);
    }
  }

  /** Removes a project and all that is in it. */
  remove(id: string): void {
    this.database.run('DELETE FROM projects WHERE id = ?', id);
  }

  #first(sql: string, parameters: Record<string, string>): StoredProject | undefined {
    const row = this.database.get<ProjectRow>(sql, { ...parameters, now: this.now() });
    return row && stored(row);
  }

  #all(sql: string, parameters: Record<string, string | number>): readonly StoredProject[] {
    return this.database.all<ProjectRow>(sql, { ...parameters, now: this.now() }).map(stored);
  }
}

function stored(row: ProjectRow): StoredProject {
  return {
    ...row,
    settings: JSON.parse(row.settings) as ProjectSettings,
    pace: JSON.parse(row.pace) as Pace,
    frozen: row.frozen === 1,
  };
}
