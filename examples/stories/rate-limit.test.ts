import { expect } from 'vitest';
import { S3, test } from './setup.js';

test('my client retries a 429 after the delay in Retry-After', async ({ project, client }) => {
  await project.faults.add({ match: { method: 'POST' }, times: 2, rateLimit: { retryAfterS: 30 } });
  const before = Date.parse((await project.clock.read()).now);

  await client.create(S3);

  const statuses = (await project.requests.list({ method: 'POST' })).map(({ status }) => status);
  expect(statuses).toEqual([429, 429, 200]);
  expect(Date.parse((await project.clock.read()).now) - before).toBe(60_000);
});
