export { FixtureError, fixtureSchema, loadFixture, parseFixture } from './fixture.js';
export type { Fixture, FixtureSection } from './fixture.js';
export { gatekeeperOf } from './gatekeeper.js';
export { identityMigrations } from './migrations.js';
export { oauth } from './oauth.js';
export { projectOperations } from './routes.js';
export { permits } from './roles.js';
export { IdentityStore } from './store.js';
export type { Credential, StoredProject } from './store.js';
