export type { DurationSetting, Feature, ProjectCache, RunningFeature, Services } from './feature.js';
export { exportFixture, FixtureError } from './fixture.js';
export { durationsSchema, FIXTURE_LIMIT, fixtureSchema, movement, sharedSections } from './fixture-schema.js';
export type { Fixture, FixtureSection, ProjectSection, SharedSection } from './fixture-schema.js';
export { snapshotMigrations } from './snapshots.js';
export { World } from './world.js';
