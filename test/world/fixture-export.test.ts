import { expect, it, onTestFinished } from 'vitest';
import { defaultConfig } from '../../src/config.js';
import { buildCore } from '../../src/core.js';
import { exportFixture } from '../../src/world/index.js';
import { systemClock } from '../../src/kernel/clock.js';
import { fixtureWith } from '../support/world.js';

it('an export larger than the limit of a fixture is a 409 that says what to do', async () => {
  const links = Array.from({ length: 20 }, (_, number) => ({
    provider: 'AWS',
    vendor: 'S3',
    region: 'us-east-1',
    serviceEndpointId: `com.amazonaws.us-east-1.s3.${'é'.repeat(1000)}${number}`,
  }));
  const config = defaultConfig({ fixture: fixtureWith('documented', links) });
  const core = await buildCore(config, systemClock, (error) => {
    throw error;
  });
  onTestFinished(() => {
    core.close();
  });
  const exported = (limit?: number) => exportFixture(core.identity, core.sections, core.clock.state, limit);

  const bytes = Buffer.byteLength(JSON.stringify(exported()));
  expect(exported(bytes)).toEqual(exported());
  expect(() => exported(Math.floor(bytes * 0.98))).toThrow(
    expect.objectContaining({
      status: 409,
      message: expect.stringContaining('delete resources') as string,
    }),
  );
  // A read that was cut off leaves nothing open: the next write is taken.
  await core.database.write(() => {
    core.world.saveInitial(undefined);
  });
});
