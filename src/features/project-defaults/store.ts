import { refuseTooLarge } from '../../http/steps/body.js';
import type { Database } from '../../kernel/database.js';
import { storedJson } from '../../kernel/tables.js';
import { readFixture } from '../../version.js';

/**
 * The settings that Terraform reads (run), whether a new project has each (inferred; that no values of documents are
 * passed on is the default of Atlas's public description), and what each means.
 */
const SETTINGS = readFixture('project-settings.json') as Readonly<Record<string, Setting>>;
type Setting = Readonly<{ default: boolean; description: string }>;

/** What `to` returns for each setting, by name. */
export const mapSettings = <Mapped>(to: (setting: Setting) => Mapped): Record<string, Mapped> =>
  Object.fromEntries(Object.entries(SETTINGS).map(([name, setting]) => [name, to(setting)]));

/** The limits that Atlas has, and the default of each, or null if it has none (Atlas's public description). */
export const LIMITS = readFixture('project-limits.json') as Readonly<Record<string, number | null>>;

/** What a project has around it, defaults filled in. */
export interface ProjectDefaults {
  readonly settings: Readonly<Record<string, boolean>>;
  /** Limits that were set, by name. */
  readonly limits: Readonly<Record<string, number>>;
  /** Roles of teams that were added, by the team's id. */
  readonly teams: Readonly<Record<string, readonly string[]>>;
  readonly managedSlowMs: boolean;
}

const DEFAULT_SETTINGS = mapSettings((setting) => setting.default);

/** What surrounds projects, in SQL. */
export class ProjectDefaultsStore {
  constructor(readonly database: Database) {}

  get(projectId: string): ProjectDefaults {
    const { settings, limits = {}, teams = {}, managedSlowMs = true } = this.written(projectId) ?? {};
    return { settings: { ...DEFAULT_SETTINGS, ...settings }, limits, teams, managedSlowMs };
  }

  /** What was written, if anything ever was. */
  written(projectId: string): ProjectDefaults | undefined {
    const sql = 'SELECT written FROM project_defaults WHERE project_id = ?';
    const written = this.database.value<string>(sql, projectId);
    return written === undefined ? undefined : (storedJson(written) as ProjectDefaults);
  }

  /**
   * Changes what surrounds a project, and returns it as it is then. Belongs inside a write.
   *
   * @throws {Refusal} `bodyTooLarge`
   */
  update(projectId: string, change: (old: ProjectDefaults) => Partial<ProjectDefaults>): ProjectDefaults {
    const old = this.get(projectId);
    const defaults = { ...old, ...change(old) };
    refuseTooLarge(defaults);
    this.database.run(
      `INSERT INTO project_defaults VALUES (:projectId, :written)
       ON CONFLICT (project_id) DO UPDATE SET written = :written`,
      { projectId, written: JSON.stringify(defaults) },
    );
    return defaults;
  }
}

/** The limits that were set, as the API lists them. */
export const limitsIn = ({ limits }: ProjectDefaults) =>
  Object.entries(limits).map(([name, value]) => ({ name, value }));

/** The teams, as the API lists them. */
export const teamsIn = ({ teams }: ProjectDefaults) =>
  Object.entries(teams).map(([teamId, names]) => ({ roleNames: [...names], teamId }));

/** Teams as the API sends them, by their ids. */
export const teamsOf = (teams: readonly { teamId: string; roleNames: string[] }[]) =>
  Object.fromEntries(teams.map(({ teamId, roleNames }) => [teamId, roleNames]));
