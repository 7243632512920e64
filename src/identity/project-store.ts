import type { Statement } from 'better-sqlite3';
import type { Organization, Project } from '../http/gatekeeper.js';
import type { ClockState } from '../kernel/clock-state.js';
import type { Database } from '../kernel/database.js';
import { USUAL_PACE, type Pace } from '../kernel/pace.js';
import type { ProfileName } from '../profiles/index.js';

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

interface ProjectRow {
  id: string;
  name: string;
  organizationId: string;
  profile: ProfileName;
  createdAt: number;
  settings: string;
  pace: string;
  frozen: number;
  now: number;
}

/** What a project's clock shows when real time is `:now`. */
export const PROJECT_NOW = 'coalesce(projects.frozen_at, :now + projects.clock_offset_ms)';

const SELECT_PROJECT = `
  SELECT projects.id, projects.name, organization_id AS organizationId, profile, created_at AS createdAt,
    settings, pace, frozen_at IS NOT NULL AS frozen, ${PROJECT_NOW} AS now
  FROM projects JOIN organizations ON organizations.id = organization_id`;

/** Organizations and their projects in SQL. Writes belong inside `Database.write`. */
export class ProjectStore {
  readonly #now: () => number;
  readonly #isEmpty: Statement<[], number>;
  readonly #organization: Statement<[string], Organization>;
  readonly #project: Statement<[{ id: string; now: number }], ProjectRow>;
  readonly #named: Statement<[{ organizationId: string; name: string; now: number }], ProjectRow>;
  readonly #ofOrganization: Statement<[{ organizationId: string; now: number }], ProjectRow>;
  readonly #first: Statement<[{ limit: number; now: number }], ProjectRow>;
  readonly #addOrganization: Statement<[{ id: string; name: string; profile: string }]>;
  readonly #add: Statement<[Omit<NewProject, 'pace' | 'settings'> & { settings: string; pace: string }]>;
  readonly #update: Statement<[{ id: string; name: string; settings: string }]>;
  readonly #remove: Statement<[string]>;
  readonly #clock: Statement<[string], { offsetMs: number; frozenAt: number | null }>;
  readonly #setClock: Statement<[{ id: string; offsetMs: number; frozenAt: number | null }]>;
  readonly #setPace: Statement<[{ id: string; pace: string }]>;
  readonly #all: Statement<[{ now: number }], ProjectRow>;
  readonly #shiftClock: Statement<[{ id: string; ms: number }]>;
  readonly #shiftFrozen: Statement<[number]>;
  readonly #furthestAhead: Statement<[{ now: number }], { id: string; now: number }>;
  readonly #organizations: Statement<[], Organization>;
  readonly #clear: readonly Statement<[]>[];

  constructor(database: Database, now: () => number) {
    this.#now = now;
    this.#isEmpty = database.prepare<[], number>('SELECT NOT EXISTS (SELECT 1 FROM organizations)').pluck();
    this.#organization = database.prepare('SELECT id, name, profile FROM organizations WHERE id = ?');
    this.#project = database.prepare(`${SELECT_PROJECT} WHERE projects.id = :id`);
    this.#named = database.prepare(
      `${SELECT_PROJECT} WHERE organization_id = :organizationId AND projects.name = :name`,
    );
    this.#ofOrganization = database.prepare(
      `${SELECT_PROJECT} WHERE organization_id = :organizationId ORDER BY projects.seq`,
    );
    this.#first = database.prepare(`${SELECT_PROJECT} ORDER BY projects.seq LIMIT :limit`);
    this.#addOrganization = database.prepare(
      'INSERT INTO organizations (id, name, profile) VALUES (:id, :name, :profile)',
    );
    this.#add = database.prepare(
      `INSERT INTO projects (id, organization_id, name, created_at, settings, pace)
       VALUES (:id, :organizationId, :name, :createdAt, :settings, :pace)`,
    );
    this.#update = database.prepare('UPDATE projects SET name = :name, settings = :settings WHERE id = :id');
    this.#remove = database.prepare('DELETE FROM projects WHERE id = ?');
    this.#clock = database.prepare(
      'SELECT clock_offset_ms AS offsetMs, frozen_at AS frozenAt FROM projects WHERE id = ?',
    );
    this.#setClock = database.prepare(
      'UPDATE projects SET clock_offset_ms = :offsetMs, frozen_at = :frozenAt WHERE id = :id',
    );
    this.#setPace = database.prepare('UPDATE projects SET pace = :pace WHERE id = :id');
    this.#all = database.prepare(`${SELECT_PROJECT} ORDER BY projects.seq`);
    this.#shiftClock = database.prepare(
      `UPDATE projects SET clock_offset_ms = clock_offset_ms + :ms WHERE id = :id AND frozen_at IS NULL`,
    );
    this.#shiftFrozen = database.prepare(
      'UPDATE projects SET frozen_at = frozen_at + ? WHERE frozen_at IS NOT NULL',
    );
    this.#furthestAhead = database.prepare(
      `SELECT id, ${PROJECT_NOW} AS now FROM projects ORDER BY now DESC LIMIT 1`,
    );
    this.#organizations = database.prepare('SELECT id, name, profile FROM organizations ORDER BY seq');
    this.#clear = ['credentials', 'projects', 'organizations'].map((table) =>
      database.prepare<[]>(`DELETE FROM ${table}`),
    );
  }

  /** Whether there is no organization. */
  isEmpty(): boolean {
    return this.#isEmpty.get() === 1;
  }

  organization(id: string): Organization | undefined {
    return this.#organization.get(id);
  }

  project(id: string): StoredProject | undefined {
    return stored(this.#project.get({ id, now: this.#now() }));
  }

  /** The organization's project of this name. */
  named(organizationId: string, name: string): StoredProject | undefined {
    return stored(this.#named.get({ organizationId, name, now: this.#now() }));
  }

  /** The organization's projects, oldest first. */
  ofOrganization(organizationId: string): readonly StoredProject[] {
    return this.#ofOrganization.all({ organizationId, now: this.#now() }).map((row) => stored(row));
  }

  /** The oldest projects of all organizations. */
  first(limit: number): readonly StoredProject[] {
    return this.#first.all({ limit, now: this.#now() }).map((row) => stored(row));
  }

  addOrganization({ id, name, profile }: Organization): void {
    this.#addOrganization.run({ id, name, profile });
  }

  add({ settings = {}, pace = USUAL_PACE, ...project }: NewProject): void {
    this.#add.run({ ...project, settings: JSON.stringify(settings), pace: JSON.stringify(pace) });
  }

  update(id: string, name: string, settings: ProjectSettings): void {
    this.#update.run({ id, name, settings: JSON.stringify(settings) });
  }

  /** All projects, oldest first. */
  all(): readonly StoredProject[] {
    return this.#all.all({ now: this.#now() }).map((row) => stored(row));
  }

  /** The project's own clock, relative to the emulator's. */
  clock(id: string): ClockState | undefined {
    const row = this.#clock.get(id);
    return row && { offsetMs: row.offsetMs, frozenAt: row.frozenAt ?? undefined };
  }

  setClock(id: string, { offsetMs, frozenAt }: ClockState): void {
    this.#setClock.run({ id, offsetMs, frozenAt: frozenAt ?? null });
  }

  setPace(id: string, pace: Pace): void {
    this.#setPace.run({ id, pace: JSON.stringify(pace) });
  }

  /** Moves a project's clock by `ms`, if it runs. */
  shiftClock(id: string, ms: number): void {
    this.#shiftClock.run({ id, ms });
  }

  /** Moves all clocks that stand still by `ms`. */
  shiftFrozen(ms: number): void {
    this.#shiftFrozen.run(ms);
  }

  /** The project whose clock shows the latest moment. */
  furthestAhead(): { readonly id: string; readonly now: number } | undefined {
    return this.#furthestAhead.get({ now: this.#now() });
  }

  /** All organizations, oldest first. */
  organizations(): readonly Organization[] {
    return this.#organizations.all();
  }

  /** Removes all organizations, and with them projects, credentials and tokens. */
  clear(): void {
    for (const statement of this.#clear) statement.run();
  }

  /** Removes a project and all that is in it. */
  remove(id: string): void {
    this.#remove.run(id);
  }
}

function stored(row: ProjectRow): StoredProject;
function stored(row: ProjectRow | undefined): StoredProject | undefined;
function stored(row: ProjectRow | undefined): StoredProject | undefined {
  return (
    row && {
      ...row,
      settings: JSON.parse(row.settings) as ProjectSettings,
      pace: JSON.parse(row.pace) as Pace,
      frozen: row.frozen === 1,
    }
  );
}
