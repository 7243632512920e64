import { expect } from 'vitest';
import { S3, test } from './setup.js';

test('my poller survives a FAILED link', async ({ project, client }) => {
  await project.rules.add({ fail: 'the endpoint service rejected the connection', times: 1 });
  const { _id: failing } = await client.create(S3);

  await expect(client.untilDone(failing)).rejects.toThrow('the endpoint service rejected the connection');

  const { _id: id } = await client.create({ ...S3, serviceEndpointId: 'com.amazonaws.us-east-2.s3' });
  expect((await client.untilDone(id)).state).toBe('DONE');
});
