import { expect } from 'vitest';
import { S3, test } from './setup.js';

test('my token is renewed after an hour', async ({ project, client }) => {
  const { _id: id } = await client.create(S3);

  await project.clock.advance('1h');
  await client.untilDone(id);

  const statuses = (await project.requests.list({ method: 'GET' })).map(({ status }) => status);
  expect(statuses).toEqual([401, 200]);
});
