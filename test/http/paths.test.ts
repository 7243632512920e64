import { describe, expect, it } from 'vitest';
import { API, linksPath, SEEDED, type SeededProfile } from '../support/emulator.js';
import { openLine, shareEmulator, TRANSPORTS } from '../support/transport.js';

const shared = shareEmulator();

const PROFILES: readonly SeededProfile[] = ['documented', 'observed'];
const KEYS = {
  documented: ['error', 'detail', 'reason', 'errorCode'],
  observed: ['detail', 'error', 'errorCode', 'parameters', 'reason'],
};

describe.each(TRANSPORTS)('a path over %s', (transport) => {
  it.each([`${API}x`, `${API}//`, `${API}/nothing`, '/', '/api', '/api/atlas/v1/groups', '//groups'])(
    'that nobody has is a 404 that says where the API begins: %s',
    async (path) => {
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
    },
  );

  it.each(PROFILES)(
    "of a known operation with another method is a 405 in the %s project's form",
    async (profile) => {
      const line = shared.seeded(transport);
      const response = await line.send({ method: 'PUT', path: linksPath(profile) });
      expect(response.status).toBe(405);
      expect(response.header('allow')?.split(', ')).toEqual(expect.arrayContaining(['POST', 'GET']));
      expect(Object.keys(response.json())).toEqual(KEYS[profile]);
      expect(response.json().errorCode).toBe('METHOD_NOT_ALLOWED');
    },
  );

  it.each(PROFILES)('that nobody has, below the %s project, is a 404 in its form', async (profile) => {
    const line = shared.seeded(transport);
    const response = await line.send({ path: `${API}/groups/${SEEDED[profile].project}/nothing/at/all` });
    expect([response.status, Object.keys(response.json())]).toEqual([404, KEYS[profile]]);
  });

  it.each([
    ['HEAD', linksPath('documented')],
    ['OPTIONS', linksPath('documented')],
    ['QUERY', linksPath('documented')],
    ['QUERY', '/_emulator/clock'],
    ['PUT', `${API}/groups`],
    ['DELETE', `${API}/groups`],
    ['POST', '/_emulator/health'],
  ])('has no %s: %s', async (method, path) => {
    const response = await (await openLine(transport)).send({ method, path });
    expect([response.status, response.header('allow')]).toEqual([405, expect.stringContaining('GET')]);
  });
});

describe('an escaped path', () => {
  it('means what it says', async () => {
    const line = shared.seeded('inject');
    const id = SEEDED.documented.project.replace('3', '%33');
    const response = await line.as('reader', 'documented', { path: `${API}/groups/${id}` });
    expect([response.status, response.json().id]).toEqual([200, SEEDED.documented.project]);
  });
});
