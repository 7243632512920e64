import { API_PREFIX, PathTable } from './paths.js';

/** Operations of Atlas around stream processing beside those that were emulated first: a fact sheet, not a plan. */
export const UNEMULATED: readonly (readonly [method: string, path: string, id: string])[] = [
  ['GET', '', 'getSystemStatus'],
  ['POST', '/orgs', 'createOrg'],
  ['PATCH', '/orgs/:orgId', 'updateOrg'],
  ['DELETE', '/orgs/:orgId', 'deleteOrg'],
  ['GET', '/groups/:groupId/streams', 'listGroupStreamWorkspaces'],
  ['POST', '/groups/:groupId/streams', 'createGroupStreamWorkspace'],
  ['POST', '/groups/:groupId/streams:withSampleConnections', 'withGroupStreamSampleConnections'],
  [
    'GET',
    '/groups/:groupId/streams/activeVpcPeeringConnections',
    'listGroupStreamActiveVpcPeeringConnections',
  ],
  ['GET', '/groups/:groupId/streams/vpcPeeringConnections', 'listGroupStreamVpcPeeringConnections'],
  ['DELETE', '/groups/:groupId/streams/vpcPeeringConnections/:id', 'deleteGroupStreamVpcPeeringConnection'],
  [
    'POST',
    '/groups/:groupId/streams/vpcPeeringConnections/:id:accept',
    'acceptGroupStreamVpcPeeringConnection',
  ],
  [
    'POST',
    '/groups/:groupId/streams/vpcPeeringConnections/:id:reject',
    'rejectGroupStreamVpcPeeringConnection',
  ],
  ['GET', '/groups/:groupId/streams/:tenantName', 'getGroupStreamWorkspace'],
  ['PATCH', '/groups/:groupId/streams/:tenantName', 'updateGroupStreamWorkspace'],
  ['DELETE', '/groups/:groupId/streams/:tenantName', 'deleteGroupStreamWorkspace'],
  [
    'GET',
    '/groups/:groupId/streams/:tenantName:downloadOperationalLogs',
    'downloadGroupStreamOperationalLogs',
  ],
  ['GET', '/groups/:groupId/streams/:tenantName/auditLogs', 'downloadGroupStreamAuditLogs'],
  ['GET', '/groups/:groupId/streams/:tenantName/connections', 'listGroupStreamConnections'],
  ['POST', '/groups/:groupId/streams/:tenantName/connections', 'createGroupStreamConnection'],
  ['GET', '/groups/:groupId/streams/:tenantName/connections/:connectionName', 'getGroupStreamConnection'],
  [
    'PATCH',
    '/groups/:groupId/streams/:tenantName/connections/:connectionName',
    'updateGroupStreamConnection',
  ],
  [
    'DELETE',
    '/groups/:groupId/streams/:tenantName/connections/:connectionName',
    'deleteGroupStreamConnection',
  ],
  ...failover('GET', '', 'listGroupStreamConnectionFailoverConnections'),
  ...failover('POST', '', 'createGroupStreamConnectionFailoverConnection'),
  ...failover('GET', '/:failoverConnectionId', 'getGroupStreamConnectionFailoverConnection'),
  ...failover('PATCH', '/:failoverConnectionId', 'updateGroupStreamConnectionFailoverConnection'),
  ...failover('DELETE', '/:failoverConnectionId', 'deleteGroupStreamConnectionFailoverConnection'),
  ['GET', '/groups/:groupId/streams/:tenantName/processors', 'getGroupStreamProcessors'],
  ['POST', '/groups/:groupId/streams/:tenantName/processor', 'createGroupStreamProcessor'],
  ['GET', '/groups/:groupId/streams/:tenantName/processor/:processorName', 'getGroupStreamProcessor'],
  ['PATCH', '/groups/:groupId/streams/:tenantName/processor/:processorName', 'updateGroupStreamProcessor'],
  ['DELETE', '/groups/:groupId/streams/:tenantName/processor/:processorName', 'deleteGroupStreamProcessor'],
  [
    'POST',
    '/groups/:groupId/streams/:tenantName/processor/:processorName:start',
    'startGroupStreamProcessor',
  ],
  [
    'POST',
    '/groups/:groupId/streams/:tenantName/processor/:processorName:startWith',
    'startGroupStreamProcessorWith',
  ],
  ['POST', '/groups/:groupId/streams/:tenantName/processor/:processorName:stop', 'stopGroupStreamProcessor'],
];

function failover(method: string, below: string, id: string): (readonly [string, string, string])[] {
  const path = '/groups/:groupId/streams/:tenantName/connections/:connectionName/failoverConnections';
  return [[method, path + below, id]];
}

/**
 * The operations of Atlas that the emulator knows by name alone.
 *
 * @param emulated ids of operations that it has: a resource that is added takes its own out of the table
 */
export function unemulatedOperations(emulated: ReadonlySet<string> = new Set()): PathTable {
  const table = new PathTable();
  for (const [method, path, id] of UNEMULATED) {
    if (!emulated.has(id)) table.add(method, API_PREFIX + path, id);
  }
  return table;
}
