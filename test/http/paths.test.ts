import { describe, expect, it } from 'vitest';
import { API, linksPath, SEEDED, type SeededProfile } from '../support/emulator.js';
import { shareEmulator, TRANSPORTS } from '../support/transport.js';

const shared = shareEmulator();

const PROFILES: readonly SeededProfile[] = ['documented', 'observed'];
const KEYS = {
  documented: ['error', 'detail', 'reason', 'errorCode'],
  observed: ['detail', 'error', 'errorCode', 'parameters', 'reason'],
};

describe.each(TRANSPORTS)('paths over %s', (transport) => {
  it.each([
    `${API}x`,
    `${API}//`,
    `${API}/nothing`,
    '/',
    '/api',
    '/api/atlas/v1/groups',
    '//groups',
    `/${API}/groups`,
  ])('an unknown path is a 404 that says where the API begins: %s', async (path) => {
    const line = shared.seeded(transport);
    for (const method of ['GET', 'POST']) {
      const response = await line.send({
        method,
        path,
        headers: { 'content-type': 'text/plain' },
        body: 'x',
      });
      expect(response.status).toBe(404);
      expect(response.header('x-emulator-reason')).toMatch(/^step 1 \(route\): .*\/api\/atlas\/v2/);
    }
  });

  it.each(PROFILES)(
    'an unknown path below the %s project is a 404 in the form of its profile',
    async (profile) => {
      const line = shared.seeded(transport);
      const response = await line.send({ path: `${API}/groups/${SEEDED[profile].project}/nothing/at/all` });
      expect([response.status, Object.keys(response.json())]).toEqual([404, KEYS[profile]]);
    },
  );

  it.each([
    ['documented', `${linksPath('documented').replace('privateLink', 'privatelink')}?pageNum=1`, 501],
    ['observed', linksPath('observed').replace('streams', 'stream'), 404],
    ['observed', `/${linksPath('observed')}`, 404],
  ] as const)('a misspelled path gets a suggestion: %s, %s', async (profile, path, status) => {
    const response = await shared.seeded(transport).send({ path });
    expect(response.status).toBe(status);
    expect(response.header('x-emulator-reason')).toContain(`Did you mean ${linksPath(profile)}? `);
  });

  it.each(PROFILES)(
    'the body of the response to a misspelled path has the suggestion, %s',
    async (profile) => {
      const list = linksPath(profile);
      const path = list.replace('privateLink', 'privatelink');
      const response = await shared.seeded(transport).send({ path });
      const { errorCode, detail, parameters } = response.json();
      expect([response.status, errorCode]).toEqual([501, 'NOT_EMULATED']);
      const operation = 'getGroupStreamWorkspace';
      expect([detail, parameters]).toEqual(
        profile === 'observed'
          ? [
              `Did you mean ${list}? The emulator does not have the operation ${operation}.`,
              [list, operation],
            ]
          : [
              `As it is spelled, this path is that of Atlas's operation ${operation}, which the emulator does not have. ` +
                `Did you mean ${list}? If not, call real Atlas.`,
              undefined,
            ],
      );
    },
  );

  it.each(['observed', 'documented'] as const)('a path may end in a slash, %s', async (profile) => {
    const line = shared.seeded(transport);
    const list = linksPath(profile);
    const with_ = await line.as('reader', profile, { path: `${list}/?pretty=false` });
    const without = await line.as('reader', profile, { path: `${list}?pretty=false` });
    expect([with_.status, with_.text]).toEqual([200, without.text]);
  });
});

it('an escaped path is decoded before it is matched', async () => {
  const line = shared.seeded('inject');
  const id = SEEDED.documented.project.replace('3', '%33');
  const response = await line.as('reader', 'documented', { path: `${API}/groups/${id}` });
  expect([response.status, response.json().id]).toEqual([200, SEEDED.documented.project]);
});
