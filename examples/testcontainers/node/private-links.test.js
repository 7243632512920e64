import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectEmulator } from 'atlas-streams-emulator';
import { GenericContainer, Wait } from 'testcontainers';

const TOKEN = 'token-of-the-tests';

/** @type {import('testcontainers').StartedTestContainer} */
let container;
/** @type {import('atlas-streams-emulator').Emulator} */
let emulator;

before(async () => {
  container = await new GenericContainer('atlas-streams-emulator')
    .withEnvironment({ ATLAS_EMULATOR_CONTROL_TOKEN: TOKEN })
    .withExposedPorts(27080)
    .withWaitStrategy(Wait.forHttp('/_emulator/health', 27080))
    .start();
  emulator = await connectEmulator(`http://${container.getHost()}:${container.getMappedPort(27080)}`, TOKEN);
});
after(() => container.stop());

test('a new project has no links', async (t) => {
  const project = await emulator.project();
  t.after(() => project.delete());
  const links = await project.fetch('/streams/privateLinkConnections');
  assert.match(await links.text(), /"totalCount":0/);
});
