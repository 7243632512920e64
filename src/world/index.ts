export type {
  DurationSetting,
  Feature,
  ProjectCache,
  ProviderState,
  RunningFeature,
  Services,
  ShownStates,
} from './feature.js';
export { exportFixture, FixtureError } from './fixture.js';
export { durationsSchema, FIXTURE_LIMIT, fixtureSchema, movement, strictness } from './fixture-schema.js';
export type { Fixture, FixtureSection } from './fixture-schema.js';
export { World } from './world.js';
