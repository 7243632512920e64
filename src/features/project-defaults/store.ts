import { readFileSync } from 'node:fs';
import { refuseTooLarge } from '../../http/steps/body.js';
import type { Database, Migration } from '../../kernel/database.js';
import { FIXTURES } from '../../version.js';

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

/**
 * The settings that Terraform reads (run), whether a new project has each (inferred; that no values of documents are
 * passed on is the default of Atlas's public description), and what each means.
 */
export const SETTINGS: Readonly<Record<string, readonly [on: boolean, what: string]>> = {
  isClusterAiAssistantEnabled: [true, 'it has the assistant for clusters'],
  isCollectDatabaseSpecificsStatisticsEnabled: [true, 'statistics of its databases are collected'],
  isDataExplorerEnabled: [true, 'it has the data explorer'],
  isDataExplorerGenAIFeaturesEnabled: [true, 'its data explorer has generative AI features'],
  isDataExplorerGenAISampleDocumentPassingEnabled: [false, 'these features are sent values of its documents'],
  isExtendedStorageSizesEnabled: [false, 'it has extended storage sizes'],
  isNativeRerankingEnabled: [false, 'its aggregations can rerank results'],
  isPerformanceAdvisorEnabled: [true, 'it has the performance advisor'],
  isRealtimePerformancePanelEnabled: [true, 'it has the real-time performance panel'],
  isSchemaAdvisorEnabled: [true, 'it has the schema advisor'],
};

/**
 * The limits that Atlas has, and the default of each, or null if it has none (Atlas's public description, in
 * `fixtures/project-limits.json`).
 */
export const LIMITS = JSON.parse(readFileSync(new URL('project-limits.json', FIXTURES), 'utf8')) as Readonly<
  Record<string, number | null>
>;

/** What a project has around it, defaults filled in. */
export interface ProjectDefaults {
  readonly settings: Readonly<Record<string, boolean>>;
  /** Limits that were set, by name. */
  readonly limits: Readonly<Record<string, number>>;
  /** Roles of teams that were added, by the team's id. */
  readonly teams: Readonly<Record<string, readonly string[]>>;
  readonly managedSlowMs: boolean;
}

const DEFAULT_SETTINGS = Object.fromEntries(Object.entries(SETTINGS).map(([name, [on]]) => [name, on]));

/** What surrounds projects, in SQL. */
export class ProjectDefaultsStore {
  constructor(private readonly database: Database) {}

  get(projectId: string): ProjectDefaults {
    const { settings, limits = {}, teams = {}, managedSlowMs = true } = this.written(projectId) ?? {};
    return { settings: { ...DEFAULT_SETTINGS, ...settings }, limits, teams, managedSlowMs };
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

/** The limits that were set, as the API lists them. */
export const limitsIn = ({ limits }: ProjectDefaults) =>
  Object.entries(limits).map(([name, value]) => ({ name, value }));

/** The teams, as the API lists them. */
export const teamsIn = ({ teams }: ProjectDefaults) =>
  Object.entries(teams).map(([teamId, names]) => ({ roleNames: [...names], teamId }));
