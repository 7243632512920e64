import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startEmulator } from 'atlas-streams-emulator';

const LINKS = '/streams/privateLinkConnections';
const S3 = {
  provider: 'AWS',
  vendor: 'S3',
  region: 'us-east-1',
  serviceEndpointId: 'com.amazonaws.us-east-1.s3',
};

let emulator;
let project;
beforeAll(async () => (emulator = await startEmulator()));
afterAll(() => emulator.close());
beforeEach(async () => (project = await emulator.project()));
afterEach(() => project.delete());

test('a private link is DONE after two seconds', async () => {
  await project.clock.freeze();
  const { _id: id } = await (await project.fetch(LINKS, { method: 'POST', json: S3 })).json();

  await project.clock.advance('2s');

  expect(await (await project.fetch(`${LINKS}/${id}`)).json()).toMatchObject({ state: 'DONE' });
});
