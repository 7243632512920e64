import type { Feature } from '../../world/index.js';
import { projectDefaultsSection } from './fixture.js';
import { projectDefaultsOperations } from './routes.js';
import { ProjectDefaultsStore, projectDefaultsMigrations } from './store.js';

/**
 * What Terraform's `mongodbatlas_project` reads and writes around a project (read in its source, and run): settings,
 * limits, teams, users and the like, with plain defaults. What is written is kept and shown, and has no effect.
 */
export const projectDefaults: Feature = {
  name: 'project-defaults',
  migrations: projectDefaultsMigrations,
  tables: [{ name: 'project_defaults', key: 'project_id', project: 'project_id' }],
  start({ database }) {
    const store = new ProjectDefaultsStore(database);
    return { operations: projectDefaultsOperations(store), sections: [projectDefaultsSection(store)] };
  },
};
