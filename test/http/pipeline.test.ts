import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { linksPath, SEEDED, TestEmulator, type SeededCaller } from '../support/emulator.js';

/**
 * One walk through the steps: each request fails at one step alone, and would fail at every later one too, so that a
 * step that comes too late is noticed.
 */
interface Step {
  readonly step: string;
  readonly caller?: SeededCaller;
  readonly request: InjectOptions;
  readonly status: number;
  readonly errorCode: string;
}

const path = linksPath('documented');
const unknown = 'f'.repeat(24);
const good = { accept: 'application/vnd.atlas.2024-05-30+json', 'content-type': 'application/json' };

const STEPS: readonly Step[] = [
  {
    step: 'step 1 (route)',
    request: { method: 'PUT', url: `${path}?pretty=maybe`, headers: { accept: '*/*' } },
    status: 405,
    errorCode: 'METHOD_NOT_ALLOWED',
  },
  {
    step: 'step 3 (credentials)',
    request: {
      method: 'POST',
      url: `${path}?pretty=maybe`,
      headers: { accept: '*/*', 'content-type': 'text/plain' },
      payload: 'x',
    },
    status: 401,
    errorCode: 'NOT_ORG_GROUP_CREATOR',
  },
  {
    step: 'step 5 (media type)',
    caller: 'outsider',
    request: {
      method: 'POST',
      url: `${path}?pretty=maybe`,
      headers: { accept: '*/*', 'content-type': 'text/plain' },
      payload: 'x',
    },
    status: 406,
    errorCode: 'INVALID_VERSION_DATE',
  },
  {
    step: 'step 6 (query)',
    caller: 'outsider',
    request: {
      method: 'POST',
      url: `${path}?pretty=maybe`,
      headers: { 'content-type': 'text/plain' },
      payload: 'x',
    },
    status: 400,
    errorCode: 'VALIDATION_ERROR',
  },
  {
    step: 'step 7 (project)',
    caller: 'outsider',
    request: {
      method: 'POST',
      url: path.replace(SEEDED.documented.project, 'NOT-HEX'),
      headers: { 'content-type': 'text/plain' },
      payload: 'x',
    },
    status: 400,
    errorCode: 'VALIDATION_ERROR',
  },
  {
    step: 'step 7 (project)',
    caller: 'outsider',
    request: {
      method: 'POST',
      url: path.replace(SEEDED.documented.project, unknown),
      headers: { 'content-type': 'text/plain' },
      payload: 'x',
    },
    status: 404,
    errorCode: 'RESOURCE_NOT_FOUND',
  },
  {
    step: 'step 7 (project)',
    caller: 'outsider',
    request: { method: 'POST', url: path, headers: { 'content-type': 'text/plain' }, payload: 'x' },
    status: 403,
    errorCode: 'CANNOT_CHANGE_GROUP_NAME',
  },
  {
    step: 'step 8 (body)',
    caller: 'owner',
    request: {
      method: 'POST',
      url: path,
      headers: { 'content-type': 'text/plain' },
      payload: `{${' '.repeat(1024 * 1024)}`,
    },
    status: 415,
    errorCode: 'UNSUPPORTED_MEDIA_TYPE',
  },
  {
    step: 'step 8 (body)',
    caller: 'owner',
    request: { method: 'POST', url: path, headers: good, payload: `{${' '.repeat(1024 * 1024)}` },
    status: 413,
    errorCode: 'REQUEST_TOO_LARGE',
  },
  {
    step: 'step 8 (body)',
    caller: 'owner',
    request: { method: 'POST', url: path, headers: good, payload: '{ <Payload> }' },
    status: 400,
    errorCode: 'VALIDATION_ERROR',
  },
  {
    step: 'step 8 (body)',
    caller: 'owner',
    request: { method: 'POST', url: path, headers: good, payload: '[]' },
    status: 400,
    errorCode: 'VALIDATION_ERROR',
  },
  {
    step: 'step 9 (fields)',
    caller: 'owner',
    request: {
      method: 'POST',
      url: path,
      headers: good,
      payload: '{"provider":"NIMBUS","vendor":"NOBODY","region":7}',
    },
    status: 400,
    errorCode: 'VALIDATION_ERROR',
  },
  {
    step: 'step 9 (fields)',
    caller: 'owner',
    request: {
      method: 'POST',
      url: path,
      headers: good,
      payload: '{"provider":"AWS","vendor":"NOBODY","region":7}',
    },
    status: 400,
    errorCode: 'VALIDATION_ERROR',
  },
  {
    step: 'step 9 (fields)',
    caller: 'owner',
    request: {
      method: 'POST',
      url: path,
      headers: good,
      payload: '{"provider":"AWS","vendor":"NOBODY"}',
    },
    status: 400,
    errorCode: 'VALIDATION_ERROR',
  },
  {
    step: 'step 9 (fields)',
    caller: 'owner',
    request: { method: 'POST', url: path, headers: good, payload: '{"provider":"AWS","vendor":"MSK"}' },
    status: 400,
    errorCode: 'VALIDATION_ERROR',
  },
  {
    step: 'step 10 (state)',
    caller: 'owner',
    request: { method: 'POST', url: path, headers: good, payload: '{"provider":"AWS"}' },
    status: 409,
    errorCode: 'STREAM_PRIVATE_LINK_ALREADY_EXISTS',
  },
];

describe('pipeline of a request', () => {
  it('a request is refused at the first step that fails, whatever fails later', async () => {
    const emulator = await TestEmulator.start();
    expect((await emulator.create('documented', { provider: 'AWS' })).statusCode).toBe(200);

    for (const { step, caller, request, status, errorCode } of STEPS) {
      const response = caller
        ? await emulator.as(caller, 'documented', request)
        : await emulator.inject(request);
      const where = `${step}: ${JSON.stringify(request).slice(0, 300)}`;
      expect(response.headers['x-emulator-reason'], where).toMatch(
        new RegExp(`^${step.replace(/[()]/g, '\\$&')}:`),
      );
      expect([response.statusCode, response.json<{ errorCode: string }>().errorCode], where).toEqual([
        status,
        errorCode,
      ]);
    }
  });

  it('a scripted response is sent before credentials are checked, and changes nothing', async () => {
    const emulator = await TestEmulator.start();
    const response = await emulator.inject({
      method: 'POST',
      url: path,
      headers: { prefer: 'code=403' },
      payload: 'x',
    });
    expect(response.statusCode).toBe(403);
    expect(response.headers['preference-applied']).toBe('code=403');
  });

  it('a request that no step refuses gets its response', async () => {
    const emulator = await TestEmulator.start();
    const response = await emulator.create('documented', {
      provider: 'AWS',
      vendor: 'S3',
      region: 'us-east-1',
      serviceEndpointId: 'com.amazonaws.us-east-1.s3',
    });
    expect(response.statusCode).toBe(200);
    expect(response.headers['x-emulator-reason']).toBeUndefined();
  });
});
