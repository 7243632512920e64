import type { Project } from 'atlas-streams-emulator';
import { test as base } from 'atlas-streams-emulator/vitest';
import { PrivateLinkClient } from './client.js';

export const S3 = {
  provider: 'AWS',
  vendor: 'S3',
  region: 'us-east-1',
  serviceEndpointId: 'com.amazonaws.us-east-1.s3',
};

/** A client of a project. Where it would wait, the project's time moves on: no test waits. */
export function clientOf(project: Project): PrivateLinkClient {
  return new PrivateLinkClient({
    baseUrl: project.url,
    projectId: project.id,
    ...project.credentials.owner.serviceAccount,
    wait: (ms) => project.clock.advance(ms),
  });
}

/** `test` with a project of its own, whose time stands still, and a client of it. */
export const test = base.extend('client', async ({ project }) => {
  await project.clock.freeze();
  return clientOf(project);
});
