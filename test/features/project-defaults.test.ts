import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../src/features/project-defaults/store.js';
import { API, SEEDED, TestEmulator } from '../support/emulator.js';
import { PROFILES } from '../support/links.js';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

const accept = 'application/vnd.atlas.2025-02-19+json';

/** Sends a request about what surrounds the observed project. */
async function openProject(profile: 'documented' | 'observed' = 'observed') {
  const emulator = await TestEmulator.start();
  const ask = async (method: Method, below: string, payload?: object, version = accept) => {
    const url = `${API}/groups/${SEEDED[profile].project}/${below}`;
    const headers = { accept: version, 'content-type': 'application/json' };
    const response = await emulator.as('owner', profile, {
      method,
      url,
      headers,
      ...(payload && { payload }),
    });
    return { status: response.statusCode, body: response.json<Record<string, unknown>>() };
  };
  return { ask };
}

it('the settings of a project are the ten booleans that Terraform reads, and each can be changed', async () => {
  const { ask } = await openProject();
  const { body: before } = await ask('GET', 'settings');
  expect(Object.keys(before)).toEqual([
    'isClusterAiAssistantEnabled',
    'isCollectDatabaseSpecificsStatisticsEnabled',
    'isDataExplorerEnabled',
    'isDataExplorerGenAIFeaturesEnabled',
    'isDataExplorerGenAISampleDocumentPassingEnabled',
    'isExtendedStorageSizesEnabled',
    'isNativeRerankingEnabled',
    'isPerformanceAdvisorEnabled',
    'isRealtimePerformancePanelEnabled',
    'isSchemaAdvisorEnabled',
  ]);
  const flipped = Object.fromEntries(Object.entries(before).map(([name, on]) => [name, on !== true]));
  expect((await ask('PATCH', 'settings', flipped)).body).toEqual(flipped);
  expect((await ask('GET', 'settings')).body).toEqual(flipped);
  const one = { isNativeRerankingEnabled: before.isNativeRerankingEnabled };
  expect((await ask('PATCH', 'settings', one)).body).toEqual({ ...flipped, ...one });
});

describe('limits of a project', () => {
  it.each(Object.entries(LIMITS))(
    'the limit %s of a project has the default %s until it is set',
    async (name, standard) => {
      const { ask } = await openProject();
      const path = `limits/${name}`;
      const unset =
        standard === null
          ? { status: 404, body: expect.objectContaining({ errorCode: 'RESOURCE_NOT_FOUND' }) as object }
          : { status: 200, body: { name, value: standard } };
      expect(await ask('GET', path)).toEqual(unset);
      expect(await ask('PATCH', path, { value: 7 })).toEqual({ status: 200, body: { name, value: 7 } });
      expect((await ask('GET', path)).body).toEqual({ name, value: 7 });
      expect((await ask('GET', 'limits')).body).toEqual([{ name, value: 7 }]);
      expect((await ask('DELETE', path)).status).toBe(200);
      expect(await ask('GET', path)).toEqual(unset);
      expect((await ask('GET', 'limits')).body).toEqual([]);
    },
  );

  describe.each(PROFILES)('unknown limits of a %s project', (profile) => {
    it.each(['incorrect.name', 'constructor', '__proto__', 'ATLAS.PROJECT.DEPLOYMENT.CLUSTERS'])(
      'an unknown limit of a project is a 404: %s',
      async (name) => {
        const { ask } = await openProject(profile);
        for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
          const { status, body } = await ask(
            method,
            `limits/${name}`,
            method === 'PATCH' ? { value: 1 } : undefined,
          );
          expect([status, body], method).toEqual([
            404,
            expect.objectContaining({ errorCode: 'RESOURCE_NOT_FOUND', reason: 'Not Found' }),
          ]);
        }
        expect((await ask('GET', 'limits')).body).toEqual([]);
      },
    );
  });
});

describe('users of a project', () => {
  it('the user of a project is its creator, with a stable id', async () => {
    const { ask } = await openProject();
    const { body } = await ask('GET', 'users');
    expect(body).toMatchObject({
      totalCount: 1,
      results: [
        {
          id: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
          orgMembershipStatus: 'ACTIVE',
          roles: ['GROUP_OWNER'],
        },
      ],
    });
    expect((await ask('GET', 'users')).body).toEqual(body);
    const other = await openProject('documented');
    expect((await other.ask('GET', 'users')).body.results).not.toEqual(body.results);
  });

  it('the first version of the users of a project lists none, because it has other fields', async () => {
    const { ask } = await openProject();
    const { body } = await ask('GET', 'users', undefined, 'application/vnd.atlas.2023-01-01+json');
    expect(body).toMatchObject({ totalCount: 0, results: [] });
  });
});

it('a project has no IP addresses', async () => {
  const { ask } = await openProject();
  const { project } = SEEDED.observed;
  expect((await ask('GET', 'ipAddresses')).body).toEqual({ groupId: project, services: { clusters: [] } });
});
