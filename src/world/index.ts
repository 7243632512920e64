export type { DurationSetting, Feature, RunningFeature, Services } from './feature.js';
export type { ProjectCache } from './project-cache.js';
export { FixtureError, loadFixture, parseFixture } from './fixture.js';
export { exportFixture } from './fixture-export.js';
export { durationsSchema, FIXTURE_LIMIT, fixtureSchema, movement, sharedSections } from './fixture-schema.js';
export type { Fixture, FixtureSection, ProjectSection, SharedSection } from './fixture-schema.js';
export { snapshotMigrations } from './snapshots.js';
export { World } from './world.js';
