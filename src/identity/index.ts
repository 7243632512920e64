export { CredentialStore, type Credential, type Identity } from './credential-store.js';
export { identityMigrations, identityTables } from './migrations.js';
export { oauth, serviceAccountScheme, TOKEN_LIFE_S, tokenOperations } from './oauth.js';
export { organizationOperations } from './organization-routes.js';
export { projectOperations } from './project-routes.js';
export { nameSchema } from './project-schema.js';
export { ProjectStore, type StoredProject } from './project-store.js';
export { ORGANIZATION_ROLES, permits, PROJECT_ROLES, roleNamesFor, rolesFor } from './roles.js';
export { ownerOf, userSchema } from './users.js';
