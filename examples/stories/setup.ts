import type { Project } from 'atlas-streams-emulator';
import { test as base } from 'atlas-streams-emulator/vitest';
import { PrivateLinkClient } from './client.js';

export const S3 = {
  provider: 'AWS',
  vendor: 'S3',
  region: 'us-east-1',
  serviceEndpointId: 'com.amazonaws.us-east-1.s3',
};

/** A client for a project. Instead of waiting, it advances the project's clock. */
export function clientOf(project: Project): PrivateLinkClient {
  return new PrivateLinkClient({
    baseUrl: project.url,
    projectId: project.id,
    ...project.credentials.owner.serviceAccount,
    wait: (ms) => project.clock.advance(ms),
  });
}

/** `test` with a project whose clock is frozen, and a client for it. */
export const test = base.extend('client', async ({ project }) => {
  await project.clock.freeze();
  return clientOf(project);
});
