import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startEmulator } from 'atlas-streams-emulator';

const LINKS = '/streams/privateLinkConnections';
const S3 = {
  provider: 'AWS',
  vendor: 'S3',
  region: 'us-east-1',
  serviceEndpointId: 'com.amazonaws.us-east-1.s3',
};

let emulator;
before(async () => (emulator = await startEmulator()));
after(() => emulator.close());

test('a private link is DONE after two seconds', async (t) => {
  const project = await emulator.project();
  t.after(() => project.delete());
  await project.clock.freeze();
  const { _id: id } = await (await project.fetch(LINKS, { method: 'POST', json: S3 })).json();

  await project.clock.advance('2s');

  const link = await (await project.fetch(`${LINKS}/${id}`)).json();
  assert.equal(link.state, 'DONE');
});
