import { resource } from '../../http/answer.js';
import { operation, type AnyOperation } from '../../http/operation.js';
import { flagsQuery, pagingQuery } from '../../http/query.js';
import type { PrivateLinks } from './links.js';
import { privateLinkProfiles } from './profile.js';
import { checkVendor, prepare, withoutAbsent } from './rules.js';
import { sentFields, updateBody } from './schema.js';

const COLLECTION = '/groups/:groupId/streams/privateLinkConnections';

/** The operations on private links. */
export function privateLinkOperations(links: PrivateLinks): readonly AnyOperation[] {
  return [
    operation({
      id: 'createGroupStreamPrivateLinkConnection',
      method: 'POST',
      path: COLLECTION,
      versions: ['2023-02-01'],
      javaMethod: 'ApiStreamsResource::createPrivateLinkConnection',
      status: 200,
      access: 'writeStreams',
      conflict: 'duplicateLink',
      query: flagsQuery,
      body: {
        prepare,
        schema: sentFields,
        rules(sent, { project }) {
          checkVendor(sent, privateLinkProfiles[project.profile].enforced);
        },
      },
      handle: async ({ project, body, baseUrl }) => resource(await links.create(project, body, baseUrl)),
    }),
    operation({
      id: 'listGroupStreamPrivateLinkConnections',
      method: 'GET',
      path: COLLECTION,
      versions: ['2023-02-01'],
      javaMethod: 'ApiStreamsResource::getPrivateLinkConnections',
      status: 200,
      access: 'readProject',
      query: pagingQuery,
      handle({ project, query, baseUrl }) {
        const totalCount = links.store.count(project.id, project.now);
        return {
          kind: 'page',
          items: links.store.page(project.id, query, project.now, baseUrl),
          totalCount,
          hasNext: query.pageNum * query.itemsPerPage < totalCount,
        };
      },
    }),
    operation({
      id: 'getGroupStreamPrivateLinkConnection',
      method: 'GET',
      path: `${COLLECTION}/:connectionId`,
      versions: ['2023-02-01'],
      javaMethod: 'ApiStreamsResource::getPrivateLinkConnection',
      status: 200,
      access: 'readProject',
      query: flagsQuery,
      handle: async ({ project, parameters, baseUrl }) =>
        resource(await links.read(project, parameters.connectionId ?? '', baseUrl)),
    }),
    operation({
      id: 'updateGroupStreamPrivateLinkConnection',
      method: 'PATCH',
      path: `${COLLECTION}/:connectionId`,
      versions: ['2025-03-12'],
      javaMethod: 'ApiStreamsResource::updatePrivateLinkConnection',
      status: 200,
      access: 'writeStreams',
      query: flagsQuery,
      body: { prepare: withoutAbsent, schema: updateBody },
      handle: async ({ project, parameters, body: { dnsDomain }, baseUrl }) =>
        resource(await links.update(project, parameters.connectionId ?? '', dnsDomain, baseUrl)),
    }),
    operation({
      id: 'deleteGroupStreamPrivateLinkConnection',
      method: 'DELETE',
      path: `${COLLECTION}/:connectionId`,
      versions: ['2023-02-01'],
      javaMethod: 'ApiStreamsResource::deletePrivateLinkConnection',
      status: 202,
      access: 'writeStreams',
      query: flagsQuery,
      async handle({ project, parameters }) {
        await links.delete(project, parameters.connectionId ?? '');
        return resource('{}');
      },
    }),
  ];
}
