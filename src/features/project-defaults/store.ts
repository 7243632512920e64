import { refuseTooLarge } from '../../http/steps/body.js';
import type { Database, Migration } from '../../kernel/database.js';

export const projectDefaultsMigrations: readonly Migration[] = [
  {
    name: '0003_project_defaults',
    sql: `
      CREATE TABLE project_defaults (
        project_id TEXT PRIMARY KEY REFERENCES projects (id) ON DELETE CASCADE,
        -- What was written, laid over the defaults: JSON.
        written    TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
];

/** What a project has around it, defaults filled in. */
export interface ProjectDefaults {
  readonly settings: Readonly<Record<string, boolean>>;
  /** Limits that were set, by name. */
  readonly limits: Readonly<Record<string, number>>;
  /** Roles of teams that were added, by the team's id. */
  readonly teams: Readonly<Record<string, readonly string[]>>;
  readonly managedSlowMs: boolean;
}

/** The six settings that Terraform insists on (run), as a new project has them (inferred). */
const DEFAULTS: ProjectDefaults = {
  settings: {
    isCollectDatabaseSpecificsStatisticsEnabled: true,
    isDataExplorerEnabled: true,
    isExtendedStorageSizesEnabled: false,
    isPerformanceAdvisorEnabled: true,
    isRealtimePerformancePanelEnabled: true,
    isSchemaAdvisorEnabled: true,
  },
  limits: {},
  teams: {},
  managedSlowMs: true,
};

/** What surrounds projects, in SQL. */
export class ProjectDefaultsStore {
  constructor(private readonly database: Database) {}

  get(projectId: string): ProjectDefaults {
    return this.written(projectId) ?? DEFAULTS;
  }

  /** What was written, if anything ever was. */
  written(projectId: string): ProjectDefaults | undefined {
    const sql = 'SELECT written FROM project_defaults WHERE project_id = ?';
    const written = this.database.value<string>(sql, projectId);
    return written === undefined ? undefined : (JSON.parse(written) as ProjectDefaults);
  }

  /** Changes what surrounds a project, and returns it as it is then. @throws {Refusal} `bodyTooLarge` */
  update(
    projectId: string,
    change: (old: ProjectDefaults) => Partial<ProjectDefaults>,
  ): Promise<ProjectDefaults> {
    return this.database.write(() => {
      const old = this.get(projectId);
      return this.put(projectId, { ...old, ...change(old) });
    });
  }

  /**
   * Puts what surrounds a project in the place of what there was. Belongs inside a write.
   *
   * @throws {Refusal} `bodyTooLarge`
   */
  put(projectId: string, defaults: ProjectDefaults): ProjectDefaults {
    refuseTooLarge(defaults);
    this.database.run(
      `INSERT INTO project_defaults VALUES (:projectId, :written)
       ON CONFLICT (project_id) DO UPDATE SET written = :written`,
      { projectId, written: JSON.stringify(defaults) },
    );
    return defaults;
  }
}
