import { migration, type CoveredTable } from '../kernel/tables.js';

/** What a snapshot covers, parents before children. Tokens are not in it: it signs nobody out. */
export const identityTables: readonly CoveredTable[] = [
  { name: 'organizations', key: 'id', project: undefined },
  { name: 'projects', key: 'id', project: 'id', unique: 'name' },
  { name: 'credentials', key: 'id', project: 'project_id' },
  // Of no project: credentials of the whole server have roles in projects.
  { name: 'project_roles', key: 'id', project: undefined },
  { name: 'deleted_projects', key: 'id', project: undefined },
];

export const identityMigrations = ['0001_identity', '0007_deleted_projects', '0008_project_roles'].map(
  migration,
);
