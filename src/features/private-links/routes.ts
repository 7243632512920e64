import { atlasResource, resource, type AtlasOperation } from '../../http/operation.js';
import { pagingQuery } from '../../http/steps/query.js';
import { nothing, objectId } from '../../http/shapes.js';
import type { Items } from '../../states/index.js';
import {
  duplicateLink,
  linkNotFound,
  unknownProvider,
  unknownVendor,
  updateNotAllowed,
} from './conditions.js';
import { changeDomain } from './domain.js';
import { privateLinkProfiles } from './profile.js';
import { checkVendor, prepare, withoutAbsent } from './rules.js';
import {
  createdPrivateLink,
  privateLink,
  privateLinkPage,
  sentFields,
  updateBody,
  type SentFields,
} from './schema.js';

const link = atlasResource('/groups/:groupId/streams/privateLinkConnections', {
  tag: { name: 'Private links', description: 'Private links of stream processing.' },
  versions: ['2023-02-01'],
  javaClass: 'ApiStreamsResource',
  access: { read: 'readProject', write: 'writeStreams' },
  parameters: { connectionId: objectId('The `_id` of a private link.') },
});

/** The operations on private links. */
export function privateLinkOperations(links: Items<SentFields>): readonly AtlasOperation[] {
  return [
    link('POST', '', {
      id: 'createGroupStreamPrivateLinkConnection',
      summary: 'Creates a private link.',
      javaMethod: 'createPrivateLinkConnection',
      conflict: duplicateLink,
      conditions: [duplicateLink, unknownProvider, unknownVendor],
      response: createdPrivateLink,
      body: {
        prepare,
        schema: sentFields,
        examples: 'requests',
        rules(sent, { project }) {
          checkVendor(sent, privateLinkProfiles[project.profile].enforced);
        },
      },
      handle: async ({ project, body, baseUrl }) => resource(await links.create(project, body, baseUrl)),
    }),
    link('GET', '', {
      id: 'listGroupStreamPrivateLinkConnections',
      summary: 'Lists the private links of a project.',
      javaMethod: 'getPrivateLinkConnections',
      query: pagingQuery,
      response: privateLinkPage,
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
    link('GET', '/:connectionId', {
      id: 'getGroupStreamPrivateLinkConnection',
      summary: 'Gets a private link.',
      javaMethod: 'getPrivateLinkConnection',
      conditions: [linkNotFound],
      response: privateLink,
      handle: async ({ project, parameters, baseUrl }) =>
        resource(await links.read(project, parameters.connectionId, baseUrl)),
    }),
    link('PATCH', '/:connectionId', {
      id: 'updateGroupStreamPrivateLinkConnection',
      summary: 'Changes the domain of a private link that has none, or is IDLE.',
      versions: ['2025-03-12'],
      javaMethod: 'updatePrivateLinkConnection',
      conditions: [linkNotFound, updateNotAllowed, duplicateLink],
      response: privateLink,
      body: { prepare: withoutAbsent, schema: updateBody },
      handle: async ({ project, parameters, body: { dnsDomain }, baseUrl }) =>
        resource(
          await links.update(
            project,
            parameters.connectionId,
            changeDomain(dnsDomain, project.profile),
            baseUrl,
          ),
        ),
    }),
    link('DELETE', '/:connectionId', {
      id: 'deleteGroupStreamPrivateLinkConnection',
      summary: 'Deletes a private link.',
      javaMethod: 'deletePrivateLinkConnection',
      status: 202,
      conditions: [linkNotFound],
      response: nothing,
      async handle({ project, parameters }) {
        await links.delete(project, parameters.connectionId);
        return resource('{}');
      },
    }),
  ];
}
