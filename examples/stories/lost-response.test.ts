import { expect } from 'vitest';
import { S3, test } from './setup.js';

test('my client does not create a second link when the response is lost', async ({ project, client }) => {
  await project.faults.add({ match: { method: 'POST' }, times: 1, drop: 'after' });

  const { _id: id } = await client.create(S3);

  expect(await project.requests.count({ method: 'POST', body: S3 })).toBe(1);
  expect((await project.links.state(id)).state).toBe('PENDING');
});

test('my client creates the link when the request was lost', async ({ project, client }) => {
  await project.faults.add({ match: { method: 'POST' }, times: 1, drop: 'before' });

  await client.create(S3);

  const { totalCount } = (await (await project.fetch('/streams/privateLinkConnections')).json()) as {
    totalCount: number;
  };
  expect(totalCount).toBe(1);
});
