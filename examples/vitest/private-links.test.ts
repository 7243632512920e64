import { expect } from 'vitest';
import { test } from 'atlas-streams-emulator/vitest';

const LINKS = '/streams/privateLinkConnections';
const S3 = {
  provider: 'AWS',
  vendor: 'S3',
  region: 'us-east-1',
  serviceEndpointId: 'com.amazonaws.us-east-1.s3',
};

test('a private link is DONE after two seconds', async ({ project }) => {
  await project.clock.freeze();
  const created = await project.fetch(LINKS, { method: 'POST', json: S3 });
  const { _id: id } = (await created.json()) as { _id: string };

  await project.clock.advance('2s');

  expect(await (await project.fetch(`${LINKS}/${id}`)).json()).toMatchObject({ state: 'DONE' });
});

test('a private link is visible only in its own project', async ({ emulator, project }) => {
  await using other = await emulator.project();

  await project.fetch(LINKS, { method: 'POST', json: S3 });

  expect(await (await other.fetch(LINKS)).json()).toMatchObject({ totalCount: 0 });
});
