export type { DurationSetting, Feature, ProjectCache, RunningFeature, Services } from './feature.js';
export { exportFixture, FixtureError } from './fixture.js';
export { durationsSchema, FIXTURE_LIMIT, fixtureSchema, movement } from './fixture-schema.js';
export type { Fixture, FixtureSection } from './fixture-schema.js';
export { World } from './world.js';
