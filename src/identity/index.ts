export { CredentialStore, type Identity } from './credential-store.js';
export { oauth, TOKEN_LIFE_S, tokenOperations } from './oauth.js';
export { organizationOperations, userSchema, usersPage } from './organization-routes.js';
export { tooManyProjects } from './project-conditions.js';
export { projectOperations } from './project-routes.js';
export { nameSchema } from './project-schema.js';
export { identityTables, ProjectStore, type StoredProject } from './project-store.js';
export { ORGANIZATION_ROLES, permits, PROJECT_ROLES, roleNamesFor, rolesFor } from './roles.js';
export { secretsOf, type Secrets } from './secrets.js';
