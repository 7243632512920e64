import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { checkParameters } from '../../src/http/steps/scope.js';
import { profiles } from '../../src/profiles/index.js';
import { linksPath, SEEDED, TestEmulator } from '../support/emulator.js';
import type { ErrorBody } from '../support/links.js';
import { refusalOf } from '../support/refusal.js';

const OBSERVED = linksPath('observed');

const MALFORMED = ['nothex', 'F'.repeat(24), 'f'.repeat(23), 'f'.repeat(25), 'ünknown'];

describe('malformed path parameters in observed projects', () => {
  it.each(MALFORMED)(
    'a malformed path parameter is a 400 that names the path as sent, without its query: %s',
    async (id) => {
      const emulator = await TestEmulator.start();
      const path = `${OBSERVED}/${encodeURI(id)}`;
      const response = await emulator.as('owner', 'observed', { url: `${path}?pretty=false` });
      expect(response.body).toBe(
        JSON.stringify({
          detail: `One or more path parameter in the request URI ${path} is malformed.`,
          error: 400,
          errorCode: 'PATH_PARAM_PARSE_ERROR',
          parameters: [path],
          reason: 'Bad Request',
        }),
      );
      expect(response.headers['x-error-code']).toBe('PATH_PARAM_PARSE_ERROR');
      expect(response.headers['x-emulator-reason']).toContain('connectionId');
    },
  );

  it('a malformed path parameter is refused before the body is read', async () => {
    const emulator = await TestEmulator.start();
    const accept = 'application/vnd.atlas.2025-03-12+json';
    const response = await emulator.as('owner', 'observed', {
      method: 'PATCH',
      url: `${OBSERVED}/nothex`,
      headers: { accept, 'content-type': 'text/plain' },
      payload: 'x',
    });
    expect(response.json<ErrorBody>().errorCode).toBe('PATH_PARAM_PARSE_ERROR');
  });

  it.each([
    ['the project is unknown', OBSERVED.replace(SEEDED.observed.project, 'f'.repeat(24)), 'GROUP_NOT_FOUND'],
    ['the caller has no role', OBSERVED, 'USER_UNAUTHORIZED'],
  ])('a malformed path parameter is refused only after another condition: %s', async (_, path, errorCode) => {
    const emulator = await TestEmulator.start();
    const response = await emulator.as('outsider', 'observed', { url: `${path}/nothex` });
    expect(response.json<ErrorBody>().errorCode).toBe(errorCode);
  });

  it('only path parameters with a pattern are checked', () => {
    const schemas = { id: Type.String({ pattern: '^a+$' }), name: Type.String() };
    const check = (sent: Record<string, string>) =>
      refusalOf(() => {
        checkParameters(schemas, sent, '/path?query', profiles.observed);
      });
    expect(check({ id: 'aa', name: '!', groupId: '!' })).toBeUndefined();
    expect(check({ name: '!' })).toBeUndefined();
    expect(check({ id: 'b', name: '!' })).toMatchObject({
      parameters: ['/path'],
      name: 'malformedParameter',
    });
  });
});

it.each(MALFORMED)('a malformed path parameter is a 404 like an unknown id: %s', async (id) => {
  const emulator = await TestEmulator.start();
  const url = `${linksPath('documented')}/${encodeURI(id)}`;
  const response = await emulator.as('owner', 'documented', { url });
  expect(response.statusCode).toBe(404);
  expect(response.json<ErrorBody>()).toMatchObject({
    errorCode: 'RESOURCE_NOT_FOUND',
    detail: `Cannot find resource ${id}`,
  });
});
