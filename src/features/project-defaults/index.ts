import type { Static } from '@sinclair/typebox';
import type { Project } from '../../http/gatekeeper.js';
import { migration } from '../../kernel/tables.js';
import type { Feature, FixtureSection } from '../../world/index.js';
import { projectDefaultsOperations } from './routes.js';
import { fixtureDefaults } from './schema.js';
import { limitsIn, ProjectDefaultsStore, teamsIn, teamsOf } from './store.js';

/**
 * What Terraform's `mongodbatlas_project` reads and writes around a project (read in its source, and run): settings,
 * limits, teams, users and the like, with plain defaults. What is written is stored and shown, and has no effect.
 */
export const projectDefaults: Feature = {
  name: 'project-defaults',
  migrations: [migration('0003_project_defaults')],
  tables: [{ name: 'project_defaults', key: 'project_id', project: 'project_id' }],
  start({ database }) {
    const store = new ProjectDefaultsStore(database);
    return { operations: projectDefaultsOperations(store), sections: [projectDefaultsSection(store)] };
  },
};

/** What surrounds a project in a fixture: what was written, in the API's own forms. */
function projectDefaultsSection(store: ProjectDefaultsStore): FixtureSection {
  return {
    key: 'projectDefaults',
    item: fixtureDefaults,
    single: true,
    load(_transaction, { id }: Project, item) {
      const { settings, limits = [], teams = [], ...rest } = item as Static<typeof fixtureDefaults>;
      store.update(id, (old) => ({
        ...rest,
        settings: { ...old.settings, ...settings },
        limits: Object.fromEntries(limits.map(({ name, value }) => [name, value])),
        teams: teamsOf(teams),
      }));
    },
    save({ id }: Project) {
      const written = store.written(id);
      return written ? [{ ...written, limits: limitsIn(written), teams: teamsIn(written) }] : [];
    },
  };
}
