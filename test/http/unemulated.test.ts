import { describe, expect, it } from 'vitest';
import { UNEMULATED, unemulatedOperations } from '../../src/http/unemulated.js';
import { declaredOperations } from '../evidence/operations.js';
import { API, linksPath, SEEDED, TestEmulator, type SeededProfile } from '../support/emulator.js';
import { describeWithEvidence, evidence } from '../support/evidence.js';
import { PROFILES, type ErrorBody } from '../support/links.js';
import { openLine } from '../support/transport.js';

const PATHS = evidence('openapi-streams', { paths: {} }).paths;

/** Each operation of the description, as `METHOD /path/{parameter} operationId`. */
const DESCRIBED = Object.entries(PATHS).flatMap(([template, methods]) =>
  Object.entries(methods).flatMap(([method, { operationId }]) =>
    typeof operationId === 'string' ? [`${method.toUpperCase()} ${template} ${operationId}`] : [],
  ),
);

/** A path of our own tables as the description writes it, the names of its parameters left out. */
function anonymous(text: string): string {
  return text.replace(/\{[^}]*\}/g, '{}').replace(/\/:[^/: ]+/g, '/{}');
}

/** A path that the operation has in a profile's project and organization. */
function pathOf(path: string, profile: SeededProfile): string {
  const { organization, project } = SEEDED[profile];
  return `${API}${path}`
    .replace(':groupId', project)
    .replace(':orgId', organization)
    .replace(/\/:[^/:]+/g, '/something');
}

const ROWS = UNEMULATED.flatMap(([method, path, id]) =>
  PROFILES.map((profile) => ({ method, path, id, profile })),
);

async function notEmulated(emulator: TestEmulator): Promise<unknown> {
  const response = await emulator.inject({ url: '/_emulator/health' });
  return response.json<{ notEmulated: unknown }>().notEmulated;
}

function missingIn(emulator: TestEmulator): string[] {
  return emulator.app.events
    .since(0)
    .flatMap((event) => (event.type === 'operation.missing' ? [event.data.operation] : []));
}

describeWithEvidence('the list of what is not emulated', () => {
  it('has each operation of the description that the emulator does not have, and no other', () => {
    const emulated = declaredOperations().map(({ id }) => id);
    const wanted = DESCRIBED.filter((row) => !emulated.includes(row.split(' ')[2] ?? ''));
    const listed = UNEMULATED.map(([method, path, id]) => `${method} ${API}${path} ${id}`);
    expect(listed.map(anonymous).sort()).toEqual(wanted.map(anonymous).sort());
    expect(wanted.length).toBeGreaterThan(30);
  });
});

describe('an operation that is not emulated', () => {
  it.each(ROWS)(
    'is answered with 501 and its name: $method $path, $profile',
    async ({ method, path, id, profile }) => {
      const emulator = await TestEmulator.start({ profile });
      const request = { method: method as 'GET', url: pathOf(path, profile) };
      for (const response of [await emulator.as('owner', profile, request), await emulator.inject(request)]) {
        const body = response.json<ErrorBody>();
        expect([response.statusCode, body.error, body.errorCode]).toEqual([501, 501, 'NOT_EMULATED']);
        expect(body.detail).toContain(id);
        expect(body.parameters).toEqual(profile === 'observed' ? [id] : undefined);
        expect(response.headers['x-emulator-reason']).toContain(id);
      }
    },
  );

  it('is told once, and listed under health in the order of asking', async () => {
    const emulator = await TestEmulator.start();
    const workspaces = `${API}/groups/${SEEDED.observed.project}/streams`;
    expect(await notEmulated(emulator)).toEqual([]);
    await emulator.inject({ method: 'POST', url: workspaces });
    await emulator.inject({ url: `${workspaces}?itemsPerPage=7` });
    await emulator.inject({ method: 'POST', url: workspaces });
    await emulator.inject({ url: workspaces });
    const asked = ['createGroupStreamWorkspace', 'listGroupStreamWorkspaces'];
    expect(await notEmulated(emulator)).toEqual(asked);
    expect(missingIn(emulator)).toEqual(asked);
  });

  it('is not confused with a method that its path does not have', async () => {
    const emulator = await TestEmulator.start();
    const url = `${API}/groups/${SEEDED.observed.project}/streams`;
    const response = await emulator.inject({ method: 'PUT', url });
    expect([response.statusCode, response.headers.allow]).toEqual([405, 'GET, POST']);
    expect(await notEmulated(emulator)).toEqual([]);
  });

  // Atlas's description has these paths beside `/streams/{tenantName}`, and these methods of them.
  it.each([
    ['accountDetails', ['PATCH', 'DELETE', 'POST'], 'GET'],
    ['privateLinkConnections', ['PATCH', 'DELETE'], 'GET, POST'],
    ['vpcPeeringConnections', ['PATCH', 'DELETE', 'POST'], 'GET'],
    ['activeVpcPeeringConnections', ['PATCH', 'DELETE'], 'GET'],
    ['privateLinkConnections/connections', ['POST'], 'DELETE, GET, PATCH'],
    ['privateLinkConnections/auditLogs', ['POST'], 'DELETE, GET, PATCH'],
  ])('is not taken for that of a workspace: %s', async (below, methods, allowed) => {
    const { send } = await openLine('socket');
    const path = `${API}/groups/${SEEDED.observed.project}/streams/${below}`;
    for (const method of methods) {
      const response = await send({ method, path });
      expect([response.status, response.json().errorCode], method).toEqual([405, 'METHOD_NOT_ALLOWED']);
      expect(response.header('allow')?.split(', ').sort().join(', ')).toBe(allowed);
    }
    const health = await send({ path: '/_emulator/health' });
    expect(health.json()).toMatchObject({ notEmulated: [] });
    const workspace = await send({
      method: 'PATCH',
      path: `${API}/groups/${SEEDED.observed.project}/streams/mine`,
    });
    expect(workspace.status).toBe(501);
  });

  it('is not confused with what Atlas does not have, or with what is emulated', async () => {
    const emulator = await TestEmulator.start();
    for (const url of [`${API}/nothing`, `${API}/groups/${SEEDED.observed.project}/streams/a/b/c/d/e`]) {
      expect((await emulator.inject({ url })).statusCode, url).toBe(404);
    }
    for (const { method, path, id } of declaredOperations()) {
      const url = pathOf(path, 'observed');
      expect((await emulator.inject({ method, url })).statusCode, id).toBe(401);
    }
    expect(await notEmulated(emulator)).toEqual([]);
    expect(missingIn(emulator)).toEqual([]);
  });
});

describe('unemulatedOperations()', () => {
  it('finds a verb behind a parameter, and no other', () => {
    const table = unemulatedOperations();
    const at = (path: string): string | undefined =>
      table.methodsOf(`${API}/groups/g/streams${path}`).get('POST');
    expect(at('/w/processor/p:start')).toBe('startGroupStreamProcessor');
    expect(at('/w/processor/p:startWith')).toBe('startGroupStreamProcessorWith');
    expect(at('/w/processor/p:restart')).toBeUndefined();
    expect(at('/vpcPeeringConnections/v:accept')).toBe('acceptGroupStreamVpcPeeringConnection');
  });
});

describe("clients' telemetry", () => {
  it.each(['/api/private/v1.0/telemetry/events', '/api/private/unauth/telemetry/events'])(
    'is swallowed at %s, whatever it is',
    async (url) => {
      const emulator = await TestEmulator.start();
      const posts = [
        { payload: '[{"event":"x"}]', headers: { 'content-type': 'application/json' } },
        {
          payload: '{ <Payload> }',
          headers: { 'content-type': 'application/json', authorization: 'Bearer x' },
        },
        { payload: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
        { payload: Buffer.from([0, 255]) },
        {},
      ];
      for (const post of posts) {
        const response = await emulator.inject({ method: 'POST', url, ...post });
        expect([response.statusCode, response.body]).toEqual([204, '']);
      }
      expect(await notEmulated(emulator)).toEqual([]);
      const links = await emulator.as('owner', 'observed', { url: linksPath('observed') });
      expect(links.json()).toMatchObject({ totalCount: 0 });
    },
  );
});
