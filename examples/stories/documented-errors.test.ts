import { describe, expect } from 'vitest';
import { AtlasError } from './client.js';
import { S3, test } from './setup.js';

describe('my code handles each documented error', () => {
  test.for([400, 401, 403, 404, 409, 429, 500])('%i', async (status, { project, client }) => {
    await project.faults.add({ match: { method: 'POST' }, answer: { status } });

    const error: unknown = await client.create(S3).catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(AtlasError);
    expect(error).toMatchObject({ status, errorCode: expect.stringMatching(/^[A-Z_]+$/) as string });
  });

  test('409, because the link exists', async ({ client }) => {
    await client.create(S3);
    await expect(client.create(S3)).rejects.toMatchObject({
      status: 409,
      errorCode: 'STREAM_PRIVATE_LINK_ALREADY_EXISTS',
    });
  });

  test('403, because the caller lacks the role', async ({ project }) => {
    const response = await project
      .as('reader')
      .fetch('/streams/privateLinkConnections', { method: 'POST', json: S3 });
    expect(response.status).toBe(403);
    const [refused] = await project.requests.refused({ limit: 1 });
    expect(refused?.refusal.remedy).toContain('Project Owner');
  });
});
