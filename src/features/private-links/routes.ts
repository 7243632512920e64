import { resource } from '../../http/replies/answer.js';
import { operation, type AnyOperation } from '../../http/operation.js';
import { flagsQuery, pagingQuery } from '../../http/steps/query.js';
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

const COLLECTION = '/groups/:groupId/streams/privateLinkConnections';

const tag = { name: 'Private links', description: 'Private links of stream processing.' };
const parameters = { connectionId: objectId('The `_id` of a private link.') };

/** The operations on private links. */
export function privateLinkOperations(links: Items<SentFields>): readonly AnyOperation[] {
  return [
    operation({
      id: 'createGroupStreamPrivateLinkConnection',
      method: 'POST',
      path: COLLECTION,
      versions: ['2023-02-01'],
      summary: 'Creates a private link.',
      tag,
      javaMethod: 'ApiStreamsResource::createPrivateLinkConnection',
      status: 200,
      access: 'writeStreams',
      conflict: duplicateLink,
      conditions: [duplicateLink, unknownProvider, unknownVendor],
      query: flagsQuery,
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
    operation({
      id: 'listGroupStreamPrivateLinkConnections',
      method: 'GET',
      path: COLLECTION,
      versions: ['2023-02-01'],
      summary: 'Lists the private links of a project.',
      tag,
      javaMethod: 'ApiStreamsResource::getPrivateLinkConnections',
      status: 200,
      access: 'readProject',
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
    operation({
      id: 'getGroupStreamPrivateLinkConnection',
      method: 'GET',
      path: `${COLLECTION}/:connectionId`,
      versions: ['2023-02-01'],
      summary: 'Gets a private link.',
      tag,
      parameters,
      javaMethod: 'ApiStreamsResource::getPrivateLinkConnection',
      status: 200,
      access: 'readProject',
      conditions: [linkNotFound],
      query: flagsQuery,
      response: privateLink,
      handle: async ({ project, parameters, baseUrl }) =>
        resource(await links.read(project, parameters.connectionId ?? '', baseUrl)),
    }),
    operation({
      id: 'updateGroupStreamPrivateLinkConnection',
      method: 'PATCH',
      path: `${COLLECTION}/:connectionId`,
      versions: ['2025-03-12'],
      summary: 'Changes the domain of a private link that has none, or is IDLE.',
      tag,
      parameters,
      javaMethod: 'ApiStreamsResource::updatePrivateLinkConnection',
      status: 200,
      access: 'writeStreams',
      conditions: [linkNotFound, updateNotAllowed, duplicateLink],
      query: flagsQuery,
      response: privateLink,
      body: { prepare: withoutAbsent, schema: updateBody },
      handle: async ({ project, parameters, body: { dnsDomain }, baseUrl }) =>
        resource(
          await links.update(project, parameters.connectionId ?? '', changeDomain(dnsDomain), baseUrl),
        ),
    }),
    operation({
      id: 'deleteGroupStreamPrivateLinkConnection',
      method: 'DELETE',
      path: `${COLLECTION}/:connectionId`,
      versions: ['2023-02-01'],
      summary: 'Deletes a private link.',
      tag,
      parameters,
      javaMethod: 'ApiStreamsResource::deletePrivateLinkConnection',
      status: 202,
      access: 'writeStreams',
      conditions: [linkNotFound],
      query: flagsQuery,
      response: nothing,
      async handle({ project, parameters }) {
        await links.delete(project, parameters.connectionId ?? '');
        return resource('{}');
      },
    }),
  ];
}
