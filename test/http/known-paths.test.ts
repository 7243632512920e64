import { Type } from '@sinclair/typebox';
import { describe, expect, it } from 'vitest';
import { accountDetails } from '../../src/features/account-details/index.js';
import type { Feature } from '../../src/features/index.js';
import { privateLinks } from '../../src/features/private-links/index.js';
import { KnownPaths } from '../../src/http/known-paths.js';
import { atlasResource, type AtlasOperation } from '../../src/http/operation.js';
import { resource } from '../../src/http/replies/replies.js';
import { ATLAS_OPERATIONS_FILE } from '../support/atlas-operations.js';
import { ManualClock } from '../support/clock.js';
import { API, SEEDED, TestEmulator } from '../support/emulator.js';
import type { ErrorBody } from '../support/links.js';

describe('known paths', () => {
  const paths = new KnownPaths(ATLAS_OPERATIONS_FILE);
  paths.add('GET', `${API}/groups/:id`);
  paths.add('GET', `${API}/groups/all`);
  paths.add('GET', '/_emulator/projects/:groupId/clock');

  it.each([
    ['/groups', { GET: 'listGroups', POST: 'createGroup' }],
    ['/groups/x', { GET: undefined, DELETE: 'deleteGroup', PATCH: 'updateGroup' }],
    ['/groups/all', { GET: undefined }],
    ['/groups/byName', { GET: undefined, DELETE: 'deleteGroup', PATCH: 'updateGroup' }],
    ['/groups/x:y', {}],
    ['/groups/x:migrate', { POST: 'migrateGroup' }],
    ['/groups/byName/x', { GET: 'getGroupByName' }],
    ['/groups/byName/streams', { GET: 'getGroupByName' }],
    ['/groups/x/streams', { GET: 'listGroupStreamWorkspaces', POST: 'createGroupStreamWorkspace' }],
    ['/groups/x/streams?pageNum=1', { GET: 'listGroupStreamWorkspaces', POST: 'createGroupStreamWorkspace' }],
    ['/groups/x/streams/accountDetails', { GET: 'getGroupStreamAccountDetails' }],
    ['/groups/x/streams/w:downloadOperationalLogs', { GET: 'downloadGroupStreamOperationalLogs' }],
    ['/groups/x/streams/w/processor/p:start', { POST: 'startGroupStreamProcessor' }],
    ['/groups/x/streams/w/processor/p%3AstartWith', { POST: 'startGroupStreamProcessorWith' }],
    ['/groups/x/streams/w/processor/p:restart', {}],
    ['/groups/x/streams/vpcPeeringConnections/v:accept', { POST: 'acceptGroupStreamVpcPeeringConnection' }],
    ['/groups/x/clusters/h/logs/mongodb.gz', { GET: 'downloadGroupClusterLog' }],
    ['/groups/x/clusters/h/logs/mongodb', {}],
    // Atlas names the parameter by its method.
    [
      '/groups/x/sampleDatasetLoad/y',
      { GET: 'getGroupSampleDatasetLoad', POST: 'requestGroupSampleDatasetLoad' },
    ],
    ['/groups/', { GET: 'listGroups', POST: 'createGroup' }],
    ['/groups/x/', { GET: undefined, DELETE: 'deleteGroup', PATCH: 'updateGroup' }],
    ['/groups//', {}],
    ['/groups/x/y', {}],
    ['/Groups', {}],
    ['groups', {}],
    ['', { GET: 'getSystemStatus' }],
    ['/', { GET: 'getSystemStatus' }],
  ])('methodsOf("%s") returns the operations of the path by method', (path, methods) => {
    expect(Object.fromEntries(paths.methodsOf(API + path))).toEqual(methods);
  });

  it.each([
    ['/groups/x/streams/privatelinkconnections', '/groups/x/streams/privateLinkConnections'],
    ['/groups/x/streams/private-link-connections', '/groups/x/streams/privateLinkConnections'],
    ['/groups/x/streams/privateLinkConnection/y', '/groups/x/streams/privateLinkConnections/y'],
    ['/groups/x/stream/privateLinkConnections/', '/groups/x/streams/privateLinkConnections'],
    ['//groups/x//streams/privateLinkConnections', '/groups/x/streams/privateLinkConnections'],
    ['/group/x?pretty=true', '/groups/x'],
    // Atlas has these, or nothing is near.
    ['/groups/x/streams/privateLinkConnections', undefined],
    ['/groups/byName/x', undefined],
    ['/groups/x/nothing', undefined],
    ['/groups/x/streams/private', undefined],
    ['/orgs', undefined],
  ])('suggestion("%s") returns the nearest known path: %s', (path, suggestion) => {
    const known = new KnownPaths(ATLAS_OPERATIONS_FILE);
    for (const own of ['/groups/:groupId', '/groups/:groupId/teams', '/groups/:groupId/streams/:name/x']) {
      known.add('GET', API + own);
    }
    known.add('POST', `${API}/groups/:groupId/streams/privateLinkConnections`);
    known.add('GET', `${API}/groups/:groupId/streams/privateLinkConnections/:connectionId`);
    expect(known.suggestion(API + path)).toBe(suggestion && API + suggestion);
  });

  it('suggestion() corrects the version of the API, and suggests nothing for the root', () => {
    const known = new KnownPaths(ATLAS_OPERATIONS_FILE);
    known.add('GET', `${API}/groups`);
    expect(known.suggestion('/api/atlas/v1/groups')).toBe(`${API}/groups`);
    expect(known.suggestion('/')).toBeUndefined();
    expect(known.suggestion('*')).toBeUndefined();
  });

  it('methodsOf() includes paths outside the Atlas API, and absolute targets', () => {
    expect([...paths.methodsOf('/_emulator/projects/x/clock').keys()]).toEqual(['GET']);
    expect([...paths.methodsOf(`http://emulator${API}/groups`).keys()]).toEqual(['GET', 'POST']);
    for (const target of ['*', '/', '']) expect(paths.methodsOf(target).size, target).toBe(0);
  });
});

const workspace = atlasResource('/groups/:groupId/streams', {
  tag: { name: 'Workspaces', description: 'What is not emulated.' },
  versions: ['2023-02-01'],
  javaClass: 'ApiStreams',
  access: 'readProject',
});

/** A resource with routes beside literal paths, as the workspaces of Atlas have. */
const workspaces: Feature = {
  migrations: [],
  start: () => ({
    operations: [
      route('GET', '/:tenantName'),
      route('PATCH', '/:tenantName'),
      route('DELETE', '/:workspace'),
      route('POST', '/:tenantName/connections'),
      route('POST', '/vpcPeeringConnections/:id:accept'),
    ],
  }),
};

/** An operation that answers with its own path and the parameters it was given. */
function route(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string): AtlasOperation {
  return workspace(`${method} ${path}`, method, path, {
    summary: 'Answers.',
    response: Type.Object({}),
    handle: ({ parameters }) =>
      resource({ path, parameters: Object.values(parameters as Record<string, string>).slice(1) }),
  });
}

describe('operations whose last segment is a parameter', () => {
  const send = async (method: string, path: string) => {
    const emulator = await TestEmulator.start({}, new ManualClock(), [
      privateLinks,
      accountDetails,
      workspaces,
    ]);
    const url = `${API}/groups/${SEEDED.observed.project}/streams${path}`;
    const headers = { accept: 'application/vnd.atlas.2025-01-01+json' };
    return emulator.as('owner', 'observed', { method: method as 'GET', url, headers });
  };

  it.each([
    ['GET', '/mine', '/:tenantName', ['mine']],
    ['PATCH', '/accountDetail', '/:tenantName', ['accountDetail']],
    ['DELETE', '/accountDetails2', '/:workspace', ['accountDetails2']],
    ['POST', '/mine/connections', '/:tenantName/connections', ['mine']],
    ['POST', '/vpcPeeringConnections/v:accept', '/vpcPeeringConnections/:id:accept', ['v']],
  ])('a path parameter matches what has no literal path: %s %s', async (method, path, taker, parameters) => {
    const response = await send(method, path);
    expect([response.statusCode, response.json()]).toEqual([200, { path: taker, parameters }]);
  });

  it('a literal path takes precedence over a path parameter', async () => {
    const response = await send('GET', '/accountDetails?cloudProvider=aws&regionName=US_EAST_1');
    expect(response.json()).toMatchObject({ cloudProvider: 'aws' });
  });

  it.each([
    ['GET', '/vpcPeeringConnections', 'listGroupStreamVpcPeeringConnections'],
    ['GET', '/activeVpcPeeringConnections', 'listGroupStreamActiveVpcPeeringConnections'],
    ['GET', '/mine:downloadOperationalLogs', 'downloadGroupStreamOperationalLogs'],
    ['GET', '/accountDetails:downloadOperationalLogs', 'downloadGroupStreamOperationalLogs'],
    ['POST', '/vpcPeeringConnections/v:reject', 'rejectGroupStreamVpcPeeringConnection'],
    ['DELETE', '/vpcPeeringConnections/v', 'deleteGroupStreamVpcPeeringConnection'],
  ])(
    'a path parameter does not match an Atlas operation that is not emulated, which is a 501: %s %s',
    async (method, path, missing) => {
      const response = await send(method, path);
      expect([response.statusCode, response.json<ErrorBody>().parameters]).toEqual([501, [missing]]);
    },
  );

  it.each([
    ['PATCH', '/accountDetails', 'GET,OPTIONS'],
    ['DELETE', '/accountDetails', 'GET,OPTIONS'],
    ['PATCH', '/privateLinkConnections', 'POST,GET,OPTIONS'],
    ['DELETE', '/vpcPeeringConnections', 'GET,OPTIONS'],
    ['PATCH', '/mine:downloadOperationalLogs', 'GET,OPTIONS'],
    ['POST', '/privateLinkConnections/connections', 'DELETE,GET,OPTIONS,PATCH'],
    ['POST', '/mine', 'DELETE,GET,OPTIONS,PATCH'],
    ['PUT', '/mine/connections', 'POST,GET,OPTIONS'],
  ])(
    'a method that a literal path lacks is a 405 beside a path parameter: %s %s',
    async (method, path, allowed) => {
      const response = await send(method, path);
      expect([response.statusCode, response.headers.allow]).toEqual([405, allowed]);
    },
  );
});
