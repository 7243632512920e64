import { describe, expect, it, vi } from 'vitest';
import { declaredOperations } from '../evidence/operations.js';
import { ATLAS_OPERATIONS, type AtlasOperation } from '../support/atlas-operations.js';
import { API, linksPath, SEEDED, TestEmulator, type SeededProfile } from '../support/emulator.js';
import { describeWithEvidence, evidence } from '../support/evidence.js';
import { PROFILES, type ErrorBody } from '../support/links.js';
import { openLine } from '../support/transport.js';

// Each of the operations that are not emulated is called: seconds of CPU on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const placeOf = ({ method, path }: Pick<AtlasOperation, 'method' | 'path'>): string =>
  `${method} ${path.replace(/\{\w+\}/g, '{}').replace(/\/:\w+/g, '/{}')}`;
const EMULATED = new Set(declaredOperations().map(placeOf));
const UNEMULATED = ATLAS_OPERATIONS.filter((operation) => !EMULATED.has(placeOf(operation)));

/** An operation in one line, without the names of its parameters. */
function lineOf(operation: AtlasOperation): string {
  return `${placeOf(operation)} ${operation.id}`;
}

/** A path that the operation has in a profile's project and organization. */
function pathOf(path: string, profile: SeededProfile): string {
  const { organization, project } = SEEDED[profile];
  return `${API}${path}`
    .replace(':groupId', project)
    .replace(':orgId', organization)
    .replace(/\/:\w+/g, '/something');
}

async function notEmulated(emulator: TestEmulator): Promise<unknown> {
  const response = await emulator.inject({ url: '/_emulator/health' });
  return response.json<{ notEmulated: unknown }>().notEmulated;
}

function missingIn(emulator: TestEmulator): string[] {
  return emulator.app.events
    .since(0)
    .flatMap((event) => (event.type === 'operation.missing' ? [event.data.operation] : []));
}

describe("the list of Atlas's operations", () => {
  it('the list of Atlas operations has each emulated operation, under the same name', () => {
    const listed = ATLAS_OPERATIONS.map(lineOf);
    const declared = declaredOperations().map(lineOf);
    expect(declared.filter((one) => !listed.includes(one))).toEqual([]);
  });

  it('the list of Atlas operations is sorted by path, and names each operation once', () => {
    const paths = [...new Set(ATLAS_OPERATIONS.map(({ path }) => path))];
    expect(paths).toEqual([...paths].sort());
    expect(new Set(ATLAS_OPERATIONS.map(({ id }) => id)).size).toBe(ATLAS_OPERATIONS.length);
  });
});

describeWithEvidence("the list of Atlas's operations beside the public description", () => {
  it('the list of Atlas operations equals the public API description', () => {
    // The root of the API is in the description, and not in the list made from it.
    const root: AtlasOperation = { method: 'GET', path: '', id: 'getSystemStatus' };
    const { operations } = evidence('operations', { operations: [] });
    const wanted = [root, ...operations.map(([method, path, id]) => ({ method, path, id }))];
    expect(ATLAS_OPERATIONS.map(lineOf).sort()).toEqual(wanted.map(lineOf).sort());
    expect(wanted.length).toBe(540);
  });

  it('the list of Atlas operations has each operation of stream processing', () => {
    const listed = ATLAS_OPERATIONS.map(lineOf);
    const described = Object.entries(evidence('openapi-streams', { paths: {} }).paths).flatMap(
      ([template, methods]) =>
        Object.entries(methods).flatMap(([method, { operationId }]) =>
          typeof operationId === 'string'
            ? [lineOf({ method: method.toUpperCase(), path: template.replace(API, ''), id: operationId })]
            : [],
        ),
    );
    expect(described.filter((one) => !listed.includes(one))).toEqual([]);
    expect(described.length).toBeGreaterThan(30);
  });
});

describe('operations that are not emulated', () => {
  it.each(PROFILES)(
    'an operation that is not emulated is a 501 with its name, with credentials and without: %s',
    async (profile) => {
      const emulator = await TestEmulator.start({ profile });
      for (const { method, path, id } of UNEMULATED) {
        const request = { method: method as 'GET', url: pathOf(path, profile) };
        for (const response of [
          await emulator.as('owner', profile, request),
          await emulator.inject(request),
        ]) {
          const body = response.json<ErrorBody>();
          expect([response.statusCode, body.error, body.errorCode], id).toEqual([501, 501, 'NOT_EMULATED']);
          expect(body.detail).toContain(id);
          expect(body.parameters).toEqual(profile === 'observed' ? [id] : undefined);
          expect(response.headers['x-emulator-reason']).toContain(id);
        }
      }
      expect(await notEmulated(emulator)).toEqual(UNEMULATED.map(({ id }) => id));
      expect(UNEMULATED.length).toBeGreaterThan(450);
    },
  );

  it.each(['containers', 'clusters', 'databaseUsers', 'peers', 'processes'])(
    'a link of a project to an operation that is not emulated leads to a 501: %s',
    async (below) => {
      const emulator = await TestEmulator.start();
      const { project } = SEEDED.observed;
      const answer = await emulator.as('owner', 'observed', { url: `${API}/groups/${project}` });
      const { links } = answer.json<{ links: { href: string }[] }>();
      const href = links.map((link) => link.href).find((one) => one.endsWith(`/${below}`)) ?? '';
      const response = await emulator.as('owner', 'observed', { url: href.replace(/^https?:\/\/[^/]+/, '') });
      expect(response.statusCode).toBe(below === 'clusters' ? 200 : 501);
    },
  );

  it('an operation that is not emulated is emitted once and listed under health in order of request', async () => {
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

  it('an unsupported method is a 405 even if the path is not emulated', async () => {
    const emulator = await TestEmulator.start();
    const url = `${API}/groups/${SEEDED.observed.project}/streams`;
    const response = await emulator.inject({ method: 'PUT', url });
    expect([response.statusCode, response.headers.allow]).toEqual([405, 'POST,GET,OPTIONS']);
    expect(await notEmulated(emulator)).toEqual([]);
  });

  // Atlas's description has these paths beside `/streams/{tenantName}`, and these methods of them.
  it.each([
    ['accountDetails', ['PATCH', 'DELETE', 'POST'], 'GET,OPTIONS'],
    ['privateLinkConnections', ['PATCH', 'DELETE'], 'POST,GET,OPTIONS'],
    ['vpcPeeringConnections', ['PATCH', 'DELETE', 'POST'], 'GET,OPTIONS'],
    ['activeVpcPeeringConnections', ['PATCH', 'DELETE'], 'GET,OPTIONS'],
    ['privateLinkConnections/connections', ['POST'], 'DELETE,GET,OPTIONS,PATCH'],
    ['privateLinkConnections/auditLogs', ['POST'], 'DELETE,GET,OPTIONS,PATCH'],
  ])(
    'a literal path beside the workspace parameter is not taken for a workspace: %s',
    async (below, methods, allowed) => {
      const { send } = await openLine('socket');
      const path = `${API}/groups/${SEEDED.observed.project}/streams/${below}`;
      for (const method of methods) {
        const response = await send({ method, path });
        expect([response.status, response.header('allow')], method).toEqual([405, allowed]);
      }
      const health = await send({ path: '/_emulator/health' });
      expect(health.json()).toMatchObject({ notEmulated: [] });
      const workspace = await send({
        method: 'PATCH',
        path: `${API}/groups/${SEEDED.observed.project}/streams/mine`,
      });
      expect(workspace.status).toBe(501);
    },
  );

  it('unknown paths and emulated operations are not reported as not emulated', async () => {
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

it.each(['/api/private/v1.0/telemetry/events', '/api/private/unauth/telemetry/events'])(
  'telemetry sent to %s is accepted and ignored, whatever it is',
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
